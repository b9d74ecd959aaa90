import { Counters } from '../../src/modules/crdt/counters.js';
import { NO_GIFTS } from '../../src/modules/crdt/pn-counter.js';
import { slotOf } from './products.js';

/** One replica's counters in memory, counted as the replica does after its store has written: absolute tallies, one version each. */
export class Ours {
  readonly counters = new Counters();
  readonly slot: string;
  readonly replica: string;
  private version = 0;

  constructor(number: number) {
    this.slot = slotOf(number);
    this.replica = `lyon-${number}`;
  }

  /** Ready to be sent afterwards: whoever asks for what is newer gets it. */
  add(product: string, by: bigint): void {
    const { plus, minus } = this.counters.tallyOf(product, this.slot);
    this.version += 1;
    const tally = { plus: plus + by, minus, given: NO_GIFTS };
    this.counters.record({ product, slot: this.slot, tally, changed: this.version }, this.replica);
    this.counters.learn(this.slot, this.replica, this.version);
  }

  get at(): number {
    return this.version;
  }
}
