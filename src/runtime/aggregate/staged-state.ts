import type { SnapshotWrite } from '../outbox/storage.js';
import { isRefusal } from './aggregate.js';
import type { Keeper, Revived, View } from './keeper.js';
import type { Outcome } from './outcome.js';
import type { Decision, Ticket } from './ticket.js';

/**
 * The state of one aggregate, which runs ahead of the database while decisions wait for their commit (A2, A3).
 * What readers may see stays behind: it is kept aside only meanwhile.
 *
 * A base class rather than a part: one object fewer for each of a million sleepers.
 */
export abstract class StagedState {
  protected state: unknown = undefined;
  protected version = 0;
  private instant = 0;
  private snapshotVersion = 0;
  /** The last committed view, kept aside only while the state is ahead of it. */
  protected published: View | undefined = undefined;
  protected sealed: View | undefined = undefined;

  constructor(
    readonly stream: string,
    protected readonly keeper: Keeper,
  ) {}

  get kind(): string {
    return this.keeper.aggregate.kind;
  }
  get factFormat(): number {
    return this.keeper.aggregate.factFormat;
  }

  /** Decides one demande on the state that the earlier ones would leave. What it throws is a bug of the aggregate's. */
  protected decision({ demande, envelope }: Ticket): Decision {
    const { aggregate } = this.keeper;
    const from = this.version;
    const instant = Math.max(envelope.instant, this.instant);
    const no = (outcome: Outcome): Decision => ({ facts: [], from, to: from, instant: this.instant, changes: [], outcome });
    if (from === 0 && demande.type !== aggregate.opens) return no({ is: 'missing' });
    if (envelope.expectedVersion !== undefined && envelope.expectedVersion !== from) return no({ is: 'stale', version: from });
    const decided = aggregate.decide(this.state, demande, instant);
    if (isRefusal(decided)) return no({ is: 'refused', refusal: decided });
    // From here the state runs ahead of the database: readers keep the view of before.
    this.published ??= { view: aggregate.view(this.state), version: from };
    const changes = [];
    for (const fact of decided) {
      this.state = aggregate.evolve(this.state, fact);
      this.version++;
      for (const change of aggregate.rows(fact, { stream: this.stream, version: this.version, instant, demande })) changes.push(change);
    }
    if (decided.length > 0) this.instant = instant;
    const answer = aggregate.answer(this.state, decided, demande);
    return { facts: decided, from, to: this.version, instant: this.instant, changes, outcome: { is: 'done', answer, replayed: false } };
  }

  /** The refusal code for a constraint of the database, if the aggregate explains it. */
  explain(constraint: string): string | undefined {
    return this.keeper.aggregate.guards[constraint];
  }

  /** The staged decisions leave for the database: the snapshot to write with them, if one is due. */
  seal(): SnapshotWrite | undefined {
    const { aggregate } = this.keeper;
    this.sealed = { view: aggregate.view(this.state), version: this.version };
    const format = aggregate.snapshot;
    if (format === undefined || this.version - this.snapshotVersion < format.every(this.state)) return undefined;
    // If the commit fails the state is dropped, and this number with it.
    this.snapshotVersion = this.version;
    return [this.stream, this.version, format.format, { instant: this.instant, state: format.encode(this.state) }];
  }

  /** The state is worth nothing any more; what readers were shown stays true. */
  protected forget(): void {
    this.state = undefined;
    this.version = this.instant = this.snapshotVersion = 0;
  }

  /** A life begins with what the database holds. */
  protected restore({ state, version, instant, snapshotVersion }: Revived): void {
    this.state = state;
    this.version = version;
    this.instant = instant;
    this.snapshotVersion = snapshotVersion;
    this.published = undefined;
  }
}
