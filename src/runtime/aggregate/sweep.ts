/** What time does to the living aggregates of one kind: late demandes are answered, the idle go to sleep (A7, A8). */
import type { Cancel, Clock } from '../clock.js';
import type { Journal } from '../outbox/journal.js';
import { Activation } from './activation.js';
import type { Departures } from './departures.js';
import type { Loader } from './loader.js';
import type { Ticket } from './ticket.js';
import type { Troubles } from './troubles.js';

const SWEEP_MS = 250;
const SLICE = 20_000;
/**
 * What has not been sent is answered this much before its deadline, what has been sent at the deadline: an attempt that the database refuses
 * has then come back, and the caller gets a proof (`not_executed`) instead of a confession.
 */
const PROOF_MS = 600;

export interface SweepDeps {
  readonly kind: string;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly loader: Loader;
  readonly living: Map<string, Activation>;
  readonly troubles: Troubles;
  readonly departures: Departures;
  readonly limits: { readonly living: number; readonly idleMs: number };
}

export class Sweep {
  private timer: Cancel | undefined;

  constructor(private readonly deps: SweepDeps) {}

  /** Sweeps four times a second until stopped. */
  start(): void {
    const { clock, troubles, departures } = this.deps;
    this.timer = clock.after(SWEEP_MS, () => {
      this.expire();
      departures.sweep();
      this.passivate();
      troubles.forgive(clock.monotonic());
      if (this.timer !== undefined) this.start();
    });
  }

  stop(): void {
    this.timer?.();
    this.timer = undefined;
  }

  /** The first deadline among the demandes that wait for something, in monotonic milliseconds: how old the oldest of them is. */
  soonestDeadline(): number | undefined {
    let soonest = Infinity;
    for (const activation of this.waiting()) {
      const { sent, staged } = this.deps.journal.ticketsInside(activation);
      for (const tickets of [sent, staged, activation.waiting()]) {
        for (const ticket of tickets) if (!ticket.answered && ticket.envelope.deadline < soonest) soonest = ticket.envelope.deadline;
      }
    }
    return soonest === Infinity ? undefined : soonest;
  }

  /** Answers every demande whose time is up. Only activations that wait for something are looked at. */
  private expire(): void {
    const { clock, journal } = this.deps;
    const now = clock.monotonic();
    const late = (ticket: Ticket, by = PROOF_MS): boolean => !ticket.answered && ticket.envelope.deadline - by <= now;
    for (const activation of this.waiting()) {
      const { sent, staged } = journal.ticketsInside(activation);
      for (const ticket of sent) if (late(ticket, SWEEP_MS / 2)) ticket.expire(true);
      // Staged but not sent: taken back, so that the answer can be a proof rather than a confession.
      if (staged.some((ticket) => late(ticket))) activation.drop();
      for (const ticket of activation.waiting()) if (late(ticket)) ticket.expire(false);
    }
  }

  /** Those that are being loaded, or have something in the write lane. */
  private waiting(): Set<Activation> {
    const { kind, journal, loader } = this.deps;
    const found = new Set(loader.loading());
    for (const writer of journal.writersInside()) if (writer instanceof Activation && writer.kind === kind) found.add(writer);
    return found;
  }

  /** Lets the idle go: nothing has to be written, so forgetting them is all there is to it. */
  private passivate(): void {
    const { clock, limits, living } = this.deps;
    const tooMany = living.size - limits.living;
    const before = clock.monotonic() - (tooMany > 0 ? 0 : limits.idleMs);
    // A slice per sweep: with a million alive, looking at all of them would stop the event loop.
    let left = Math.min(SLICE, living.size);
    for (const [stream, activation] of living) {
      if (left-- <= 0) break;
      living.delete(stream);
      // Whoever stays goes behind the others, so that the next sweep looks elsewhere.
      const stays = activation.touchedAt > before && !activation.empty;
      if (stays || !activation.idle) living.set(stream, activation);
    }
  }
}
