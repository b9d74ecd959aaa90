/**
 * One side of the merges in a process of its own, so that no side walks through the heap of another when memory is collected.
 * Says `ready` when it is warm; answers every message with the milliseconds of a merge; ends when it is disconnected.
 */
import { performance } from 'node:perf_hooks';
import * as Automerge from '@automerge/automerge';
import * as Yjs from 'yjs';
import { readDelta, writeDelta } from '../../src/modules/crdt/counter-text.js';
import { Counters, type Delta } from '../../src/modules/crdt/counters.js';
import { Ours } from './ours.js';
import { dice, products } from './products.js';
import { AutomergeCounts, YjsCounts } from './rivals.js';

const NAMES = products(10_000);
const REPLICAS = 10;

const clients = Array.from({ length: REPLICAS }, (_, at) => `lyon-${at}`);

/** The same counts on every side: replica → product → count. */
const counts = clients.map((_, at) => {
  const roll = dice(at + 1);
  return NAMES.map((name) => [name, 1 + roll(5_000)] as const);
});
const sum = (place: number): number => counts.reduce((all, rows) => all + rows[place]![1], 0);

/** Merges everything, and gives what reads the value of one product. */
type Side = () => (place: number) => number;

/** A second of its own for every side: what is measured is the code that V8 has compiled. */
function warmUp(side: Side): void {
  for (let spent = 0; spent < 1_000;) spent += timed(side);
}

/** What was merged last. V8 throws compiled code away with the last object that it was made for: in a process that counts one is always there. */
let living: ReturnType<Side>;

/** The merge and one value read; that the others are right too is looked at afterwards. */
function timed(merge: Side): number {
  global.gc?.();
  const began = performance.now();
  const read = merge();
  const value = read(7);
  const took = performance.now() - began;
  living = read;
  if (living(8) !== sum(8)) throw new Error('A merge gave two values');
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

/** Merges in one turn, whose median counts: the first one after a pause finds everything cold, on every side. */
const TURN = 5;
const median = (all: number[]): number => all.toSorted((a, b) => a - b)[all.length >> 1]!;

const SIDES: Readonly<Record<string, () => Side>> = { memory: ours, text: oursAsText, automerge, yjs };

const merge = SIDES[process.argv[2] ?? '']!();
warmUp(merge);
process.on('message', () => process.send?.({ took: median(Array.from({ length: TURN }, () => timed(merge))) }));
process.send?.({ ready: true });
