/** `npm run grappe`, as a person at a terminal uses it. */
import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RealProcess } from '../../bench/support/real-process.js';
import { newDatabase } from '../support/databases.js';
import { GrappeCommand } from '../support/grappe-command.js';
import { builtApp } from '../support/real-instance.js';

const TIMEOUT = { timeout: 240_000 };

describe('npm run grappe', () => {
  let command: GrappeCommand;

  beforeEach(async () => {
    command = await GrappeCommand.place();
  }, 240_000);
  afterEach(() => command.clear(), 60_000);

  it(
    'three on one file: one leader, one secret; one killed is missed and named, may be started again, and Ctrl-C ends the rest well',
    TIMEOUT,
    async () => {
      const { ports } = command;
      command.start();
      const leader = await command.settled(ports);
      for (const port of ports) expect(command.said).toContain(`${port} │ MonClub est ouvert : http://127.0.0.1:${port}\n`);
      const secret = join(command.folder, 'data', 'monclub.sqlite.secret');
      expect(statSync(secret).mode & 0o777).toBe(0o600);
      const words = await readFile(secret, 'utf8');
      expect(words.length).toBeGreaterThanOrEqual(32);

      process.kill(command.pidOf(leader), 'SIGKILL');
      const rest = ports.filter((port) => port !== leader);
      expect(await command.settled(rest)).not.toBe(leader);
      expect(command.said).toContain(
        `${leader} │ terminée (SIGKILL) ; les autres continuent. Pour la relancer : PORT=${leader} npm start\n`,
      );

      const env = { DATABASE_URL: '', DATA_DIR: '', CLUSTER_SECRET: '' };
      const again = RealProcess.start({ built: await builtApp(), folder: command.folder, port: leader, env });
      await command.settled(ports);
      expect(await again.stop(30_000), again.said).toEqual({ code: 0, signal: null });
      await command.settled(rest);

      command.kill('SIGINT');
      expect(await command.ended, command.said).toEqual({ code: 0, signal: null });
      expect(command.group()).toEqual([]);
      for (const port of rest) expect(command.said).toContain(`${port} │ terminée (code 0)\n`);
      expect(await readFile(secret, 'utf8')).toBe(words);
      expect(prefixed(command)).toEqual([]);
    },
  );

  it('three on PostgreSQL; a signal to npm alone ends them likewise', TIMEOUT, async () => {
    const database = await newDatabase('postgres', { migrated: false });
    try {
      command.start({ DATABASE_URL: database.url });
      await command.settled(command.ports);
      expect(statSync(join(command.folder, 'data', 'cluster.secret')).mode & 0o777).toBe(0o600);
      command.kill('SIGTERM', false);
      expect(await command.ended, command.said).toEqual({ code: 0, signal: null });
      expect(command.group()).toEqual([]);
    } finally {
      await command.clear();
      await database.drop();
    }
  });

  it(
    'ports taken: each says which, the one that is left leads alone; when nobody is left the command ends with an error',
    TIMEOUT,
    async () => {
      const [one, two, three] = command.ports;
      const squatters = [await squat(two), await squat(three + 1000)];
      try {
        command.start();
        expect(await command.settled([one])).toBe(one);
        await expect.poll(() => command.said.match(/terminée \(code 1\)/g), { timeout: 60_000 }).toHaveLength(2);
        expect(command.said).toMatch(new RegExp(`^${two} │ .*127\\.0\\.0\\.1:${two} is taken`, 'm'));
        expect(command.said).toMatch(new RegExp(`^${three} │ .*cluster port 127\\.0\\.0\\.1:${three + 1000} .*CLUSTER_PORT`, 'm'));
        process.kill(command.pidOf(one), 'SIGKILL');
        expect((await command.ended).code).toBe(1);
        expect(command.group()).toEqual([]);
      } finally {
        for (const squatter of squatters) squatter.close();
      }
    },
  );

  it.each(['abc', '65534', '0', '3000.5'])('PORT=%s starts nothing, and says what it should be', TIMEOUT, async (PORT) => {
    command.start({ PORT });
    expect((await command.ended).code).toBe(1);
    expect(command.said).toContain(`PORT : « ${PORT} » doit être un entier de 1 à 65533`);
    expect(command.group()).toEqual([]);
  });
});

/** Lines that do not say who speaks. */
function prefixed({ said, ports }: GrappeCommand): string[] {
  const lines = said.split('\n').filter((line) => line !== '');
  return lines.filter((line) => !ports.some((port) => line.startsWith(`${port} │ `)));
}

async function squat(port: number): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return server;
}
