/**
 * Everything an instance knows of every counter. One rule carries it: what is known of a slot at version v is exactly what
 * the slot had done at v, neither less nor more. So equal versions mean equal counters, and a digest of versions is enough.
 * It holds because a delta counts whole or not at all: only where its `from` is known, only when every part has come.
 * Pure: owned and changed in place by one replica, after its store has written.
 */
import { ArchivedSums } from './counter-archive.js';
import { cut, Gathering } from './counter-parts.js';
import { Values } from './counter-values.js';
import { checkOwner, Versions } from './counter-versions.js';
import {
  ArchivedSlot,
  type ArchivedSum,
  type Delta,
  type Entries,
  type Entry,
  type Known,
  type Limits,
  type Merged,
  News,
} from './counter-words.js';
import { type PnCounter, type Slot, type Tally, ZERO } from './pn-counter.js';

export {
  ArchivedSlot,
  type ArchivedSum,
  type Delta,
  type Entries,
  type Entry,
  type Known,
  type Limits,
  type Merged,
} from './counter-words.js';
export type { Slot } from './pn-counter.js';

export class Counters {
  private readonly values = new Values();
  private readonly versions = new Versions();
  private readonly archived = new ArchivedSums();
  private readonly gathering = new Gathering();

  get vector(): ReadonlyMap<Slot, Known> {
    return this.versions.known;
  }

  /** Every product that was ever counted here. */
  products(): IterableIterator<string> {
    return this.values.products();
  }

  /** Σ plus − Σ minus, archived slots included; 0 when it was never counted. */
  value(product: string): bigint {
    return this.values.sum(product);
  }

  /** The slots in memory: all of them for a bounded product. Kept up to date, to be read only; the first call costs a look per slot. */
  counter(product: string): PnCounter | undefined {
    return this.values.view(product);
  }

  /** What each replica has counted over all its slots, archived ones included. Costs a look per slot. */
  byReplica(product: string): Map<string, { plus: bigint; minus: bigint }> {
    const all = this.archived.of(product);
    for (const [slot, { plus, minus }] of this.values.tallies(product)) {
      const { replica } = this.vector.get(slot)!;
      const sum = all.get(replica) ?? { plus: 0n, minus: 0n };
      all.set(replica, { plus: sum.plus + plus, minus: sum.minus + minus });
    }
    return all;
  }

  tallyOf(product: string, slot: Slot): Tally {
    return this.values.tally(product, slot);
  }

  slotsOf(replica: string): Slot[] {
    return this.versions.slotsOf(replica);
  }

  /** Merges an entry of one's own store or slot in. Raises no version: say what is held with `learn`, in the same turn. */
  record(entry: Entry, replica: string): void {
    this.know(entry.slot, replica);
    this.values.mergeOne(entry);
  }

  /** Merges what `preview` gave in, once it is stored. Raises no version: say what is held with `learn`, in the same turn. */
  hold(slot: Slot, replica: string, entries: Entries): void {
    this.know(slot, replica);
    this.values.merge(slot, entries);
  }

  /** Everything that the slot did up to `version` is held now. Never lowers. RangeError when it is another replica's slot. */
  learn(slot: Slot, replica: string, version: number): void {
    this.versions.learn(slot, replica, version);
    this.gathering.forget(slot, version);
  }

  /**
   * Merges a delta. It counts when `from` ≤ the known version < `to` and no part is missing; otherwise nothing changes here
   * (a part is kept aside) and the sender sees by the version that it must begin there. Throws ArchivedSlot when it would
   * count for an archived slot.
   */
  apply(delta: Delta): Merged {
    const merged = this.preview(delta);
    this.hold(delta.slot, delta.replica, merged.changed);
    this.learn(delta.slot, delta.replica, merged.version);
    return merged;
  }

  /** What `apply` would give, so that the store can be written first. Counts nothing; keeps a part aside as `apply` does. */
  preview(delta: Delta): Merged {
    const { slot, replica, from, to } = delta;
    const known = this.vector.get(slot);
    if (known !== undefined) checkOwner(slot, known, replica);
    const version = known?.version ?? 0;
    if (to <= version || from > version) return { changed: [], version };
    if (known?.archived) throw new ArchivedSlot(slot);
    const whole = this.gathering.take(delta);
    if (whole === undefined) return { changed: [], version };
    const grown = this.values.grown(slot, whole.entries);
    return { changed: grown.length === 0 ? [] : new News(slot, to, grown), version: to };
  }

  /** What the slot did after `from`, as far as it is known here, in parts; [] when nothing is newer. Throws ArchivedSlot. */
  delta(slot: Slot, from: number, limits?: Limits): Delta[] {
    const known = this.vector.get(slot);
    if (known === undefined || known.version <= from) return [];
    if (known.archived) throw new ArchivedSlot(slot);
    return cut({ slot, ...known }, from, this.values.entries(slot, from), limits);
  }

  /**
   * Lets the slot's entries of unbounded products go from memory; their sums stay, and the store keeps the rows. A product
   * that may be bounded must be called so: its entries are needed for the rights.
   */
  archive(slot: Slot, isBounded: (product: string) => boolean): void {
    const known = this.vector.get(slot);
    if (known === undefined || known.archived) return;
    for (const { product, tally } of this.values.letGo(slot, isBounded)) this.archived.add(product, known.replica, tally);
    this.versions.mark(slot, true);
  }

  /** Takes an archived slot's entries back, from its rows in the store. RangeError, and nothing has changed, when they are not its. */
  restore(slot: Slot, entries: readonly Entry[]): void {
    const known = this.vector.get(slot);
    if (known?.archived !== true) return;
    const gone = entries.filter(({ product }) => this.tallyOf(product, slot) === ZERO);
    this.archived.take(known.replica, gone);
    for (const { product, tally } of gone) this.values.count(product, tally.minus - tally.plus);
    for (const entry of entries) this.record(entry, known.replica);
    this.versions.mark(slot, false);
  }

  /** The archive as the store holds it: once, after the slots were learned and before anything is archived here. */
  recall(slots: Iterable<Slot>, sums: Iterable<ArchivedSum>): void {
    for (const slot of slots) this.versions.mark(slot, true);
    for (const { product, replica, ...sum } of sums) {
      this.archived.add(product, replica, sum);
      this.values.count(product, sum.plus - sum.minus);
    }
  }

  /** 64 short texts: two replicas whose texts are equal know the same. */
  buckets(): readonly string[] {
    return this.versions.buckets();
  }

  inBucket(bucket: number): Slot[] {
    return this.versions.inBucket(bucket);
  }

  private know(slot: Slot, replica: string): void {
    if (!this.vector.has(slot)) this.versions.learn(slot, replica, 0);
  }
}
