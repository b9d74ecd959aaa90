/** What archived slots have counted, summed per product and replica: enough to show, not to merge. Pure. */
import type { Entry } from './counter-words.js';

interface Sum {
  readonly plus: bigint;
  readonly minus: bigint;
}

export class ArchivedSums {
  private readonly sums = new Map<string, Map<string, Sum>>();

  /** A map of one's own: replica → sums. */
  of(product: string): Map<string, Sum> {
    return new Map(this.sums.get(product));
  }

  add(product: string, replica: string, { plus, minus }: Sum): void {
    let perReplica = this.sums.get(product);
    if (perReplica === undefined) this.sums.set(product, (perReplica = new Map<string, Sum>()));
    const before = perReplica.get(replica) ?? { plus: 0n, minus: 0n };
    perReplica.set(replica, { plus: before.plus + plus, minus: before.minus + minus });
  }

  /** Takes entries out of the sums. RangeError, and nothing has changed, when they cannot have been in. */
  take(replica: string, entries: readonly Entry[]): void {
    for (const { product, tally } of entries) {
      const sum = this.sums.get(product)?.get(replica);
      if (sum === undefined || sum.plus < tally.plus || sum.minus < tally.minus) {
        throw new RangeError(`The rows of ${product} are not those that ${replica} archived`);
      }
    }
    for (const { product, tally } of entries) this.add(product, replica, { plus: -tally.plus, minus: -tally.minus });
  }
}
