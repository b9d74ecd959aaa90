import type { Figure } from './cluster.js';

/** The counters of this instance, as it knows them. The application provides it. Nothing here asks a database or a peer. */
export abstract class SeenCounters {
  /** Every product, in order. */
  abstract readonly products: readonly string[];
  /** The counters of those of `products` that exist, as their GET shows them. */
  abstract shown(products: Iterable<string>): readonly (readonly [produit: string, fiche: unknown])[];
  /** Calls `hear` with the products whose counters changed, or appeared. It may be called very often. */
  abstract onChange(hear: (products: Iterable<string>) => void): void;
  /** What a demande of this id was answered, when it was first taken here; undefined when it was not. Rejects while the store cannot be asked. */
  abstract answered(scope: string, id: string): Promise<unknown>;
  /** Everything that is counted about them. Names come without the prefix `monclub_counters_`. */
  abstract figures(): readonly Figure[];
}
