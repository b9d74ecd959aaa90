/**
 * A counter that several replicas raise and lower without asking each other, and that never lies: a map slot → tally whose
 * components only grow; merge is the greater of each (Shapiro et al., INRIA RR-7506, PN-Counter). A slot is written by one
 * incarnation of one replica only. Pure: an owned value, changed in place by whoever owns it.
 */

/** A UUIDv7, new at every opening of a store, never used again. */
export type Slot = string;

/** What one slot has counted. Never changed in place: whoever holds one may keep it. */
export interface Tally {
  readonly plus: bigint;
  readonly minus: bigint;
  /** Rights given away, by receiving slot; written by the giving slot only; empty for what is not bounded. */
  readonly given: ReadonlyMap<Slot, bigint>;
}

export const NO_GIFTS: ReadonlyMap<Slot, bigint> = new Map();
export const ZERO: Tally = { plus: 0n, minus: 0n, given: NO_GIFTS };

/** The greater of each component: commutative, associative, idempotent. Returns `a` itself when `b` adds nothing. */
export function mergeTallies(a: Tally, b: Tally): Tally {
  if (a === b) return a;
  if (a === ZERO) return saysNothing(b) ? a : b;
  const given = mergeGifts(a.given, b.given);
  if (b.plus <= a.plus && b.minus <= a.minus && given === a.given) return a;
  if (a.plus <= b.plus && a.minus <= b.minus && given === b.given) return b;
  return { plus: b.plus > a.plus ? b.plus : a.plus, minus: b.minus > a.minus ? b.minus : a.minus, given };
}

/** By how much the value moves from one to the other. Most often only one component does. */
export function growth(before: Tally, after: Tally): bigint {
  if (before === ZERO) return after.minus === 0n ? after.plus : after.plus - after.minus;
  const up = after.plus === before.plus ? 0n : after.plus - before.plus;
  return after.minus === before.minus ? up : up - (after.minus - before.minus);
}

/** True of a tally that counted nothing and gave nothing: as good as none. */
function saysNothing({ plus, minus, given }: Tally): boolean {
  return plus === 0n && minus === 0n && given.size === 0;
}

function mergeGifts(a: Tally['given'], b: Tally['given']): Tally['given'] {
  if (a === b || b.size === 0) return a;
  if (a.size === 0) return b;
  let merged: Map<Slot, bigint> | undefined;
  for (const [to, amount] of b) {
    if (amount > (a.get(to) ?? 0n)) (merged ??= new Map(a)).set(to, amount);
  }
  return merged ?? a;
}

export class PnCounter {
  private readonly tallies = new Map<Slot, Tally>();
  private sum = 0n;

  /** Σ plus − Σ minus. Kept: reading it costs nothing, whatever the number of slots. */
  get value(): bigint {
    return this.sum;
  }

  /** The number of slots that have counted. */
  get size(): number {
    return this.tallies.size;
  }

  /** What the slot has counted, `ZERO` when it never did. */
  tally(slot: Slot): Tally {
    return this.tallies.get(slot) ?? ZERO;
  }

  /** The rights that others gave to the slot. Costs a look per slot. */
  received(slot: Slot): bigint {
    let sum = 0n;
    for (const { given } of this.tallies.values()) sum += given.get(slot) ?? 0n;
    return sum;
  }

  entries(): IterableIterator<[Slot, Tally]> {
    return this.tallies.entries();
  }

  /** Counts `by` for the slot: upward when positive, downward when negative. 0 does nothing. Only the slot's own replica may. */
  add(slot: Slot, by: bigint): void {
    if (by === 0n) return;
    const { plus, minus, given } = this.tally(slot);
    this.tallies.set(slot, by > 0n ? { plus: plus + by, minus, given } : { plus, minus: minus - by, given });
    this.sum += by;
  }

  /** Merges one tally in. True when something grew. */
  set(slot: Slot, tally: Tally): boolean {
    const before = this.tallies.get(slot);
    const after = before === undefined ? tally : mergeTallies(before, tally);
    if (after === before || (before === undefined && saysNothing(tally))) return false;
    this.tallies.set(slot, after);
    this.sum += growth(before ?? ZERO, after);
    return true;
  }

  /** Takes a slot out and returns what it had counted: for an archive that keeps it elsewhere. */
  remove(slot: Slot): Tally {
    const tally = this.tally(slot);
    this.tallies.delete(slot);
    this.sum -= tally.plus - tally.minus;
    return tally;
  }
}

interface Cell {
  readonly tally: Tally;
  readonly changed: number;
}

/** Below it a map is smaller than arrays, whatever the numbers of the products are. */
const FEW = 16;
/** Arrays while at least one place in so many is taken: about what a map would need for the same. */
const SPREAD = 4;

/** A slot's tallies by the product's number: arrays when it counted most products, a map when it counted a few of many. */
export class Column {
  private few: Map<number, Cell> | undefined;
  private tallies: Tally[];
  private labels: number[];
  private taken = 0;
  /** Above every number in it. */
  private span = 0;

  /** With room for as many as are about to come. */
  constructor(expected = 0) {
    if (expected < FEW) this.few = new Map();
    [this.tallies, this.labels] = rows(expected < FEW ? 0 : expected);
  }

  get size(): number {
    return this.taken;
  }

  /** ZERO when there is none. */
  tally(product: number): Tally {
    return (this.few === undefined ? this.tallies[product] : this.few.get(product)?.tally) ?? ZERO;
  }

  /** A version of the slot at which the tally already stood so; 0 when there is none. */
  changed(product: number): number {
    return (this.few === undefined ? this.labels[product] : this.few.get(product)?.changed) ?? 0;
  }

  /** Holds this tally from now on; it says something. */
  put(product: number, tally: Tally, changed: number): void {
    if (this.tally(product) === ZERO) this.begin(product, tally, changed);
    else this.set(product, tally, changed);
  }

  /** As `put`, of a product that has no tally here. */
  begin(product: number, tally: Tally, changed: number): void {
    this.makeRoom(product);
    this.set(product, tally, changed);
  }

  *[Symbol.iterator](): IterableIterator<readonly [product: number, tally: Tally, changed: number]> {
    if (this.few !== undefined) for (const [product, { tally, changed }] of this.few) yield [product, tally, changed];
    for (const [product, tally] of this.tallies.entries()) if (tally !== ZERO) yield [product, tally, this.labels[product]!];
  }

  private set(product: number, tally: Tally, changed: number): void {
    if (this.few !== undefined) {
      this.few.set(product, { tally, changed });
      return;
    }
    // Filled up, because V8 turns an array into a table when it is written far behind its end.
    for (; this.tallies.length <= product; this.labels.push(0)) this.tallies.push(ZERO);
    this.tallies[product] = tally;
    this.labels[product] = changed;
  }

  private makeRoom(product: number): void {
    this.taken += 1;
    if (product >= this.span) this.span = product + 1;
    if (this.few === undefined && product < this.tallies.length) return;
    const spread = this.taken < FEW || this.taken * SPREAD < this.span;
    if (spread === (this.few !== undefined)) return;
    const cells = [...this];
    this.few = spread ? new Map() : undefined;
    [this.tallies, this.labels] = rows(spread ? 0 : this.span);
    for (const cell of cells) this.set(...cell);
  }
}

function rows(length: number): [Tally[], number[]] {
  const tallies: Tally[] = [];
  const labels: number[] = [];
  tallies.length = labels.length = length;
  return [tallies.fill(ZERO), labels.fill(0)];
}
