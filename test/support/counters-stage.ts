import type { Envelope, Outcome } from '../../src/runtime/aggregate/outcome.js';
import type { Peer } from '../../src/runtime/cluster/peer.js';
import type { Transport } from '../../src/runtime/cluster/transport-port.js';
import { rights } from '../../src/modules/crdt/bounded-counter.js';
import { Forward } from '../../src/modules/crdt/forward.js';
import { Replica, type CounterAnswer, type Operation } from '../../src/modules/crdt/replica.js';
import { Rights, type Witness } from '../../src/modules/crdt/rights.js';
import type { Product, Store } from '../../src/modules/crdt/store.js';
import { Sync } from '../../src/modules/crdt/sync.js';
import { FakeNetwork, type FakeNode, type Weather } from './fake-network.js';
import { FakeTransport } from './fake-transport.js';
import { MemoryStore } from './memory-store.js';
import { CountersTruth } from './counters-truth.js';
import { COUNTER_KINDS, SlotNames, toldCounters } from './told-counters.js';

export const product = (produit: string, borne = false): Product => ({
  produit,
  nom: produit,
  unite: null,
  seuil: null,
  borne,
  creeLe: 0,
});

/** What a mutant puts in the place of an honest part. Nothing in src knows of it. */
export interface Parts {
  readonly store?: (honest: Store, of: CounterNode) => Store;
  readonly transport?: (honest: Transport, of: CounterNode) => Transport;
  /** The replica as replication and rights see it. */
  readonly replica?: (honest: Replica, of: CounterNode) => Replica;
  readonly opened?: (of: CounterNode) => void;
}

/** Several instances' counters with real replicas, replication and rights, on one fake network; each store outlives its processes. */
export class CounterStage {
  readonly network: FakeNetwork;
  readonly nodes = new Map<string, CounterNode>();
  readonly disks = new Map<string, MemoryStore>();
  readonly truth = new CountersTruth();
  readonly reports: string[] = [];
  readonly asked: Asked[] = [];
  readonly names = new SlotNames();
  /** The shared database, for those whom it hears. */
  readonly seen = new Map<string, number>();
  /** Who has taken over what, as the shared database has it. */
  readonly claims = new Map<string, string>();
  readonly unreachable = new Set<string>();
  private births = 0;

  constructor(
    seed: number,
    readonly options: {
      readonly products?: readonly Product[];
      readonly parts?: Parts;
      readonly record?: boolean;
      readonly weather?: Weather;
      readonly rough?: boolean;
      readonly witness?: boolean;
    } = {},
  ) {
    const { record = false, weather } = options;
    this.network = new FakeNetwork({ seed, record, quiet: [...COUNTER_KINDS, 'ANSWER'], ...(weather && { weather }) });
  }

  /** Starts instances that know each other, and lets them connect. */
  async start(...ids: string[]): Promise<void> {
    for (const id of ids) this.boot(id);
    await this.network.pass(100);
  }

  /** `instance`: the INSTANCE_ID, when it is not the node's name (a clone has another's). */
  boot(name: string, instance = name): CounterNode {
    const disk = this.disks.get(name) ?? MemoryStore.fresh(instance);
    this.disks.set(name, disk);
    const one = new CounterNode(instance, `${name}.${++this.births}`, this.network.boot(name), disk, this);
    this.nodes.set(name, one);
    this.meet();
    one.start();
    return one;
  }

  /** Lets time pass until everybody who lives knows the same; tells how long it took. */
  async settled(limitMs = 12_000): Promise<number> {
    await this.network.pass(10);
    return 10 + (await this.network.until(() => this.equal, limitMs - 10));
  }

  /** Everybody who lives follows everybody else who lives, as by the database's membership. */
  meet(): void {
    const alive = [...this.nodes.values()].filter(({ node }) => node.alive);
    for (const one of alive) one.transport.follow(alive.filter((other) => other !== one).map(({ me }) => me));
  }

  at(id: string): CounterNode {
    return this.nodes.get(id)!;
  }

  get alive(): CounterNode[] {
    return [...this.nodes.values()].filter(({ node }) => node.alive);
  }

  /** kill -9. */
  crash(id: string): void {
    if (this.network.node(id) === undefined) return;
    this.network.crash(id);
    this.disks.set(id, this.disks.get(id)!.crash());
    this.meet();
  }

  /** The process's file is copied while it runs or not: a backup. */
  image(id: string): ReturnType<MemoryStore['image']> {
    return this.disks.get(id)!.image();
  }

  value(id: string, name: string): bigint {
    return this.at(id).replica.counters.value(name);
  }

  /** All who live know the same. */
  get equal(): boolean {
    const [first, ...others] = this.alive.map(({ replica }) => replica);
    if (first === undefined || first.state !== 'open') return false;
    const mine = first.counters.buckets().join();
    return others.every(({ state, counters }) => state === 'open' && counters.buckets().join() === mine);
  }

  /** Rights to spend of every living instance's present slot. */
  rights(name: string): Record<string, bigint> {
    return Object.fromEntries(this.alive.map((one) => [one.id, one.rights(name)]));
  }

  /** Lines of the transcript, without their times. */
  story(from = 0): string[] {
    const lines = this.network
      .transcript()
      .split('\n')
      .filter((line) => line !== '');
    return lines.slice(from).map((line) => line.replace(/^t=\d+ /, ''));
  }
}

export interface Asked {
  readonly at: string;
  readonly id: string;
  readonly operation: Operation;
  readonly from: number;
  until: number | undefined;
  outcome: Outcome<CounterAnswer> | undefined;
  slot: string;
  version: number;
}

export class CounterNode {
  readonly me: Peer;
  readonly transport: FakeTransport;
  readonly replica: Replica;
  readonly sync: Sync;
  readonly rightsProcess: Rights;
  readonly forward: Forward;
  private stops: { stop(): unknown }[] = [];

  constructor(
    readonly id: string,
    incarnation: string,
    readonly node: FakeNode,
    readonly disk: MemoryStore,
    readonly stage: CounterStage,
  ) {
    const { clock } = node;
    const { parts = {}, rough = false } = stage.options;
    this.me = { id, incarnation, address: node.name };
    this.transport = new FakeTransport(node, () => this.me, { rough });
    const told = stage.options.record === true ? toldCounters(this.transport, stage.network, stage.names, node.name) : this.transport;
    const transport = parts.transport?.(told, this) ?? told;
    const report = (message: string, error?: unknown): void =>
      void stage.reports.push(`${id}: ${message} ${error instanceof Error ? error.message : ''}`);
    const honest = parts.store?.(disk, this) ?? disk;
    this.replica = new Replica({ id, store: stage.truth.watched(honest, disk), clock, report });
    this.replica.onOpening(() => parts.opened?.(this));
    const replica = parts.replica?.(this.replica, this) ?? this.replica;
    this.sync = new Sync({ transport, replica, clock, report });
    const witness = stage.options.witness === false ? undefined : this.witness();
    this.rightsProcess = new Rights({ replica, sync: this.sync, clock, report, witness });
    this.forward = new Forward({ replica, sync: this.sync, clock });
  }

  start(): void {
    this.replica.onOpening(() => {
      const unknown = (this.stage.options.products ?? []).filter(({ produit }) => !this.replica.products.has(produit));
      if (unknown.length > 0) this.replica.learn(unknown).catch(() => undefined);
    });
    const parts = [this.replica.start(), this.sync.start(), this.rightsProcess.start()];
    this.stops = parts;
  }

  /** In the order of the tree: who was started last first. */
  stop(): void {
    for (const part of this.stops.toReversed()) part.stop();
  }

  rights(name: string): bigint {
    const counter = this.replica.counters.counter(name);
    return counter === undefined ? 0n : rights(counter, this.replica.slot);
  }

  /** Asks this instance, as its door would. */
  ask(operation: Operation, id: string, deadlineMs = 4_000, minted = false): Asked {
    const { network } = this.stage;
    const asked: Asked = { at: this.id, id, operation, from: network.now, until: undefined, outcome: undefined, slot: '', version: 0 };
    this.stage.asked.push(asked);
    void this.replica.perform(this.envelope(id, deadlineMs, minted, operation), operation).then(({ outcome, slot, version }) => {
      if (!this.node.alive) return;
      Object.assign(asked, { outcome, slot, version, until: network.now });
      if (outcome.is === 'done') this.stage.truth.acknowledged(slot, version);
    });
    return asked;
  }

  change(name: string, by: bigint, id: string, deadlineMs?: number): Asked {
    return this.ask({ type: 'change', product: name, by }, id, deadlineMs);
  }

  envelope(id: string, deadlineMs: number, minted: boolean, content: unknown): Envelope {
    const { clock } = this.node;
    const hash = JSON.stringify(content, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value));
    return { scope: 'play', id, minted, acteur: null, instant: clock.now(), hash, deadline: clock.monotonic() + deadlineMs };
  }

  private witness(): Witness {
    const { stage, node } = this;
    const reach = async (): Promise<void> => {
      await new Promise<void>((resolve) => void node.clock.after(stage.network.between(1, 20), resolve));
      if (stage.unreachable.has(node.name)) throw new Error('the database is away');
    };
    return {
      seen: async (slots) => {
        await reach();
        return new Map(slots.flatMap((slot) => (stage.seen.has(slot) ? [[slot, stage.seen.get(slot)!] as const] : [])));
      },
      claim: async (rows, as, own) => {
        await reach();
        const free = (holder: string | undefined): boolean => holder === undefined || holder === as || own.has(holder);
        const won = rows.map(([slot]) => slot).filter((slot) => free(stage.claims.get(slot)));
        for (const slot of won) stage.claims.set(slot, as);
        return new Set(won);
      },
      note: async (rows) => {
        await reach();
        for (const [slot, , version] of rows) stage.seen.set(slot, Math.max(version, stage.seen.get(slot) ?? 0));
      },
    };
  }
}
