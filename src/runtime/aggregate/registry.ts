/**
 * All living aggregates of one kind in this instance: finds or starts the one that a demande names, bounds what waits,
 * answers when time is up, puts the idle to sleep (A6–A8).
 */
import type { Cancel, Clock } from '../clock.js';
import type { Journal } from '../outbox/journal.js';
import type { Storage } from '../outbox/storage.js';
import type { Member } from '../supervision/family.js';
import { crash, type CrashBudget, type CrashPolicy, quarantineLeft, remembered } from '../supervision/quarantine.js';
import { Activation, type Keeper, type View } from './activation.js';
import type { AnyAggregate } from './aggregate.js';
import { Loader } from './loader.js';
import type { Asks, Envelope, Outcome } from './outcome.js';
import type { RunningDemandes } from './running-demandes.js';
import { Ticket } from './ticket.js';

export interface RegistryLimits {
  /** Demandes that one aggregate may keep waiting. Raising it lengthens the worst answer of a rush. */
  readonly mailbox: number;
  /** Aggregates kept in memory beyond those at work; each costs its state and about 400 bytes. */
  readonly living: number;
  /** Milliseconds without a demande after which an aggregate leaves memory. */
  readonly idleMs: number;
  readonly crashes: CrashPolicy;
}

export interface RegistryDeps {
  readonly aggregate: AnyAggregate;
  readonly journal: Journal;
  readonly storage: Storage;
  readonly clock: Clock;
  readonly running: RunningDemandes;
  readonly limits: RegistryLimits;
  readonly report: (message: string, error: unknown) => void;
}

const SWEEP_MS = 250;
const SLICE = 20_000;

/** What is known of an aggregate that has crashed; nothing is kept of the others. */
interface Trouble {
  budget: CrashBudget;
  crashes: number;
  lastError: string;
}

export class Registry implements Asks<{ readonly type: string }, unknown>, Keeper {
  readonly aggregate: AnyAggregate;
  readonly journal: Journal;
  private readonly living = new Map<string, Activation>();
  private readonly troubles = new Map<string, Trouble>();
  private readonly loader: Loader;
  private sweeper: Cancel | undefined;
  private open = false;
  crashes = 0;
  activations = 0;
  /** How demandes ended, by `Outcome.is`. */
  readonly outcomes: Partial<Record<Outcome['is'], number>> = {};

  constructor(private readonly deps: RegistryDeps) {
    this.aggregate = deps.aggregate;
    this.journal = deps.journal;
    this.loader = new Loader(deps.storage, deps.clock, {
      aggregate: deps.aggregate,
      crashed: (activation, error) => this.crashed(activation, error),
      report: deps.report,
    });
  }

  start(): void {
    this.open = true;
    this.sweepLater();
  }

  /** Refuses newcomers, lets what was accepted finish for at most `graceMs`, then answers the rest. */
  async stop(graceMs: number): Promise<void> {
    this.open = false;
    let over = false;
    const cancel = this.deps.clock.after(graceMs, () => (over = true));
    while (!over && [...this.living.values()].some((one) => !one.idle)) await this.turn();
    cancel();
    this.sweeper?.();
    for (const one of this.living.values()) one.dismiss('cold', { is: 'unavailable', effect: 'not_executed', retryAfterMs: 1000 });
    this.living.clear();
  }

  ask(stream: string, demande: { readonly type: string }, envelope: Envelope): Promise<Outcome> {
    if (!this.open) return this.tell({ is: 'unavailable', effect: 'not_executed', retryAfterMs: 1000 });
    const twin = envelope.minted ? undefined : this.deps.running.find(envelope, stream, demande.type === this.aggregate.opens);
    if (twin !== undefined) return twin;
    const quarantineMs = this.quarantineLeft(stream);
    if (quarantineMs > 0) return this.tell({ is: 'quarantined', retryAfterMs: quarantineMs });
    const activation = this.activation(stream);
    const { journal, limits } = this.deps;
    if (activation.depth >= limits.mailbox || journal.outstanding >= journal.limits.queue) {
      return this.tell({ is: 'overloaded', retryAfterMs: 1000 });
    }
    journal.outstanding++;
    const answer = new Promise<Outcome>((resolve) => {
      const ticket = new Ticket(demande, envelope, (outcome) => {
        journal.outstanding--;
        if (!envelope.minted) this.deps.running.end(envelope);
        this.count(outcome);
        resolve(outcome);
      });
      activation.receive(ticket);
    });
    if (!envelope.minted) this.deps.running.begin(envelope, stream, answer);
    return answer;
  }

  lastSeen(stream: string): View | undefined {
    const seen = this.living.get(stream)?.lastSeen();
    return seen?.view === undefined ? undefined : seen;
  }

  private tell(outcome: Outcome): Promise<Outcome> {
    this.count(outcome);
    return Promise.resolve(outcome);
  }

  private count({ is }: Outcome): void {
    this.outcomes[is] = (this.outcomes[is] ?? 0) + 1;
  }

  private activation(stream: string): Activation {
    let activation = this.living.get(stream);
    if (activation === undefined) {
      activation = new Activation(stream, this);
      activation.touchedAt = this.deps.clock.monotonic();
      this.living.set(stream, activation);
      this.activations++;
    }
    return activation;
  }

  // --- inspection, and the crash button ---------------------------------------------------------------------------

  census(): { readonly living: number; readonly loading: number; readonly quarantined: number } {
    let quarantined = 0;
    for (const stream of this.troubles.keys()) if (this.quarantineLeft(stream) > 0) quarantined++;
    return { living: this.living.size, loading: this.loader.size, quarantined };
  }

  /** At most `limit` of the living, those that crashed first. */
  members(limit: number): Member[] {
    const names = new Set(this.troubles.keys());
    for (const name of this.living.keys()) {
      if (names.size >= limit) break;
      names.add(name);
    }
    return [...names].slice(0, limit).flatMap((name) => this.member(name) ?? []);
  }

  member(stream: string): Member | undefined {
    const activation = this.living.get(stream);
    const trouble = this.troubles.get(stream);
    if (activation === undefined && trouble === undefined) return undefined;
    const quarantined = this.quarantineLeft(stream) > 0;
    const state = quarantined ? 'quarantined' : activation?.phase === 'loading' ? 'starting' : 'running';
    return { name: stream, state, restarts: trouble?.crashes ?? 0, depth: activation?.depth ?? 0, lastError: trouble?.lastError ?? null };
  }

  /** The first deadline among the demandes that wait for something, in monotonic milliseconds: how old the oldest of them is. */
  soonestDeadline(): number | undefined {
    let soonest = Infinity;
    for (const activation of [...this.loader.loading(), ...this.inLane()]) {
      const { sent, staged } = this.journal.ticketsInside(activation);
      for (const tickets of [sent, staged, activation.waiting()]) {
        for (const ticket of tickets) if (!ticket.answered && ticket.envelope.deadline < soonest) soonest = ticket.envelope.deadline;
      }
    }
    return soonest === Infinity ? undefined : soonest;
  }

  /** Crashes one living aggregate as a bug would; false when it does not live here. */
  crash(stream: string): boolean {
    const activation = this.living.get(stream);
    if (activation === undefined) return false;
    this.crashed(activation, new Error('Crash button'));
    return true;
  }

  // --- what activations call --------------------------------------------------------------------------------------

  rebuild(activation: Activation): void {
    // What a transaction carries must be settled first: a stream read before that is stale at birth.
    if (this.journal.carries(activation)) return;
    this.loader.load(activation);
  }

  touched(activation: Activation): void {
    activation.touchedAt = this.deps.clock.monotonic();
  }

  crashed(activation: Activation, error: unknown): void {
    this.crashes++;
    const { clock, limits, report } = this.deps;
    report(`The ${this.aggregate.kind} ${activation.stream} crashed`, error);
    const before = this.troubles.get(activation.stream);
    const { budget, verdict } = crash(before?.budget, clock.monotonic(), limits.crashes);
    const lastError = error instanceof Error ? error.message : String(error);
    this.troubles.set(activation.stream, { budget, crashes: (before?.crashes ?? 0) + 1, lastError });
    if (verdict === 'restart') activation.drop();
    else activation.dismiss('quarantined', { is: 'quarantined', retryAfterMs: verdict.quarantineMs });
  }

  private quarantineLeft(stream: string): number {
    return quarantineLeft(this.troubles.get(stream)?.budget, this.deps.clock.monotonic());
  }

  // --- time -------------------------------------------------------------------------------------------------------

  private sweepLater(): void {
    this.sweeper = this.deps.clock.after(SWEEP_MS, () => {
      this.expire();
      this.passivate();
      this.forgive();
      if (this.open) this.sweepLater();
    });
  }

  /** Answers every demande whose time is up. Only activations that wait for something are looked at. */
  private expire(): void {
    const now = this.deps.clock.monotonic();
    const late = (ticket: Ticket): boolean => !ticket.answered && ticket.envelope.deadline <= now;
    for (const activation of new Set([...this.loader.loading(), ...this.inLane()])) {
      const { sent, staged } = this.journal.ticketsInside(activation);
      for (const ticket of sent) if (late(ticket)) ticket.expire(true);
      // Staged but not sent: taken back, so that the answer can be a proof rather than a confession.
      if (staged.some(late)) activation.drop();
      for (const ticket of activation.waiting()) if (late(ticket)) ticket.expire(false);
    }
  }

  private *inLane(): IterableIterator<Activation> {
    for (const writer of this.journal.writersInside()) if (writer instanceof Activation && writer.kind === this.aggregate.kind) yield writer;
  }

  /** Lets the idle go: nothing has to be written, so forgetting them is all there is to it. */
  private passivate(): void {
    const { clock, limits } = this.deps;
    const tooMany = this.living.size - limits.living;
    const before = clock.monotonic() - (tooMany > 0 ? 0 : limits.idleMs);
    // A slice per sweep: with a million alive, looking at all of them would stop the event loop.
    let left = Math.min(SLICE, this.living.size);
    for (const [stream, activation] of this.living) {
      if (left-- <= 0) break;
      this.living.delete(stream);
      // Whoever stays goes behind the others, so that the next sweep looks elsewhere.
      const stays = activation.touchedAt > before && !activation.empty;
      if (stays || !activation.idle) this.living.set(stream, activation);
    }
  }

  /** Forgets the crashes of those that have long been well. */
  private forgive(): void {
    const now = this.deps.clock.monotonic();
    for (const [stream, { budget }] of this.troubles) {
      if (remembered(budget, now, this.deps.limits.crashes) === undefined) this.troubles.delete(stream);
    }
  }

  private turn(): Promise<void> {
    return new Promise((resolve) => this.deps.clock.after(5, resolve));
  }
}
