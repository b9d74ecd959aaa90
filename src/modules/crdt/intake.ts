/**
 * Takes in what others say of slots. Nobody writes another's slot: what somebody says of our present one is dropped, and a slot that is known as
 * one replica's stays that one's.
 */
import type { Clock } from '../../runtime/clock.js';
import type { Counters, Delta } from './counters.js';
import type { Slot } from './pn-counter.js';

/** What replication needs of the replica. */
export interface Replicated {
  readonly id: string;
  readonly slot: Slot;
  readonly state: 'open' | 'busy' | 'closed' | 'failed';
  readonly counters: Counters;
  /** The slots of this instance's earlier openings. */
  former(): readonly { readonly slot: Slot }[];
  merge(delta: Delta): Promise<void>;
  read(slot: Slot, from: number): Promise<readonly Delta[]>;
}

/** A delta that cannot be true. */
export class Lie extends Error {
  override readonly name = 'Lie';
}

/** So long after a delta of its owner a slot is taken for one whose next delta is on its way. */
const BUSY_MS = 3_000;
/** Slots that are remembered as busy; each belongs to a peer that is there, or was. */
const REMEMBERED = 256;

export class Intake {
  readonly figures = { taken: 0, known: 0, lies: 0 };
  private readonly pushedAt = new Map<Slot, number>();

  constructor(
    private readonly replica: Replicated,
    private readonly clock: Clock,
    private readonly report: (message: string, error?: unknown) => void,
  ) {}

  get open(): boolean {
    return this.replica.state === 'open';
  }

  /** The version of a slot up to which everything is held, durably. */
  held(slot: Slot): number {
    return this.replica.counters.vector.get(slot)?.version ?? 0;
  }

  /**
   * Merges a delta; durable when it resolves. Tells the version then held: one that does not begin where our knowledge ends changes nothing, and the
   * sender sees where to begin. Rejects with `Lie`, or as the replica does.
   */
  async take(delta: Delta): Promise<number> {
    this.check(delta);
    const { slot, from, to } = delta;
    const held = this.held(slot);
    if (to <= held || from > held) {
      this.figures.known++;
      return held;
    }
    await this.replica.merge(delta);
    this.figures.taken++;
    return this.held(slot);
  }

  /** `take` of what its very owner says. */
  async hear(from: string, delta: Delta): Promise<number> {
    const { slot, replica } = delta;
    if (replica !== from) this.refuse(`${from} speaks for ${replica}`);
    this.check(delta);
    this.pushedAt.delete(slot);
    this.pushedAt.set(slot, this.clock.monotonic());
    if (this.pushedAt.size > REMEMBERED) this.pushedAt.delete(this.pushedAt.keys().next().value!);
    return this.take(delta);
  }

  /** True while the owner of the slot is sending us what it does. */
  busy(slot: Slot): boolean {
    return this.clock.monotonic() - (this.pushedAt.get(slot) ?? -Infinity) < BUSY_MS;
  }

  /** Slots whose deltas are coming in. */
  get busySlots(): Slot[] {
    return [...this.pushedAt.keys()].filter((slot) => this.busy(slot));
  }

  private check({ slot, replica }: Delta): void {
    const owner = slot === this.replica.slot ? 'this very process' : this.replica.counters.vector.get(slot)?.replica;
    if (owner !== undefined && owner !== replica) this.refuse(`slot ${slot} is of ${owner}, not of ${replica}`);
  }

  private refuse(why: string): never {
    this.figures.lies++;
    const lie = new Lie(why);
    this.report('Something untrue about a counter was dropped', lie);
    throw lie;
  }
}
