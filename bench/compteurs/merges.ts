import { performance } from 'node:perf_hooks';
import * as Automerge from '@automerge/automerge';
import * as Yjs from 'yjs';
import { readDelta, writeDelta } from '../../src/modules/crdt/counter-text.js';
import { Counters, type Delta } from '../../src/modules/crdt/counters.js';
import { Comparison, line, title } from '../support/report.js';
import { Ours } from './ours.js';
import { dice, products } from './products.js';
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

/** Merges everything, and gives what reads the value of one product. */
type Side = () => (place: number) => number;

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
function warmUp(side: Side): void {
  for (let spent = 0; spent < 1_000;) spent += timed(side);
}

/** What each side merged last. V8 throws compiled code away with the last object that it was made for: in a process that counts one is always there. */
const living = new Map<Side, ReturnType<Side>>();

/** The merge and one value read; that the others are right too is looked at afterwards. */
function timed(merge: Side): number {
  global.gc?.();
  const began = performance.now();
  const read = merge();
  const value = read(7);
  const took = performance.now() - began;
  living.set(merge, read);
  if (value !== sum(7)) throw new Error(`A merge gave ${value} instead of ${sum(7)}`);
  for (let place = 0; place < NAMES.length; place += 101) {
    if (read(place) !== sum(place)) throw new Error(`A merge gave ${read(place)} instead of ${sum(place)} for ${NAMES[place]}`);
  }
  return took;
}

/** Deltas as `Counters` gives them: each replica's whole slot, in parts. */
function deltas(): Delta[] {
  return counts.flatMap((rows, at) => {
    const mine = new Ours(at);
    for (const [product, by] of rows) mine.add(product, BigInt(by));
    return mine.counters.delta(mine.slot, 0);
  });
}

/** What a replica does with deltas that it has read, but for its store: `Counters.apply`. Every entry is kept with its version, to be told on. */
function ours(): Side {
  const states = deltas();
  return () => {
    const all = new Counters();
    for (const delta of states) all.apply(delta);
    return (place) => Number(all.value(NAMES[place]!));
  };
}

/** As between two instances: in parts of 2 000 entries at most, each text read and checked first. Yjs checks nothing. */
function oursAsText(): Side {
  const texts = deltas().map(writeDelta);
  return () => {
    const all = new Counters();
    for (const text of texts) all.apply(readDelta(text));
    return (place) => Number(all.value(NAMES[place]!));
  };
}

/** Its changes applied all at once: four times as fast here as `merge`, document after document. */
function automerge(): Side {
  const first = AutomergeCounts.with(NAMES);
  const changes = counts.flatMap((rows) => {
    const mine = first.fork();
    mine.batch(rows);
    return Automerge.getChanges(first.doc, mine.doc);
  });
  return () => {
    const all = first.fork();
    [all.doc] = Automerge.applyChanges(all.doc, changes);
    return (place) => all.value(NAMES[place]!);
  };
}

/** Its updates (the first format reads as fast as the second here) in one transaction: Yjs merges nothing but updates. */
function yjs(): Side {
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
    return (place) => all.value(NAMES[place]!, clients);
  };
}
