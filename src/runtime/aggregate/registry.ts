/**
 * All living aggregates of one kind in this instance: finds or starts the one that a demande names, bounds what waits,
 * answers when time is up, puts the idle to sleep (A6–A8).
 */
import type { Clock } from '../clock.js';
import type { Journal } from '../outbox/journal.js';
import type { Storage } from '../outbox/storage.js';
import type { Member } from '../supervision/family.js';
import type { CrashPolicy } from '../supervision/quarantine.js';
import { Activation } from './activation.js';
import type { AnyAggregate } from './aggregate.js';
import type { Keeper, View } from './keeper.js';
import { Loader } from './loader.js';
import type { Asks, Envelope, Outcome } from './outcome.js';
import type { RunningDemandes } from './running-demandes.js';
import { Sweep } from './sweep.js';
import { Ticket } from './ticket.js';
import { Troubles } from './troubles.js';

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

const LEAVING: Outcome = { is: 'unavailable', effect: 'not_executed', retryAfterMs: 1000 };

export class Registry implements Asks<{ readonly type: string }, unknown>, Keeper {
  readonly aggregate: AnyAggregate;
  readonly journal: Journal;
  private readonly living = new Map<string, Activation>();
  private readonly troubles: Troubles;
  private readonly loader: Loader;
  private readonly sweep: Sweep;
  private open = false;
  crashes = 0;
  activations = 0;
  /** How demandes ended, by `Outcome.is`. */
  readonly outcomes: Partial<Record<Outcome['is'], number>> = {};

  constructor(private readonly deps: RegistryDeps) {
    const { aggregate, journal, storage, clock, limits, report } = deps;
    this.aggregate = aggregate;
    this.journal = journal;
    this.troubles = new Troubles(limits.crashes);
    const crashed = (activation: Activation, error: unknown): void => this.crashed(activation, error);
    this.loader = new Loader(storage, clock, { aggregate, crashed, report });
    const { living, troubles, loader } = this;
    this.sweep = new Sweep({ kind: aggregate.kind, clock, journal, loader, living, troubles, limits });
  }

  start(): void {
    this.open = true;
    this.sweep.start();
  }

  /** Refuses newcomers, lets what was accepted finish for at most `graceMs`, then answers the rest. */
  async stop(graceMs: number): Promise<void> {
    this.open = false;
    let over = false;
    const { clock } = this.deps;
    const cancel = clock.after(graceMs, () => (over = true));
    while (!over && [...this.living.values()].some((one) => !one.idle)) await new Promise<void>((resolve) => clock.after(5, resolve));
    cancel();
    this.sweep.stop();
    for (const one of this.living.values()) one.dismiss('cold', LEAVING);
    this.living.clear();
  }

  ask(stream: string, demande: { readonly type: string }, envelope: Envelope): Promise<Outcome> {
    if (!this.open) return this.tell(LEAVING);
    const twin = envelope.minted ? undefined : this.deps.running.find(envelope, stream, demande.type === this.aggregate.opens);
    if (twin !== undefined) return twin;
    const quarantineMs = this.troubles.quarantineLeft(stream, this.deps.clock.monotonic());
    if (quarantineMs > 0) return this.tell({ is: 'quarantined', retryAfterMs: quarantineMs });
    const activation = this.activation(stream);
    const { journal, limits } = this.deps;
    if (activation.depth >= limits.mailbox || journal.outstanding >= journal.limits.queue)
      return this.tell({ is: 'overloaded', retryAfterMs: 1000 });
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
    return { living: this.living.size, loading: this.loader.size, quarantined: this.troubles.quarantined(this.deps.clock.monotonic()) };
  }

  /** At most `limit` of the living, those that crashed first. */
  members(limit: number): Member[] {
    const names = new Set(this.troubles.streams());
    for (const name of this.living.keys()) {
      if (names.size >= limit) break;
      names.add(name);
    }
    return [...names].slice(0, limit).flatMap((name) => this.member(name) ?? []);
  }

  member(stream: string): Member | undefined {
    const activation = this.living.get(stream);
    const trouble = this.troubles.of(stream);
    if (activation === undefined && trouble === undefined) return undefined;
    const quarantined = this.troubles.quarantineLeft(stream, this.deps.clock.monotonic()) > 0;
    const state = quarantined ? 'quarantined' : activation?.phase === 'loading' ? 'starting' : 'running';
    return { name: stream, state, restarts: trouble?.crashes ?? 0, depth: activation?.depth ?? 0, lastError: trouble?.lastError ?? null };
  }

  /** The first deadline among the demandes that wait for something, in monotonic milliseconds: how old the oldest of them is. */
  soonestDeadline(): number | undefined {
    return this.sweep.soonestDeadline();
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
    const { clock, report } = this.deps;
    report(`The ${this.aggregate.kind} ${activation.stream} crashed`, error);
    const verdict = this.troubles.crashed(activation.stream, error, clock.monotonic());
    if (verdict === 'restart') activation.drop();
    else activation.dismiss('quarantined', { is: 'quarantined', retryAfterMs: verdict.quarantineMs });
  }
}
