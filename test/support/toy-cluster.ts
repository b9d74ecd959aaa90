import type { Asks, Envelope, Outcome } from '../../src/runtime/aggregate/outcome.js';
import { Registry } from '../../src/runtime/aggregate/registry.js';
import { RunningDemandes } from '../../src/runtime/aggregate/running-demandes.js';
import { type Neighbourhood, NO_VIEW, type Peer, type View } from '../../src/runtime/cluster/peer.js';
import { ownerOf } from '../../src/runtime/cluster/placement.js';
import { Router } from '../../src/runtime/cluster/router.js';
import { PULSE_MS, SUSPECT_MS } from '../../src/runtime/cluster/timing.js';
import type { Transport } from '../../src/runtime/cluster/transport-port.js';
import { Journal } from '../../src/runtime/outbox/journal.js';
import { DEFAULT_CRASH_POLICY } from '../../src/runtime/supervision/quarantine.js';
import { FakeNetwork, type FakeNode } from './fake-network.js';
import { FakeTransport } from './fake-transport.js';
import { SharedDatabase } from './shared-database.js';
import { told } from './told-transport.js';
import { seats, type SeatsDemande } from './toy-seats.js';

/** What a mutant puts in the place of an honest part. Nothing in src knows of it. */
export interface Parts {
  readonly transport?: (honest: Transport, of: ToyInstance) => Transport;
  readonly registry?: (honest: Registry) => Registry;
}

/** Several instances with a real router, registry and journal each, on one fake network and one database; membership is what the play says. */
export class ToyCluster {
  readonly network: FakeNetwork;
  readonly database: SharedDatabase;
  readonly instances = new Map<string, ToyInstance>();
  /** Every instance that ever ran. */
  readonly lives: ToyInstance[] = [];
  /** The members as the database holds them. */
  view: View = NO_VIEW;
  /** Most wires that a demande was seen on. */
  hops = 0;
  private births = 0;

  constructor(
    seed: number,
    readonly parts: Parts = {},
    record = true,
  ) {
    this.network = new FakeNetwork({ seed, record, quiet: ['DEMANDES', 'ANSWER'] });
    this.database = new SharedDatabase(this.network);
  }

  /** Starts instances that know each other, and lets them connect. */
  async start(...ids: string[]): Promise<void> {
    for (const id of ids) this.boot(id);
    for (const one of this.instances.values()) one.adopt();
    await this.network.pass(20);
  }

  boot(id: string): ToyInstance {
    const one = new ToyInstance(id, this.network.boot(id), this);
    this.instances.set(id, one);
    this.lives.push(one);
    one.join();
    return one;
  }

  at(id: string): ToyInstance {
    return this.instances.get(id)!;
  }

  incarnation(id: string): string {
    return `${id}.${++this.births}`;
  }

  enter(me: Peer): void {
    this.change([...this.view.members.filter(({ id }) => id !== me.id), me]);
  }

  /** `id` left or was declared dead. Nobody is told: they read it. */
  remove(id: string): void {
    this.change(this.view.members.filter((one) => one.id !== id));
  }

  private change(members: readonly Peer[]): void {
    this.view = { version: this.view.version + 1, members: members.toSorted((a, b) => (a.id < b.id ? -1 : 1)) };
  }

  /** A stream that `id` owns by the database's view. */
  streamOf(id: string, nth = 0): string {
    const found = Array.from({ length: 200 }, (_, i) => `s${i}`).filter((stream) => ownerOf(stream, this.view.members)?.id === id);
    return found[nth]!;
  }

  /** Lines of the transcript, without their times. */
  story(from = 0): string[] {
    return this.network
      .transcript()
      .split('\n')
      .filter((line) => line !== '')
      .slice(from)
      .map((line) => line.replace(/^t=\d+ /, ''));
  }

  /** Lets time pass up to the very moment when `line` is in the transcript. */
  async toLine(line: RegExp): Promise<void> {
    for (let ms = 0; !line.test(this.network.transcript()); ms++) {
      if (ms > 5_000) throw new Error(`never ${String(line)}:\n${this.network.transcript()}`);
      await this.network.pass(1);
    }
  }

  /** An open stream that `id` owns, and where the story goes on from there. */
  async opened(id: string, nth = 0): Promise<{ readonly stream: string; readonly from: number }> {
    const stream = this.streamOf(id, nth);
    this.at(id).ask(stream, { type: 'open' }, `open-${stream}`);
    await this.network.pass(30);
    return { stream, from: this.story().length };
  }

  /** Where a stream lives in memory. */
  living(stream: string): string[] {
    return [...this.instances].filter(([, one]) => one.alive && one.registry.roster.member(stream) !== undefined).map(([id]) => id);
  }
}

export class ToyInstance implements Neighbourhood {
  me: Peer;
  view: View = NO_VIEW;
  /** Incarnations that this instance doubts. */
  readonly suspects = new Set<string>();
  readonly registry: Registry;
  readonly router: Router;
  readonly journal: Journal;
  readonly reports: string[] = [];
  private readonly transport: FakeTransport;
  private readonly asks: Asks<{ readonly type: string }, unknown>;
  private reading: Promise<void> | undefined;
  private ticked: number | undefined;

  constructor(
    readonly id: string,
    readonly node: FakeNode,
    readonly cluster: ToyCluster,
  ) {
    const { clock } = node;
    const { parts, database } = cluster;
    this.me = { id, incarnation: cluster.incarnation(id), address: id };
    this.transport = new FakeTransport(node, () => this.me);
    const report = (message: string): void => void this.reports.push(message);
    const storage = database.client(node);
    this.journal = new Journal(storage, new Map(), clock, { group: 100, queue: 1000 }, report);
    const limits = { mailbox: 100, living: 1000, idleMs: 600_000, crashes: DEFAULT_CRASH_POLICY };
    const deps = { journal: this.journal, storage, clock, running: new RunningDemandes(), limits, report };
    this.registry = new Registry({ aggregate: seats, ...deps });
    const transport = told(this.transport, cluster, id);
    this.router = new Router({ neighbourhood: this, transport: parts.transport?.(transport, this) ?? transport, clock });
    this.asks = this.router.over(parts.registry?.(this.registry) ?? this.registry);
    this.registry.start();
    this.pulse();
  }

  get alive(): boolean {
    return this.node.alive;
  }

  join(): void {
    this.cluster.enter(this.me);
    this.adopt();
  }

  reachable(peer: Peer): boolean {
    return this.transport.connected(peer) && !this.suspects.has(peer.incarnation);
  }

  refresh(): Promise<void> {
    const read = async (): Promise<void> => {
      try {
        await this.cluster.database.request(this.node, async () => undefined);
        this.adopt();
      } catch {
        return;
      } finally {
        this.reading = undefined;
      }
    };
    return (this.reading ??= read());
  }

  /** Takes over the view that the database holds. */
  adopt(): void {
    if (this.view.version === this.cluster.view.version) return;
    this.view = this.cluster.view;
    this.transport.follow(this.view.members.filter(({ id }) => id !== this.id));
    this.router.viewChanged();
  }

  suspect(id: string): void {
    const peer = this.view.members.find((one) => one.id === id);
    if (peer === undefined || this.suspects.has(peer.incarnation)) return;
    this.suspects.add(peer.incarnation);
    this.transport.cut(peer);
  }

  trust(id: string): void {
    for (const one of this.view.members) if (one.id === id) this.suspects.delete(one.incarnation);
  }

  /** Asks this instance, as its door would. The outcome can be looked at before it is there. */
  ask(stream: string, demande: SeatsDemande, id: string, more: { minted?: boolean; deadlineMs?: number } = {}): Asked {
    const { clock } = this.node;
    const deadline = clock.monotonic() + (more.deadlineMs ?? 10_000);
    const minted = more.minted ?? false;
    const from = clock.monotonic();
    const asked: Asked = { at: this.id, id, stream, type: demande.type, minted, from, deadline, until: undefined, outcome: undefined };
    const envelope: Envelope = {
      scope: 'play',
      id,
      minted,
      acteur: null,
      instant: Math.max(0, clock.now()),
      hash: demande.type,
      deadline,
    };
    void this.asks.ask(stream, demande, envelope).then((outcome) => {
      asked.outcome = outcome;
      asked.until = clock.monotonic();
    });
    return asked;
  }

  lastSeen(stream: string): unknown {
    return this.asks.lastSeen(stream)?.view;
  }

  /** Refuses newcomers, finishes, leaves the view, and ends. */
  async leave(): Promise<void> {
    this.router.leave();
    await this.registry.stop(4_000);
    await this.journal.drained();
    while (this.router.serving > 0) await new Promise<void>((resolve) => this.node.clock.after(5, resolve));
    this.cluster.remove(this.id);
    this.cluster.network.crash(this.id);
  }

  /** What membership does: reads the view, sees its own pause, comes back after its own death. */
  private pulse(): void {
    const { clock } = this.node;
    if (this.ticked !== undefined && clock.monotonic() - this.ticked >= SUSPECT_MS) {
      for (const peer of this.view.members) if (peer.id !== this.id) this.transport.cut(peer);
      this.wake();
    }
    this.ticked = clock.monotonic();
    clock.after(PULSE_MS, () => this.pulse());
    void this.refresh().then(() => {
      if (this.view.members.some(({ incarnation }) => incarnation === this.me.incarnation)) return;
      this.wake();
      this.me = { ...this.me, incarnation: this.cluster.incarnation(this.id) };
      this.join();
    });
  }

  /** Replaced by a mutant that keeps its copies. */
  wake(): void {
    this.router.dropAll();
  }
}

/** One call of one caller. */
export interface Asked {
  readonly at: string;
  readonly id: string;
  readonly stream: string;
  readonly type: string;
  readonly minted: boolean;
  readonly from: number;
  readonly deadline: number;
  until: number | undefined;
  outcome: Outcome | undefined;
}
