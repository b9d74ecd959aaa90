/** A real process, stopped inside a write transaction on a real file: it holds the club until it is ended. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/runtime/clock.js';
import { Frozen, linuxProcesses, thisProcess } from '../../src/runtime/cluster/frozen.js';
import { Members } from '../../src/runtime/cluster/members.js';
import { StoredNodes } from '../../src/runtime/cluster/node-table.js';
import { LEASE_MS } from '../../src/runtime/cluster/timing.js';
import type { Transport } from '../../src/runtime/cluster/transport-port.js';
import { Contended } from '../../src/runtime/outbox/storage.js';
import { SqliteStorage } from '../../src/runtime/outbox/storage.sqlite.js';
import { type Hand, newDatabase, type TestDatabase } from '../support/databases.js';

/** Takes the write lock, changes a row, and stops itself as SIGSTOP does: no line of it runs any more. */
const HOLDER = `
  const { Database } = require('sqlite3');
  const db = new Database(process.argv[1]);
  db.exec("BEGIN IMMEDIATE; UPDATE cluster SET view = 99;", (error) => {
    process.stdout.write(error ? String(error) : 'held', () => process.kill(process.pid, 'SIGSTOP'));
  });`;

const nobody: Transport = {
  tell: () => {},
  call: () => Promise.reject(new Error('nobody is there')),
  onTell: () => {},
  onCall: () => {},
  follow: () => {},
  connected: () => false,
  onLink: () => {},
  cut: () => {},
};

describe('A process that froze with the file locked', () => {
  let database: TestDatabase;
  let storage: SqliteStorage;
  let hand: Hand;
  let child: ChildProcess;
  let ended: Promise<unknown>;
  const said: string[] = [];

  beforeEach(async () => {
    database = await newDatabase('sqlite');
    hand = await database.hand();
    storage = new SqliteStorage({ file: database.file, retryForMs: 50 });
    await storage.open([]);
    child = spawn(process.execPath, ['-e', HOLDER, database.file], { stdio: ['ignore', 'pipe', 'inherit'] });
    ended = once(child, 'exit');
  });
  afterEach(async () => {
    child.kill('SIGKILL');
    await ended;
    await storage.close();
    await database.drop();
  });

  const held = async (): Promise<void> => {
    const [said] = (await once(child.stdout!, 'data')) as [Buffer];
    expect(said.toString()).toBe('held');
    await expect.poll(() => linuxProcesses.find(child.pid!)?.stopped).toBe(true);
  };
  const write = (): Promise<number> => storage.transact((tx) => tx.update('marker', { instant: 1 }, { name: 'none' }), { urgent: true });
  const inscribe = async (started: string): Promise<void> => {
    const { host, boot } = thisProcess();
    await hand.type(
      `INSERT INTO node (incarnation, id, address, state, since, seen, host, pid, started, boot)
       VALUES ('n2.1', 'n2', 'n2', 'alive', 1, 1, '${host}', ${child.pid!}, '${started}', '${boot}')`,
    );
  };
  const parts = (kill = true): { table: StoredNodes; frozen: Frozen } => {
    const identity = thisProcess();
    const table = new StoredNodes({ storage, process: identity, read: () => hand.type(`SELECT * FROM node WHERE state = 'alive'`) });
    const report = (message: string): void => void said.push(message);
    return { table, frozen: new Frozen({ table, transport: nobody, process: identity, kill, clock: systemClock, report }) };
  };

  it(
    'is ended by membership within a lease and a suspicion; what it had begun is gone, and the club writes again',
    { timeout: 30_000 },
    async () => {
      // Inscribed before it locks the file, as an instance that ran for a while is.
      child.kill('SIGKILL');
      await ended;
      child = spawn(process.execPath, ['-e', `process.stdin.once('data', () => { ${HOLDER} })`, database.file], {
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      ended = once(child, 'exit');
      await expect.poll(() => linuxProcesses.find(child.pid!)?.started).toBeDefined();
      await inscribe(linuxProcesses.find(child.pid!)!.started);
      const { table, frozen } = parts();
      const report = (message: string): void => void said.push(message);
      const members = new Members({ id: 'n1', address: () => 'n1', transport: nobody, table, frozen, clock: systemClock, report });
      const running = members.start();
      await expect.poll(() => members.view.members.length).toBe(2);
      child.stdin!.write('go');
      await held();
      const contact = members.contact();
      await expect.poll(() => members.counters.frozenKills, { timeout: 4 * LEASE_MS }).toBe(1);
      await ended;
      await expect.poll(() => members.contact(), { timeout: 5_000 }).toBeGreaterThan(contact + LEASE_MS);
      expect(Number((await hand.type('SELECT view FROM cluster'))[0]!['view'])).toBeLessThan(99);
      running.stop();
    },
  );

  it('is not ended when its start is not the recorded one: the file stays locked, and it is said', async () => {
    await held();
    const { frozen, table } = parts();
    table.look = async () => [
      { id: 'n2', incarnation: 'n2.1', address: 'n2', state: 'alive', since: 1, seen: 1, ...thisProcess(), pid: child.pid!, started: '1' },
    ];
    await frozen.look(LEASE_MS + 1, { me: { id: 'n1', incarnation: 'n1.1', address: 'n1' }, member: true, suspect: () => true });
    await expect(write()).rejects.toBeInstanceOf(Contended);
    expect([frozen.killed, linuxProcesses.find(child.pid!)?.stopped]).toEqual([0, true]);
    expect(said.at(-1)).toMatch(/the club waits/);
  });

  it('can be read around: the nodes are seen while nobody can write', async () => {
    await expect.poll(() => linuxProcesses.find(child.pid!)).toBeDefined();
    await held();
    await expect(write()).rejects.toBeInstanceOf(Contended);
    expect(await parts().table.look()).toEqual([]);
  });
});
