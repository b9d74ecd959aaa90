/** What a group of operations would leave, on top of what is durable. Owned by one group and dropped whole when its commit fails. Pure. */
import { rights } from './bounded-counter.js';
import type { Counters, Entry } from './counters.js';
import type { Slot, Tally } from './pn-counter.js';
import type { SlotWrite } from './store.js';

interface Draft {
  plus: bigint;
  minus: bigint;
  given: ReadonlyMap<Slot, bigint>;
  changed: number;
}

export class Staged {
  /** Movements undone in this group → by which one. */
  readonly undone = new Map<string, string>();
  private readonly values = new Map<string, bigint>();
  private readonly left = new Map<string, Map<Slot, bigint>>();
  private readonly drafts = new Map<Slot, Map<string, Draft>>();
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
    const staged = this.values.get(product);
    if (staged !== undefined) return staged;
    const value = this.counters.value(product);
    this.values.set(product, value);
    return value;
  }

  version(slot = this.slot): number {
    return this.versions.get(slot) ?? this.counters.vector.get(slot)?.version ?? 0;
  }

  /** By how much the slot may lower a bounded product. */
  rights(product: string, slot = this.slot): bigint {
    let known = this.left.get(product);
    if (known === undefined) this.left.set(product, (known = new Map<Slot, bigint>()));
    const staged = known.get(slot);
    if (staged !== undefined) return staged;
    const counter = this.counters.counter(product);
    const fresh = counter === undefined ? 0n : rights(counter, slot);
    known.set(slot, fresh);
    return fresh;
  }

  /** Counts `by` in the present slot; 0 counts as an operation too. The rights are the caller's to check. */
  change(product: string, by: bigint): void {
    const version = this.raise(this.slot);
    this.values.set(product, this.value(product) + by);
    if (by === 0n) return;
    const rightsHere = this.left.get(product)?.get(this.slot);
    if (rightsHere !== undefined) this.left.get(product)!.set(this.slot, rightsHere + by);
    const draft = this.draft(product, this.slot);
    if (by > 0n) draft.plus += by;
    else draft.minus -= by;
    draft.changed = version;
  }

  /** Moves rights out of an own slot, present or former. The rights are the caller's to check. */
  give(product: string, from: Slot, to: Slot, amount: bigint): void {
    const left = this.rights(product, from) - amount;
    const received = this.rights(product, to) + amount;
    this.left.get(product)!.set(from, left).set(to, received);
    const draft = this.draft(product, from);
    draft.given = new Map(draft.given).set(to, (draft.given.get(to) ?? 0n) + amount);
    draft.changed = this.raise(from);
  }

  /** The tallies that changed, as they will stand. */
  *entries(): IterableIterator<Entry & { readonly replica: string }> {
    for (const [slot, drafts] of this.drafts) {
      for (const [product, { plus, minus, given, changed }] of drafts) {
        const tally: Tally = { plus, minus, given };
        yield { product, slot, tally, changed, replica: this.replica };
      }
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

  private draft(product: string, slot: Slot): Draft {
    let drafts = this.drafts.get(slot);
    if (drafts === undefined) this.drafts.set(slot, (drafts = new Map<string, Draft>()));
    let draft = drafts.get(product);
    if (draft === undefined) {
      const { plus, minus, given } = this.counters.tallyOf(product, slot);
      drafts.set(product, (draft = { plus, minus, given, changed: 0 }));
    }
    return draft;
  }
}
