/**
 * All living aggregates of one kind in this instance: finds or starts the one that a demande names, bounds what waits,
 * answers when time is up, puts the idle to sleep (A6–A8).
 */
import type { Journal } from '../outbox/journal.js';
import { Activation } from './activation.js';
import type { AnyAggregate } from './aggregate.js';
import { Departures } from './departures.js';
import type { Keeper, View } from './keeper.js';
import { Loader } from './loader.js';
import type { Asks, Envelope, Outcome } from './outcome.js';
import { QuarantineRecord } from './quarantine-record.js';
import type { As, RegistryDeps } from './registry-deps.js';
import { Roster } from './roster.js';
import { Sweep } from './sweep.js';
import { Ticket } from './ticket.js';
import { Troubles } from './troubles.js';

export type { As, RegistryDeps, RegistryLimits } from './registry-deps.js';

const LEAVING: Outcome = { is: 'unavailable', effect: 'not_executed', retryAfterMs: 1000 };

export class Registry implements Asks<{ readonly type: string }, unknown>, Keeper {
  readonly aggregate: AnyAggregate;
  readonly journal: Journal;
  private readonly living = new Map<string, Activation>();
  private readonly troubles: Troubles;
  private readonly loader: Loader;
  private readonly sweep: Sweep;
  private readonly departures: Departures;
  private readonly record: QuarantineRecord;
  readonly roster: Roster;
  private open = false;
  crashes = 0;
  activations = 0;
  /** How demandes ended, by `Outcome.is`. */
  readonly outcomes: Partial<Record<Outcome['is'], number>> = {};
  /** Timers applied here and committed, by the demande that they put. */
  readonly rung = new Map<string, number>();

  constructor(private readonly deps: RegistryDeps) {
    const { aggregate, journal, storage, clock, limits, report } = deps;
    this.aggregate = aggregate;
    this.journal = journal;
    this.troubles = new Troubles(limits.crashes);
    const { living, troubles } = this;
    this.roster = new Roster(living, troubles, clock);
    this.departures = new Departures(living, clock);
    this.record = new QuarantineRecord(journal, storage, clock, report);
    this.loader = new Loader(storage, clock, {
      aggregate,
      crashed: (activation, error) => this.crashed(activation, error),
      quarantined: (activation, until) => this.quarantined(activation, until),
      report,
    });
    const { loader, departures } = this;
    this.sweep = new Sweep({ kind: aggregate.kind, clock, journal, loader, living, troubles, departures, limits });
  }

  /** False before the start and once the stop has begun: demandes are then answered `not_executed`. */
  get accepting(): boolean {
    return this.open;
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

  /** Asks one aggregate of this instance, whoever owns it. Never rejects; answers before the deadline. */
  ask(stream: string, demande: { readonly type: string }, envelope: Envelope, as: As = 'owner'): Promise<Outcome> {
    if (!this.open) return this.tell(LEAVING);
    const { running, clock, journal, limits } = this.deps;
    const shared = !envelope.minted || as === 'forwarded';
    const twin = shared ? running.find(envelope, stream, demande.type === this.aggregate.opens) : undefined;
    if (twin !== undefined) return twin;
    const quarantineMs = this.troubles.quarantineLeft(stream, clock.monotonic());
    if (quarantineMs > 0) return this.tell({ is: 'quarantined', retryAfterMs: quarantineMs });
    const activation = this.activation(stream, as);
    if (activation.depth >= limits.mailbox || journal.outstanding >= journal.limits.queue)
      return this.tell({ is: 'overloaded', retryAfterMs: 1000 });
    journal.outstanding++;
    const answer = new Promise<Outcome>((resolve) => {
      const ticket = new Ticket(demande, envelope, (outcome) => {
        journal.outstanding--;
        if (shared) running.end(envelope);
        this.departures.answered(activation);
        this.count(outcome);
        resolve(outcome);
      });
      activation.receive(ticket);
    });
    if (shared) running.begin(envelope, stream, answer);
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

  private activation(stream: string, as: As): Activation {
    let activation = this.living.get(stream);
    if (activation === undefined) {
      activation = new Activation(stream, this);
      activation.touchedAt = this.deps.clock.monotonic();
      this.living.set(stream, activation);
      this.activations++;
      if (as === 'guest') this.departures.mark(activation);
    } else if (as !== 'guest') this.departures.keep(activation);
    return activation;
  }

  /** A new view: activations of streams that `owns` denies leave memory as soon as what they hold is done. */
  release(owns: (stream: string) => boolean): void {
    this.departures.release(owns);
  }

  /** Drops every copy at once, for an instance that was away: others may have written meanwhile. What waits is decided again on what is stored. */
  dropAll(): void {
    this.departures.dropAll();
  }

  // --- inspection, and the crash button ---------------------------------------------------------------------------

  census(): { readonly living: number; readonly loading: number; readonly quarantined: number } {
    return { living: this.living.size, loading: this.loader.size, quarantined: this.troubles.quarantined(this.deps.clock.monotonic()) };
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

  now(): number {
    return this.deps.clock.now();
  }

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
    if (verdict === 'restart') return activation.drop();
    this.record.write(activation.stream, verdict.quarantineMs, this.troubles.of(activation.stream)!.crashes);
    activation.dismiss('quarantined', { is: 'quarantined', retryAfterMs: verdict.quarantineMs });
  }

  /** Its head says that it is in quarantine until the wall instant `until`: somebody else's crashes, or this instance's in an earlier life. */
  private quarantined(activation: Activation, until: number): boolean {
    const { clock } = this.deps;
    const retryAfterMs = until - clock.now();
    if (!this.troubles.told(activation.stream, retryAfterMs, clock.monotonic())) return false;
    activation.dismiss('quarantined', { is: 'quarantined', retryAfterMs });
    return true;
  }
}
