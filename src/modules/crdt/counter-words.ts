/** The words of replication: what one replica knows of a slot, and what it tells another. */
import type { Slot, Tally } from './pn-counter.js';

/** What is known of a slot: everything it did up to `version`, and nothing beyond. */
export interface Known {
  readonly replica: string;
  readonly version: number;
  /** Its entries of unbounded products are not in memory. */
  readonly archived: boolean;
}

/** What a slot did between two of its versions: every tally that changed, as it stands at `to`. */
export interface Delta {
  readonly slot: Slot;
  /** Whose slot it is: an INSTANCE_ID. */
  readonly replica: string;
  /** Exclusive: it counts only where `from` is known. */
  readonly from: number;
  /** Inclusive. */
  readonly to: number;
  /** The part after which nothing is missing. A part that is not the last claims nothing by itself. */
  readonly last: boolean;
  /** The product at which the part before this one ended; absent in the first part. */
  readonly after?: string;
  /** Each product once, in order; every tally says something. */
  readonly entries: readonly (readonly [product: string, tally: Tally])[];
}

/** One tally as it is held: `changed` is a version of its slot at which it already stood so. */
export interface Entry {
  readonly product: string;
  readonly slot: Slot;
  readonly tally: Tally;
  readonly changed: number;
}

/** What the archived slots of a replica have counted together, for one product. */
export interface ArchivedSum {
  readonly product: string;
  readonly replica: string;
  readonly plus: bigint;
  readonly minus: bigint;
}

/** How much one part may carry. */
export interface Limits {
  readonly entries: number;
  /** Characters of text, estimated from above; one entry alone may be longer. */
  readonly text: number;
}

/** The slot's entries are not in memory: `restore` them from the store, then ask again. */
export class ArchivedSlot extends Error {
  override readonly name = 'ArchivedSlot';
  constructor(readonly slot: Slot) {
    super(`Slot ${slot} is archived: restore it from the store first`);
  }
}

/** What merging a delta gives: the entries that grew, as they are afterwards, and the version then known of its slot. */
export interface Merged {
  readonly changed: Entries;
  readonly version: number;
}

/** Entries to be gone through. An array is one; ten thousand of a delta are made one by one, when they are asked for. */
export interface Entries extends Iterable<Entry> {
  readonly length: number;
  map<T>(each: (entry: Entry) => T): T[];
}

/** What grew in a slot up to one of its versions. */
export class News implements Entries {
  constructor(
    private readonly slot: Slot,
    readonly changed: number,
    readonly tallies: Delta['entries'],
  ) {}

  get length(): number {
    return this.tallies.length;
  }

  map<T>(each: (entry: Entry) => T): T[] {
    return Array.from(this, each);
  }

  *[Symbol.iterator](): IterableIterator<Entry> {
    const { slot, changed } = this;
    for (const [product, tally] of this.tallies) yield { product, slot, tally, changed };
  }
}
