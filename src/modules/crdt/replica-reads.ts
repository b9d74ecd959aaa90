/** What a replica shows: what is durable, of the last opening while the store is away. */
import { Counters, type Delta, type Entry, type Known, type Limits } from './counters.js';
import type { Slot } from './pn-counter.js';
import type { FormerSlot, Memory } from './replica-memory.js';
import type { Movement, Product, Store } from './store.js';

const NO_PRODUCTS: ReadonlyMap<string, Product> = new Map();

export abstract class ReplicaReads {
  private readonly nothing = new Counters();

  constructor(protected readonly store: Store) {}

  protected abstract get memory(): Memory | undefined;

  get slot(): Slot {
    return this.memory?.slot ?? '';
  }

  get version(): number {
    return this.memory?.version() ?? 0;
  }

  /** What is durable, for others to read only. Replaced at every opening: ask again each time. */
  get counters(): Counters {
    return this.memory?.counters ?? this.nothing;
  }

  get products(): ReadonlyMap<string, Product> {
    return this.memory?.products ?? NO_PRODUCTS;
  }

  /** What the slot did after `from`, in parts; read from the store when the slot is archived. Rejects with StoreFailed. */
  async read(slot: Slot, from: number, limits?: Limits): Promise<Delta[]> {
    const known = this.counters.vector.get(slot);
    if (known?.archived !== true) return this.counters.delta(slot, from, limits);
    return known.version <= from ? [] : shelved(slot, known, await this.store.rowsOf(slot)).delta(slot, from, limits);
  }

  /** The slots of this instance's earlier openings. */
  former(): FormerSlot[] {
    return [...(this.memory?.former() ?? [])];
  }

  /** Rights to the product that are left in former slots. */
  frozen(product: string): bigint {
    return this.memory?.frozen(product) ?? 0n;
  }

  /** Newest first, older than `before` when given. Rejects with StoreFailed. */
  movements(product: string, before: string | undefined, limit: number): Promise<Movement[]> {
    return this.store.movements(product, before, limit);
  }

  /** The movement that a demande made here, if it did. Rejects with StoreFailed. */
  async answered(scope: string, id: string): Promise<Movement | undefined> {
    return (await this.store.answered([[scope, id]]))[0];
  }

  last(product: string): Movement | undefined {
    return this.memory?.last.get(product);
  }
}

/** An archived slot by itself, from its rows. */
function shelved(slot: Slot, { replica, version }: Known, rows: readonly Entry[]): Counters {
  const shelf = new Counters();
  for (const entry of rows) shelf.record(entry, replica);
  shelf.learn(slot, replica, version);
  return shelf;
}
