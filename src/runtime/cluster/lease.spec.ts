import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openStorage } from '../../database/open-storage.js';
import { intercept } from '../../../test/guards/intercept.js';
import { engines, type Hand, newDatabase, type TestDatabase } from '../../../test/support/databases.js';
import type { Storage } from '../outbox/storage.js';
import { type Claim, elections, fence, type Mandate, StoredLease, TermLost } from './lease.js';
import { LEASE_MS } from './timing.js';

const claimant = (id: string) => ({ me: { id, incarnation: `${id}.1` }, cause: 'start', tookMs: 1.4 });
const granted = (claim: Claim): Mandate => {
  if (claim.is !== 'held by me') throw new Error(`held by ${claim.holder}`);
  return claim.term;
};

describe.each(engines)('the lease on %s', (engine) => {
  let database: TestDatabase;
  let storages: Storage[];
  let hand: Hand;
  const lease = (i = 0) => new StoredLease(storages[i]!);
  const runOut = () => hand.type('UPDATE lease SET expires = 0');

  beforeAll(async () => {
    database = await newDatabase(engine);
    storages = [openStorage(database.url), openStorage(database.url)];
    for (const storage of storages) await storage.open([]);
    hand = await database.hand();
  });
  afterAll(async () => {
    for (const storage of storages) await storage.close();
    await database.drop();
  });
  beforeEach(() => hand.type(`UPDATE lease SET holder = '', incarnation = '', expires = 0`));

  it('of two that claim together one is granted, and the other learns by whom and for how long', async () => {
    const claims = await Promise.all([lease(0).claim(claimant('a')), lease(1).claim(claimant('b'))]);
    expect(claims.map(({ is }) => is).toSorted()).toEqual(['held', 'held by me']);
    const [won, lost] = claims.toSorted((x) => (x.is === 'held by me' ? -1 : 1));
    expect(lost).toMatchObject({ term: granted(won!).number, incarnation: granted(won!).incarnation });
    const { leftMs } = lost as Claim & { is: 'held' };
    expect(leftMs).toBeGreaterThan(LEASE_MS / 2);
    expect(leftMs).toBeLessThanOrEqual(LEASE_MS);
  });

  it('it is claimed again when it has run out, when it was given back, and by the one who has it: always under a new term', async () => {
    const first = granted(await lease().claim(claimant('a')));
    const again = granted(await lease().claim(claimant('a')));
    expect((await lease().claim(claimant('b'))).is).toBe('held');
    await runOut();
    const second = granted(await lease(1).claim(claimant('b')));
    await lease(1).release(second);
    expect(await lease().read()).toBeUndefined();
    const third = granted(await lease().claim(claimant('a')));
    expect([again, second, third].map(({ number }) => number - first.number)).toEqual([1, 2, 3]);
  });

  it('it is renewed by the term that holds it, and by no other; what was given back stays free', async () => {
    const stale = granted(await lease().claim(claimant('a')));
    expect(await lease().renew(stale)).toBe(true);
    await lease().release(stale);
    expect(await lease().renew(stale)).toBe(false);
    const next = granted(await lease(1).claim(claimant('b')));
    await lease().release(stale);
    expect(await lease().renew(stale)).toBe(false);
    expect(await lease(1).renew(next)).toBe(true);
    expect(await lease().read()).toMatchObject({ holder: 'b', term: next.number });
  });

  it('a renewal between the reading and the writing of a claim wins', async () => {
    const held = granted(await lease().claim(claimant('a')));
    await runOut();
    // Both begin; whichever comes second sees what the first one did.
    const [claim, renewed] = await Promise.all([lease(1).claim(claimant('b')), lease().renew(held)]);
    expect(renewed).toBe(claim.is === 'held');
  });

  it('the fence of a stale or returned term refuses, and the transaction writes nothing', async () => {
    const stale = granted(await lease().claim(claimant('a')));
    const write = (term: Mandate) =>
      storages[0]!.transact(async (tx) => {
        await fence(tx, term);
        await tx.insert('marker', [{ name: `term ${term.number}`, instant: 1 }]);
      });
    await write(stale);
    await runOut();
    const next = granted(await lease(1).claim(claimant('b')));
    await hand.type('DELETE FROM marker');
    await expect(write(stale)).rejects.toBeInstanceOf(TermLost);
    await lease(1).release(next);
    await expect(write(next)).rejects.toBeInstanceOf(TermLost);
    expect(await hand.type('SELECT name FROM marker')).toEqual([]);
  });

  it('every claim is remembered, in its own transaction', async () => {
    const { number } = granted(await lease().claim({ ...claimant('a'), cause: 'silence', tookMs: 640.4 }));
    const [last, ...before] = await storages[0]!.transact((tx) => elections(tx, 3));
    expect(last).toMatchObject({ term: number, holder: 'a', incarnation: 'a.1', cause: 'silence', tookMs: 640 });
    expect(before.map(({ term }) => term)).toEqual([number - 1, number - 2].filter((term) => term > 0));
    await expect(lease().claim({ ...claimant('a'), cause: null as unknown as string })).rejects.toThrow();
    expect((await lease().read())?.term).toBe(number);
  });

  it('the process’s own clock is never asked', async () => {
    const real = Date.now;
    const held = granted(await lease().claim(claimant('a')));
    try {
      for (const jump of [7_200_000, -7_200_000]) {
        Date.now = () => real() + jump;
        expect(await lease().renew(held)).toBe(true);
        expect(await lease(1).claim(claimant('b'))).toMatchObject({ is: 'held', term: held.number });
      }
    } finally {
      Date.now = real;
    }
  });
});

describe('a leader inside a fenced transaction, on PostgreSQL', () => {
  let database: TestDatabase;
  let storages: Storage[];
  let hand: Hand;
  beforeAll(async () => {
    database = await newDatabase('postgres');
    storages = [openStorage(database.url), openStorage(database.url)];
    for (const storage of storages) await storage.open([]);
    hand = await database.hand();
  });
  afterAll(async () => {
    for (const storage of storages) await storage.close();
    await database.drop();
  });
  const waiting = async (): Promise<number> =>
    (await hand.type(`SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`)).length;

  /** A fenced transaction under a lease that has run out, held open until `end` is called; and a claim by another that waits for it. */
  async function takeover(holds = true): Promise<{ end: () => void; held: Promise<unknown>; claim: Promise<Claim> }> {
    const term = granted(await new StoredLease(storages[0]!).claim(claimant('a')));
    await hand.type('UPDATE lease SET expires = 0');
    let end = (): void => {};
    const inside = new Promise<void>((resolve) => (end = resolve));
    let entered = (): void => {};
    const fenced = new Promise<void>((resolve) => (entered = resolve));
    const held = storages[0]!
      .transact(async (tx) => {
        await fence(holds ? tx : intercept(tx, { hold: (table, where) => tx.select(table, where) }), term);
        entered();
        await inside;
        await tx.insert('marker', [{ name: `term ${term.number}`, instant: 1 }]);
      })
      .catch((error: unknown) => error);
    await fenced;
    const claim = new StoredLease(storages[1]!).claim(claimant('b'));
    if (holds) await expect.poll(waiting).toBe(1);
    return { end, held, claim };
  }
  const marks = async (): Promise<number> => (await hand.type('SELECT name FROM marker')).length;

  it('the takeover waits for it', async () => {
    const { end, held, claim } = await takeover();
    end();
    expect(await held).toBeUndefined();
    expect((await claim).is).toBe('held by me');
    expect(await marks()).toBe(1);
  });

  it('a mutant fence that only looks is noticed: the next term begins, and then the earlier one writes', async () => {
    await hand.type(`DELETE FROM marker`);
    await hand.type(`UPDATE lease SET holder = '', incarnation = ''`);
    const { end, held, claim } = await takeover(false);
    expect((await claim).is).toBe('held by me');
    end();
    expect(await held).toBeUndefined();
    expect(await marks()).toBe(1);
  });

  it('frozen, it is ended by the server before the lease’s time, and writes nothing', async () => {
    await hand.type('DELETE FROM marker');
    await hand.type(`UPDATE lease SET holder = '', incarnation = ''`);
    const { end, held, claim } = await takeover();
    expect((await claim).is).toBe('held by me');
    end();
    expect(await held).toBeInstanceOf(Error);
    expect(await marks()).toBe(0);
  });
});
