/** What a replica does by the clock: old movements go, slots of the dead leave memory. */
import type { Cancel, Clock } from '../../runtime/clock.js';
import type { Slot } from './pn-counter.js';
import type { Memory } from './replica-memory.js';
import type { Store } from './store.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A retry is answered, and a movement undone, this long. */
const KEPT_MS = 30 * DAY_MS;
const PRUNED_AT_ONCE = 1000;
const LOOK_MS = 60_000;
/** A slot of a dead process that has not changed for this long is not waited for any more. A late change brings it back. */
const QUIET_MS = 600_000;
const ARCHIVED_AT_ONCE = 200;

/** Runs `errand` between two commits. */
type Between = (errand: (memory: Memory) => Promise<void>) => void;

export class Chores {
  pruned = 0;
  private timers: Cancel[] = [];

  constructor(
    private readonly store: Store,
    private readonly clock: Clock,
    private readonly between: Between,
  ) {}

  /** Begins with nothing: the first look comes after a minute. */
  start(): void {
    this.stop();
    this.every(0, LOOK_MS, () => this.between((memory) => this.archive(memory)));
    this.every(1, LOOK_MS, () => this.between(() => this.prune()), HOUR_MS);
  }

  stop(): void {
    for (const cancel of this.timers) cancel();
    this.timers = [];
  }

  private every(at: number, delayMs: number, run: () => void, thenMs = delayMs): void {
    this.timers[at] = this.clock.after(delayMs, () => {
      run();
      this.every(at, thenMs, run);
    });
  }

  private async prune(): Promise<void> {
    const gone = await this.store.prune(this.clock.now() - KEPT_MS, PRUNED_AT_ONCE);
    this.pruned += gone;
    // Operations pass between two portions.
    if (gone === PRUNED_AT_ONCE) this.between(() => this.prune());
  }

  private async archive(memory: Memory): Promise<void> {
    for (const slot of this.dead(memory)) {
      await this.store.archive(slot);
      memory.counters.archive(slot, (product) => memory.mayBeBounded(product));
      memory.touched.delete(slot);
    }
  }

  /** Slots after which their replica began another one, and which have been quiet since. */
  private dead({ counters: { vector }, touched, slot: present, replica }: Memory): Slot[] {
    const youngest = new Map([[replica, present]]);
    for (const [slot, known] of vector) if (slot > (youngest.get(known.replica) ?? '')) youngest.set(known.replica, slot);
    const before = this.clock.monotonic() - QUIET_MS;
    return [...vector]
      .filter(([slot, known]) => !known.archived && slot < youngest.get(known.replica)! && (touched.get(slot) ?? 0) <= before)
      .map(([slot]) => slot)
      .slice(0, ARCHIVED_AT_ONCE);
  }
}
