/** What a replica knows of every slot, as versions, with a digest by which two replicas see at once where they differ. Pure. */
import type { Known } from './counter-words.js';
import type { Slot } from './pn-counter.js';

export const BUCKETS = 64;

export class Versions {
  private readonly slots = new Map<Slot, Known>();
  /** Per bucket two words of 32 bits: the XOR of the hashes of what is in `hashed`. */
  private readonly words = new Uint32Array(BUCKETS * 2);
  private readonly hashed = new Map<Slot, number>();
  private readonly moved = new Set<Slot>();

  get known(): ReadonlyMap<Slot, Known> {
    return this.slots;
  }

  /** Raises the version, never lowers it. RangeError when the slot is known as another replica's. */
  learn(slot: Slot, replica: string, version: number): void {
    const before = this.slots.get(slot);
    if (before !== undefined) checkOwner(slot, before, replica);
    if (before !== undefined && version <= before.version) return;
    this.slots.set(slot, { replica, version, archived: before?.archived ?? false });
    this.moved.add(slot);
  }

  mark(slot: Slot, archived: boolean): void {
    const before = this.slots.get(slot);
    if (before !== undefined) this.slots.set(slot, { ...before, archived });
  }

  /** A short text per bucket: equal when the bucket's slots and versions are, and but for a collision of hashes only then. */
  buckets(): readonly string[] {
    for (const slot of this.moved) this.rehash(slot);
    this.moved.clear();
    return Array.from({ length: BUCKETS }, (_, bucket) => word(this.words[bucket * 2]!) + word(this.words[bucket * 2 + 1]!));
  }

  /** The slots of a bucket of which anything is known. */
  inBucket(bucket: number): Slot[] {
    return [...this.slots].filter(([slot, { version }]) => version > 0 && bucketOf(slot) === bucket).map(([slot]) => slot);
  }

  slotsOf(replica: string): Slot[] {
    return [...this.slots].filter(([, known]) => known.replica === replica).map(([slot]) => slot);
  }

  /** A slot that has done nothing yet (version 0) is in no bucket: others need not know it. */
  private rehash(slot: Slot): void {
    const { version } = this.slots.get(slot)!;
    const before = this.hashed.get(slot);
    if (before !== undefined) this.toggle(slot, before);
    if (version > 0) this.toggle(slot, version);
    if (version > 0) this.hashed.set(slot, version);
  }

  private toggle(slot: Slot, version: number): void {
    const at = bucketOf(slot) * 2;
    const text = `${slot}:${version}`;
    this.words[at]! ^= hash(text, 0x9e3779b9);
    this.words[at + 1]! ^= hash(text, 0x85ebca6b);
  }
}

export function checkOwner(slot: Slot, { replica: known }: Known, replica: string): void {
  if (known !== replica) throw new RangeError(`Slot ${slot} belongs to ${known}, not to ${replica}`);
}

/** The same on every instance: both sides of a digest must put a slot into the same bucket. */
export function bucketOf(slot: Slot): number {
  return hash(slot, 0xc2b2ae35) % BUCKETS;
}

/** FNV-1a over the characters, then MurmurHash3's finalizer, so that one changed character changes every bit. */
function hash(text: string, seed: number): number {
  let state = seed;
  for (let at = 0; at < text.length; at += 1) state = Math.imul(state ^ text.charCodeAt(at), 0x01000193);
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
  return (state ^ (state >>> 16)) >>> 0;
}

function word(bits: number): string {
  return bits.toString(16).padStart(8, '0');
}
