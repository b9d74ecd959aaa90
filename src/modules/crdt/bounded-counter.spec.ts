import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { counter, plain, slotNamed } from '../../../test/support/counter-arbitraries.js';
import { give, lower, rights } from './bounded-counter.js';
import { PnCounter } from './pn-counter.js';

const [A, B, C] = [slotNamed(0), slotNamed(1), slotNamed(2)];

function withStock(amount: bigint): PnCounter {
  const stock = new PnCounter();
  stock.add(A, amount);
  return stock;
}

describe('rights', () => {
  it('who raises may lower as much, and nobody else', () => {
    const stock = withStock(5n);
    expect([rights(stock, A), rights(stock, B)]).toEqual([5n, 0n]);
    expect([lower(stock, B, 1n), lower(stock, A, 6n), stock.value]).toEqual([false, false, 5n]);
    expect([lower(stock, A, 5n), stock.value, rights(stock, A)]).toEqual([true, 0n, 0n]);
  });
  it('what is given moves from one to the other, and the value stays', () => {
    const stock = withStock(5n);
    expect([give(stock, A, B, 3n), give(stock, A, B, 1n), give(stock, B, C, 2n)]).toEqual([true, true, true]);
    expect([A, B, C].map((slot) => rights(stock, slot))).toEqual([1n, 2n, 2n]);
    expect(stock.value).toBe(5n);
  });
  it('one gives at most what one has, and a refused gift leaves no trace', () => {
    const stock = withStock(2n);
    const before = plain(stock);
    expect([give(stock, A, B, 3n), give(stock, B, A, 1n)]).toEqual([false, false]);
    expect(plain(stock)).toEqual(before);
  });
  it('nobody gives to oneself, and no amount is zero or less', () => {
    const stock = withStock(2n);
    expect(() => give(stock, A, A, 1n)).toThrow(RangeError);
    for (const amount of [0n, -1n]) {
      expect(() => give(stock, A, B, amount)).toThrow(RangeError);
      expect(() => lower(stock, A, amount)).toThrow(RangeError);
    }
    expect(plain(stock)).toEqual(plain(withStock(2n)));
  });
  it('all rights together are the value, whatever was merged', () =>
    fc.assert(
      fc.property(counter, (any) => {
        const slots = new Set([...any.entries()].flatMap(([slot, { given }]) => [slot, ...given.keys()]));
        expect([...slots].reduce((sum, slot) => sum + rights(any, slot), 0n)).toBe(any.value);
      }),
    ));
});
