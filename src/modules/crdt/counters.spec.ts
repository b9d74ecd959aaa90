import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { slotNamed } from '../../../test/support/counter-arbitraries.js';
import { CounterPlay, step } from '../../../test/support/counter-play.js';
import { fingerprintText, writeDelta } from './counter-text.js';
import { ArchivedSlot, Counters, type Delta, type Entry, type Merged } from './counters.js';
import { NO_GIFTS } from './pn-counter.js';

const [A, B] = [slotNamed(1), slotNamed(2)];
const entry = (product: string, plus: bigint, changed: number, slot = A): Entry => ({
  product,
  slot,
  tally: { plus, minus: 0n, given: NO_GIFTS },
  changed,
});

/** What the replica `lyon` knows after it counted these, one after the other, in slot A. */
function counted(...products: string[]): Counters {
  const counters = new Counters();
  products.forEach((product, at) => {
    const before = counters.tallyOf(product, A).plus;
    counters.record(entry(product, before + 1n, at + 1), 'lyon');
    counters.learn(A, 'lyon', at + 1);
  });
  return counters;
}

const plays = fc.array(step, { minLength: 1, maxLength: 60, size: 'max' });

describe('what is known of a slot at a version is exactly what it had done', () => {
  it('in any order, doubled, lost, in parts, through a third, over restarts and archives; and at the end all agree', () =>
    fc.assert(
      fc.property(plays, (steps) => new CounterPlay().play(steps)),
      { numRuns: 500 },
    ));

  /** Found by the judge, not by a fall of the play. */
  const JUDGED = /n\d: |the store of n\d|n\d on |are not those that n\d archived/;
  const mutants: Readonly<Record<string, typeof Counters>> = {
    'merges across a gap': class extends Counters {
      override preview(delta: Delta): Merged {
        return super.preview({ ...delta, from: Math.min(delta.from, this.vector.get(delta.slot)?.version ?? 0) });
      }
    },
    'takes the last part for the whole': class extends Counters {
      override preview({ after, ...delta }: Delta): Merged {
        return super.preview(delta.last || after === undefined ? delta : { ...delta, after });
      }
    },
    'believes every part by itself': class extends Counters {
      override preview({ after: _, ...delta }: Delta): Merged {
        return super.preview({ ...delta, last: true });
      }
    },
    'forgets when an entry changed': class extends Counters {
      override preview(delta: Delta): Merged {
        const merged = super.preview(delta);
        return { ...merged, changed: merged.changed.map((one) => ({ ...one, changed: delta.from })) };
      }
    },
    'claims what it only heard of': class extends Counters {
      override preview(delta: Delta): Merged {
        return { ...super.preview(delta), version: Math.max(delta.to, this.vector.get(delta.slot)?.version ?? 0) };
      }
    },
    'keeps the sum of a slot that it took back': class extends Counters {
      override restore(slot: string, entries: readonly Entry[]): void {
        const gone = entries.filter(({ product }) => this.counter(product)?.tally(slot).plus !== 0n);
        this.recall(
          [],
          gone.map(({ product, tally }) => ({ product, replica: this.vector.get(slot)!.replica, ...tally })),
        );
        super.restore(slot, entries);
      }
    },
    'wakes an archived slot without its rows': class extends Counters {
      override restore(slot: string): void {
        super.restore(slot, []);
      }
    },
    'archives what is bounded too': class extends Counters {
      override archive(slot: string): void {
        super.archive(slot, () => false);
      }
    },
  };
  it.each(Object.entries(mutants))('the judge sees a replica that %s', (_, Mutant) => {
    const verdict = fc.check(
      fc.property(plays, (steps) => new CounterPlay(() => new Mutant()).play(steps)),
      { numRuns: 2000, seed: 7, endOnFailure: true },
    );
    expect(verdict.failed).toBe(true);
    expect(String(verdict.errorInstance)).toMatch(JUDGED);
  });
});

describe('merging replicas', () => {
  const SLOTS = [A, B, slotNamed(3)];
  const PRODUCTS = Array.from({ length: 40 }, (_, at) => `produit-${at}`);
  const counts = fc.array(fc.tuple(fc.nat(2), fc.nat(39), fc.bigInt(-(10n ** 30n), 10n ** 30n)), { maxLength: 120 });

  /** Each replica after each thing that it counted, as a delta from the beginning: states in a chain. */
  function told(counted: readonly (readonly [number, number, bigint])[]): Delta[] {
    const replicas = SLOTS.map(() => new Counters());
    return counted.flatMap(([at, place, by]) => {
      const [slot, mine, product] = [SLOTS[at]!, replicas[at]!, PRODUCTS[place]!];
      const version = (mine.vector.get(slot)?.version ?? 0) + 1;
      const { plus, minus } = mine.tallyOf(product, slot);
      const tally = by > 0n ? { plus: plus + by, minus, given: NO_GIFTS } : { plus, minus: minus - by, given: NO_GIFTS };
      mine.record({ product, slot, tally, changed: version }, `n${at}`);
      mine.learn(slot, `n${at}`, version);
      return mine.delta(slot, 0, { entries: 7, text: 1e6 });
    });
  }
  const knowing = (...deltas: readonly Delta[]): Counters => {
    const all = new Counters();
    for (const one of deltas) all.apply(one);
    return all;
  };
  const plain = (counters: Counters): unknown => [
    [...fingerprintText(counters)],
    SLOTS.map((slot) => PRODUCTS.map((product) => counters.tallyOf(product, slot))),
  ];

  it('in any order, any grouping and as often as one likes gives the same, and exactly what was counted', () =>
    fc.assert(
      fc.property(counts, fc.array(fc.nat(2), { minLength: 3, maxLength: 6 }), (counted, order) => {
        const states = told(counted);
        const whole = plain(knowing(...states));
        const bySlot = order.concat(0, 1, 2).flatMap((at) => states.filter(({ slot }) => slot === SLOTS[at]));
        expect(plain(knowing(...bySlot))).toEqual(whole);
        const half = knowing(...states.filter(({ slot }) => slot !== A));
        const through = SLOTS.flatMap((slot) => [...half.delta(slot, 0), ...knowing(...states).delta(slot, 0)]);
        expect(plain(knowing(...through, ...through))).toEqual(whole);
        for (const product of PRODUCTS) {
          const sum = counted.reduce((all, [, place, by]) => (PRODUCTS[place] === product ? all + by : all), 0n);
          expect(knowing(...states).value(product)).toBe(sum);
        }
      }),
      { numRuns: 30 },
    ));
});

describe('a delta', () => {
  it('holds what changed after a version, in the order of products, and nothing when nothing is newer', () => {
    const counters = counted('the', 'cafe', 'the');
    expect(counters.delta(A, 0)).toEqual([
      {
        slot: A,
        replica: 'lyon',
        from: 0,
        to: 3,
        last: true,
        entries: [
          ['cafe', entry('cafe', 1n, 2).tally],
          ['the', entry('the', 2n, 3).tally],
        ],
      },
    ]);
    expect(counters.delta(A, 2)[0]!.entries.map(([product]) => product)).toEqual(['the']);
    expect([counters.delta(A, 3), counters.delta(B, 0)]).toEqual([[], []]);
  });
  it('a version that changed nothing is told too', () => {
    const counters = counted('the');
    counters.learn(A, 'lyon', 2);
    expect(counters.delta(A, 1)).toEqual([{ slot: A, replica: 'lyon', from: 1, to: 2, last: true, entries: [] }]);
    const other = counted('the');
    expect(other.apply(counters.delta(A, 1)[0]!)).toEqual({ changed: [], version: 2 });
  });
  it('is cut after so many entries and so much text, and only the last part says so', () => {
    const many = counted(...Array.from({ length: 4_500 }, (_, at) => `produit-${at}`));
    const parts = many.delta(A, 0);
    expect(parts.map(({ entries, last, from, to }) => [entries.length, last, from, to])).toEqual([
      [2000, false, 0, 4500],
      [2000, false, 0, 4500],
      [500, true, 0, 4500],
    ]);
    expect(parts.map(({ after }) => after)).toEqual([undefined, parts[0]!.entries.at(-1)![0], parts[1]!.entries.at(-1)![0]]);
    for (const part of many.delta(A, 0, { entries: 2000, text: 3000 })) expect(writeDelta(part).length).toBeLessThanOrEqual(3000 + 100);
  });
  it('its first parts change nothing; the last brings everything at once', () => {
    const [first, second] = counted('a', 'b', 'c').delta(A, 0, { entries: 2, text: 1e6 });
    const other = new Counters();
    expect([other.apply(first!), other.value('a')]).toEqual([{ changed: [], version: 0 }, 0n]);
    expect(other.preview(second!).changed.map(({ product }) => product)).toEqual(['a', 'b', 'c']);
    expect(other.apply(second!).version).toBe(3);
    expect(other.value('a')).toBe(1n);
  });
  it('that begins after what is known changes nothing and says where to begin', () => {
    const other = new Counters();
    expect(other.apply(counted('the', 'the').delta(A, 1)[0]!)).toEqual({ changed: [], version: 0 });
    expect(other.value('the')).toBe(0n);
  });
  it('of a slot under another replica’s name is refused', () => {
    const other = counted('the');
    expect(() => other.apply({ slot: A, replica: 'nice', from: 1, to: 2, last: true, entries: [] })).toThrow(RangeError);
    expect(() => other.learn(A, 'nice', 9)).toThrow(RangeError);
  });
});

describe('the archive', () => {
  const archived = (): Counters => {
    const counters = counted('the', 'tickets', 'the');
    counters.archive(A, (product) => product === 'tickets');
    return counters;
  };
  it('keeps the values, by replica too, and the entries of what is bounded', () => {
    const counters = archived();
    expect([counters.value('the'), counters.value('tickets'), [...counters.products()].toSorted()]).toEqual([2n, 1n, ['the', 'tickets']]);
    expect(counters.byReplica('the')).toEqual(new Map([['lyon', { plus: 2n, minus: 0n }]]));
    expect([counters.tallyOf('the', A).plus, counters.tallyOf('tickets', A).plus]).toEqual([0n, 1n]);
    expect(counters.vector.get(A)).toEqual({ replica: 'lyon', version: 3, archived: true });
  });
  it('says so when asked for the slot; old news does not wake it', () => {
    const counters = archived();
    const old = counted('the').delta(A, 0)[0]!;
    const news = counted('the', 'tickets', 'the', 'the').delta(A, 2)[0]!;
    expect(counters.apply(old)).toEqual({ changed: [], version: 3 });
    expect(() => counters.apply(news)).toThrow(ArchivedSlot);
    expect(() => counters.delta(A, 0)).toThrow(ArchivedSlot);
    counters.restore(A, [entry('the', 2n, 3), entry('tickets', 1n, 2)]);
    counters.apply(news);
    expect([counters.value('the'), counters.value('tickets')]).toEqual([3n, 1n]);
  });
  it('takes back only what went in', () => {
    const counters = archived();
    expect(() => counters.restore(A, [entry('the', 3n, 3)])).toThrow(RangeError);
    expect(() => counters.restore(A, [entry('cafe', 1n, 3)])).toThrow(RangeError);
    expect([counters.value('the'), counters.vector.get(A)!.archived]).toEqual([2n, true]);
  });
  it('what is neither archived nor known is let alone', () => {
    const counters = counted('the');
    counters.archive(B, () => false);
    counters.restore(A, [entry('the', 5n, 9)]);
    expect([counters.value('the'), counters.vector.size]).toEqual([1n, 1]);
  });
});

describe('the digest', () => {
  it('a slot that has done nothing is in no bucket', () => {
    const counters = new Counters();
    counters.learn(A, 'lyon', 0);
    expect(counters.buckets()).toEqual(new Counters().buckets());
    expect(Array.from({ length: 64 }, (_, bucket) => counters.inBucket(bucket)).flat()).toEqual([]);
    expect(counters.slotsOf('lyon')).toEqual([A]);
  });
  it('is the same on every instance, for ever: a golden text', () => {
    const texts = counted('the').buckets();
    expect(texts.flatMap((text, bucket) => (text === '0'.repeat(16) ? [] : [[bucket, text]]))).toEqual([[30, 'afde910ec8490ca6']]);
  });
  it('spreads slots over all buckets', () => {
    const counters = new Counters();
    for (let at = 0; at < 6400; at += 1) counters.learn(slotNamed(at), 'lyon', 1);
    const sizes = Array.from({ length: 64 }, (_, bucket) => counters.inBucket(bucket).length);
    expect([Math.min(...sizes) > 50, Math.max(...sizes) < 150]).toEqual([true, true]);
  });
});
