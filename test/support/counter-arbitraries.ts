/** Arbitrary tallies, counters and deltas for the properties of the counters. */
import fc from 'fast-check';
import type { Delta } from '../../src/modules/crdt/counters.js';
import { NO_GIFTS, PnCounter, type Slot, type Tally } from '../../src/modules/crdt/pn-counter.js';

/** A slot's text for a small number; neighbours in time share their beginning, as real ones do. */
export function slotNamed(number: number): Slot {
  return `0199f0a0-${number.toString(16).padStart(4, '0')}-7000-8000-0123456789ab`;
}

const SLOTS = 4;
const slot = fc.nat(SLOTS - 1).map(slotNamed);
const amount = fc.oneof(fc.bigInt(0n, 3n), fc.bigInt(0n, 10n ** 40n - 1n));
const product = fc.oneof(
  fc.constantFrom('cafe', 'cafe-moulu', 'cookies', 'the', 'the-vert', `a${'b-'.repeat(29)}c`),
  fc.stringMatching(/^[a-z0-9]{1,6}(-[a-z0-9]{1,6}){0,3}$/),
);

export const tally: fc.Arbitrary<Tally> = fc.record({
  plus: amount,
  minus: amount,
  given: fc.oneof(
    fc.constant(NO_GIFTS),
    fc.array(fc.tuple(slot, fc.bigInt(1n, 50n)), { maxLength: SLOTS }).map((gifts) => new Map(gifts)),
  ),
});

export const counter: fc.Arbitrary<PnCounter> = fc.array(fc.tuple(slot, tally), { maxLength: 5 }).map((tallies) => {
  const made = new PnCounter();
  for (const [of, one] of tallies) made.set(of, one);
  return made;
});

/** Any delta that may be sent. */
export const delta: fc.Arbitrary<Delta> = fc
  .record({
    replica: fc.stringMatching(/^[A-Za-z0-9._-]{1,63}$/),
    from: fc.nat(),
    more: fc.integer({ min: 1 }),
    whole: fc.boolean(),
    first: fc.boolean(),
    entries: fc.uniqueArray(fc.tuple(product, tally), { minLength: 1, maxLength: 8, selector: ([name]) => name }),
  })
  .map(({ replica, from, more, whole, first, entries }) => {
    const own = slotNamed(SLOTS);
    const [before, ...rest] = entries.toSorted(([a], [b]) => (a < b ? -1 : 1));
    const kept = rest.filter(([, { plus, minus, given }]) => plus + minus > 0n || given.size > 0);
    const last = whole || kept.length === 0;
    return { slot: own, replica, from, to: from + more, last, ...(!first && { after: before![0] }), entries: kept };
  });

/** Gifts in one order. */
export function gifts({ given }: Pick<Tally, 'given'>): [Slot, bigint][] {
  return [...given].toSorted(([a], [b]) => (a < b ? -1 : 1));
}

/** A counter as plain data, in one order, for comparisons. */
export function plain(counter: PnCounter): unknown {
  const rows = [...counter.entries()].map(([of, { plus, minus, given }]) => ({ of, plus, minus, given: gifts({ given }) }));
  return { value: counter.value, rows: rows.toSorted((a, b) => (a.of < b.of ? -1 : 1)) };
}
