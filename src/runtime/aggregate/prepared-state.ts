/**
 * What comes before a decision, and what a lost one leaves to the next life.
 *
 * A10. What is due goes first: before a demande, every timer due by its instant is applied, in due order, each as a demande of its own (`Ring`).
 * A11. Nothing is decided about a companion that is not held: it is brought back by a rebuild, with every other one that something waits for.
 * A12. A timer that is refused, or found guilty by the database, is a bug only when the heads are found as they were, or when it is found so again.
 */
import type { Breakage } from '../outbox/group.js';
import type { Revived } from './keeper.js';
import { StagedState } from './staged-state.js';
import { type Decision, Ring, type Ticket } from './ticket.js';
import { WAKE } from './wake.js';

type AnyDemande = { readonly type: string };

/** What a life leaves to the next one. */
interface Legacy {
  /** Companions that something has waited for since nothing was staged. */
  readonly missing: Set<string>;
  /** True while a lost commit may have carried a timer: the heads are read only when it has ended. */
  unsettled: boolean;
  /** The timer that a group was last refused for. */
  guilty: string | undefined;
}

export abstract class PreparedState extends StagedState {
  private legacy: Legacy | undefined = undefined;

  abstract get depth(): number;
  /** Demandes that wait, oldest first. */
  abstract waiting(): Iterable<Ticket>;

  /** What has to come before this demande is decided: a rebuild that brings a companion, or one timer that is due. */
  protected before({ demande, envelope }: Ticket): 'rebuild' | Ring | undefined {
    if (this.held === undefined && this.alarms === undefined) return undefined;
    const wake = demande.type === WAKE.type;
    if (!wake && !this.holds(this.subject(demande))) return this.missing([this.subject(demande)]);
    const instant = Math.max(wake ? this.keeper.now() : envelope.instant, this.instant);
    const alarm = this.alarms?.due(instant);
    if (alarm === undefined) return undefined;
    if (this.holds(alarm.stream) && this.holds(this.subject(alarm.demande))) return new Ring(alarm, instant, this.keeper.rung);
    // All that is due by then: one rebuild.
    const due = [...this.alarms!].filter((one) => one.due <= instant);
    return this.missing(due.flatMap((one) => [one.stream, this.subject(one.demande)]));
  }

  private holds(stream: string | undefined): boolean {
    return stream === undefined || this.held === undefined || stream === this.stream || this.held.has(stream);
  }

  private subject(demande: AnyDemande): string | undefined {
    return this.keeper.aggregate.companions?.subject(demande);
  }

  private missing(streams: readonly (string | undefined)[]): 'rebuild' {
    const { missing } = this.bequest();
    for (const stream of streams) if (stream !== undefined && !this.holds(stream)) missing.add(stream);
    return 'rebuild';
  }

  /** The companions that a rebuild must bring, beside the living ones. */
  wanted(): Set<string> {
    return new Set([...(this.legacy?.missing ?? []), ...this.about().keys()]);
  }

  /** The living companions, those of a commit under way included; undefined for a kind without. */
  companions(): Iterable<string> | undefined {
    const { companions } = this.keeper.aggregate;
    return this.held === undefined ? companions && [] : companions!.living(this.state);
  }

  /** How many of the demandes that wait are about each companion. */
  about(): ReadonlyMap<string, number> {
    const about = new Map<string, number>();
    for (const { answered, demande } of this.waiting()) {
      const subject = answered || demande.type === WAKE.type ? undefined : this.subject(demande);
      if (subject !== undefined) about.set(subject, (about.get(subject) ?? 0) + 1);
    }
    return about;
  }

  /** True when there is something to do once nothing is staged any more. */
  protected get restless(): boolean {
    return this.held !== undefined || this.alarms?.applied !== undefined;
  }

  /** True while nothing may be decided: a timer was refused, and the commit that proves it a bug is on its way. */
  protected get stuck(): boolean {
    return this.alarms?.stuck === true;
  }

  /** Decides a timer. What it throws is a bug of the aggregate's. */
  protected rung(ring: Ring): Decision {
    const { stream, name, due } = ring.alarm;
    const { id } = ring.envelope;
    const applied = (this.alarms!.applied ??= new Set());
    // One id, one effect: the database would refuse it too, but with the whole group.
    if (applied.has(id)) throw new Error(`The timer ${name} of ${stream} was armed anew for ${due} although it was applied`);
    applied.add(id);
    const decision = this.decision(ring);
    if (decision.outcome.is !== 'done') this.alarms!.stuck = true;
    else if (this.alarms?.find(stream, name)?.due === due) throw new Error(`The timer ${name} of ${stream} was left armed`);
    return decision;
  }

  /** Nothing is staged any more, so what was staged last is true: the bug that a refused timer is now proved to be. */
  protected proved(): Error | undefined {
    const refused = this.stuck ? this.alarms!.due(Infinity) : undefined;
    return refused === undefined ? undefined : new Error(`The timer ${refused.name} of ${refused.stream} was refused`);
  }

  /** Nothing is staged: what need not be held may go, unless something waits that may be about it. */
  protected relieve(): void {
    if (this.alarms !== undefined) this.alarms.applied = undefined;
    // Not before: a rebuild that forgets what the last one was for would bring two companions in turns, for ever.
    this.legacy?.missing.clear();
    if (this.depth > 0) return;
    this.held?.release(this.keeper.aggregate.companions?.forget?.(this.state) ?? []);
  }

  /**
   * Remembers what was lost of timers. The first time that one is found guilty is nobody's fault: another writer may have applied it, and then it is not
   * armed after the rebuild. The second time is a bug.
   */
  protected lost(tickets: readonly Ticket[], why: Breakage): Error | undefined {
    const rings = tickets.filter((ticket) => ticket instanceof Ring);
    if (rings.length === 0) return undefined;
    const bequest = this.bequest();
    bequest.unsettled ||= why === 'unknown';
    const guilty = rings.find((ring) => ring.answered)?.envelope.id;
    if (guilty === undefined) return undefined;
    const again = bequest.guilty === guilty;
    bequest.guilty = guilty;
    return again ? new Error(`The database refuses ${guilty}`) : undefined;
  }

  /** True when the next life must wait for a transaction that nobody has heard of since. */
  get unsettled(): boolean {
    return this.legacy?.unsettled === true;
  }

  private bequest(): Legacy {
    return (this.legacy ??= { missing: new Set(), unsettled: false, guilty: undefined });
  }

  protected override restore(revived: Revived): void {
    super.restore(revived);
    if (this.legacy !== undefined) this.legacy.unsettled = false;
  }
}
