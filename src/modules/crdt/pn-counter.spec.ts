import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { counter, gifts, plain, slotNamed, tally } from '../../../test/support/counter-arbitraries.js';
import { Column, mergeTallies, NO_GIFTS, PnCounter, type Tally, ZERO } from './pn-counter.js';

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
  const merged = (...counters: readonly PnCounter[]): PnCounter => {
    const all = new PnCounter();
    for (const one of counters) for (const [slot, tally] of one.entries()) all.set(slot, tally);
    return all;
  };

  it('takes tallies in any order and as often as one likes, and never shrinks', () =>
    fc.assert(
      fc.property(counter, counter, (a, b) => {
        const all = merged(a, b);
        expect(plain(all)).toEqual(plain(merged(b, a, b)));
        for (const [slot, before] of a.entries()) expect(atMost(before, all.tally(slot))).toBe(true);
      }),
    ));
  it('says whether a tally made it grow', () =>
    fc.assert(
      fc.property(counter, tally, (a, one) => {
        const all = merged(a);
        expect(all.set(slotNamed(1), one)).toBe(JSON.stringify(plain(all), text) !== JSON.stringify(plain(a), text));
        expect(all.set(slotNamed(1), one)).toBe(false);
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
  it('a tally that was handed out never changes', () => {
    const one = new PnCounter();
    one.add(slotNamed(1), 5n);
    const before = one.tally(slotNamed(1));
    one.add(slotNamed(1), -2n);
    expect([one.value, before]).toEqual([3n, { plus: 5n, minus: 0n, given: NO_GIFTS }]);
  });
});

describe('a column', () => {
  const says = (plus: bigint): Tally => ({ plus, minus: 0n, given: NO_GIFTS });
  /** Close together, far apart, and on both sides of where the one form gives way to the other. */
  const number = fc.oneof(fc.nat(20), fc.nat(200), fc.nat(100_000));

  it('holds what a map holds, in whatever order products come and however far apart they are', () =>
    fc.assert(
      fc.property(
        fc.nat(300),
        fc.array(fc.tuple(number, fc.bigInt(1n, 10n ** 30n), fc.nat(2 ** 40)), { maxLength: 300 }),
        (expected, puts) => {
          const column = new Column(expected);
          const model = new Map<number, readonly [Tally, number]>();
          for (const [product, plus, changed] of puts) {
            column.put(product, says(plus), changed);
            model.set(product, [says(plus), changed]);
            expect([column.tally(product), column.changed(product), column.size]).toEqual([says(plus), changed, model.size]);
          }
          expect(new Map([...column].map(([product, one, changed]) => [product, [one, changed]]))).toEqual(model);
          expect([column.tally(100_001), column.changed(100_001)]).toEqual([ZERO, 0]);
        },
      ),
    ));
  it('is made of arrays and back of a map as products come, and loses nothing', () => {
    const column = new Column();
    const numbers = [
      5_000,
      ...Array.from({ length: 2_000 }, (_, at) => at),
      60_000,
      ...Array.from({ length: 14_000 }, (_, at) => 2_000 + at),
    ];
    for (const product of numbers) column.put(product, says(BigInt(product + 1)), product);
    expect(column.size).toBe(new Set(numbers).size);
    for (const product of numbers) expect(column.tally(product).plus).toBe(BigInt(product + 1));
    expect([...column]).toHaveLength(column.size);
  });
});

function text(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
