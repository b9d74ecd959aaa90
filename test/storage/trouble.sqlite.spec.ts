import { copyFile, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStorage } from '../../src/database/open-storage.js';
import { sqliteFailure } from '../../src/runtime/outbox/failures.sqlite.js';
import {
  CommitUnknown,
  Contended,
  FileReplaced,
  GroupRefused,
  StorageUnavailable,
  type Storage,
} from '../../src/runtime/outbox/storage.js';
import { clubTables, inscrit, openClub, planifiee, refusal, until, type Club } from './club.js';

describe('A SQLite file in trouble', () => {
  let club: Club;
  let storage: Storage;
  beforeEach(async () => {
    club = await openClub('sqlite');
    ({ storage } = club);
    await storage.commit(planifiee('s', 5));
  });
  afterEach(() => club.end());

  it('locked by another process is contended, and free again is written', async () => {
    const impatient = openStorage(club.db.url, { sqlite: { retryForMs: 40, busyTimeoutMs: 0 } });
    await impatient.open(clubTables);
    await club.hand.type('BEGIN IMMEDIATE');
    await expect(impatient.commit(inscrit('s', 2, 'm1'))).rejects.toBeInstanceOf(Contended);
    await expect(impatient.transact((tx) => tx.delete('inbox', {}))).rejects.toBeInstanceOf(Contended);
    await expect(impatient.load(['s'], true)).rejects.toBeInstanceOf(Contended);
    expect((await impatient.load(['s']))[0]?.facts.length).toBe(1);
    await club.hand.type('ROLLBACK');
    await impatient.commit(inscrit('s', 2, 'm1'));
    await impatient.close();
  });

  it('found locked by a commit lets the next transaction through once it is free: a statement that waits in vain is ended', async () => {
    const impatient = openStorage(club.db.url, { sqlite: { retryForMs: 0, frozenAfterMs: 0 } });
    await impatient.open(clubTables);
    await club.hand.type('BEGIN IMMEDIATE');
    await expect(impatient.commit(inscrit('s', 2, 'm1'))).rejects.toBeInstanceOf(Contended);
    await club.hand.type('ROLLBACK');
    expect(await impatient.transact((tx) => tx.insert('marker', [{ name: 'free', instant: 1 }]))).toBe(1);
    await impatient.commit(inscrit('s', 2, 'm1'));
    await impatient.close();
  });

  it('locked for a moment only makes a commit and a settled read wait', async () => {
    await club.hand.type('BEGIN IMMEDIATE');
    await club.hand.type(`INSERT INTO outbox VALUES ('s', 2, 'Fait', '{}', 'd', NULL, 1, 1, NULL)`);
    const settled = storage.load(['s'], true);
    expect((await storage.load(['s']))[0]?.facts.length).toBe(1);
    await club.hand.type('COMMIT');
    expect((await settled)[0]?.facts.length).toBe(2);
  });

  it('is never written by two at once: of two storages with the same head one is fenced', async () => {
    const other = openStorage(club.db.url);
    await other.open(clubTables);
    const results = await Promise.all([storage, other].map((each, i) => refusal(each.commit(inscrit('s', 2, `m${i}`)))));
    expect(results.filter((result) => result === undefined).length).toBe(1);
    expect(results.filter((result) => result instanceof GroupRefused && result.reason === 'fence').length).toBe(1);
    await other.close();
  });

  it.each(['replaced', 'removed'])('%s under us is refused for good, in words that say what to do', async (how) => {
    const { file } = club.db;
    await copyFile(file, `${file}.copy`);
    await rename(file, `${file}.former`);
    if (how === 'replaced') await rename(`${file}.copy`, file);
    const error = await refusal(storage.commit(inscrit('s', 2, 'm1')));
    expect(error).toBeInstanceOf(FileReplaced);
    expect(error).toBeInstanceOf(StorageUnavailable);
    expect(String(error)).toMatch(/Stop every instance/);
    await rm(file, { force: true });
    await rename(`${file}.former`, file);
    await expect(storage.commit(inscrit('s', 2, 'm1'))).rejects.toBeInstanceOf(FileReplaced);
    await expect(storage.transact((tx) => tx.delete('inbox', {}))).rejects.toBeInstanceOf(FileReplaced);
    await expect(storage.load(['s'])).rejects.toBeInstanceOf(FileReplaced);
  });

  it('replaced while a transaction was written leaves it unacknowledged', async () => {
    const lost = storage.transact(async (tx) => {
      await tx.insert('marker', [{ name: 'x', instant: 1 }]);
      await rename(club.db.file, `${club.db.file}.former`);
    });
    await expect(lost).rejects.toBeInstanceOf(CommitUnknown);
    await expect(storage.commit(inscrit('s', 2, 'm1'))).rejects.toBeInstanceOf(FileReplaced);
  });

  it('that does not exist is unavailable, and is not created', async () => {
    const file = join(dirname(club.db.file), 'absent.sqlite');
    const absent = openStorage(`sqlite:${file}`);
    await expect(absent.open(clubTables)).rejects.toBeInstanceOf(StorageUnavailable);
    expect(await readdir(dirname(file))).not.toContain('absent.sqlite');
    await copyFile(club.db.file, file);
    await absent.open(clubTables);
    await absent.close();
    await expect(absent.commit(planifiee('t', 1))).rejects.toBeInstanceOf(StorageUnavailable);
  });

  it('that is no database is unavailable', async () => {
    const broken = openStorage(`sqlite:${import.meta.filename}`);
    await expect(broken.open(clubTables)).rejects.toBeInstanceOf(StorageUnavailable);
  });

  it.each([
    ['SQLITE_READONLY', StorageUnavailable],
    ['SQLITE_FULL', StorageUnavailable],
    ['SQLITE_IOERR', CommitUnknown],
    ['SQLITE_BUSY', Contended],
  ])('answers %s in a commit by its meaning', (code, meaning) => {
    expect(sqliteFailure(Object.assign(new Error(code), { code }), true, new Map())).toBeInstanceOf(meaning);
  });

  it('is synced fully at every commit, enforces foreign keys, and its readers cannot write', async () => {
    interface Inside {
      opening: Promise<
        Record<'write' | 'read', { all(sql: string, params: []): Promise<Record<string, unknown>[]>; exec(sql: string): Promise<void> }>
      >;
    }
    const { write, read } = await (storage as unknown as Inside).opening;
    const pragma = async (name: string) => Object.values((await write.all(`PRAGMA ${name}`, []))[0] ?? {})[0];
    expect(await pragma('synchronous')).toBe(2);
    expect(await pragma('journal_mode')).toBe('wal');
    expect(await pragma('foreign_keys')).toBe(1);
    await expect(read.exec('DELETE FROM inbox')).rejects.toThrow(/READONLY/);
  });

  it('keeps no read open after an answer: the log can always be emptied', async () => {
    await storage.load(['s']);
    await storage.demandes([['a', 'b']]);
    await storage.unpublished(1, 1, '');
    await storage.examine(planifiee('s', 1));
    const [result] = await club.hand.type('PRAGMA wal_checkpoint(TRUNCATE)');
    expect(result).toMatchObject({ busy: 0, log: 0 });
  });

  it('never lets COMMIT overtake an insert: a hundred transactions at once are each whole or not at all', async () => {
    const insert = async (i: number): Promise<void> =>
      storage.transact(async (tx) => {
        await tx.insert('marker', [{ name: `a${i}`, instant: 1 }]);
        await tx.insert('marker', [{ name: `b${i}`, instant: 1 }]);
        if (i % 3 === 0) throw new Error('undone');
      });
    const results = await Promise.all(Array.from({ length: 100 }, (_, i) => refusal(insert(i))));
    const rows = await club.hand.type('SELECT name FROM marker');
    expect(rows.length).toBe(2 * results.filter((result) => result === undefined).length);
  });

  it('closed and opened again goes on', async () => {
    await storage.close();
    await expect(storage.load(['s'])).rejects.toBeInstanceOf(StorageUnavailable);
    await storage.open(clubTables);
    await storage.commit(inscrit('s', 2, 'm1'));
    await until(async () => (await storage.load(['s']))[0]?.facts.length === 2);
  });
});
