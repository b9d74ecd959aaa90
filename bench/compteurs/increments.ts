import { performance } from 'node:perf_hooks';
import { PnCounter } from '../../src/modules/crdt/pn-counter.js';
import { Comparison, line, thousands, title } from '../support/report.js';
import { Ours } from './ours.js';
import { products, slotOf } from './products.js';
import { AutomergeCounts, YjsCounts } from './rivals.js';

const NAMES = products(10_000);
const FLOOR = 10;
/** Increments of one round: as many as each side does in about a tenth of a second or more. */
const BATCHED = { ours: 500_000, yjs: 100_000, automerge: 2_000 };
const SINGLE = { ours: 200_000, yjs: 10_000, automerge: 50 };

/** `count` increments of 1, one product after another. */
function* ones(count: number): Generator<readonly [string, number]> {
  for (let at = 0; at < count; at += 1) yield [NAMES[at % NAMES.length]!, 1];
}

function perSecond(count: number, work: () => void): number {
  global.gc?.();
  const began = performance.now();
  work();
  return (count / (performance.now() - began)) * 1000;
}

/** Increments in memory, of 10 000 counters in turn; nothing is written to disk on any side. */
export async function increments(rounds: number): Promise<void> {
  title('Increments in memory, 10 000 counters in turn');
  await Promise.resolve();
  const yjs = new YjsCounts(0);
  const automerge = AutomergeCounts.with(NAMES);
  yjs.batch(ones(NAMES.length));
  automerge.batch(ones(NAMES.length));
  compare('one batch', rounds, batched, yjs, automerge);
  compare('one by one', rounds, oneByOne, yjs, automerge);
}

interface Rates {
  readonly ours: number;
  readonly yjs: number;
  readonly automerge: number;
}

function compare(
  how: string,
  rounds: number,
  measure: (yjs: YjsCounts, automerge: AutomergeCounts) => Rates,
  yjs: YjsCounts,
  automerge: AutomergeCounts,
): void {
  const [withAutomerge, withYjs] = [new Comparison(), new Comparison()];
  for (let round = 0; round <= rounds; round += 1) {
    const rates = measure(yjs, automerge);
    if (round === 0) continue; // V8 compiles
    withAutomerge.add(rates.ours, rates.automerge);
    withYjs.add(rates.ours, rates.yjs);
  }
  const sides = [
    ['Automerge', withAutomerge],
    ['Yjs', withYjs],
  ] as const;
  for (const [name, { ours, theirs, ratio }] of sides) {
    line({ what: `${how}, against ${name}`, ratio, floor: FLOOR, figures: `${thousands(ours)} against ${thousands(theirs)}` });
  }
}

/** Each its best way for many at once: PN-counters as they are, one Yjs transaction, one Automerge change. */
function batched(yjs: YjsCounts, automerge: AutomergeCounts): Rates {
  const counters = new Map(NAMES.map((name) => [name, new PnCounter()]));
  const slot = slotOf(0);
  const ours = perSecond(BATCHED.ours, () => {
    for (let at = 0; at < BATCHED.ours; at += 1) counters.get(NAMES[at % NAMES.length]!)!.add(slot, 1n);
  });
  if (counters.get(NAMES[0]!)!.value !== BigInt(BATCHED.ours / NAMES.length)) throw new Error('Our counters do not count');
  return {
    ours,
    yjs: perSecond(BATCHED.yjs, () => yjs.batch(ones(BATCHED.yjs))),
    automerge: perSecond(BATCHED.automerge, () => automerge.batch(ones(BATCHED.automerge))),
  };
}

/** As people ask: each increment has its own version, transaction or change, and can be sent as soon as it is done. */
function oneByOne(yjs: YjsCounts, automerge: AutomergeCounts): Rates {
  const mine = new Ours(0);
  return {
    ours: perSecond(SINGLE.ours, () => {
      for (let at = 0; at < SINGLE.ours; at += 1) mine.add(NAMES[at % NAMES.length]!, 1n);
    }),
    yjs: perSecond(SINGLE.yjs, () => {
      for (const [product, by] of ones(SINGLE.yjs)) yjs.add(product, by);
    }),
    automerge: perSecond(SINGLE.automerge, () => {
      for (const one of ones(SINGLE.automerge)) automerge.batch([one]);
    }),
  };
}
