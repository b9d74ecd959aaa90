/** Whatever befalls a root with companions and timers, its history is the one that nothing befell. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AnyAggregate } from '../../src/runtime/aggregate/aggregate.js';
import { HandStorage } from '../support/hand-storage.js';
import { runs } from '../support/runs.js';
import { type Left, play, shelfHistory, troubles } from '../support/shelf-play.js';
import { shelf } from '../support/toy-shelf.js';

/** The answer of a demande that a lost commit carried may be told as a replay. */
const told = ({ outcomes }: Left): unknown[] => outcomes.map((one) => (one?.is === 'done' ? one.answer : one));

function alike(smooth: Left, rough: Left): void {
  expect(told(rough), 'F1 every answer').toEqual(told(smooth));
  expect(rough.facts, 'F2 every fact of every stream, in one order').toEqual(smooth.facts);
  expect(rough.view, 'F3 the state').toEqual(smooth.view);
  expect(rough.rows, 'F4 the rows of its timers').toEqual(smooth.rows);
  expect(rough.armed, 'F5 what is armed in memory is what the rows say').toEqual(rough.rows);
}

describe('a root with its companions and timers', () => {
  it('is the same after any history with rebuilds, restarts and lost commits anywhere as without them', { timeout: 120_000 }, async () => {
    const met = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(shelfHistory, async (steps) => {
        for (const { trouble } of steps) met.set(trouble, (met.get(trouble) ?? 0) + 1);
        const [smooth, rough] = [await play(steps, { trouble: false }), await play(steps)];
        alike(smooth, rough);
        expect(smooth.crashes).toBe(0);
        // F6: one timer, one demande stored, one effect.
        const rings = (rough.facts as { demande: string; type: string }[]).filter(({ type }) => type === 'Rung' || type === 'Reminded');
        expect(new Set(rings.map(({ demande }) => demande)).size, 'F6 each timer once').toBe(rings.length);
      }),
      { numRuns: runs(80) },
    );
    for (const trouble of troubles) expect(met.get(trouble) ?? 0, `${trouble} did happen`).toBeGreaterThan(0);
  });

  /** Some history breaks the law. */
  const red = async (spoil: () => { aggregate?: AnyAggregate; storage?: HandStorage }, law: RegExp): Promise<void> => {
    const all = fc.sample(shelfHistory, { numRuns: 100, seed: 7 });
    const tried = async (): Promise<void> => {
      for (const steps of all) alike(await play(steps, { trouble: false }), await play(steps, spoil()));
    };
    await expect(tried()).rejects.toThrow(law);
  };

  it('mutant: a load without the timers', () =>
    red(() => {
      const storage = new HandStorage();
      storage.timersOf = async () => [];
      return { storage };
    }, /F[1-5]/));

  it('mutant: a load without the living companions', () =>
    red(() => ({ aggregate: { ...shelf, companions: { ...shelf.companions!, living: () => [] } } as AnyAggregate }), /F3/));

  it('mutant: rows of timers that are not deleted with the facts', () =>
    red(() => {
      const storage = new HandStorage();
      const commit = storage.commit.bind(storage);
      storage.commit = (group) => {
        const timer = group.tables.get('timer');
        return commit(timer === undefined ? group : { ...group, tables: new Map([['timer', { ...timer, deletes: [] }]]) });
      };
      return { storage };
    }, /F[1-5]|timer/));

  it('mutant: a state that is not dropped whole when a commit fails', () =>
    red(() => {
      const kept = shelf.initial();
      return { aggregate: { ...shelf, initial: () => kept } as AnyAggregate };
    }, /F[1-5]/));
});
