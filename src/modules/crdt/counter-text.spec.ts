import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { delta, slotNamed } from '../../../test/support/counter-arbitraries.js';
import { readDelta, writeDelta } from './counter-text.js';
import type { Delta } from './counters.js';
import { NO_GIFTS } from './pn-counter.js';

const one: Delta = {
  slot: slotNamed(9),
  replica: 'lyon-1',
  from: 41,
  to: 1337,
  last: true,
  entries: [
    ['cafe', { plus: 31n, minus: 0n, given: NO_GIFTS }],
    ['cafe-moulu', { plus: 32n, minus: 7n, given: NO_GIFTS }],
    ['tote-bags', { plus: 15n, minus: 2n, given: new Map([[slotNamed(1), 4n]]) }],
  ],
};
const head = `1 ${one.slot} lyon-1 15 115`;

describe('a delta as text', () => {
  it('is short: names share their beginning, numbers end by themselves, what is nothing costs nothing', () =>
    expect(writeDelta(one)).toBe(`${head} . - AcafeE-mouluAtote-bags +1A-HP-C>BAE ${slotNamed(1)}`));
  it('an empty delta says that nothing changed up to a version', () => {
    expect(writeDelta({ ...one, entries: [] })).toBe(`${head} . -  `);
    expect(readDelta(`${head} . -  `)).toEqual({ ...one, entries: [] });
  });
  it('reads as what was written', () =>
    fc.assert(
      fc.property(delta, (any) => {
        expect(readDelta(writeDelta(any))).toEqual(any);
      }),
    ));
  it('equal deltas have equal texts, in whatever order gifts were made', () =>
    fc.assert(
      fc.property(delta, (any) => {
        const turned = any.entries.map(([product, it]) => [product, { ...it, given: new Map([...it.given].toReversed()) }] as const);
        expect(writeDelta({ ...any, entries: turned })).toBe(writeDelta(any));
      }),
    ));
  it('one changed sign is refused, or is how another delta is written', () => {
    const sign = fc.oneof(
      fc.constantFrom(...' -.+>AZ019azv*#$'.split('')),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
      fc.constant(''),
    );
    let read = 0;
    fc.assert(
      fc.property(delta, fc.nat(), sign, fc.nat(1), (any, at, put, taken) => {
        const text = writeDelta(any);
        const place = at % text.length;
        const changed = text.slice(0, place) + put + text.slice(place + taken);
        if (!isRead(changed)) return;
        read += 1;
        expect(writeDelta(readDelta(changed))).toBe(changed);
      }),
      { numRuns: 3000 },
    );
    expect(read).toBeGreaterThan(0);
  });
});

/** Only RangeErrors may come out of the reader. */
function isRead(text: string): boolean {
  try {
    readDelta(text);
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(RangeError);
    return false;
  }
}

describe('what is no delta is refused', () => {
  const body = `AcafeE-mouluAtote-bags +1A-HP-C>BAE ${slotNamed(1)}`;
  it('(the text that the others are made of is one)', () => expect(readDelta(`${head} . - ${body}`)).toEqual(one));
  it.each([
    ['nothing', ''],
    ['another format', `2 ${one.slot} lyon-1 15 115 . - ${body}`],
    ['a slot that is no UUID', `1 lyon lyon-1 15 115 . - ${body}`],
    ['a replica with a strange name', `1 ${one.slot} lyon/1 15 115 . - ${body}`],
    ['a version that goes back', `1 ${one.slot} lyon-1 115 15 . - ${body}`],
    ['a version beyond what counts exactly', `1 ${one.slot} lyon-1 15 zzzzzzzzzzzz . - ${body}`],
    ['a number with a zero before it', `${head} . - Acafe 0B`],
    ['a minus of zero', `${head} . - Acafe B-A`],
    ['gifts, but none', `${head} . - Acafe B>A`],
    ['a gift of nothing', `${head} . - Acafe B>BAA ${slotNamed(1)}`],
    ['a gift to itself', `${head} . - Acafe B>BAB ${one.slot}`],
    ['a gift to nobody', `${head} . - Acafe B>BBB ${slotNamed(1)}`],
    ['a receiver of nothing', `${head} . - Acafe B ${slotNamed(1)}`],
    ['millions of gifts', `${head} . - Acafe B>vvvvvv* ${slotNamed(1)}`],
    ['an entry that says nothing', `${head} . - Acafe A`],
    ['a product without an amount', `${head} . - AcafeAthe B`],
    ['an amount without a product', `${head} . - Acafe BB`],
    ['products out of order', `${head} . - AtheAcafe BB`],
    ['a product twice', `${head} . - AcafeE BB`],
    ['a shared beginning written out', `${head} . - AcafeAcafes BB`],
    ['a product that is no slug', `${head} . - Acafe- B`],
    ['a product of 61 signs', `${head} . - A${'a'.repeat(61)} B`],
    ['a part that is not the last and brings nothing', `${head} + -  `],
    ['a part that begins before its beginning', `${head} . the Acafe B`],
    ['41 digits', `${head} . - Acafe ${'v'.repeat(27)}*`],
    ['a text of a million digits', `${head} . - Acafe ${'1'.repeat(1_100_000)}B`],
  ])('%s', (_, text) => expect(() => readDelta(text)).toThrow(RangeError));

  it('a delta of more than 2 000 entries is not written', () => {
    const entries = Array.from({ length: 2001 }, (_, at) => [`p${String(at).padStart(4, '0')}`, one.entries[0]![1]] as const);
    expect(() => writeDelta({ ...one, entries })).toThrow(RangeError);
    expect(readDelta(writeDelta({ ...one, entries: entries.slice(1) })).entries).toHaveLength(2000);
  });
});
