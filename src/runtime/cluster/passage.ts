/**
 * The way of a demande that this instance took in, to whoever may execute it, and back.
 *
 * R1. The owner by the current view executes it: here, or over the wire (at most two of them).
 * R2. Another works in the owner's place only when the owner is suspect, its connection is broken, or it says that it does not own the stream and
 *     nobody else can be asked: then it is executed here, under the fence, and no activation stays. Never because an owner is slow or overloaded.
 * R3. A call whose connection broke may have been executed, or may yet be. The demande is executed here under the same id, which finds what was stored.
 *     From then on only a stored answer is certain: a refusal decided here would be contradicted by an owner that is still at work, so it is `unknown`.
 * R4. A proof that nothing happened (`not_executed`: the owner moved, leaves, or lost the fence twice) is tried again inside the budget.
 */
import type { Envelope, Outcome } from '../aggregate/outcome.js';
import type { Registry } from '../aggregate/registry.js';
import type { Clock } from '../clock.js';
import type { Bundles, Sent } from './bundles.js';
import type { Neighbourhood, Peer } from './peer.js';
import type { Traffic } from './routing-counts.js';
import { MAX_HOPS, type Moved } from './demande-frames.js';

export interface PassageDeps {
  readonly neighbourhood: Neighbourhood;
  readonly clock: Clock;
  readonly bundles: Bundles;
  readonly traffic: Traffic;
  readonly ownerOf: (stream: string) => Peer | undefined;
  /** True once this instance is on its way out: nothing is tried again. */
  readonly leaving: () => boolean;
}

/** One demande on its way. */
interface Trip {
  readonly registry: Registry;
  readonly stream: string;
  readonly demande: { readonly type: string };
  /** As the door made it, but for `minted` once it may have been stored (R3). */
  envelope: Envelope;
  /** True once a call that carried it was lost. */
  ambiguous: boolean;
}

/** Below this a registry answers to have answered in time, not because trying again could help. */
const WORTH_MS = 700;
const PAUSE_MS = [20, 100] as const;
/** Demandes that wait to be tried again. Over it they are told what is proved: that nothing happened. */
const WAITING = 8_192;
const MARGIN_MS = 25;

const NOT_EXECUTED: Outcome = { is: 'unavailable', effect: 'not_executed', retryAfterMs: 1000 };
const OVERLOADED: Outcome = { is: 'overloaded', retryAfterMs: 1000 };
const UNKNOWN: Outcome = { is: 'unavailable', effect: 'unknown', retryAfterMs: 1000 };

export class Passage {
  private waiting = 0;

  constructor(private readonly deps: PassageDeps) {}

  /** Answers before the deadline, whatever happens; never rejects. */
  async ask(registry: Registry, stream: string, demande: { readonly type: string }, envelope: Envelope): Promise<Outcome> {
    const trip: Trip = { registry, stream, demande, envelope, ambiguous: false };
    for (;;) {
      const outcome = await this.attempt(trip);
      if (!this.worthAnother(outcome, trip)) return told(outcome, trip, envelope.minted);
      await this.pause();
      this.deps.traffic.retries++;
    }
  }

  private worthAnother(outcome: Outcome, { envelope }: Trip): boolean {
    if (outcome.is !== 'unavailable' || outcome.effect !== 'not_executed') return false;
    return this.left(envelope) > WORTH_MS && !this.deps.leaving() && this.waiting < WAITING;
  }

  private async pause(): Promise<void> {
    const { clock } = this.deps;
    const [least, most] = PAUSE_MS;
    this.waiting++;
    await new Promise<void>((resolve) => clock.after(least + clock.chance() * (most - least), resolve));
    this.waiting--;
  }

  private attempt(trip: Trip): Promise<Outcome> {
    const owner = this.deps.ownerOf(trip.stream);
    return this.isMe(owner) ? this.here(trip) : this.travel(trip, owner);
  }

  /** From owner to owner until somebody executes it (R1, R2). */
  private async travel(trip: Trip, first: Peer): Promise<Outcome> {
    const { neighbourhood, bundles, ownerOf, traffic } = this.deps;
    const { registry, stream, demande } = trip;
    let owner = first;
    for (let hops = 0; hops < MAX_HOPS && neighbourhood.reachable(owner);) {
      traffic.forwarded++;
      const one = { kind: registry.aggregate.kind, stream, demande, envelope: trip.envelope, hops: hops + 1 };
      const sent: Sent = await bundles.send(owner, one, trip.envelope.deadline);
      if (sent.is === 'unsent') {
        // What waits for a peer that does not keep up is bounded: it is slow, not gone.
        if (neighbourhood.reachable(owner)) return OVERLOADED;
        break;
      }
      if (sent.is === 'late') return UNKNOWN;
      if (sent.is === 'lost') {
        trip.ambiguous = true;
        trip.envelope = { ...trip.envelope, minted: false };
        break;
      }
      if (sent.is !== 'moved') return sent;
      traffic.moved++;
      if (!(await this.caughtUp(sent, trip))) return NOT_EXECUTED;
      const next = ownerOf(stream);
      if (this.isMe(next)) return this.here(trip);
      if (next.incarnation === owner.incarnation) break;
      hops = sent.hops;
      owner = next;
    }
    traffic.guests++;
    return registry.ask(stream, demande, trip.envelope, 'guest');
  }

  private here({ registry, stream, demande, envelope }: Trip): Promise<Outcome> {
    return registry.ask(stream, demande, envelope);
  }

  /** Nobody owns anything before the first view: an instance that has not joined is alone, and the fence holds. */
  private isMe(owner: Peer | undefined): owner is undefined {
    return owner === undefined || owner.id === this.deps.neighbourhood.me.id;
  }

  /** Reads the view when another has seen a newer one. False when that took all the time there was. */
  private async caughtUp({ view }: Moved, { envelope }: Trip): Promise<boolean> {
    const { neighbourhood, clock } = this.deps;
    if (view <= neighbourhood.view.version) return true;
    const left = this.left(envelope) - MARGIN_MS;
    if (left <= 0) return false;
    return new Promise((resolve) => {
      const cancel = clock.after(left, () => resolve(false));
      void neighbourhood.refresh().then(() => {
        cancel();
        resolve(true);
      });
    });
  }

  private left({ deadline }: Envelope): number {
    return deadline - this.deps.clock.monotonic();
  }
}

/** What the caller is told (R3). Nobody but this instance knew a minted id: what was stored under it is this very call's first answer. */
function told(outcome: Outcome, { ambiguous }: Trip, minted: boolean): Outcome {
  if (outcome.is === 'done') return minted && outcome.replayed ? { ...outcome, replayed: false } : outcome;
  return ambiguous && outcome.is !== 'different' ? UNKNOWN : outcome;
}
