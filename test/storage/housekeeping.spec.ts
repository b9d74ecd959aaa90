/** What would grow for ever is kept small, and nothing that is still of use is touched. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { fence } from '../../src/runtime/cluster/lease.js';
import { Housekeeping, type HousekeepingLimits, USUAL_LIMITS } from '../../src/runtime/housekeeping/housekeeping.js';
import type { Fence } from '../../src/runtime/outbox/fence.js';
import { Journal } from '../../src/runtime/outbox/journal.js';
import { type Storage, StorageUnavailable } from '../../src/runtime/outbox/storage.js';
import { intercept } from '../guards/intercept.js';
import { engines } from '../support/databases.js';
import { VirtualClock } from '../support/virtual-clock.js';
import { group, openClub, type Club } from './club.js';

const DAY = 86_400_000;
const SMALL: HousekeepingLimits = { ...USUAL_LIMITS, rows: 50, slice: 120 };

describe.each(engines)('housekeeping on %s', (engine) => {
  let club: Club;
  let clock: VirtualClock;
  let reports: string[];
  const stops: (() => void)[] = [];
  beforeAll(async () => void (club = await openClub(engine)));
  afterAll(() => club.end());
  beforeEach(async () => {
    for (const table of ['demande', 'node', 'election']) await club.hand.type(`DELETE FROM ${table}`);
    clock = new VirtualClock(Date.now() - 60 * DAY);
    reports = [];
  });
  afterEach(() => {
    for (const stop of stops.splice(0)) stop();
  });

  const keeper = (limits = SMALL, storage: Storage = club.storage, guard?: Fence): Housekeeping => {
    const report = (message: string): void => void reports.push(message);
    const journal = new Journal(storage, new Map(), clock, { group: 100, queue: 1_000 }, report);
    const house = new Housekeeping(journal, storage, clock, report, limits);
    stops.push(house.start(guard).stop);
    return house;
  };
  /** Virtual time goes on until it is true, but stands still while a read or a transaction of the real database is under way. */
  const pass = (met: () => boolean, ms = 60_000) =>
    expect
      .poll(
        async () => {
          await (clock.armed > 0 ? clock.pass(ms) : clock.settle());
          return met();
        },
        { interval: 1 },
      )
      .toBe(true);
  const rounds = (house: Housekeeping, count: number) => pass(() => house.rounds >= count);
  const accepted = async (count: number, prefix: string, instant: number, scope = 'test'): Promise<void> => {
    const demandes = Array.from({ length: count }, (_, i) => [scope, `${prefix}-${i}`, 's', 'h', { i }, instant] as const);
    await club.storage.commit(group({ demandes }));
  };
  const left = async (): Promise<Record<string, number>> => {
    const rows = await club.hand.type(`SELECT substr(id, 1, 3) AS name, COUNT(*) AS n FROM demande GROUP BY 1 ORDER BY 1`);
    return Object.fromEntries(rows.map(({ name, n }) => [String(name), Number(n)]));
  };

  it('removes demandes after thirty days, and not one of twenty-nine', async () => {
    await accepted(330, 'old', clock.now() - 31 * DAY);
    await accepted(40, 'old', clock.now() - 31 * DAY, 'machine');
    await accepted(200, 'mid', clock.now() - 29 * DAY);
    await accepted(10, 'new', clock.now());
    const house = keeper();
    await rounds(house, 1);
    expect(await left()).toEqual({ mid: 200, new: 10 });
    expect(house.removed.demandes).toBe(370);
    clock.jump(2 * DAY);
    await rounds(house, 2);
    expect(await left()).toEqual({ new: 10 });
    clock.jump(40 * DAY);
    await rounds(house, 3);
    expect(await left()).toEqual({});
    expect(house.removed.demandes).toBe(580);
    expect(reports).toEqual([]);
  });

  it('removes nothing early because its own clock runs ahead', async () => {
    await accepted(100, 'now', Date.now());
    clock.jump(400 * DAY);
    const house = keeper();
    await rounds(house, 1);
    expect(await left()).toEqual({ now: 100 });
  });

  it('keeps a demande that was accepted anew under a key that was read as old', async () => {
    await accepted(10, 'old', clock.now() - 31 * DAY);
    const late = intercept(club.storage, {
      demandeInstants: async (after, limit) => {
        const read = await club.storage.demandeInstants(after, limit);
        await club.hand.type(`UPDATE demande SET instant = ${clock.now()} WHERE id = 'old-3'`);
        return read;
      },
    });
    await rounds(keeper(SMALL, late), 1);
    expect((await club.hand.type('SELECT id FROM demande')).map(({ id }) => id)).toEqual(['old-3']);
  });

  it('removes members that left or died a day ago, never a living one, and elections beyond the last thousand', async () => {
    const now = clock.now();
    const node = (incarnation: string, state: string, seen: number) => ({
      incarnation,
      id: 'a',
      address: 'h:1',
      state,
      since: 1,
      seen,
      host: '',
      pid: 1,
      started: '',
      boot: '',
    });
    const election = (term: number) => ({ term, holder: 'a', incarnation: 'a1', cause: '', since: 1, took_ms: 1 });
    await club.storage.transact(async (tx) => {
      await tx.insert('node', [node('a1', 'dead', now - 2 * DAY), node('a2', 'left', now - 2 * DAY), node('a3', 'alive', now - 2 * DAY)]);
      await tx.insert('node', [node('a4', 'dead', now - DAY / 2), node('a5', 'left', now)]);
      await tx.insert(
        'election',
        Array.from({ length: 1_180 }, (_, i) => election(i + 1)),
      );
      await tx.update('lease', { term: 1_180 }, { name: 'leader' });
    });
    const house = keeper();
    await rounds(house, 1);
    expect((await club.hand.type('SELECT incarnation FROM node ORDER BY 1')).map((row) => row['incarnation'])).toEqual(['a3', 'a4', 'a5']);
    expect(await club.hand.type('SELECT MIN(term) AS min, COUNT(*) AS n FROM election')).toEqual([
      { min: engine === 'sqlite' ? 181 : '181', n: engine === 'sqlite' ? 1_000 : '1000' },
    ]);
    expect(house.removed).toEqual({ demandes: 0, nodes: 2, elections: 180 });
  });

  it('works in small transactions with rests between them, a minute after the start and then hourly', async () => {
    await accepted(200, 'old', clock.now() - 31 * DAY);
    const at: number[] = [];
    const watched = intercept(club.storage, {
      transact: (work) => {
        at.push(clock.monotonic());
        return club.storage.transact(work);
      },
    });
    const house = keeper(SMALL, watched);
    await clock.pass(59_999);
    expect(at).toEqual([]);
    await pass(() => house.rounds === 1);
    expect(at.length, 'three and two for the slices of demandes, one each for members and elections').toBe(7);
    for (const [i, instant] of at.slice(1).entries()) expect(instant - at[i]!).toBeGreaterThanOrEqual(20);
    const end = clock.monotonic();
    await pass(() => house.rounds === 2);
    expect(clock.monotonic() - end).toBeGreaterThanOrEqual(3_600_000 - 60_000);
  });

  it('stops for good when its term ends, in the middle of a round, and removes nothing more', async () => {
    await accepted(200, 'old', clock.now() - 31 * DAY);
    await club.hand.type(`UPDATE lease SET holder = 'a', term = 3`);
    let transactions = 0;
    const guard: Fence = async (tx) => {
      if (++transactions > 2) await tx.update('lease', { term: 4 }, { name: 'leader' });
      await fence(tx, { number: 3 });
    };
    const house = keeper(SMALL, club.storage, guard);
    await pass(() => transactions === 3);
    await clock.pass(3 * 3_600_000);
    expect(transactions).toBe(3);
    expect(house.removed.demandes).toBe(100);
    expect(await left()).toEqual({ old: 100 });
    expect(clock.armed).toBe(0);
    expect(reports).toEqual([]);
  });

  it('mutant: unfenced, it removes on after the end of its term', async () => {
    await accepted(200, 'old', clock.now() - 31 * DAY);
    await club.hand.type(`UPDATE lease SET holder = 'b', term = 4`);
    await rounds(keeper(), 1);
    expect(await left()).toEqual({});
  });

  it('is stopped at once, and leaves no timer behind', async () => {
    await accepted(200, 'old', clock.now() - 31 * DAY);
    const house = keeper();
    await pass(() => house.removed.demandes > 0);
    stops.splice(0)[0]!();
    await clock.settle();
    await clock.pass(10 * 3_600_000);
    expect(house.rounds).toBe(0);
    expect(clock.armed).toBe(0);
  });

  it('a database out of reach is no end: the next round goes on', async () => {
    await accepted(60, 'old', clock.now() - 31 * DAY);
    let down = true;
    const shaky = intercept(club.storage, {
      transact: (work) => (down ? Promise.reject(new StorageUnavailable('down')) : club.storage.transact(work)),
    });
    const house = keeper(SMALL, shaky);
    await clock.pass(1_800_000);
    expect(house.rounds).toBe(0);
    down = false;
    await rounds(house, 1);
    expect(await left()).toEqual({});
    expect(reports).toEqual([]);
  });
});
