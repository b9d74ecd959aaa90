/**
 * One living aggregate: its state, its mailbox, its turn.
 *
 * A1. Demandes are decided one at a time, in order of arrival, never while the state is being rebuilt.
 * A2–A3. Decisions are staged on a state that nobody else sees (`StagedState`); the published view moves when the commit returns.
 * A4. When a commit fails, the state is dropped whole and rebuilt from the database by the stream's name. Nothing is repaired.
 * A9. Every life has a number; a rebuild that ends after its life is over touches nothing.
 *
 * Fields are allocated when first needed: a million of these may sleep in memory.
 */
import type { Breakage, Writer } from '../outbox/group.js';
import type { Revived, View } from './keeper.js';
import { Mailbox } from './mailbox.js';
import type { Outcome } from './outcome.js';
import { StagedState } from './staged-state.js';
import type { Ticket } from './ticket.js';

const UNKNOWN: Outcome = { is: 'unavailable', effect: 'unknown', retryAfterMs: 1000 };

type Phase = 'cold' | 'loading' | 'alive' | 'quarantined';

export class Activation extends StagedState implements Writer {
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
      const ticket = this.queue!.shift()!;
      if (!ticket.answered) this.decide(ticket);
    }
    if (this.queue?.size === 0) this.queue = undefined;
  }

  private decide(ticket: Ticket): void {
    try {
      ticket.decision = this.decision(ticket);
    } catch (error) {
      // The guilty demande is answered and never put back; those behind it are decided again after the rebuild (A9).
      ticket.settle({ is: 'failed' });
      this.keeper.crashed(this, error);
      return;
    }
    this.keeper.journal.stage(this, ticket);
  }

  // --- what the journal calls -------------------------------------------------------------------------------------

  committed(): void {
    const clean = this.phase === 'alive' && this.sealed?.version === this.version;
    this.published = clean ? undefined : this.sealed;
    this.sealed = undefined;
    this.keeper.touched(this);
    if (this.phase === 'loading') this.keeper.rebuild(this);
  }

  refused(tickets: Ticket[], why: Breakage): void {
    this.sealed = undefined;
    for (const ticket of tickets) {
      ticket.decision = undefined;
      // Lost twice: someone else keeps writing this stream; the caller asks again rather than wait for ever.
      if (why === 'fenced' && ++ticket.lostFences > 1) ticket.expire(false);
    }
    this.putBack(tickets);
    if (why === 'bug') this.keeper.crashed(this, new Error(`A guard that no module explains refused ${this.stream}`));
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
    const again = tickets.filter((ticket) => !ticket.answered);
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
