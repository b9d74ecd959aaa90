/**
 * Replication between instances: whoever is connected gets what is counted here and tells what is counted there.
 *
 * S1. Nobody writes another's slot; a slot's owner pushes it, others are asked for it only when their digest shows a lack.
 * S2. What a peer acknowledged it holds durably; every question begins where the asker's own knowledge ends, so that nothing need be remembered of a
 *     connection, and doubling, loss and any order are harmless.
 * S3. One push and one repair per peer at a time, every call ends within 3 s, every answer is bounded.
 * S4. A peer that fails, lies or is slow disturbs no other.
 *
 * Delta-state replication: Almeida, Shoker, Baquero, "Delta state replicated data types", arXiv 1603.01529.
 */
import type { Peer } from '../../runtime/cluster/peer.js';
import type { Transport } from '../../runtime/cluster/transport-port.js';
import type { Clock } from '../../runtime/clock.js';
import { Answers } from './answers.js';
import { Convergence, type NodeState } from './convergence.js';
import { Intake } from './intake.js';
import { Neighbours } from './neighbours.js';
import type { Slot } from './pn-counter.js';
import { Reached } from './reached.js';
import type { Replica } from './replica.js';
import { Session } from './session.js';
import { type Report, sparing } from './sparing.js';
import { ProductExchange } from './sync-products.js';
import { checkDigest, checkNothing, checkValues, KIND, MAX_PRODUCTS } from './sync-wire.js';

const ASK_MS = 1_000;

export interface SyncOptions {
  readonly transport: Transport;
  readonly replica: Replica;
  readonly clock: Clock;
  readonly report: (message: string, error?: unknown) => void;
}

export class Sync {
  readonly neighbours: Neighbours;
  readonly intake: Intake;
  /** For `Rights` and `Forward`: what they answer stops with the rest. */
  readonly answers: Answers;
  private readonly report: Report;
  private readonly exchange: ProductExchange;
  private readonly holders: Reached;
  private readonly distance: Convergence;
  private session: Session | undefined;
  private readonly counts = { looks: 0, repairs: 0, reads: 0 };
  private readonly pushed = { pushes: 0, parts: 0, failures: 0 };

  constructor(private readonly options: SyncOptions) {
    const { transport, replica, clock } = options;
    this.report = sparing(options.report, clock);
    const { report } = this;
    this.neighbours = new Neighbours(transport, clock);
    this.intake = new Intake(replica, clock, report);
    this.exchange = new ProductExchange(replica, this.neighbours);
    this.answers = new Answers({ transport, replica, intake: this.intake, running: () => this.session !== undefined });
    this.answers.on(KIND.products, checkNothing, (_, __, piece) => this.exchange.answer(piece));
    this.holders = new Reached({ replica, neighbours: this.neighbours, intake: this.intake, clock, push: () => this.session?.push });
    this.distance = new Convergence(replica, this.neighbours, clock);
    transport.onTell(KIND.digest, checkDigest, (from, digest) => {
      this.neighbours.heard(from);
      this.session?.hear(from, digest);
    });
    this.neighbours.onJoin((neighbour) => this.session?.greet(neighbour));
    replica.onChange(() => this.session?.changed());
    replica.onOpening(() => this.session?.changed());
  }

  /** From now on until `stop` it takes part. May be started again. */
  start(): { stop(): void } {
    this.stop();
    const { report } = this;
    const { transport, replica, clock } = this.options;
    this.session = new Session({
      transport,
      replica,
      clock,
      report,
      neighbours: this.neighbours,
      intake: this.intake,
      products: this.exchange,
      figures: this.counts,
      pushed: this.pushed,
      onHeld: () => this.holders.recheck(),
    });
    return { stop: () => this.stop() };
  }

  /** Other instances with an open connection, each once. */
  get connected(): readonly Peer[] {
    const there = [...this.neighbours.byId.values()].map(({ peer }) => peer);
    return there.filter(({ id }) => id !== this.options.replica.id);
  }

  /**
   * True as soon as `peers` instances other than the slot's own hold everything that the slot did up to `version`, durably; false at the deadline
   * (monotonic ms), which proves nothing.
   */
  reached(slot: Slot, version: number, peers: number, deadline: number): Promise<boolean> {
    return this.holders.wait(slot, version, peers, deadline);
  }

  /** This instance first, then every other that is connected, was met since the start, or is named. Within 2 s; never rejects. */
  convergence(ids?: Iterable<string>): Promise<readonly NodeState[]> {
    return this.distance.look(ids);
  }

  /** What each connected instance shows for these products (500 at most), by INSTANCE_ID; those that do not answer within a second are left out. */
  async values(products: readonly string[]): Promise<ReadonlyMap<string, ReadonlyMap<string, bigint>>> {
    const asked = products.slice(0, MAX_PRODUCTS);
    const { counters, id } = this.options.replica;
    const shown = new Map([[id, new Map(asked.map((product) => [product, counters.value(product)]))]]);
    const asks = this.connected.map(async (peer) => {
      let values: readonly bigint[] | undefined;
      const onPiece = (piece: unknown): unknown => (values = checkValues(piece, asked.length));
      await this.neighbours.call(this.neighbours.find(peer)!, KIND.values, asked, onPiece, ASK_MS).catch(() => undefined);
      return [peer.id, values] as const;
    });
    for (const [peer, values] of (await Promise.all(asks)).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      if (values !== undefined) shown.set(peer, new Map(asked.map((product, at) => [product, values[at]!])));
    return shown;
  }

  /** Tells everybody at once what is known here: something changed that is pushed by nobody. */
  spread(): void {
    this.session?.spread();
  }

  /** Brings everybody what was written in former slots of this instance. */
  async offer(slots: Iterable<Slot>): Promise<void> {
    for (const slot of slots) await this.session?.push.offer(slot);
  }

  get figures() {
    return { ...this.pushed, ...this.counts, ...this.intake.figures, learned: this.exchange.learned, connected: this.connected.length };
  }

  private stop(): void {
    const { session } = this;
    this.session = undefined;
    session?.end();
    this.holders.end();
  }
}
