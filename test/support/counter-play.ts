/** Replicas' knowledge on a table: parts of deltas lie in a bag, come in any order, twice or never; a judge knows the whole history. */
import fc from 'fast-check';
import { expect } from 'vitest';
import { give } from '../../src/modules/crdt/bounded-counter.js';
import { cut } from '../../src/modules/crdt/counter-parts.js';
import { fingerprintText, readDelta, writeDelta } from '../../src/modules/crdt/counter-text.js';
import { ArchivedSlot, Counters, type Delta, type Entry } from '../../src/modules/crdt/counters.js';
import { PnCounter, type Slot, type Tally, ZERO } from '../../src/modules/crdt/pn-counter.js';
import { slotNamed } from './counter-arbitraries.js';

const PRODUCTS = ['cafe', 'cafe-moulu', 'tickets', 'the'];
const isBounded = (product: string): boolean => product === 'tickets';
const NODES = 3;
const row = ({ slot, product }: Entry): string => `${slot} ${product}`;

export const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant('count' as const),
      node: fc.nat(NODES - 1),
      product: fc.nat(3),
      by: fc.integer({ min: -3, max: 9 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant('tell' as const),
      node: fc.nat(NODES - 1),
      to: fc.nat(NODES - 1),
      slot: fc.nat(9),
      since: fc.option(fc.nat(6)),
      size: fc.integer({ min: 1, max: 3 }),
    }),
  },
  { weight: 8, arbitrary: fc.record({ type: fc.constant('hear' as const), node: fc.nat(NODES - 1), part: fc.nat(40) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('begin' as const), node: fc.nat(NODES - 1) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('reload' as const), node: fc.nat(NODES - 1) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('archive' as const), node: fc.nat(NODES - 1), slot: fc.nat(9) }) },
);
export type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** One replica: what it knows, and its store's rows, written first. */
class Node {
  counters: Counters;
  slot: Slot = '';
  readonly rows = new Map<string, Entry>();

  constructor(
    readonly id: string,
    private readonly make: () => Counters,
  ) {
    this.counters = make();
  }

  versionOf(slot: Slot): number {
    return this.counters.vector.get(slot)?.version ?? 0;
  }

  rowsOf(slot: Slot): Entry[] {
    return [...this.rows.values()].filter((entry) => entry.slot === slot);
  }

  hear(delta: Delta): void {
    if (this.isArchived(delta)) this.counters.restore(delta.slot, this.rowsOf(delta.slot));
    const seen = this.counters.preview(delta);
    for (const entry of seen.changed) this.rows.set(row(entry), entry);
    const done = this.counters.apply(delta);
    must(done.version === seen.version && done.changed.length === seen.changed.length, () => 'a preview is what happens');
  }

  parts(slot: Slot, from: number, entries: number): Delta[] {
    const limits = { entries, text: 1e6 };
    const known = this.counters.vector.get(slot)!;
    return known.archived ? cut({ slot, ...known }, from, this.rowsOf(slot), limits) : this.counters.delta(slot, from, limits);
  }

  /** A new life of the process: everything comes back from the rows. */
  reload(): void {
    const known = [...this.counters.vector];
    const asleep = new Set(known.filter(([, { archived }]) => archived).map(([slot]) => slot));
    const owner = (entry: Entry): string => this.counters.vector.get(entry.slot)!.replica;
    const stays = (entry: Entry): boolean => !asleep.has(entry.slot) || isBounded(entry.product);
    const fresh = this.make();
    for (const [slot, { replica, version }] of known) fresh.learn(slot, replica, version);
    const gone = [...this.rows.values()].filter((entry) => !stays(entry));
    fresh.recall(
      asleep,
      gone.map((entry) => ({ product: entry.product, replica: owner(entry), ...entry.tally })),
    );
    for (const entry of this.rows.values()) if (stays(entry)) fresh.record(entry, owner(entry));
    this.counters = fresh;
  }

  private isArchived(delta: Delta): boolean {
    try {
      this.counters.preview(delta);
      return false;
    } catch (error) {
      expect(error).toBeInstanceOf(ArchivedSlot);
      return true;
    }
  }
}

function same(a: Tally, b: Tally): boolean {
  return (
    a.plus === b.plus && a.minus === b.minus && a.given.size === b.given.size && [...a.given].every(([to, n]) => b.given.get(to) === n)
  );
}

/** Cheaper than `expect`: it is asked at every step of every play. */
function must(holds: boolean, label: () => string): void {
  if (!holds) throw new Error(`Not true: ${label()}`);
}

export class CounterPlay {
  private readonly nodes: readonly Node[];
  private readonly bag: string[] = [];
  /** slot → what it had done at each of its versions. */
  private readonly history = new Map<Slot, ReadonlyMap<string, Tally>[]>();
  private readonly counted = new Map<string, bigint>();

  constructor(make: () => Counters = () => new Counters()) {
    this.nodes = Array.from({ length: NODES }, (_, at) => new Node(`n${at}`, make));
    for (const node of this.nodes) this.begin(node);
  }

  play(steps: readonly Step[]): void {
    for (const one of steps) {
      this.act(one);
      this.judge();
    }
    this.heal();
  }

  private act(one: Step): void {
    const node = this.nodes[one.node]!;
    switch (one.type) {
      case 'count':
        return this.count(node, PRODUCTS[one.product]!, BigInt(one.by));
      case 'tell': {
        const slot = this.pick(one.slot);
        const since = one.since ?? this.nodes[one.to]!.versionOf(slot);
        if (node.versionOf(slot) > since) this.bag.push(...node.parts(slot, since, one.size).map(writeDelta));
        return;
      }
      case 'hear':
        if (this.bag.length > 0) node.hear(readDelta(this.bag[one.part % this.bag.length]!));
        return;
      case 'begin':
        return this.begin(node);
      case 'reload':
        return node.reload();
      case 'archive': {
        const slot = this.pick(one.slot);
        if (slot !== node.slot) node.counters.archive(slot, isBounded);
      }
    }
  }

  private begin(node: Node): void {
    node.slot = slotNamed(this.history.size);
    this.history.set(node.slot, [new Map()]);
  }

  /** An own operation; on the bounded product every third is a gift to a neighbour. */
  private count(node: Node, product: string, by: bigint): void {
    const before = this.history.get(node.slot)!;
    const mine = new PnCounter();
    mine.set(node.slot, node.counters.tallyOf(product, node.slot));
    const gift = isBounded(product) && by % 3n === 0n && by > 0n && give(mine, node.slot, this.other(node.slot, Number(by)), by);
    if (!gift) this.counted.set(product, (this.counted.get(product) ?? 0n) + by);
    if (!gift) mine.add(node.slot, by);
    const tally = mine.tally(node.slot);
    const entry: Entry = { product, slot: node.slot, tally, changed: before.length };
    if (tally !== ZERO) node.rows.set(row(entry), entry);
    if (tally !== ZERO) node.counters.record(entry, node.id);
    node.counters.learn(node.slot, node.id, before.length);
    before.push(new Map([...before.at(-1)!, [product, tally]]));
  }

  private other(slot: Slot, number: number): Slot {
    const picked = this.pick(number);
    return picked === slot ? this.pick(number + 1) : picked;
  }

  private pick(number: number): Slot {
    return slotNamed(number % this.history.size);
  }

  /** Everybody knows of every slot exactly what it had done at the version that is claimed. */
  private judge(): void {
    for (const { id, counters, rows } of this.nodes) {
      const values = new Map<string, bigint>();
      for (const [slot, { version, archived }] of counters.vector) {
        for (const [product, truth] of this.history.get(slot)![version]!) {
          values.set(product, (values.get(product) ?? 0n) + truth.plus - truth.minus);
          const label = (): string => `${id} on ${product} of ${slot} at ${version}`;
          must(same(rows.get(`${slot} ${product}`)?.tally ?? ZERO, truth), () => `the store of ${label()}`);
          if (!archived || isBounded(product))
            must(same(counters.counter(product)?.tally(slot) ?? ZERO, counters.tallyOf(product, slot)), label);
          must((archived && !isBounded(product)) || same(counters.tallyOf(product, slot), truth), label);
        }
      }
      for (const product of PRODUCTS) {
        must(counters.value(product) === (values.get(product) ?? 0n), () => `${id}: value of ${product}`);
        const perReplica = [...counters.byReplica(product).values()].reduce((sum, { plus, minus }) => sum + plus - minus, 0n);
        must(perReplica === counters.value(product), () => `${id}: ${product} by replica`);
      }
    }
  }

  /** When everybody has told everybody, all know the same: what was counted. */
  private heal(): void {
    for (const { counters: a } of this.nodes) for (const { counters: b } of this.nodes) sameDigest(a, b);
    for (const a of [...this.nodes, ...this.nodes]) {
      for (const b of this.nodes) {
        for (const slot of a.counters.vector.keys()) for (const part of a.parts(slot, b.versionOf(slot), 2)) b.hear(part);
      }
    }
    this.judge();
    const [first, ...others] = this.nodes.map(({ counters }) => [...fingerprintText(counters)]);
    for (const other of others) expect(other).toEqual(first);
    for (const [product, sum] of this.counted) for (const { counters } of this.nodes) expect(counters.value(product)).toBe(sum);
  }
}

/** The digest tells exactly in which buckets two differ. */
function sameDigest(a: Counters, b: Counters): void {
  const [mine, theirs] = [a.buckets(), b.buckets()];
  const differ = new Set<number>();
  for (const [one, other] of [
    [a, b],
    [b, a],
  ] as const) {
    for (let bucket = 0; bucket < mine.length; bucket += 1) {
      const known = (slot: Slot): number => one.vector.get(slot)!.version;
      if (one.inBucket(bucket).some((slot) => other.vector.get(slot)?.version !== known(slot))) differ.add(bucket);
    }
  }
  mine.forEach((text, bucket) => must((text !== theirs[bucket]) === differ.has(bucket), () => `n0: bucket ${bucket}`));
}
