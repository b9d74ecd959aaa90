import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { counter, gifts, plain, slotNamed, tally } from '../../../test/support/counter-arbitraries.js';
import { mergeTallies, NO_GIFTS, PnCounter, type Tally, ZERO } from './pn-counter.js';

type Merge = (a: Tally, b: Tally) => Tally;

const parts = (one: Tally): unknown => [one.plus, one.minus, gifts(one)];
const atMost = (a: Tally, b: Tally): boolean =>
  a.plus <= b.plus && a.minus <= b.minus && [...a.given].every(([to, amount]) => amount <= (b.given.get(to) ?? 0n));

/** What a merge must keep to; the mutants below break one each. */
function laws(merge: Merge): void {
  const holds = (law: string, a: unknown, b: unknown): void => expect(a, law).toEqual(b);
  fc.assert(
    fc.property(tally, tally, tally, (a, b, c) => {
      holds('commutative', parts(merge(a, b)), parts(merge(b, a)));
      holds('associative', parts(merge(merge(a, b), c)), parts(merge(a, merge(b, c))));
      holds('idempotent', parts(merge(merge(a, b), b)), parts(merge(a, b)));
      holds('never lower than either', [atMost(a, merge(a, b)), atMost(b, merge(a, b))], [true, true]);
    }),
  );
}

describe('merging two tallies', () => {
  it('is commutative, associative, idempotent, and never lower than either', () => laws(mergeTallies));
  it('returns the first itself when the second adds nothing', () =>
    fc.assert(
      fc.property(tally, tally, (a, b) => {
        const both = mergeTallies(a, b);
        expect(mergeTallies(both, a)).toBe(both);
        expect(mergeTallies(both, b)).toBe(both);
        expect(mergeTallies(a, ZERO)).toBe(a);
      }),
    ));

  it.each<[string, Merge]>([
    ['adds instead of taking the greater', (a, b) => ({ ...mergeTallies(a, b), plus: a.plus + b.plus })],
    ['lets the later one win', (_, b) => b],
    ['forgets what was taken away', (a, b) => ({ ...mergeTallies(a, b), minus: a.minus })],
    ['forgets gifts', (a, b) => ({ ...mergeTallies(a, b), given: NO_GIFTS })],
    ['takes the difference into plus', (a, b) => (a.plus - a.minus > b.plus - b.minus ? a : b)],
  ])('the laws see a merge that %s', (_, merge) => expect(() => laws(merge)).toThrow());
});

describe('a PN-counter', () => {
  const merged = (a: PnCounter, b: PnCounter): PnCounter => {
    const all = a.copy();
    all.merge(b);
    return all;
  };

  it('merges in any order, in any grouping, as often as one likes', () =>
    fc.assert(
      fc.property(counter, counter, counter, (a, b, c) => {
        expect(plain(merged(a, b))).toEqual(plain(merged(b, a)));
        expect(plain(merged(merged(a, b), c))).toEqual(plain(merged(a, merged(b, c))));
        expect(plain(merged(merged(a, b), b))).toEqual(plain(merged(a, b)));
      }),
    ));
  it('says whether a merge made it grow, and it never shrinks', () =>
    fc.assert(
      fc.property(counter, counter, (a, b) => {
        const all = a.copy();
        expect(all.merge(b)).toBe(JSON.stringify(plain(all), text) !== JSON.stringify(plain(a), text));
        for (const [slot, before] of a.entries()) expect(atMost(before, all.tally(slot))).toBe(true);
        expect(all.merge(b)).toBe(false);
      }),
    ));
  it('its difference since another, merged into that other, is the whole', () =>
    fc.assert(
      fc.property(counter, counter, (mine, theirs) => {
        expect(plain(merged(theirs, mine.delta(theirs)))).toEqual(plain(merged(theirs, mine)));
        expect(merged(theirs, mine).delta(merged(mine, theirs)).size).toBe(0);
      }),
    ));
  it('its value is the sum of what was counted, on whatever slots, exactly', () =>
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(3), fc.bigInt(-(10n ** 30n), 10n ** 30n))), (counted) => {
        const one = new PnCounter();
        for (const [slot, by] of counted) one.add(slotNamed(slot), by);
        expect(one.value).toBe(counted.reduce((sum, [, by]) => sum + by, 0n));
        expect([...one.entries()].reduce((sum, [, { plus, minus }]) => sum + plus - minus, 0n)).toBe(one.value);
      }),
    ));
  it('keeps its value right when tallies are merged in and taken out', () =>
    fc.assert(
      fc.property(counter, counter, fc.nat(4), (a, b, number) => {
        const all = merged(a, b);
        const gone = all.remove(slotNamed(number));
        expect([...all.entries()].reduce((sum, [, { plus, minus }]) => sum + plus - minus, 0n)).toBe(all.value);
        all.set(slotNamed(number), gone);
        expect(all.value).toBe(merged(a, b).value);
      }),
    ));
  it('counting 0 leaves no trace', () => {
    const one = new PnCounter();
    one.add(slotNamed(1), 0n);
    expect(one.size).toBe(0);
  });
  it('a copy lives its own life, and a tally that was handed out never changes', () => {
    const one = new PnCounter();
    one.add(slotNamed(1), 5n);
    const copy = one.copy();
    const before = one.tally(slotNamed(1));
    one.add(slotNamed(1), -2n);
    expect([one.value, copy.value, before]).toEqual([3n, 5n, { plus: 5n, minus: 0n, given: NO_GIFTS }]);
  });
});

function text(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
