/**
 * One living aggregate: its state, its mailbox, its turn.
 *
 * A1. Demandes are decided one at a time, in order of arrival, never while the state is being rebuilt.
 * A2–A3. Decisions are staged on a state that nobody else sees (`StagedState`); the published view moves when the commit returns.
 * A4. When a commit fails, the state is dropped whole and rebuilt from the database by the stream's name. Nothing is repaired.
 * A9. Every life has a number; a rebuild that ends after its life is over touches nothing.
 * A10–A12. What comes before a decision: see `PreparedState`.
 *
 * Fields are allocated when first needed: a million of these may sleep in memory.
 */
import type { Breakage, Writer } from '../outbox/group.js';
import type { Revived, View } from './keeper.js';
import { Mailbox } from './mailbox.js';
import type { Outcome } from './outcome.js';
import { PreparedState } from './prepared-state.js';
import { Ring, type Ticket } from './ticket.js';
import { AWAKE, WAKE } from './wake.js';

const UNKNOWN: Outcome = { is: 'unavailable', effect: 'unknown', retryAfterMs: 1000 };

type Phase = 'cold' | 'loading' | 'alive' | 'quarantined';

export class Activation extends PreparedState implements Writer {
  phase: Phase = 'cold';
  life = 0;
  /** Coarse time of the last demande, for passivation. */
  touchedAt = 0;
  private queue: Mailbox<Ticket> | undefined = undefined;

  /** Demandes that wait for their turn. */
  get depth(): number {
    return this.queue?.size ?? 0;
  }
  get idle(): boolean {
    return this.depth === 0 && this.phase !== 'loading' && !this.keeper.journal.holds(this);
  }

  /** True when its stream does not exist: made-up ids must not fill the memory. */
  get empty(): boolean {
    return this.phase === 'alive' && this.version === 0;
  }

  /** What a reader may be shown without the database: never more than what is committed. */
  lastSeen(): View | undefined {
    if (this.published !== undefined) return this.published;
    return this.phase === 'alive' ? { view: this.keeper.aggregate.view(this.state), version: this.version } : undefined;
  }

  /** Puts a demande at the end of the queue. */
  receive(ticket: Ticket): void {
    (this.queue ??= new Mailbox()).push(ticket);
    if (this.phase === 'alive') this.drain();
    else if (this.phase !== 'loading') this.keeper.rebuild(this);
  }

  /** Decides what waits, as long as the gathering group has room. */
  drain(): void {
    const { journal } = this.keeper;
    for (const life = this.life; this.phase === 'alive' && life === this.life && this.depth > 0;) {
      if (journal.full) return journal.whenRoom(this);
      if (this.stuck) return;
      const ticket = this.queue!.first!;
      const first = ticket.answered ? undefined : this.before(ticket);
      if (first === 'rebuild') return this.drop();
      if (first === undefined) this.queue!.shift();
      if (!ticket.answered) this.decide(first ?? ticket);
    }
    if (this.queue?.size === 0) this.queue = undefined;
  }

  private decide(ticket: Ticket): void {
    if (ticket.demande.type === WAKE.type) return this.wake(ticket);
    try {
      ticket.decision = ticket instanceof Ring ? this.rung(ticket) : this.decision(ticket);
    } catch (error) {
      // The guilty demande is answered and never put back; those behind it are decided again after the rebuild (A9).
      ticket.settle({ is: 'failed' });
      this.keeper.crashed(this, error);
      return;
    }
    this.keeper.journal.stage(this, ticket);
  }

  /** Whatever was due is staged: it is answered with that. */
  private wake(ticket: Ticket): void {
    const { journal } = this.keeper;
    if (!journal.holds(this)) return ticket.settle(AWAKE);
    const { version, instant } = this;
    ticket.decision = { facts: [], from: version, to: version, instant, changes: [], outcome: AWAKE, apart: undefined };
    journal.stage(this, ticket);
  }

  // --- what the journal calls -------------------------------------------------------------------------------------

  committed(): void {
    const clean = this.phase === 'alive' && !this.ahead;
    this.published = clean ? undefined : this.sealed;
    this.sealed = undefined;
    this.keeper.touched(this);
    if (this.phase === 'loading') this.keeper.rebuild(this);
    else if (this.restless) this.rested();
  }

  private rested(): void {
    if (this.phase !== 'alive' || this.keeper.journal.holds(this)) return;
    const bug = this.proved();
    if (bug !== undefined) this.keeper.crashed(this, bug);
    else this.relieve();
  }

  refused(tickets: Ticket[], why: Breakage): void {
    this.sealed = undefined;
    for (const ticket of tickets) {
      ticket.decision = undefined;
      // Lost twice: someone else keeps writing this stream; the caller asks again rather than wait for ever.
      if (why === 'fenced' && ++ticket.lostFences > 1) ticket.expire(false);
    }
    const unexplained = why === 'bug' ? new Error(`A guard that no module explains refused ${this.stream}`) : undefined;
    const bug = this.lost(tickets, why) ?? unexplained;
    this.putBack(tickets);
    if (bug !== undefined) this.keeper.crashed(this, bug);
    else this.drop();
  }

  // --- rebuilding -------------------------------------------------------------------------------------------------

  /** Ends this life: the state is forgotten, undecided and unsent demandes wait for the next one, which starts at once. */
  drop(): void {
    this.putBack(this.keeper.journal.unstage(this));
    this.forget();
    this.phase = 'loading';
    this.keeper.rebuild(this);
  }

  /** `drop`, by one that was away: what readers were shown may have been overtaken meanwhile, so they are shown nothing. */
  discard(): void {
    this.published = this.sealed = undefined;
    this.drop();
  }

  /** Ends this life and answers whatever waits with `outcome`; what a transaction carries is left to it. */
  dismiss(phase: 'cold' | 'quarantined', outcome: Outcome): void {
    this.putBack(this.keeper.journal.unstage(this));
    for (const ticket of this.queue?.takeAll() ?? []) ticket.settle(ticket.ambiguous ? UNKNOWN : outcome);
    this.queue = undefined;
    this.forget();
    this.phase = phase;
  }

  protected override forget(): void {
    this.life++;
    super.forget();
  }

  private putBack(tickets: Ticket[]): void {
    // A timer is armed again by the rebuild.
    const again = tickets.filter((ticket) => !ticket.answered && !(ticket instanceof Ring));
    if (again.length > 0) (this.queue ??= new Mailbox()).putBack(again);
  }

  /** Demandes that wait, oldest first. */
  waiting(): Iterable<Ticket> {
    return this.queue ?? [];
  }

  /** Begins a rebuild; its number must be given back to `revive`. */
  beginLife(): number {
    this.phase = 'loading';
    return this.life;
  }

  /** Starts to live from a state folded from the database, unless this life is over. */
  revive(life: number, revived: Revived): void {
    if (life !== this.life || this.phase !== 'loading') return;
    this.restore(revived);
    this.phase = 'alive';
    this.drain();
  }
}
