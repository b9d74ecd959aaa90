/**
 * Every tally that is held. Products are numbered once, each slot has a column of tallies by these numbers, each product its
 * sum: no object and no text per tally, so that merging ten thousand of them is that many steps through arrays. What is first heard of
 * is not even looked into: its product is summed anew when somebody asks. Pure.
 */
import { type Delta, type Entries, type Entry, News } from './counter-words.js';
import { Column, growth, mergeTallies, PnCounter, type Slot, type Tally, ZERO } from './pn-counter.js';

export class Values {
  /** By slot, because that is how deltas come and go. */
  private readonly slots = new Map<Slot, Column>();
  /** Product → its number: from 0 on, in the order in which they were first counted. */
  private readonly numbers = new Map<string, number>();
  private readonly names: string[] = [];
  /** By number; undefined while it must be summed anew. */
  private readonly sums: (bigint | undefined)[] = [];
  /** By number: what is counted without its slot. */
  private readonly bases: bigint[] = [];
  private readonly views = new Map<number, PnCounter>();
  private latest = -1;

  products(): IterableIterator<string> {
    return this.names.values();
  }

  /** Costs a look per slot after slots were first heard of, else nothing. */
  sum(product: string): bigint {
    const number = this.find(product);
    return number === undefined ? 0n : (this.sums[number] ??= this.total(number));
  }

  /** ZERO when there is none. */
  tally(product: string, slot: Slot): Tally {
    const number = this.find(product);
    return number === undefined ? ZERO : (this.slots.get(slot)?.tally(number) ?? ZERO);
  }

  *tallies(product: string): IterableIterator<readonly [Slot, Tally]> {
    const number = this.find(product);
    if (number === undefined) return;
    for (const [slot, column] of this.slots) {
      const tally = column.tally(number);
      if (tally !== ZERO) yield [slot, tally];
    }
  }

  /** The slot's entries that changed after one of its versions. */
  *entries(slot: Slot, from: number): IterableIterator<Entry> {
    for (const [number, tally, changed] of this.slots.get(slot) ?? []) {
      if (changed > from) yield { product: this.names[number]!, slot, tally, changed };
    }
  }

  /** The product's counter, from then on kept up to date; made when it is asked for the first time. */
  view(product: string): PnCounter | undefined {
    const number = this.find(product);
    if (number === undefined) return undefined;
    let view = this.views.get(number);
    if (view !== undefined) return view;
    view = new PnCounter();
    for (const [slot, tally] of this.tallies(product)) view.set(slot, tally);
    this.views.set(number, view);
    return view;
  }

  /** Those of these that would grow, as they would be. */
  grown(slot: Slot, told: Delta['entries']): Delta['entries'] {
    const column = this.slots.get(slot);
    // The usual way to join: nothing to look up.
    if (column === undefined || column.size === 0) return told;
    const grown: (readonly [string, Tally])[] = [];
    for (const [product, tally] of told) {
      const number = this.find(product);
      const before = number === undefined ? ZERO : column.tally(number);
      const after = mergeTallies(before, tally);
      if (after !== before) grown.push([product, after]);
    }
    return grown;
  }

  /** Merges entries of the slot in. */
  merge(slot: Slot, entries: Entries): void {
    const column = this.column(slot, entries.length);
    if (entries instanceof News) {
      const { tallies, changed } = entries;
      // In turns: what is first heard of needs no comparison, and most of a long delta is that.
      for (const [product, tally] of tallies)
        if (!this.begin(column, product, tally, changed)) this.put(column, slot, product, tally, changed);
    } else for (const { product, tally, changed } of entries) this.put(column, slot, product, tally, changed);
  }

  mergeOne({ product, slot, tally, changed }: Entry): void {
    this.put(this.column(slot, 1), slot, product, tally, changed);
  }

  /** What is counted without its slot: the archive's. */
  count(product: string, by: bigint): void {
    const number = this.find(product) ?? this.add(product);
    this.bases[number]! += by;
    this.grow(number, by);
  }

  /** Lets the slot's entries go but for those of the products that stay; their sums stay all the same. Returns what went. */
  letGo(slot: Slot, stays: (product: string) => boolean): Entry[] {
    const gone: Entry[] = [];
    const kept = new Column();
    for (const [number, tally, changed] of this.slots.get(slot) ?? []) {
      const product = this.names[number]!;
      if (stays(product)) kept.put(number, tally, changed);
      else {
        gone.push({ product, slot, tally, changed });
        this.bases[number]! += growth(ZERO, tally);
        this.views.get(number)?.remove(slot);
      }
    }
    this.slots.set(slot, kept);
    return gone;
  }

  /** False, and nothing has changed, unless the slot has no tally of the product yet, and nobody looks at the product's counter. */
  private begin(column: Column, product: string, told: Tally, changed: number): boolean {
    let number = this.find(product);
    if (this.views.size > 0 || (number !== undefined && column.tally(number) !== ZERO)) return false;
    number ??= this.add(product);
    this.sums[number] = undefined;
    column.begin(number, told, changed);
    return true;
  }

  private put(column: Column, slot: Slot, product: string, told: Tally, changed: number): void {
    let number = this.find(product);
    const before = number === undefined ? ZERO : column.tally(number);
    const after = mergeTallies(before, told);
    if (after === before) return;
    number ??= this.add(product);
    this.grow(number, growth(before, after));
    if (this.views.size > 0) this.views.get(number)?.set(slot, after);
    column.put(number, after, Math.max(changed, column.changed(number)));
  }

  private grow(number: number, by: bigint): void {
    const sum = this.sums[number];
    if (sum !== undefined) this.sums[number] = sum + by;
  }

  private total(number: number): bigint {
    let total = this.bases[number]!;
    for (const column of this.slots.values()) {
      const tally = column.tally(number);
      if (tally !== ZERO) total += growth(ZERO, tally);
    }
    return total;
  }

  private find(product: string): number | undefined {
    const { names, latest } = this;
    // Most ask for products in one order, or for one twice: a comparison instead of a search.
    if (names[latest + 1] === product) return (this.latest = latest + 1);
    if (names[latest] === product) return latest;
    const found = this.numbers.get(product);
    if (found !== undefined) this.latest = found;
    return found;
  }

  /** Numbers a product that was never counted. */
  private add(product: string): number {
    const number = this.names.push(product) - 1;
    this.numbers.set(product, number);
    this.sums.push(0n);
    this.bases.push(0n);
    return (this.latest = number);
  }

  private column(slot: Slot, expected: number): Column {
    let column = this.slots.get(slot);
    if (column === undefined || (column.size === 0 && expected > 1)) this.slots.set(slot, (column = new Column(expected)));
    return column;
  }
}
