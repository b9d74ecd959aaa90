/**
 * The machine of one instance: everything between a demande and the database, without Nest and without a word of the club.
 * Modules add kinds, tables and listeners before `start`.
 */
import type { Asks } from './aggregate/outcome.js';
import type { Aggregate, AnyAggregate, Beside, Fact } from './aggregate/aggregate.js';
import { Registry, type RegistryLimits } from './aggregate/registry.js';
import { RunningDemandes } from './aggregate/running-demandes.js';
import type { Clock } from './clock.js';
import type { Routing } from './cluster/router.js';
import { Inbox } from './outbox/inbox.js';
import { Journal, type JournalLimits } from './outbox/journal.js';
import type { Listener } from './outbox/listener.js';
import { timerTable } from './outbox/machine-tables.js';
import { type PublishedFact, Relay } from './outbox/relay.js';
import { RowLane } from './outbox/row-lane.js';
import type { TableSchema } from './outbox/rows.js';
import type { Storage } from './outbox/storage.js';
import { Housekeeping } from './housekeeping/housekeeping.js';
import { FanOut } from './pubsub/fan-out.js';
import { PubSub } from './pubsub/pubsub.js';
import { Waking } from './timers/waking.js';

/** What happens inside an instance and may interest others in it. Modules add theirs by declaration merging. */
export interface Topics {
  /** Facts in publication order, after the commit that published them. */
  readonly facts: readonly PublishedFact[];
  /** Facts were published, on this instance or, as its leader told, elsewhere: a cue that costs no reading, and may be lost. */
  readonly published: { readonly position: number };
}

export interface MachineOptions {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly journal: JournalLimits;
  readonly registry: RegistryLimits;
  /** Brings the schema up to date; called before the storage is opened, and again after a failure. */
  readonly migrate: () => Promise<void>;
  /** Takes demandes to the instance that owns their stream. Absent: every stream is this instance's own. */
  readonly routing?: Routing;
  readonly report: (message: string, error: unknown) => void;
}

export class Machine {
  readonly clock: Clock;
  readonly storage: Storage;
  readonly journal: Journal;
  readonly rows: RowLane;
  readonly topics: PubSub<Topics>;
  readonly inbox: Inbox;
  readonly fanOut: FanOut;
  readonly relay: Relay;
  readonly housekeeping: Housekeeping;
  readonly waking: Waking;
  readonly registries = new Map<string, Registry>();
  /** By kind, what its callers ask: the registry, or the way to whoever owns the stream. */
  private readonly asks = new Map<string, Asks<{ readonly type: string }, unknown>>();
  private readonly schemas = new Map<string, TableSchema>();
  private readonly listeners: Listener[] = [];
  private readonly running = new RunningDemandes();

  constructor(private readonly options: MachineOptions) {
    const { storage, clock, report } = options;
    this.clock = clock;
    this.storage = storage;
    this.journal = new Journal(storage, this.schemas, clock, options.journal, report);
    this.rows = new RowLane(this.journal, storage, clock, this.running, report);
    this.topics = new PubSub<Topics>((topic, error) => report(`A subscriber of ${String(topic)} failed`, error));
    this.inbox = new Inbox(this.listeners, clock, report);
    const facts = {
      moved: (position: number) => this.topics.publish('published', { position }),
      listened: () => this.topics.subscribers('facts') > 0,
      publish: (published: readonly PublishedFact[]) => this.topics.publish('facts', published),
    };
    this.fanOut = new FanOut(storage, facts, clock);
    this.relay = new Relay(this.journal, storage, this.inbox, clock, (published) => this.fanOut.offer(published), report);
    this.housekeeping = new Housekeeping(this.journal, storage, clock, report);
    this.waking = new Waking(storage, this.asks, clock, report);
  }

  /** Declares tables that facts, listeners or plain modules write to. */
  declare(tables: readonly TableSchema[]): void {
    for (const table of tables) this.schemas.set(table.name, table);
  }

  /** Hosts a kind of aggregate: one process per stream, started when first asked; here, or where the routing says. */
  host<
    State,
    Demande extends { readonly type: string },
    Fait extends Fact,
    Refus extends string,
    Reponse,
    Aside extends Beside<Fait> = never,
  >(aggregate: Aggregate<State, Demande, Fait, Refus, Reponse, Aside>): Asks<Demande, Reponse> {
    const { storage, clock, registry: limits, report, routing } = this.options;
    const registry = new Registry({
      aggregate: aggregate as AnyAggregate,
      journal: this.journal,
      storage,
      clock,
      running: this.running,
      limits,
      report,
    });
    this.registries.set(aggregate.kind, registry);
    if (aggregate.timers !== undefined) this.declare([timerTable]);
    const asks = routing?.over(registry) ?? registry;
    this.asks.set(aggregate.kind, asks);
    return asks as unknown as Asks<Demande, Reponse>;
  }

  /** Adds a listener of published facts. */
  listen(listener: Listener): void {
    this.listeners.push(listener);
  }

  /** Brings the schema up to date and opens the database; throws when it cannot be reached. */
  async open(): Promise<void> {
    await this.options.migrate();
    await this.storage.open([...this.schemas.values()]);
  }
}
