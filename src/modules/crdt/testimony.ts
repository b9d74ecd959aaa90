/** What this instance testifies about the former slots of another: see adoption.ts. */
import type { Clock } from '../../runtime/clock.js';
import type { Sender } from '../../runtime/cluster/transport-port.js';
import type { Replicated } from './intake.js';
import type { Neighbours } from './neighbours.js';
import type { Slot } from './pn-counter.js';
import type { Testimony, WitnessQuestion } from './sync-wire.js';

/** How long a claim keeps others out: by then what the claimer did with it is known here. */
const CLAIM_MS = 10_000;
const CLAIMS = 4_096;

interface Claim {
  readonly as: Slot;
  readonly incarnation: string;
  readonly until: number;
}

export class Testimonies {
  private readonly claims = new Map<Slot, Claim>();

  constructor(
    private readonly replica: Replicated,
    private readonly neighbours: Neighbours,
    private readonly clock: Clock,
  ) {}

  /** What is known of these slots, which `from` wants to take over for its present one; those that nobody else wants are claimed for it. */
  of(from: Sender, { slots, as }: WitnessQuestion): Testimony {
    const { vector } = this.replica.counters;
    const known = slots.map((slot) => {
      if (this.taken(slot, as, from)) return 'claimed' as const;
      this.claim(slot, { as, incarnation: from.incarnation, until: this.clock.monotonic() + CLAIM_MS });
      return vector.get(slot)?.version ?? 0;
    });
    let newest: Slot | null = null;
    for (const [slot, { replica, version }] of vector)
      if (replica === from.id && slot !== as && version > 0 && (newest === null || slot > newest)) newest = slot;
    return { known, newest };
  }

  /** Somebody lives in that slot, or is about to take it over. */
  private taken(slot: Slot, as: Slot, { incarnation }: Sender): boolean {
    // Ours, or a slot of the store that this process has: the other one runs on a copy of it, or this one does.
    if (slot === this.replica.slot || this.replica.former().some((former) => former.slot === slot)) return true;
    if (this.neighbours.all.some((one) => one.slot === slot && one.peer.incarnation !== incarnation)) return true;
    const claim = this.claims.get(slot);
    if (claim === undefined || claim.as === as || claim.incarnation === incarnation) return false;
    return claim.until > this.clock.monotonic();
  }

  private claim(slot: Slot, claim: Claim): void {
    this.claims.delete(slot);
    this.claims.set(slot, claim);
    if (this.claims.size > CLAIMS) this.claims.delete(this.claims.keys().next().value!);
  }
}
