/** What a group of operations would leave, on top of what is durable. Owned by one group and dropped whole when its commit fails. Pure. */
import { type Bounded, give, lower, rights } from './bounded-counter.js';
import type { Counters, Entry } from './counters.js';
import { growth, mergeTallies, type Slot, type Tally } from './pn-counter.js';
import type { SlotWrite } from './store.js';

/** One product's counter with the tallies of a group over the durable ones, which stay as they are. */
export class StagedCounter implements Bounded {
  /** The tallies that changed, as they will stand. */
  readonly drafts = new Map<Slot, Tally>();
  /** slot → the version at which its draft stands. */
  readonly changed = new Map<Slot, number>();
  private readonly gifts = new Map<Slot, bigint>();
  private sum: bigint;

  constructor(
    private readonly durable: Pick<Counters, 'counter' | 'tallyOf' | 'value'>,
    private readonly product: string,
  ) {
    this.sum = durable.value(product);
  }

  get value(): bigint {
    return this.sum;
  }

  tally(slot: Slot): Tally {
    return this.drafts.get(slot) ?? this.durable.tallyOf(this.product, slot);
  }

  /** Costs a look per slot the first time and after every gift, then none: it is asked at every operation that lowers. */
  received(slot: Slot): bigint {
    const known = this.gifts.get(slot);
    if (known !== undefined) return known;
    let sum = this.durable.counter(this.product)?.received(slot) ?? 0n;
    for (const [from, { given }] of this.drafts) {
      sum += (given.get(slot) ?? 0n) - (this.durable.tallyOf(this.product, from).given.get(slot) ?? 0n);
    }
    this.gifts.set(slot, sum);
    return sum;
  }

  add(slot: Slot, by: bigint): void {
    if (by === 0n) return;
    const { plus, minus, given } = this.tally(slot);
    this.drafts.set(slot, by > 0n ? { plus: plus + by, minus, given } : { plus, minus: minus - by, given });
    this.sum += by;
  }

  set(slot: Slot, tally: Tally): boolean {
    const before = this.tally(slot);
    const after = mergeTallies(before, tally);
    if (after === before) return false;
    if (after.given !== before.given) this.gifts.clear();
    this.drafts.set(slot, after);
    this.sum += growth(before, after);
    return true;
  }
}

export class Staged {
  /** Movements undone in this group → by which one. */
  readonly undone = new Map<string, string>();
  private readonly products = new Map<string, StagedCounter>();
  private readonly versions = new Map<Slot, number>();

  constructor(
    private readonly counters: Counters,
    readonly replica: string,
    /** The present slot. */
    readonly slot: Slot,
  ) {}

  /** True when this group writes to the slot. */
  writes(slot: Slot): boolean {
    return this.versions.has(slot);
  }

  value(product: string): bigint {
    return this.counter(product).value;
  }

  version(slot = this.slot): number {
    return this.versions.get(slot) ?? this.counters.vector.get(slot)?.version ?? 0;
  }

  /** By how much the slot may lower a bounded product. */
  rights(product: string, slot = this.slot): bigint {
    return rights(this.counter(product), slot);
  }

  /** Counts `by` in the present slot; 0 counts as an operation too. RangeError, and nothing is staged, beyond the rights to what is bounded. */
  change(product: string, by: bigint, bounded: boolean): void {
    const counter = this.counter(product);
    if (!bounded || by >= 0n) counter.add(this.slot, by);
    else if (!lower(counter, this.slot, -by)) throw new RangeError(`No rights to lower ${product} by ${-by}`);
    const version = this.raise(this.slot);
    if (by !== 0n) counter.changed.set(this.slot, version);
  }

  /** Moves rights out of an own slot, present or former. RangeError, and nothing is staged, beyond the rights that it has. */
  give(product: string, from: Slot, to: Slot, amount: bigint): void {
    const counter = this.counter(product);
    if (!give(counter, from, to, amount)) throw new RangeError(`No rights to give ${amount} of ${product}`);
    counter.changed.set(from, this.raise(from));
  }

  /** The tallies that changed, as they will stand. */
  *entries(): IterableIterator<Entry & { readonly replica: string }> {
    const { replica } = this;
    for (const [product, { drafts, changed }] of this.products) {
      for (const [slot, tally] of drafts) yield { product, slot, tally, changed: changed.get(slot)!, replica };
    }
  }

  *slots(): IterableIterator<SlotWrite> {
    for (const [slot, version] of this.versions) yield { slot, replica: this.replica, version, own: true };
  }

  private raise(slot: Slot): number {
    const version = this.version(slot) + 1;
    this.versions.set(slot, version);
    return version;
  }

  private counter(product: string): StagedCounter {
    let counter = this.products.get(product);
    if (counter === undefined) this.products.set(product, (counter = new StagedCounter(this.counters, product)));
    return counter;
  }
}
