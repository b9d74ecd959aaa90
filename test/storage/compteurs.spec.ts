/** The counters' own file: the replica on a real SQLite store, in a folder of its own. */
import { copyFile, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sqlite3 from 'sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Replica, type Operation } from '../../src/modules/crdt/replica.js';
import { SqliteStore } from '../../src/modules/crdt/store.sqlite.js';
import { type Store, StoreBusy, StoreUnusable } from '../../src/modules/crdt/store.js';
import { systemClock } from '../../src/runtime/clock.js';
import { intercept } from '../guards/intercept.js';
import { change, PRODUCTS, recount, said, undo } from '../support/replica-stage.js';

let folder: string;
let handles: { stop(): Promise<void> }[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'monclub-compteurs-'));
  handles = [];
});
afterEach(async () => {
  for (const handle of handles) await handle.stop();
  await rm(folder, { recursive: true, force: true });
});

const fileOf = (instance: string): string => join(folder, instance, 'compteurs.sqlite');

/** An instance on its file; `as` is how it sees its store. */
async function instance(id: string, as: (store: SqliteStore) => Store = (store) => store, file = fileOf(id)) {
  const reports: string[] = [];
  const store = as(new SqliteStore({ file, instance: id }));
  const replica = new Replica({ id, store, clock: systemClock, report: (message) => reports.push(message) });
  const handle = replica.start();
  handles.push(handle);
  await expect.poll(() => replica.state).not.toBe('closed');
  if (replica.state === 'open') await replica.learn(PRODUCTS);
  let asked = 0;
  const run = `${replica.slot}`;
  const ask = (operation: Operation, id = `${run}-${asked++}`) => {
    const deadline = systemClock.monotonic() + 10_000;
    const envelope = { scope: 's', id, minted: false, acteur: null, instant: systemClock.now(), hash: 'h', deadline };
    return replica.perform(envelope, operation);
  };
  const tell = async (operation: Operation, id?: string): Promise<string> => said(await ask(operation, id));
  return { replica, store, reports, ask, tell, stop: () => handle.stop(), value: (of = 'cafe') => replica.counters.value(of) };
}

/** A person at the keyboard, while no instance has the file. */
async function type(file: string, sql: string): Promise<Record<string, unknown>[]> {
  const db = new sqlite3.Database(file);
  const rows = await new Promise<Record<string, unknown>[]>((resolve, reject) =>
    db.all<Record<string, unknown>>(sql, (error, found) => (error ? reject(error) : resolve(found))),
  );
  await new Promise<void>((resolve) => db.close(() => resolve()));
  return rows;
}

describe('the file', () => {
  it('is made when missing, folder too, and holds everything across a restart, numbers of any size', async () => {
    const first = await instance('a');
    const far = 10n ** 39n;
    expect(await first.tell({ type: 'change', product: 'cafe', by: far })).toBe(`${far}`);
    const { outcome } = await first.ask({ type: 'change', product: 'cafe', by: -1n }, 'x');
    await first.tell(change(7, 'tote'));
    await first.replica.give('tote', '019b8f50-dd00-7cb8-adfe-747d23673f27', 3n);
    const movements = await first.replica.movements('cafe', undefined, 10);
    await first.stop();
    const second = await instance('a');
    expect([second.value(), second.value('tote'), second.replica.frozen('tote')]).toEqual([far - 1n, 7n, 4n]);
    expect([...second.replica.products.values()]).toEqual(PRODUCTS);
    expect(await second.replica.movements('cafe', undefined, 10)).toEqual(movements);
    expect(second.replica.last('cafe')).toEqual(movements[0]);
    expect((await second.ask({ type: 'change', product: 'cafe', by: -1n }, 'x')).outcome).toEqual({ ...outcome, replayed: true });
    expect(second.replica.slot).not.toBe(first.replica.slot);
    expect(second.reports).toEqual([]);
  });

  it('is synced fully at every commit, in a log, and locked', async () => {
    const one = await instance('a');
    const { connection } = one.store as unknown as { connection: { all(sql: string, params: []): Promise<Record<string, unknown>[]> } };
    const pragma = async (name: string) => Object.values((await connection.all(`PRAGMA ${name}`, []))[0] ?? {})[0];
    expect([await pragma('synchronous'), await pragma('journal_mode'), await pragma('locking_mode')]).toEqual([2, 'wal', 'exclusive']);
    await expect(new SqliteStore({ file: fileOf('a'), instance: 'a' }).open()).rejects.toBeInstanceOf(StoreBusy);
    await expect(type(fileOf('a'), 'SELECT 1 FROM movement')).rejects.toThrow(/SQLITE_BUSY/);
    expect(await one.tell(change(1))).toBe('1');
  });

  it('of a newer version is not touched, and says so', async () => {
    await (await instance('a')).stop();
    await type(fileOf('a'), 'PRAGMA user_version = 99');
    const store = new SqliteStore({ file: fileOf('a'), instance: 'a' });
    await expect(store.open()).rejects.toThrow(/newer MonClub.*schema 99/);
    expect(await type(fileOf('a'), 'PRAGMA user_version')).toEqual([{ user_version: 99 }]);
  });

  it('that is damaged, or cannot be made, is said by its name with what to do; the process lives', async () => {
    await (await instance('a')).stop();
    const bytes = await readFile(fileOf('a'));
    await writeFile(fileOf('a'), bytes.fill(7, 20, 4096));
    const broken = await instance('a');
    expect([broken.replica.state, broken.replica.lastError]).toEqual([
      'failed',
      expect.stringMatching(/compteurs\.sqlite is damaged.*put/),
    ]);
    expect(await broken.tell(change(1))).toBe('not_executed');
    const impossible = new SqliteStore({ file: join(fileOf('a'), 'x', 'compteurs.sqlite'), instance: 'b' });
    await expect(impossible.open()).rejects.toBeInstanceOf(StoreUnusable);
  });

  it('removed under us is written no more, and no empty one takes its place', async () => {
    const one = await instance('a');
    await one.tell(change(5));
    await rm(dirname(fileOf('a')), { recursive: true });
    expect(await one.tell(change(1))).toBe('not_executed');
    await expect.poll(() => one.replica.lastError).toMatch(/replaced or removed/);
    await expect.poll(() => one.replica.figures.failures).toBeGreaterThan(0);
    expect([one.replica.state, one.value()]).toEqual(['failed', 5n]);
  });
});

describe('a file that is not the one this instance left is in doubt: rights left in it stay frozen', () => {
  const counted = async () => {
    const one = await instance('a');
    await one.tell(change(5, 'tote'));
    await one.stop();
  };

  it('the same file is not', async () => {
    await counted();
    const again = await instance('a');
    expect([again.reports, await again.replica.adopt(), await again.tell(change(-5, 'tote'))]).toEqual([[], 5n, '0']);
  });

  it('a copy put in its place is, also at the openings after; a recount ends it', async () => {
    await counted();
    await cp(fileOf('a'), `${fileOf('a')}.copy`);
    await rm(fileOf('a'));
    await cp(`${fileOf('a')}.copy`, fileOf('a'));
    const copy = await instance('a');
    expect(copy.reports.join()).toMatch(/stay frozen until a recount.*is a copy/);
    expect([await copy.replica.adopt(), await copy.tell(change(-1, 'tote'))]).toEqual([0n, 'droits_insuffisants']);
    await copy.stop();
    const later = await instance('a');
    expect([later.reports, await later.replica.adopt(), later.replica.frozen('tote')]).toEqual([[], 0n, 5n]);
    expect(await later.tell(recount(4, 'tote'))).toBe('4');
    expect([await later.tell(change(-4, 'tote')), later.replica.frozen('tote')]).toEqual(['0', 0n]);
  });

  it('an older one written over it is, though it has kept its inode', async () => {
    await counted();
    await cp(fileOf('a'), `${fileOf('a')}.backup`);
    const later = await instance('a');
    await later.replica.adopt();
    await later.tell(change(-5, 'tote'));
    await later.stop();
    await copyFile(`${fileOf('a')}.backup`, fileOf('a'));
    const old = await instance('a');
    expect(old.reports.join()).toMatch(/is older than the one that this instance left/);
    expect([await old.replica.adopt(), await old.tell(change(-1, 'tote'))]).toEqual([0n, 'droits_insuffisants']);
    await old.stop();
    const after = await instance('a');
    expect([after.reports, await after.replica.adopt()]).toEqual([[], 0n]);
  });

  it('another instance’s file is: its slots and movements stay that one’s', async () => {
    await counted();
    const [row] = await type(fileOf('a'), 'SELECT id FROM movement');
    await cp(fileOf('a'), fileOf('b'));
    const other = await instance('b');
    expect(other.reports.join()).toMatch(/was the file of instance a/);
    expect([other.replica.former(), await other.replica.adopt(), other.value('tote')]).toEqual([[], 0n, 5n]);
    expect(await other.tell(undo(String(row!['id']), 'tote'))).toBe('mouvement_inconnu');
    expect(await other.tell(change(2, 'tote'))).toBe('7');
    expect([...other.replica.counters.byReplica('tote').keys()]).toEqual(['a', 'b']);
  });
});

describe('a disk that refuses', () => {
  it.each([
    ['full', (pages: number) => `PRAGMA max_page_count = ${pages}`],
    ['read-only', () => 'PRAGMA query_only = ON'],
  ])('%s: 503, the process lives, nothing is half done, and it works again afterwards', async (_, pragma) => {
    let ill = false;
    const one = await instance('a', (store) => {
      const open = async () => {
        const loaded = await store.open();
        const { connection } = store as unknown as {
          connection: { exec(sql: string): Promise<void>; all(sql: string, params: []): Promise<Record<string, unknown>[]> };
        };
        const [pages] = await connection.all('PRAGMA page_count', []);
        if (ill) await connection.exec(pragma(Number(pages!['page_count'])));
        return loaded;
      };
      return intercept(store as Store, { open });
    });
    expect(await one.tell(change(5))).toBe('5');
    ill = true;
    await one.stop();
    one.replica.start();
    await expect.poll(() => one.replica.state).toBe('open');
    const rush = () => Promise.all(Array.from({ length: 2000 }, () => one.tell(change(1))));
    expect(new Set(await rush())).toEqual(new Set(['not_executed']));
    expect([one.replica.state, one.value()]).toEqual(['failed', 5n]);
    await expect.poll(() => one.replica.figures.openings).toBeGreaterThan(2);
    ill = false;
    await one.stop();
    one.replica.start();
    await expect.poll(() => one.replica.state).toBe('open');
    expect(one.value()).toBe(5n);
    expect(await one.tell(change(1))).toBe('6');
  });
});

describe('the archive', () => {
  it('keeps its rows in the file: sums are loaded instead, of any size, and come apart again when the slot is restored', async () => {
    const first = await instance('a');
    const far = 10n ** 30n + 1n;
    await first.tell({ type: 'change', product: 'cafe', by: far });
    await first.tell({ type: 'change', product: 'cafe', by: -3n * far });
    await first.tell(change(4, 'tote'));
    const old = first.replica.slot;
    const rows = await first.store.rowsOf(old);
    await first.stop();
    const store = new SqliteStore({ file: fileOf('a'), instance: 'a' });
    await store.open();
    await store.archive(old);
    await store.close();
    const second = await instance('a');
    await second.tell(change(1));
    expect([second.value(), second.value('tote'), second.replica.figures.archived]).toEqual([1n - 2n * far, 4n, 1]);
    expect(second.replica.counters.byReplica('cafe').get('a')).toEqual({ plus: far + 1n, minus: 3n * far });
    expect(second.replica.counters.counter('cafe')?.size).toBe(1);
    expect((await second.replica.read(old, 0)).flatMap(({ entries }) => entries)).toEqual(
      rows.map(({ product, tally }) => [product, tally]),
    );
    expect(await second.replica.adopt()).toBe(4n);
    expect([second.value(), second.replica.figures.archived]).toEqual([1n - 2n * far, 0]);
  });

  it('and the oldest movements go, those that are old enough', async () => {
    const one = await instance('a');
    await Promise.all([1, 2, 3].map((by) => one.tell(change(by))));
    expect(await one.store.prune(0, 10)).toBe(0);
    expect(await one.store.prune(Number.MAX_SAFE_INTEGER, 2)).toBe(2);
    expect((await one.replica.movements('cafe', undefined, 10)).map(({ by }) => by)).toEqual([3n]);
    expect(one.value()).toBe(6n);
  });
});
