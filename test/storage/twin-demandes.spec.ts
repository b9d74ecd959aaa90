/** Two instances perform the same row demande at once: one effect, one answer, told as what it is. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStorage } from '../../src/database/open-storage.js';
import type { Envelope, Outcome } from '../../src/runtime/aggregate/outcome.js';
import type { Performed } from '../../src/runtime/outbox/row-lane.js';
import type { RowTransaction } from '../../src/runtime/outbox/storage.js';
import { intercept } from '../guards/intercept.js';
import { engines, newDatabase, type TestDatabase } from '../support/databases.js';
import { Owner } from '../guards/owner.js';

const byName = (a: string, b: string): number => a.localeCompare(b);

describe.each(engines)('the same row demande asked of two instances at once, on %s,', (engine) => {
  let database: TestDatabase;
  let owners: Owner[];
  beforeAll(async () => {
    database = await newDatabase(engine);
    owners = [await Owner.on(database), await Owner.on(database)];
  });
  afterAll(async () => {
    for (const owner of owners) await owner.stop();
    await database.drop();
  });

  const envelope = (owner: Owner, id: string, hash = 'h'): Envelope => {
    const { clock } = owner.machine;
    return { scope: 'test', id, minted: false, acteur: null, instant: clock.now(), hash, deadline: clock.monotonic() + 8_000 };
  };
  /**
   * Both have looked for the id and found nothing before either writes, where the engine lets them: on SQLite the second one cannot even
   * look before the first one has ended.
   */
  const bothAtOnce = (id: string, work: (n: number) => (tx: RowTransaction) => Promise<Performed<unknown>>, hashes = ['h', 'h']) => {
    let present = 0;
    let meet: () => void = () => undefined;
    const met = new Promise<void>((resolve) => (meet = resolve));
    return Promise.all(
      owners.map((owner, n) =>
        owner.machine.rows.perform(envelope(owner, id, hashes[n]), n === 0 ? 'x' : hashes[0] === hashes[1] ? 'x' : 'y', async (tx) => {
          if (++present === 2) meet();
          if (engine === 'postgres') await met;
          return work(n)(tx);
        }),
      ),
    );
  };
  const replays = (outcomes: readonly Outcome[]): string[] =>
    outcomes.map((one) => (one.is === 'done' ? `replayed ${one.replayed}` : one.is)).toSorted(byName);
  const marked = async (name: string): Promise<number> => {
    const hand = await database.hand();
    return (await hand.type(`SELECT 1 FROM marker WHERE name LIKE '${name}%'`)).length;
  };

  it('the loser is answered as stored, and its own effect is undone', async () => {
    const outcomes = await bothAtOnce('twin-1', (n) => async (tx) => {
      await tx.insert('marker', [{ name: `one ${n}`, instant: 1 }]);
      return { answer: { by: n } };
    });
    expect(replays(outcomes)).toEqual(['replayed false', 'replayed true']);
    expect(new Set(outcomes.map((one) => one.is === 'done' && JSON.stringify(one.answer))).size).toBe(1);
    expect(await marked('one')).toBe(1);
    expect(owners.flatMap(({ reports }) => reports)).toEqual([]);
  });

  it('the loser that is refused because of the winner’s effect is answered as stored too', async () => {
    const outcomes = await bothAtOnce('twin-2', () => async (tx) => {
      const taken = (await tx.insert('marker', [{ name: 'two', instant: 1 }], true)) === 0;
      return taken ? { refusal: 'taken' } : { answer: 'mine' };
    });
    expect(replays(outcomes)).toEqual(['replayed false', 'replayed true']);
  });

  it('the loser whose key the winner took is answered as stored, not `failed`', async () => {
    const outcomes = await bothAtOnce('twin-3', () => async (tx) => {
      await tx.insert('marker', [{ name: 'three', instant: 1 }]);
      return { answer: 'mine' };
    });
    expect(replays(outcomes)).toEqual(['replayed false', 'replayed true']);
    expect(owners.flatMap(({ reports }) => reports)).toEqual([]);
  });

  it('the loser that asked for something else under the same id is told so', async () => {
    const outcomes = await bothAtOnce('twin-4', (n) => async () => ({ answer: n }), ['this', 'that']);
    expect(outcomes.map(({ is }) => is).toSorted(byName)).toEqual(['different', 'done']);
  });

  it('a refusal without a twin stays a refusal, and a bug a bug', async () => {
    const [a] = owners;
    const ask = (id: string, work: () => Promise<Performed<unknown>>) => a!.machine.rows.perform(envelope(a!, id), 'x', work);
    expect(await ask('alone-1', async () => ({ refusal: 'no' }))).toEqual({ is: 'refused', refusal: { refusal: 'no' } });
    expect(await ask('alone-2', () => Promise.reject(new Error('bug')))).toEqual({ is: 'failed' });
    expect(a!.reports).toHaveLength(1);
  });

  it('one that was answered `not_executed` before its transaction began is never performed', async () => {
    let open: () => void = () => undefined;
    let asked = 0;
    const shut = new Promise<void>((resolve) => (open = resolve));
    const real = openStorage(database.url);
    const storage = intercept(real, {
      transact: async (work, options) => {
        asked++;
        await shut;
        return real.transact(work, options);
      },
    });
    const late = await Owner.on(database, { storage });
    const { clock, rows, journal } = late.machine;
    let performed = 0;
    const work = async (): Promise<Performed<unknown>> => ({ answer: ++performed });
    const hurried = rows.perform({ ...envelope(late, 'late-1'), deadline: clock.monotonic() + 700 }, 'x', work);
    const patient = rows.perform(envelope(late, 'late-2'), 'x', work);
    expect(await hurried).toMatchObject({ is: 'unavailable', effect: 'not_executed' });
    expect(asked, 'it was on its way').toBe(1);
    open();
    expect(await patient).toEqual({ is: 'done', answer: 1, replayed: false });
    await journal.drained();
    expect(performed).toBe(1);
    await late.stop();
  });
});
