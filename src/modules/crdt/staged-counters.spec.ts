import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { counter, plain, slotNamed } from '../../../test/support/counter-arbitraries.js';
import { give, lower, rights } from './bounded-counter.js';
import { Counters } from './counters.js';
import { PnCounter } from './pn-counter.js';
import { Staged, StagedCounter } from './staged-counters.js';

const [A, B] = [slotNamed(0), slotNamed(1)];
const slot = fc.nat(3).map(slotNamed);
const act = fc.tuple(fc.constantFrom('add', 'lower', 'give'), slot, slot, fc.bigInt(1n, 60n));

function copyOf(one: PnCounter): PnCounter {
  const copy = new PnCounter();
  for (const [of, tally] of one.entries()) copy.set(of, tally);
  return copy;
}

function stocked(): Counters {
  const counters = new Counters();
  const stock = new PnCounter();
  stock.add(A, 5n);
  counters.record({ product: 'tote', slot: A, tally: stock.tally(A), changed: 1 }, 'lyon');
  counters.learn(A, 'lyon', 1);
  return counters;
}

describe('a staged counter', () => {
  it('follows the rules as a counter of its own would, and leaves what is durable as it is', () =>
    fc.assert(
      fc.property(counter, fc.array(act, { maxLength: 30 }), (durable, acts) => {
        const before = plain(durable);
        const model = copyOf(durable);
        const view = { counter: () => durable, tallyOf: (_: string, of: string) => durable.tally(of), value: () => durable.value };
        const staged = new StagedCounter(view, 'tote');
        for (const [what, from, to, amount] of acts) {
          for (const one of [staged, model]) if (what === 'add') one.add(from, amount);
          if (what === 'lower') expect(lower(staged, from, amount)).toBe(lower(model, from, amount));
          if (what === 'give' && from !== to) expect(give(staged, from, to, amount)).toBe(give(model, from, to, amount));
          expect([staged.value, rights(staged, from), rights(staged, to)]).toEqual([model.value, rights(model, from), rights(model, to)]);
        }
        expect(plain(durable)).toEqual(before);
        for (const [of, tally] of staged.drafts) durable.set(of, tally);
        expect(plain(durable)).toEqual(plain(model));
      }),
    ));
});

describe('what a group stages', () => {
  it('is nothing when it would lower or give more than there are rights', () => {
    const staged = new Staged(stocked(), 'lyon', A);
    expect(() => staged.change('tote', -6n, true)).toThrow(RangeError);
    expect(() => staged.give('tote', A, B, 6n)).toThrow(RangeError);
    expect(() => staged.give('tote', A, A, 1n)).toThrow(RangeError);
    expect([[...staged.entries()], [...staged.slots()], staged.value('tote')]).toEqual([[], [], 5n]);
  });
  it('is each tally as it will stand, at the version at which it stood so', () => {
    const staged = new Staged(stocked(), 'lyon', A);
    staged.change('tote', -2n, true);
    staged.give('tote', A, B, 3n);
    staged.change('cafe', -9n, false);
    staged.change('cafe', 0n, false);
    expect([...staged.entries()]).toEqual([
      { product: 'tote', slot: A, tally: { plus: 5n, minus: 2n, given: new Map([[B, 3n]]) }, changed: 3, replica: 'lyon' },
      { product: 'cafe', slot: A, tally: { plus: 0n, minus: 9n, given: new Map() }, changed: 4, replica: 'lyon' },
    ]);
    expect([...staged.slots()]).toEqual([{ slot: A, replica: 'lyon', version: 5, own: true }]);
    expect([staged.rights('tote'), staged.rights('tote', B), staged.value('cafe')]).toEqual([0n, 3n, -9n]);
  });
});
