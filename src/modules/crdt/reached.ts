/** Waits until enough others hold a version of a slot durably. */
import type { Cancel, Clock } from '../../runtime/clock.js';
import type { Intake, Replicated } from './intake.js';
import type { Neighbour, Neighbours } from './neighbours.js';
import type { Slot } from './pn-counter.js';
import type { Push } from './push.js';
import { checkVersions, KIND } from './sync-wire.js';

/** Those who may wait at once; past it nobody waits, and the answer is no. */
const WAITING = 16_384;
/** How often others are asked about a slot that this instance does not write now. */
const ASK_MS = 100;

export interface ReachedDeps {
  readonly replica: Replicated;
  readonly neighbours: Neighbours;
  readonly intake: Intake;
  readonly clock: Clock;
  readonly push: () => Push | undefined;
}

interface Waiting {
  readonly slot: Slot;
  readonly version: number;
  readonly peers: number;
  readonly settle: (reached: boolean) => void;
}

export class Reached {
  private readonly waiting = new Set<Waiting>();

  constructor(private readonly deps: ReachedDeps) {}

  /**
   * True as soon as `peers` instances other than the slot's own hold everything that the slot did up to `version`; false at the deadline (monotonic
   * ms), which proves nothing. Never rejects.
   */
  async wait(slot: Slot, version: number, peers: number, deadline: number): Promise<boolean> {
    if (peers <= 0) return true;
    if (this.waiting.size >= WAITING) return false;
    return slot === this.deps.replica.slot ? this.pushed(slot, version, peers, deadline) : this.asked(slot, version, peers, deadline);
  }

  /** A peer holds more than before. */
  recheck(): void {
    const { slot } = this.deps.replica;
    const held = this.held(slot);
    for (const one of this.waiting) if (one.slot === slot && one.version <= (held[one.peers - 1] ?? -1)) one.settle(true);
  }

  /** This part of the instance stops: nobody waits any longer. */
  end(): void {
    for (const one of this.waiting) one.settle(false);
  }

  private pushed(slot: Slot, version: number, peers: number, deadline: number): Promise<boolean> {
    return new Promise((resolve) => {
      let cancel: Cancel = () => {};
      const one: Waiting = {
        slot,
        version,
        peers,
        settle: (reached) => {
          cancel();
          this.waiting.delete(one);
          resolve(reached);
        },
      };
      if (version <= (this.held(slot)[peers - 1] ?? -1)) return resolve(true);
      this.waiting.add(one);
      cancel = this.deps.clock.after(Math.max(0, deadline - this.deps.clock.monotonic()), () => one.settle(false));
    });
  }

  /** Versions of a slot that others hold, greatest first. */
  private held(slot: Slot): number[] {
    return [...(this.deps.push()?.held(slot).values() ?? [])].toSorted((a, b) => b - a);
  }

  /** A slot that is not pushed from here: whoever is connected is asked, again and again. */
  private async asked(slot: Slot, version: number, peers: number, deadline: number): Promise<boolean> {
    const { clock, neighbours, replica } = this.deps;
    const holders = new Set<string>();
    while (this.deps.push() !== undefined && clock.monotonic() < deadline) {
      if (this.deps.intake.held(slot) >= version) holders.add(replica.id);
      const left = Math.min(1_000, deadline - clock.monotonic());
      const asks = [...neighbours.byId.values()].map(async (one) => {
        if (!holders.has(one.id) && (await this.holds(one, slot, left)) >= version) holders.add(one.id);
      });
      await Promise.all(asks);
      holders.delete(replica.counters.vector.get(slot)?.replica ?? '');
      if (holders.size >= peers) return true;
      await new Promise<void>((resolve) => void clock.after(Math.min(ASK_MS, Math.max(0, deadline - clock.monotonic())), resolve));
    }
    return false;
  }

  private async holds(one: Neighbour, slot: Slot, timeoutMs: number): Promise<number> {
    let held = 0;
    try {
      await this.deps.neighbours.call(one, KIND.holds, [slot], (piece) => (held = checkVersions(piece, 1)[0]!), timeoutMs);
    } catch {
      return 0;
    }
    return held;
  }
}
