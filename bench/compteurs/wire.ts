import * as Automerge from '@automerge/automerge';
import { writeDelta } from '../../src/modules/crdt/counter-text.js';
import { line, title } from '../support/report.js';
import { Ours } from './ours.js';
import { dice, products, slotOf } from './products.js';
import { AutomergeCounts, YjsCounts } from './rivals.js';

const NAMES = products(10_000);
const CHANGED = 1_000;
const REPLICAS = 10;

/** What goes over the wire when 1 000 of 10 000 counters have changed since the last time, at one replica of ten. */
export async function wire(): Promise<void> {
  title('Bytes for 1 000 changed counters of 10 000');
  await Promise.resolve();
  const roll = dice(2026);
  const counted = NAMES.map((name) => [name, 1 + roll(5_000)] as const);
  const places = new Set<number>();
  while (places.size < CHANGED) places.add(roll(NAMES.length));
  const changes = [...places].map((place) => [NAMES[place]!, 1 + roll(9)] as const);

  const mine = bytesOfOurs(counted, changes);
  const yjs = bytesOfYjs(counted, changes);
  const sides = [
    ['Automerge’s change', bytesOfAutomerge(counted, changes), 1 / 0.5],
    ['Yjs’s update, first format', yjs.v1, 1 / 0.5],
    ['Yjs’s update, second format', yjs.v2, 1 / 1.2],
    ['the JSON of these counters’ state, 10 replicas', bytesOfJson(changes), 20],
  ] as const;
  for (const [what, theirs, floor] of sides) {
    line({ what, ratio: theirs / mine, unit: '× more', floor: Math.round(floor * 100) / 100, figures: `${theirs} bytes against ${mine}` });
  }
}

type Counts = readonly (readonly [product: string, by: number])[];

function bytesOfOurs(counted: Counts, changes: Counts): number {
  const mine = new Ours(0);
  for (const [product, by] of counted) mine.add(product, BigInt(by));
  const before = mine.at;
  for (const [product, by] of changes) mine.add(product, BigInt(by));
  const parts = mine.counters.delta(mine.slot, before).map(writeDelta);
  return parts.reduce((sum, part) => sum + Buffer.byteLength(part), 0);
}

function bytesOfAutomerge(counted: Counts, changes: Counts): number {
  const mine = AutomergeCounts.with(NAMES);
  mine.batch(counted);
  mine.batch(changes);
  return Automerge.getLastLocalChange(mine.doc)!.byteLength;
}

/** What its document emits for one transaction. */
function bytesOfYjs(counted: Counts, changes: Counts): { v1: number; v2: number } {
  const mine = new YjsCounts(0);
  mine.batch(counted);
  let [v1, v2] = [0, 0];
  mine.doc.on('update', (update: Uint8Array) => (v1 = update.byteLength));
  mine.doc.on('updateV2', (update: Uint8Array) => (v2 = update.byteLength));
  mine.batch(changes);
  return { v1, v2 };
}

/** What a state-based counter without deltas sends: of the changed counters only, every replica's slot. */
function bytesOfJson(changes: Counts): number {
  const state = changes.map(([product]) => [
    product,
    Object.fromEntries(Array.from({ length: REPLICAS }, (_, at) => [slotOf(at), { plus: String(1_000 + at), minus: '0' }])),
  ]);
  return Buffer.byteLength(JSON.stringify(Object.fromEntries(state)));
}
