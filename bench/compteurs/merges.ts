import { performance } from 'node:perf_hooks';
import * as Automerge from '@automerge/automerge';
import * as Yjs from 'yjs';
import { readDelta, writeDelta } from '../../src/modules/crdt/counter-text.js';
import { Counters } from '../../src/modules/crdt/counters.js';
import { PnCounter } from '../../src/modules/crdt/pn-counter.js';
import { Comparison, line, title } from '../support/report.js';
import { Ours } from './ours.js';
import { dice, products, slotOf } from './products.js';
import { AutomergeCounts, YjsCounts } from './rivals.js';

const NAMES = products(10_000);
const REPLICAS = 10;
const FLOORS = { automerge: 10, yjs: 10, textAutomerge: 3 };

const clients = Array.from({ length: REPLICAS }, (_, at) => `lyon-${at}`);

/** The same counts on every side: replica → product → count. */
const counts = clients.map((_, at) => {
  const roll = dice(at + 1);
  return NAMES.map((name) => [name, 1 + roll(5_000)] as const);
});
const sum = (place: number): number => counts.reduce((all, rows) => all + rows[place]![1], 0);

/** Ten replicas counted 10 000 products each, knowing nothing of each other: how long until one of them knows all. */
export async function merges(rounds: number): Promise<void> {
  title('Merging 10 replicas × 10 000 counters');
  await Promise.resolve();
  const sides = { memory: ours(), text: oursAsText(), automerge: automerge(), yjs: yjs() };
  const [inMemory, withYjs, textAutomerge, textYjs] = [new Comparison(), new Comparison(), new Comparison(), new Comparison()];
  for (const side of Object.values(sides)) warmUp(side);
  for (let round = 0; round < rounds; round += 1) {
    const [memory, text, theirs, others] = [sides.memory, sides.text, sides.automerge, sides.yjs].map(timed);
    inMemory.add(1 / memory!, 1 / theirs!);
    withYjs.add(1 / memory!, 1 / others!);
    textAutomerge.add(1 / text!, 1 / theirs!);
    textYjs.add(1 / text!, 1 / others!);
  }
  const tell = (what: string, { ratio, ours, theirs }: Comparison, floor?: number): void => {
    line({
      what,
      ratio,
      ...(floor !== undefined && { floor }),
      figures: `${(1 / ours).toFixed(1)} ms against ${(1 / theirs).toFixed(1)} ms`,
    });
  };
  tell('state into state, against Automerge', inMemory, FLOORS.automerge);
  tell('state into state, against Yjs’s updates', withYjs, FLOORS.yjs);
  tell('from checked text, against Automerge', textAutomerge, FLOORS.textAutomerge);
  tell('from checked text, against Yjs', textYjs);
}

/** A second of its own for every side: what is measured is the code that V8 has compiled. */
function warmUp(side: () => number): void {
  for (let spent = 0; spent < 1_000;) spent += timed(side);
}

function timed(work: () => number): number {
  global.gc?.();
  const began = performance.now();
  const value = work();
  const took = performance.now() - began;
  if (value !== sum(7)) throw new Error(`A merge gave ${value} instead of ${sum(7)}`);
  return took;
}

/** Each product's counter into the one that is there: `PnCounter.merge`, what a state-based counter is. */
function ours(): () => number {
  const states = counts.map((rows, at) => {
    const state = new Map<string, PnCounter>();
    for (const [product, by] of rows) {
      const counter = new PnCounter();
      counter.add(slotOf(at), BigInt(by));
      state.set(product, counter);
    }
    return state;
  });
  return () => {
    const all = new Map<string, PnCounter>();
    for (const state of states) {
      for (const [product, counter] of state) {
        const mine = all.get(product);
        if (mine === undefined) all.set(product, counter.copy());
        else mine.merge(counter);
      }
    }
    return Number(all.get(NAMES[7]!)!.value);
  };
}

/**
 * As between two instances: in parts of 2 000 entries at most, each text read and checked, every entry kept
 * with its version, ready to be told on. Yjs checks nothing.
 */
function oursAsText(): () => number {
  const texts = counts.flatMap((rows, at) => {
    const mine = new Ours(at);
    for (const [product, by] of rows) mine.add(product, BigInt(by));
    return mine.counters.delta(mine.slot, 0).map(writeDelta);
  });
  return () => {
    const all = new Counters();
    for (const text of texts) all.apply(readDelta(text));
    return Number(all.value(NAMES[7]!));
  };
}

/** Its changes applied all at once: four times as fast here as `merge`, document after document. */
function automerge(): () => number {
  const first = AutomergeCounts.with(NAMES);
  const changes = counts.flatMap((rows) => {
    const mine = first.fork();
    mine.batch(rows);
    return Automerge.getChanges(first.doc, mine.doc);
  });
  return () => {
    const all = first.fork();
    [all.doc] = Automerge.applyChanges(all.doc, changes);
    return all.value(NAMES[7]!);
  };
}

/** Its updates (the first format reads as fast as the second here) in one transaction: Yjs merges nothing but updates. */
function yjs(): () => number {
  const updates = counts.map((rows, at) => {
    const mine = new YjsCounts(at);
    mine.batch(rows);
    return Yjs.encodeStateAsUpdate(mine.doc);
  });
  return () => {
    const all = new YjsCounts(REPLICAS);
    all.doc.transact(() => {
      for (const update of updates) Yjs.applyUpdate(all.doc, update);
    });
    return all.value(NAMES[7]!, clients);
  };
}
