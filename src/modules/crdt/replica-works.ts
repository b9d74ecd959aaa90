/** The work of replication that a commit carries next to operations: what others told, what is given to them, what becomes of former slots. */
import type { Delta } from './counters.js';
import type { Slot } from './pn-counter.js';
import type { Group, Work } from './replica-group.js';
import type { Memory } from './replica-memory.js';
import type { Product } from './store.js';

/** Work that someone waits for. */
abstract class Awaited<T> implements Work {
  private resolve!: (result: T) => void;
  private reject!: (error: unknown) => void;
  readonly end = new Promise<T>((resolve, reject) => {
    this.resolve = resolve;
    this.reject = reject;
  });

  abstract stage(group: Group): boolean;
  protected abstract result(): T;

  needs(_memory: Memory): readonly Slot[] {
    return [];
  }

  done(): void {
    this.resolve(this.result());
  }

  failed(error: unknown): void {
    this.reject(error);
  }
}

/** Somebody else writes the slot that this process writes: a copied machine image, or a bug. */
export class SlotTaken extends Error {
  override readonly name = 'SlotTaken';
}

/** Merges a delta that another instance sent. */
export class Merging extends Awaited<void> {
  private grew = false;

  constructor(
    private readonly delta: Delta,
    private readonly merged: () => void,
  ) {
    super();
  }

  override needs({ counters }: Memory): readonly Slot[] {
    const { slot, from, to } = this.delta;
    const known = counters.vector.get(slot);
    return known?.archived === true && from <= known.version && to > known.version ? [slot] : [];
  }

  stage(group: Group): boolean {
    const { memory, merges } = group;
    const { slot, replica } = this.delta;
    if (merges.has(slot)) return false;
    if (group.staged.writes(slot) && slot !== memory.slot) return false;
    const { changed, version } = memory.counters.preview(this.delta);
    if (version <= memory.version(slot)) return true;
    if (slot === memory.slot) throw new SlotTaken(`another process writes the slot ${slot} of this one`);
    this.grew = true;
    const own = memory.isFormer(slot);
    // This store once held less of its own slot than it had written: it is an old copy, and so may be what it holds of the rights.
    const doubt = own && replica === memory.replica ? { doubt: 'another instance knows more of it than this store did' } : {};
    merges.set(slot, { replica, entries: changed });
    group.marks.push({ slot, replica, version, own, ...doubt });
    return true;
  }

  override done(): void {
    if (this.grew) this.merged();
    super.done();
  }

  protected result(): void {}
}

/** Takes over the products of the shared table. */
export class Learning extends Awaited<void> {
  constructor(private readonly products: readonly Product[]) {
    super();
  }

  stage({ memory, products }: Group): boolean {
    for (const product of this.products) {
      const known = products.get(product.produit) ?? memory.products.get(product.produit);
      // Whether a product is bounded is settled once: rights counted under one rule mean nothing under the other.
      const kept = known === undefined ? product : { ...product, borne: known.borne };
      if (known === undefined || !same(known, kept)) products.set(product.produit, kept);
    }
    return true;
  }

  protected result(): void {}
}

function same(a: Product, b: Product): boolean {
  return a.nom === b.nom && a.unite === b.unite && a.seuil === b.seuil && a.borne === b.borne && a.creeLe === b.creeLe;
}

/** Gives rights of the present slot away. */
export class Giving extends Awaited<bigint> {
  private amount = 0n;

  constructor(
    private readonly product: string,
    private readonly to: Slot,
    private readonly wanted: bigint,
  ) {
    super();
  }

  stage({ memory, staged }: Group): boolean {
    const bounded = memory.products.get(this.product)?.borne === true;
    if (!bounded || this.to === memory.slot || memory.isFormer(this.to)) return true;
    const left = staged.rights(this.product);
    this.amount = left < this.wanted ? left : this.wanted;
    if (this.amount > 0n) staged.give(this.product, memory.slot, this.to, this.amount);
    else this.amount = 0n;
    return true;
  }

  protected result(): bigint {
    return this.amount;
  }
}

/** Moves what is left in own former slots to the present one: those without doubt, and of these only `only` when it is given. */
export class Adopting extends Awaited<bigint> {
  private moved = 0n;

  constructor(private readonly only: ReadonlySet<Slot> | undefined) {
    super();
  }

  override needs(memory: Memory): readonly Slot[] {
    const slots = this.slots(memory);
    return [...memory.products.keys()].flatMap((product) => memory.holding(product).filter((slot) => slots.includes(slot)));
  }

  stage(group: Group): boolean {
    const { memory, staged, merges } = group;
    const slots = this.slots(memory);
    if (slots.some((slot) => merges.has(slot))) return false;
    for (const product of memory.products.values()) {
      for (const slot of product.borne ? slots : []) {
        const before = staged.rights(product.produit);
        if (group.adopt(product.produit, slot)) this.moved += staged.rights(product.produit) - before;
      }
    }
    return true;
  }

  private slots(memory: Memory): Slot[] {
    return [...memory.former()].filter(({ slot, doubt }) => doubt === undefined && (this.only?.has(slot) ?? true)).map(({ slot }) => slot);
  }

  protected result(): bigint {
    return this.moved;
  }
}

/** Makes the present slot known to the store before anything is counted in it: whoever opens it next knows it for an own one. */
export class Beginning extends Awaited<void> {
  stage({ memory, staged, marks }: Group): boolean {
    const { slot, replica } = memory;
    if (!memory.begun && !staged.writes(slot)) marks.push({ slot, replica, version: 0, own: true });
    return true;
  }

  protected result(): void {}
}

/** Freezes an own former slot until a person recounts. */
export class Doubting extends Awaited<void> {
  constructor(
    private readonly slot: Slot,
    private readonly reason: string,
  ) {
    super();
  }

  stage({ memory, marks }: Group): boolean {
    if (memory.isFormer(this.slot)) {
      marks.push({ slot: this.slot, replica: memory.replica, version: memory.version(this.slot), own: true, doubt: this.reason });
    }
    return true;
  }

  protected result(): void {}
}
