/** What a replica asks of the place where its counters are kept: types and errors only. */
import type { ArchivedSum, Entry } from './counter-words.js';
import type { Slot } from './pn-counter.js';

/** A product as the shared table describes it, kept here so that counters start with no database. */
export interface Product {
  /** Its public name in addresses: `tote-bags`. */
  readonly produit: string;
  readonly nom: string;
  readonly unite: string | null;
  /** Decimal text: below it the product is said to run short. */
  readonly seuil: string | null;
  /** True: the counter never goes below zero, even in a partition. Never changes. */
  readonly borne: boolean;
  /** Milliseconds since 1970. */
  readonly creeLe: number;
}

/** One operation that was done: what a retry is answered from, what is listed, what is undone. Kept 30 days. */
export interface Movement {
  /** `mou_<26 characters>_<INSTANCE_ID>`: it names the replica that did it. */
  readonly id: string;
  readonly scope: string;
  /** The demande id. */
  readonly operation: string;
  readonly hash: string;
  readonly product: string;
  readonly by: bigint;
  readonly kind: 'change' | 'undo' | 'recount';
  /** The product's value right after it, as known here. */
  readonly value: bigint;
  /** Version of `slot` right after it. */
  readonly version: number;
  readonly slot: Slot;
  /** Stamp of the door, milliseconds since 1970. */
  readonly at: number;
  readonly undoes: string | null;
  readonly undoneBy: string | null;
}

/** A slot's row as written. */
export interface SlotWrite {
  readonly slot: Slot;
  readonly replica: string;
  readonly version: number;
  /** True when this instance gave it to itself at an opening. */
  readonly own: boolean;
  /** Why its rights must not move by themselves; once written it stays. */
  readonly doubt?: string;
}

/** Everything of one group; it is written whole or not at all. Values are absolute: writing a batch twice is writing it once. */
export interface Batch {
  readonly entries: readonly (Entry & { readonly replica: string })[];
  readonly slots: readonly SlotWrite[];
  readonly movements: readonly Movement[];
  readonly undone: readonly (readonly [movement: string, by: string])[];
  readonly products: readonly Product[];
}

export interface StoredSlot {
  readonly slot: Slot;
  readonly replica: string;
  readonly version: number;
  readonly own: boolean;
  readonly archived: boolean;
  /** Why the rights left in it must not move by themselves: this opening's doubt or one of an earlier opening. */
  readonly doubt: string | undefined;
}

/** All that a replica remembers when it opens. */
export interface Loaded {
  /** Entries of slots that are not archived, and all those of products not known as unbounded. */
  readonly entries: readonly (Entry & { readonly replica: string })[];
  readonly slots: readonly StoredSlot[];
  /** Sums of the archived entries; never of a product not known as unbounded. */
  readonly archived: readonly ArchivedSum[];
  readonly products: readonly Product[];
  /** The newest one of each product that is described here and has one. */
  readonly lastMovements: readonly Movement[];
  /** Why the rights of own former slots must not move by themselves, found at this opening. */
  readonly doubt: string | undefined;
  /** What was put aside at this opening because it belongs to another club, in a sentence. */
  readonly aside?: string | undefined;
}

/** Where one replica keeps its counters. One owner at a time; calls may overlap and are done one after another. */
export interface Store {
  /**
   * Takes the exclusive lock and reads everything; opens anew when it was open.
   * Rejects with `StoreBusy` while another process has the lock, with `StoreUnusable` when a person must act or the disk must heal.
   */
  open(): Promise<Loaded>;
  /**
   * Everything here belongs to this club from now on, also at later openings. False: what is open is another club's; it is written no more, and the next
   * `open` puts it aside, whole, for what this club left here before, or nothing. Rejects with `StoreFailed` when that cannot be said or written: then
   * the next `open` sees to it.
   */
  belong(club: string): Promise<boolean>;
  /** Durable when it resolves. Rejects with `StoreFailed`; after `unknown` only the next `open` tells what is stored. */
  commit(batch: Batch): Promise<void>;
  /** The movements that these demandes made, of those that made one. */
  answered(ids: readonly (readonly [scope: string, id: string])[]): Promise<Movement[]>;
  /** Those of these movements that exist. */
  named(ids: readonly string[]): Promise<Movement[]>;
  /** Newest first, those older than the movement `before` when it is given; none when that one is unknown. */
  movements(product: string, before: string | undefined, limit: number): Promise<Movement[]>;
  /** Every entry of a slot, archived or not. */
  rowsOf(slot: Slot): Promise<Entry[]>;
  /** Marks the slot archived: the next opening sums its entries instead of loading them. */
  archive(slot: Slot): Promise<void>;
  /** Takes the mark away. */
  restore(slot: Slot): Promise<void>;
  /** Forgets at most `limit` of the oldest movements, those older than `before` (ms since 1970). Tells how many. */
  prune(before: number, limit: number): Promise<number>;
  /** Gives the lock back. Twice is once. */
  close(): Promise<void>;
}

/** Another process has the store. It is freed the moment that process ends, however it ends. */
export class StoreBusy extends Error {
  override readonly name = 'StoreBusy';
}

/** The store cannot be opened: the message names it and says what a person can do. */
export class StoreUnusable extends Error {
  override readonly name = 'StoreUnusable';
}

/** A commit (or a read) that did not succeed. */
export class StoreFailed extends Error {
  override readonly name = 'StoreFailed';

  constructor(
    /** `not_executed`: nothing of the batch is there and never will be. `unknown`: only the next opening tells. */
    readonly effect: 'not_executed' | 'unknown',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
