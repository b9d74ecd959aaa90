/** The same entries by product: the sum at once, the slots for those products that somebody asked for. Pure. */
import type { Entry } from './counter-words.js';
import { growth, PnCounter, type Slot, type Tally } from './pn-counter.js';

export class Values {
  private readonly sums = new Map<string, { sum: bigint }>();
  private readonly views = new Map<string, PnCounter>();

  products(): IterableIterator<string> {
    return this.sums.keys();
  }

  sum(product: string): bigint {
    return this.sums.get(product)?.sum ?? 0n;
  }

  /** An entry grew from `before` to what it is. */
  grew(before: Tally, { product, slot, tally }: Entry): void {
    this.count(product, growth(before, tally));
    if (this.views.size > 0) this.views.get(product)?.set(slot, tally);
  }

  /** What is counted without its slot: the archive's. */
  count(product: string, by: bigint): void {
    const value = this.sums.get(product);
    if (value === undefined) this.sums.set(product, { sum: by });
    else value.sum += by;
  }

  /** The slot's tally is no longer in memory; the sum stays. */
  hide(product: string, slot: Slot): void {
    this.views.get(product)?.remove(slot);
  }

  /** The product's counter, from then on kept up to date; made of these tallies when it is asked for the first time. */
  view(product: string, tallies: () => Iterable<readonly [Slot, Tally]>): PnCounter | undefined {
    let view = this.views.get(product);
    if (view !== undefined || !this.sums.has(product)) return view;
    view = new PnCounter();
    for (const [slot, tally] of tallies()) view.set(slot, tally);
    this.views.set(product, view);
    return view;
  }
}
