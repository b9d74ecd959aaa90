/** What an open replica remembers: exactly what its store holds. Changed only after a commit. */
import type { Clock } from '../../runtime/clock.js';
import { newUuid } from '../../runtime/ids.js';
import { rights } from './bounded-counter.js';
import { Counters } from './counters.js';
import type { Slot } from './pn-counter.js';
import type { Group } from './replica-group.js';
import type { Loaded, Movement, Product } from './store.js';

/** A slot of an earlier opening of this instance. */
export interface FormerSlot {
  readonly slot: Slot;
  readonly version: number;
  /** Why its rights stay frozen until a person recounts; undefined when they may move. */
  readonly doubt: string | undefined;
}

export class Memory {
  readonly counters = new Counters();
  readonly products = new Map<string, Product>();
  /** The newest movement of each product. */
  readonly last = new Map<string, Movement>();
  /** The slot of this opening. */
  readonly slot: Slot;
  /** The store knows the slot of this opening. */
  begun = false;
  /** slot → when it last changed, in monotonic milliseconds; those in memory only. */
  readonly touched = new Map<Slot, number>();
  private readonly doubts = new Map<Slot, string | undefined>();

  constructor(
    readonly replica: string,
    loaded: Loaded,
    private readonly clock: Clock,
  ) {
    for (const entry of loaded.entries) this.counters.record(entry, entry.replica);
    for (const { slot, replica: owner, version, own, archived, doubt } of loaded.slots) {
      this.counters.learn(slot, owner, version);
      if (own) this.doubts.set(slot, doubt);
      if (!archived) this.touched.set(slot, clock.monotonic());
    }
    const archived = loaded.slots.filter((one) => one.archived).map(({ slot }) => slot);
    this.counters.recall(archived, loaded.archived);
    for (const product of loaded.products) this.products.set(product.produit, product);
    for (const movement of loaded.lastMovements) this.last.set(movement.product, movement);
    this.slot = newSlot(clock, this.counters.slotsOf(replica));
  }

  version(slot = this.slot): number {
    return this.counters.vector.get(slot)?.version ?? 0;
  }

  /** True for a slot of an earlier opening of this instance. */
  isFormer(slot: Slot): boolean {
    return this.doubts.has(slot);
  }

  formerSlots(): IterableIterator<Slot> {
    return this.doubts.keys();
  }

  *former(): IterableIterator<FormerSlot> {
    for (const [slot, doubt] of this.doubts) yield { slot, version: this.version(slot), doubt };
  }

  /** A product that may be bounded: its entries stay in memory. */
  mayBeBounded(product: string): boolean {
    return this.products.get(product)?.borne !== false;
  }

  /** Own former slots in which rights to this product are left. */
  holding(product: string): Slot[] {
    const counter = this.counters.counter(product);
    if (counter === undefined || this.products.get(product)?.borne !== true) return [];
    return [...this.doubts.keys()].filter((slot) => rights(counter, slot) > 0n);
  }

  /** Rights left in own former slots. */
  frozen(product: string): bigint {
    return this.holding(product).reduce((sum, slot) => sum + rights(this.counters.counter(product)!, slot), 0n);
  }

  /** Remembers what a commit has made durable. Returns the products whose value or description may be new. */
  remember(group: Group): Set<string> {
    const changed = new Set<string>();
    for (const entry of group.staged.entries()) {
      this.counters.record(entry, this.replica);
      changed.add(entry.product);
    }
    for (const { slot, replica, version, doubt } of group.slots()) {
      this.counters.learn(slot, replica, version);
      this.touched.set(slot, this.clock.monotonic());
      this.begun ||= slot === this.slot;
      if (doubt !== undefined) this.doubts.set(slot, this.doubts.get(slot) ?? doubt);
    }
    for (const [slot, { entries, replica }] of group.merges) {
      this.counters.hold(slot, replica, entries);
      for (const { product } of entries) changed.add(product);
    }
    for (const movement of group.movements) {
      this.last.set(movement.product, movement);
      changed.add(movement.product);
    }
    for (const [produit, product] of group.products) {
      this.products.set(produit, product);
      changed.add(produit);
    }
    return changed;
  }
}

/** A new slot that is also younger by its text than every slot of this instance, whatever the wall clock did: the younger one is the living one. */
function newSlot(clock: Clock, own: readonly Slot[]): Slot {
  const slot = newUuid(clock);
  const youngest = own.reduce((a, b) => (a > b ? a : b), '');
  if (slot > youngest) return slot;
  const ms = (Number.parseInt(youngest.slice(0, 8) + youngest.slice(9, 13), 16) + 1).toString(16).padStart(12, '0');
  return `${ms.slice(0, 8)}-${ms.slice(8)}${slot.slice(13)}`;
}
