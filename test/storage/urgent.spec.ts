/** What the cluster leans on: a fence that holds, one clock for all, and a lease that no traffic delays. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openStorage } from '../../src/database/open-storage.js';
import { systemClock } from '../../src/runtime/clock.js';
import type { RowTransaction, Storage } from '../../src/runtime/outbox/storage.js';
import { engines } from '../support/databases.js';
import { clubTables, openClub, planifiee, type Club } from './club.js';

const LEADER = { name: 'leader' };

describe.each(engines)('A leader on %s', (engine) => {
  let club: Club;
  let other: Storage;
  /** How often the other instance found the file locked, on SQLite. */
  let turnedAway = 0;
  beforeAll(async () => {
    club = await openClub(engine);
    const counting = { ...systemClock, after: (ms: number, run: () => void) => systemClock.after(ms, () => (turnedAway++, run())) };
    other = openStorage(club.db.url, { clock: counting, sqlite: { retryForMs: 10_000 } });
    await other.open(clubTables);
  });
  afterAll(async () => {
    await other.close();
    await club.end();
  });
  beforeEach(async () => {
    turnedAway = 0;
    await club.hand.type(`UPDATE lease SET holder = 'a', incarnation = 'a1', term = 7, expires = 0`);
  });

  /** SQLite has one writer: what this shows cannot happen there. */
  const onPostgres: (title: string, test: () => Promise<void>) => void = engine === 'postgres' ? it : () => undefined;
  const term = async (): Promise<number> => Number((await club.hand.type(`SELECT term FROM lease`))[0]!['term']);
  const claim = (storage: Storage): Promise<number> =>
    storage.transact((tx) => tx.update('lease', { term: 8, holder: 'b' }, { ...LEADER, term: 7 }), { urgent: true });
  /** The claim of the other instance stands before a lock. */
  const waiting = async (): Promise<boolean> => {
    if (engine === 'sqlite') return turnedAway > 3;
    const sql = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'monclub-control-%' AND wait_event_type = 'Lock'`;
    return (await club.hand.type(sql)).length > 0;
  };

  it('holds the row of its lease: a claim waits until the fenced transaction has ended', async () => {
    const order: string[] = [];
    let claiming: Promise<unknown> | undefined;
    await club.storage.transact(async (tx) => {
      const [row] = await tx.hold('lease', { ...LEADER, term: 7 });
      expect(row).toMatchObject({ holder: 'a', term: 7 });
      claiming = claim(other).then((changed) => order.push(`claimed ${changed}`));
      await expect.poll(waiting).toBe(true);
      await tx.insert('marker', [{ name: `effect ${engine}`, instant: 1 }]);
      order.push('effect');
    });
    await claiming;
    expect(order).toEqual(['effect', 'claimed 1']);
    expect(await term()).toBe(8);
  });

  it('finds nothing to hold once another one has claimed', async () => {
    expect(await claim(other)).toBe(1);
    await club.storage.transact(async (tx) => expect(await tx.hold('lease', { ...LEADER, term: 7 })).toEqual([]));
  });

  onPostgres('mutant: a plain select lets a claim slip in before the effect', async () => {
    await club.storage.transact(async (tx) => {
      expect(await tx.select('lease', { ...LEADER, term: 7 })).toHaveLength(1);
      expect(await claim(other)).toBe(1);
      expect(await term()).toBe(8);
      await tx.insert('marker', [{ name: 'effect of a term that is over', instant: 1 }]);
    });
  });

  it('reads the one clock that all instances share, at the moment of the call', async () => {
    const wrong = openStorage(club.db.url, { clock: { ...systemClock, now: () => 12 } });
    await wrong.open(clubTables);
    const before = Date.now();
    await wrong.transact(async (tx) => {
      const first = await tx.now();
      expect(Number.isInteger(first)).toBe(true);
      expect(first).toBeGreaterThanOrEqual(before - 1);
      await expect.poll(() => tx.now(), { interval: 1 }).toBeGreaterThan(first);
      expect(await tx.now()).toBeLessThanOrEqual(Date.now() + 1);
    });
    await wrong.close();
  });

  it('deletes by every kind of condition', async () => {
    const row = (n: number) => ({ term: n, holder: 'a', incarnation: 'a', cause: '', since: n, took_ms: 0 });
    await club.storage.transact(async (tx) => {
      await tx.insert('election', [1, 2, 3, 4, 5, 6].map(row));
      expect(await tx.delete('election', { term: { atMost: 2 } })).toBe(2);
      expect(await tx.delete('election', { term: [4, 6, 9], since: { atMost: 4 } })).toBe(1);
      expect((await tx.select('election', {})).map((left) => left['term'])).toEqual([3, 5, 6]);
    });
  });

  it('touches its lease ahead of everything that waits for the write connection, and holds nobody back for long', async () => {
    const order: string[] = [];
    const note = (name: string) => async (tx: RowTransaction) => {
      await tx.select('lease', LEADER);
      order.push(name);
    };
    let go: (() => void) | undefined;
    const running = club.storage.transact(() => new Promise<void>((resolve) => (go = resolve)));
    await expect.poll(() => go).toBeDefined();
    const usual = Array.from({ length: 30 }, () => club.storage.transact(note('usual')));
    const commits = Array.from({ length: 10 }, (_, i) => club.storage.commit(planifiee(`${engine}${i}`, 1)));
    const urgent = Array.from({ length: 20 }, () => club.storage.transact(note('urgent'), { urgent: true }));
    if (engine === 'postgres') await Promise.all(urgent);
    go?.();
    await Promise.all([running, ...usual, ...commits, ...urgent]);
    expect(order.slice(0, 4)).toEqual(Array(4).fill('urgent'));
    // On SQLite one of the others has its turn after four of them.
    if (engine === 'sqlite') expect(order.indexOf('usual')).toBe(4);
    expect(order).toHaveLength(50);
  });

  onPostgres('renews while its write connection stands before a lock, and while the server hangs on to it', async () => {
    await club.storage.commit(planifiee('stuck', 1));
    const hand = await club.db.hand();
    await hand.type(`BEGIN; SELECT 1 FROM stream WHERE id = 'stuck' FOR UPDATE`);
    const stuck = club.storage.transact((tx) => tx.update('stream', { failures: 1 }, { id: 'stuck' })).catch((error: unknown) => error);
    const renewed = await club.storage.transact((tx) => tx.update('lease', { expires: 1 }, { ...LEADER, term: 7 }), { urgent: true });
    expect(renewed).toBe(1);
    await hand.type('ROLLBACK');
    expect(await stuck).toBe(1);
  });
});
