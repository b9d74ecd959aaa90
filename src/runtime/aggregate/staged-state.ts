import type { RowChange } from '../outbox/rows.js';
import type { SnapshotWrite } from '../outbox/storage.js';
import { type Beside, type Fact, type FactPlace, isBeside, isRefusal, type TimerChange } from './aggregate.js';
import { Alarm, Alarms } from './alarms.js';
import { Apart, type Held } from './held.js';
import type { Keeper, Revived, View } from './keeper.js';
import type { Outcome } from './outcome.js';
import { type Decision, Ring, type Ticket } from './ticket.js';

type AnyDemande = { readonly type: string };

/**
 * The state of one aggregate, which runs ahead of the database while decisions wait for their commit (A2, A3): its stream, its companions' and the
 * timers that they have set. What readers may see stays behind: it is kept aside only meanwhile.
 *
 * A base class rather than a part: one object fewer for each of a million sleepers.
 */
export abstract class StagedState {
  protected state: unknown = undefined;
  protected version = 0;
  protected instant = 0;
  private snapshotVersion = 0;
  /** The last committed view, kept aside only while the state is ahead of it. */
  protected published: View | undefined = undefined;
  protected sealed: View | undefined = undefined;
  /** The companions; undefined for a kind without them. */
  protected held: Held | undefined = undefined;
  /** The armed timers; undefined while none ever was. */
  protected alarms: Alarms | undefined = undefined;

  constructor(
    readonly stream: string,
    protected readonly keeper: Keeper,
  ) {}

  get kind(): string {
    return this.keeper.aggregate.kind;
  }
  get companionKind(): string | undefined {
    return this.keeper.aggregate.companions?.kind;
  }
  get factFormat(): number {
    return this.keeper.aggregate.factFormat;
  }

  /** Decides one demande on the state that the earlier ones would leave. What it throws is a bug of the aggregate's. */
  protected decision(ticket: Ticket): Decision {
    const { demande, envelope } = ticket;
    const { aggregate } = this.keeper;
    const from = this.version;
    const instant = Math.max(envelope.instant, this.instant);
    const apart = this.held === undefined ? undefined : new Apart();
    const no = (outcome: Outcome): Decision => ({ facts: [], from, to: from, instant: this.instant, changes: [], outcome, apart });
    if (from === 0 && demande.type !== aggregate.opens) return no({ is: 'missing' });
    const version = apart === undefined ? from : this.read(ticket, apart);
    if (envelope.expectedVersion !== undefined && envelope.expectedVersion !== version) return no({ is: 'stale', version });
    const decided = aggregate.decide(this.state, demande, instant);
    if (isRefusal(decided)) return no({ is: 'refused', refusal: decided });
    // From here the state runs ahead of the database: readers keep the view of before.
    this.published ??= { view: aggregate.view(this.state), version: from };
    const changes: RowChange[] = [];
    const facts = apart === undefined ? (decided as readonly Fact[]) : decided.map((said) => (isBeside(said) ? said.fact : said));
    for (let i = 0; i < facts.length; i++) this.follow(facts[i]!, this.place(decided[i]!, instant, demande, apart), changes);
    if (decided.length > 0) this.instant = instant;
    // Nobody waits for what a timer is answered.
    const answer = ticket instanceof Ring ? null : aggregate.answer(this.state, facts, demande);
    return { facts, from, to: this.version, instant: this.instant, changes, outcome: { is: 'done', answer, replayed: false }, apart };
  }

  /** The companions that it rests on; the version that its caller may expect. */
  private read(ticket: Ticket, apart: Apart): number {
    // What set the timer must still stand as it does here: only then is the timer what the database holds.
    if (ticket instanceof Ring && ticket.alarm.stream !== this.stream) this.held!.read(ticket.alarm.stream, apart);
    const subject = this.keeper.aggregate.companions!.subject(ticket.demande);
    return subject === undefined ? this.version : this.held!.read(subject, apart);
  }

  /** Where the next fact stands. */
  private place(said: Fact | Beside<Fact>, instant: number, demande: AnyDemande, apart: Apart | undefined): FactPlace<AnyDemande> {
    if (apart === undefined) return { stream: this.stream, version: ++this.version, instant, demande };
    const place = isBeside(said)
      ? { stream: said.beside, version: this.held!.advance(said.beside, apart), instant, demande }
      : { stream: this.stream, version: ++this.version, instant, demande };
    apart.places.push(place);
    return place;
  }

  /** Brings the state, the timers and the rows along with a fact. */
  private follow(fact: Fact, place: FactPlace<AnyDemande>, changes: RowChange[]): void {
    const { aggregate } = this.keeper;
    this.state = aggregate.evolve(this.state, fact, place.stream);
    for (const change of aggregate.rows(fact, place)) changes.push(change);
    if (aggregate.timers === undefined) return;
    for (const change of aggregate.timers(fact, place)) {
      const row = 'set' in change ? this.arm(change, place.stream) : this.disarm(change.clear, place.stream);
      if (row !== undefined) changes.push(row);
    }
  }

  private arm({ set: name, due, demande }: Extract<TimerChange<AnyDemande>, { set: string }>, stream: string): RowChange {
    if (!Number.isSafeInteger(due)) throw new Error(`The timer ${name} of ${stream} is due at ${due}`);
    const again = (this.alarms ??= new Alarms()).set(new Alarm(stream, name, due, demande));
    const values = { due, demande: JSON.stringify(demande) };
    const key = { stream, name };
    if (again) return { table: 'timer', op: 'update', key, values };
    return { table: 'timer', op: 'insert', key, values: { root: this.stream, kind: this.kind, ...values } };
  }

  private disarm(name: string, stream: string): RowChange | undefined {
    return this.alarms?.clear(stream, name) === true ? { table: 'timer', op: 'delete', key: { stream, name } } : undefined;
  }

  /** The refusal code for a constraint of the database, if the aggregate explains it. */
  explain(constraint: string): string | undefined {
    return this.keeper.aggregate.guards[constraint];
  }

  /** The staged decisions leave for the database: the snapshot to write with them, if one is due. */
  seal(): SnapshotWrite | undefined {
    const { aggregate } = this.keeper;
    this.sealed = { view: aggregate.view(this.state), version: this.version };
    this.held?.seal();
    const format = aggregate.snapshot;
    if (format === undefined || this.version - this.snapshotVersion < format.every(this.state)) return undefined;
    // If the commit fails the state is dropped, and this number with it.
    this.snapshotVersion = this.version;
    return [this.stream, this.version, format.format, { instant: this.instant, state: format.encode(this.state) }];
  }

  /** True when facts were decided since the last group was sealed. */
  protected get ahead(): boolean {
    return this.sealed?.version !== this.version || this.held?.clean === false;
  }

  /** The state is worth nothing any more; what readers were shown stays true. */
  protected forget(): void {
    this.state = undefined;
    this.version = this.instant = this.snapshotVersion = 0;
    this.held = this.alarms = undefined;
  }

  /** A life begins with what the database holds. */
  protected restore({ state, version, instant, snapshotVersion, held, timers = [] }: Revived): void {
    this.state = state;
    this.version = version;
    this.instant = instant;
    this.snapshotVersion = snapshotVersion;
    this.published = undefined;
    this.held = held;
    for (const { stream, name, due, demande } of timers) {
      // One text for all the timers of the root.
      (this.alarms ??= new Alarms()).set(new Alarm(stream === this.stream ? this.stream : stream, name, due, demande));
    }
  }
}
