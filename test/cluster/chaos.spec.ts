import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Engine, engines, postgresServer } from '../support/databases.js';
import { long } from '../support/runs.js';
import { builtApp } from '../support/real-instance.js';

describe('npm run chaos', () => {
  let folder: string;
  let child: ChildProcess | undefined;

  beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'monclub-chaos-test-'))));
  afterEach(async () => {
    child?.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });

  async function chaos(engine: Engine): Promise<{ ended: Promise<number | null>; said: () => string }> {
    const built = await builtApp();
    const url = engine === 'postgres' ? { DATABASE_URL: `${postgresServer()}/postgres` } : {};
    const env = { PATH: process.env['PATH'], TMPDIR: folder, ...url };
    const one = spawn(process.execPath, [join(built, 'bench', 'chaos.js')], { cwd: folder, env: env as NodeJS.ProcessEnv });
    child = one;
    let said = '';
    for (const channel of [one.stdout, one.stderr]) channel.on('data', (piece: Buffer) => (said += String(piece)));
    return { ended: new Promise((resolve) => one.on('close', (code) => resolve(code))), said: () => said };
  }

  /** On PostgreSQL in `npm run test:long`. */
  it.each(long() ? engines : (['sqlite'] as const))(
    'on %s: every promise holds, without a colour when nobody looks, and nothing is left behind',
    { timeout: 300_000 },
    async (engine) => {
      const { ended, said } = await chaos(engine);
      expect(await ended, said()).toBe(0);
      expect(said()).toContain('✓ Rien de perdu, rien en double, personne en trop.');
      expect(said()).not.toContain('✗');
      expect(said()).not.toContain('\u001b');
      expect(await readdir(folder)).toEqual([]);
      console.log(said());
    },
  );

  it('SIGTERM in the middle ends the instance too', { timeout: 300_000 }, async () => {
    const { ended, said } = await chaos('sqlite');
    while (!said().includes('Acte 1')) await wait(20);
    const instances = childrenOf(child?.pid ?? 0);
    expect(instances.length).toBe(1);
    child?.kill('SIGTERM');
    expect(await ended, said()).toBe(143);
    expect(instances.filter((pid) => existsSync(`/proc/${pid}`))).toEqual([]);
    expect(await readdir(folder)).toEqual([]);
  });
});

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
}
