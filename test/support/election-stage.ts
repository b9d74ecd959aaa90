import type { Leadership } from '../../src/runtime/cluster/leadership.js';
import type { fence, Lease, Mandate } from '../../src/runtime/cluster/lease.js';
import { compareIds } from '../../src/runtime/cluster/order.js';
import type { Peer, View } from '../../src/runtime/cluster/peer.js';
import { DEAD_MS, SUSPECT_MS } from '../../src/runtime/cluster/timing.js';
import type { Transport } from '../../src/runtime/cluster/transport-port.js';
import type { Elector } from '../../src/modules/health/elector.js';
import { CommitUnknown, type RowTransaction, StorageUnavailable } from '../../src/runtime/outbox/storage.js';
import { FakeNetwork, type FakeNode, type Weather } from './fake-network.js';
import { MemoryRows } from './memory-rows.js';
import { StagedInstance } from './staged-instance.js';

export interface StageOptions {
  readonly seed: number;
  readonly weather?: Weather;
  /** Messages may come twice and in any order. */
  readonly rough?: boolean;
  readonly record?: boolean;
  /** Mutants take the place of these. */
  readonly elector: typeof Elector;
  readonly fence?: typeof fence;
  readonly lease?: (lease: Lease) => Lease;
  readonly transport?: (transport: Transport, leadership: Leadership) => Transport;
}

/** A transaction left alone this long is ended by the server, as PostgreSQL is told to. */
const IDLE_MS = 1_000;
const JUDGED_AFTER_MS = DEAD_MS + SUSPECT_MS;

/** Instances that elect, on one fake network and one database whose clock is nobody's. What may never happen is written to `broken`. */
export class ElectionStage {
  readonly network: FakeNetwork;
  readonly broken: string[] = [];
  /** Terms of the fenced effects, in the order of their commits. */
  readonly log: number[] = [];
  /** Whose fenced transaction is under way. */
  inside: string | undefined;
  /** Every mandate that began, in order. */
  readonly mandates: { readonly id: string; readonly term: number; readonly at: number }[] = [];
  readonly instances = new Map<string, StagedInstance>();
  /** Who cannot reach the database. */
  readonly cutOff = new Set<string>();
  view: View = { version: 0, members: [] };
  readonly touched = new Map<string, number>();
  private readonly rows: MemoryRows;
  private lives = 0;

  constructor(readonly options: StageOptions) {
    this.network = new FakeNetwork({
      seed: options.seed,
      quiet: ['HEARTBEAT', 'READY'],
      record: options.record ?? false,
      ...(options.weather === undefined ? {} : { weather: options.weather }),
    });
    const { network } = this;
    this.rows = new MemoryRows({ lease: [['name']], election: [['term']] }, { now: () => network.epoch + network.now });
    void this.rows.insert('lease', [{ name: 'leader', holder: '', incarnation: '', term: 0, expires: 0 }]);
  }

  /** Joins and starts; a former incarnation of the id is dead from then on, and its lease free. */
  boot(id: string): StagedInstance {
    const instance = new StagedInstance(this, this.network.boot(id));
    this.instances.set(id, instance);
    instance.start();
    return instance;
  }

  bootAll(n: number): string[] {
    const ids = Array.from({ length: n }, (_, i) => `n${i + 1}`);
    return ids.map((id) => this.boot(id).node.name);
  }

  get living(): StagedInstance[] {
    return [...this.instances.values()].filter(({ node, gone }) => node.alive && !gone);
  }

  get leaders(): StagedInstance[] {
    return this.living.filter(({ leadership }) => leadership.mandate !== undefined);
  }

  /** Exactly one leads, the lease is its own, and all the others hear it. */
  get agreed(): boolean {
    const { leaders } = this;
    const [row] = this.rows.rows('lease');
    const { term, incarnation } = row!;
    const follows = ({ leadership, elector }: StagedInstance): boolean =>
      leadership.leader?.term === term && (elector.phase === 'following' || elector.phase === 'leading');
    return leaders.length === 1 && leaders[0]!.leadership.mandate!.incarnation === incarnation && this.living.every(follows);
  }

  /** Nobody holds the lease. */
  get free(): boolean {
    return this.rows.rows('lease')[0]!['holder'] === '';
  }

  join(id: string): Peer {
    const me = { id, incarnation: `${id}.${++this.lives}`, address: id };
    const former = this.view.members.find((member) => member.id === id);
    this.setMembers([...this.view.members.filter((member) => member !== former), me].toSorted((a, b) => compareIds(a.id, b.id)));
    if (former !== undefined)
      void this.rows.transact((tx) =>
        tx.update('lease', { holder: '', incarnation: '', expires: 0 }, { name: 'leader', incarnation: former.incarnation }),
      );
    this.touched.set(me.incarnation, this.network.now);
    return me;
  }

  remove(incarnation: string): void {
    this.setMembers(this.view.members.filter((member) => member.incarnation !== incarnation));
  }

  /** Those whose row is too old, if the one who looks does not hear them either. */
  judge(by: string): void {
    for (const { id, incarnation } of this.view.members) {
      const silent = this.network.node(id)?.paused !== false || this.network.isCut(id, by);
      if (silent && this.network.now - this.touched.get(incarnation)! > JUDGED_AFTER_MS) this.remove(incarnation);
    }
  }

  reaches(id: string): boolean {
    return !this.cutOff.has(id) && !this.cutOff.has('all');
  }

  /** A transaction of one instance: the way there and back takes time, and may break. */
  async transact<T>(node: FakeNode, work: (tx: RowTransaction, ended: () => boolean) => Promise<T>): Promise<T> {
    const { network } = this;
    await new Promise<void>((resolve) => network.after(network.between(0, 6), resolve));
    const outcome = await this.executed(node, work).then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
    await new Promise<void>((resolve) => node.clock.after(network.between(0, 6), resolve));
    if ('error' in outcome) throw outcome.error;
    return outcome.value;
  }

  private async executed<T>(node: FakeNode, work: (tx: RowTransaction, ended: () => boolean) => Promise<T>): Promise<T> {
    const { network } = this;
    if (!this.reaches(node.name)) {
      await new Promise<void>((resolve) => network.after(300, resolve));
      throw new StorageUnavailable('no way to the database');
    }
    const value = await this.rows.transact((tx) => {
      // Nobody sends the statements of a process that ended or stands still.
      if (!node.alive || node.paused) throw new StorageUnavailable('the one who asked is gone');
      let ended = false;
      const left = new Promise<void>((resolve) => network.after(IDLE_MS, resolve)).then(() => {
        ended = true;
        throw new StorageUnavailable('left alone too long');
      });
      return Promise.race([work(tx, () => ended), left]);
    });
    if (!this.reaches(node.name)) throw new CommitUnknown('the answer was lost');
    return value;
  }

  began(id: string, mandate: Mandate): void {
    const { number: term } = mandate;
    if (this.mandates.some((other) => other.term === term)) this.broken.push(`term ${term} began twice`);
    this.mandates.push({ id, term, at: this.network.now });
    this.network.note(`${id} leads (term ${term})`);
  }

  effect(term: number): void {
    const last = this.log.at(-1) ?? 0;
    if (term < last) this.broken.push(`an effect of term ${term} after one of term ${last}`);
    this.log.push(term);
  }

  private setMembers(members: readonly Peer[]): void {
    this.view = { version: this.view.version + 1, members };
  }
}
