import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareIds } from './order.js';

const id = fc.string({ unit: fc.constantFrom('a', 'b', '-', '0', '1', '9', 'é', '.'), maxLength: 8 });

describe('The natural order of ids', () => {
  it.each([
    ['monclub-999', 'monclub-3000'],
    ['monclub-3000', 'monclub-3001'],
    ['monclub-3001', 'monclub-10000'],
    ['club', 'club-1'],
    ['club-1', 'club-a'],
    ['a1b2', 'a1b10'],
    ['a1b10', 'a2b1'],
    ['a01', 'a1'],
    ['a1', 'a02'],
    ['n', 'n0'],
    ['n9007199254740992', 'n9007199254740993'],
    ['n99999999999999999999', 'n100000000000000000000'],
    ['A', 'a'],
    ['', '0'],
  ])('%s comes before %s', (low, high) => {
    expect([Math.sign(compareIds(low, high)), Math.sign(compareIds(high, low))]).toEqual([-1, 1]);
  });

  it('is total: of two different ids one is higher, and only the same text is equal', () => {
    fc.assert(
      fc.property(id, id, (a, b) => {
        expect(Math.sign(compareIds(a, b)) + Math.sign(compareIds(b, a))).toBe(0);
        expect(compareIds(a, b) === 0).toBe(a === b);
      }),
    );
  });

  it('is transitive', () => {
    fc.assert(
      fc.property(id, id, id, (a, b, c) => {
        const [low, middle, high] = [a, b, c].toSorted(compareIds) as [string, string, string];
        expect(compareIds(low, middle) <= 0 && compareIds(middle, high) <= 0 && compareIds(low, high) <= 0).toBe(true);
      }),
    );
  });
});
