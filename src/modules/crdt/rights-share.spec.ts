import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { give, rights } from './bounded-counter.js';
import { PnCounter } from './pn-counter.js';
import { fairShare, gift, rightsOf } from './rights-share.js';

const SLOTS = ['a', 'b', 'c', 'd'];
const slot = fc.constantFrom(...SLOTS);
const amount = fc.bigInt(0n, 20n);

const counters = fc.array(fc.tuple(slot, slot, fc.bigInt(1n, 9n)), { maxLength: 30 }).map((steps) => {
  const counter = new PnCounter();
  for (const [from, to, by] of steps) {
    if (from === to) counter.add(from, by);
    else give(counter, from, to, by);
  }
  return counter;
});

describe('rights shared out', () => {
  it('are for each slot what the counter says, all in one pass', () =>
    fc.assert(
      fc.property(counters, fc.uniqueArray(slot), (counter, asked) => {
        expect([...rightsOf(counter, asked)]).toEqual(asked.map((one) => [one, rights(counter, one)]));
      }),
    ));

  it('of nothing are nothing', () => expect([...rightsOf(undefined, ['a'])]).toEqual([['a', 0n]]));

  it('leave nobody more than there is when everybody has a fair share', () =>
    fc.assert(
      fc.property(counters, (counter) => {
        const all = rightsOf(counter, SLOTS);
        const fair = fairShare(all);
        expect(fair * 4n <= counter.value && counter.value - fair * 4n < 4n).toBe(true);
      }),
    ));

  it('a gift is never more than the giver has or the asker wants, and beyond what is needed leaves the giver its fair share', () =>
    fc.assert(
      fc.property(amount, amount, amount, amount, (own, fair, needed, more) => {
        const given = gift(own, fair, { wanted: needed + more, needed });
        expect(given >= 0n && given <= own && given <= needed + more).toBe(true);
        expect(given >= (own < needed ? own : needed)).toBe(true);
        if (given > needed) expect(own - given >= fair).toBe(true);
      }),
    ));
});
