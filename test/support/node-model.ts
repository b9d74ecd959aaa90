import type { NodeRow, NodeTable, Reading } from '../../src/runtime/cluster/node-port.js';
import type { Peer } from '../../src/runtime/cluster/peer.js';
import { DEAD_MS } from '../../src/runtime/cluster/timing.js';
import { Contended, StorageUnavailable } from '../../src/runtime/outbox/storage-errors.js';
import type { FakeNode } from './fake-network.js';

type Row = { -readonly [Key in keyof NodeRow]: NodeRow[Key] };

/**
 * The table of nodes as the database keeps it, each step atomic, and the laws that must hold of it whatever the instances do:
 * who ended stays so, a death finds no fresh touch, a number of the view names one set of members.
 */
export class NodeModel {
  view = 0;
  readonly rows = new Map<string, Row>();
  readonly broken: string[] = [];
  /** Down for everybody; `cutOff`: for the nodes of these names. `locked`: another writer holds the file. */
  down = false;
  locked = false;
  readonly cutOff = new Set<string>();
  /** How long a request takes each way, ms. */
  delay: readonly [min: number, max: number] = [1, 5];
  /** Share of the requests whose answer is lost after they were done. */
  lossy = 0;
  private readonly ended = new Set<string>();
  private readonly members = new Map<number, string>();

  constructor(
    readonly now: () => number,
    readonly note: (text: string) => void = () => {},
  ) {}

  join(me: Peer): Reading {
    for (const row of this.rows.values())
      if (row.state === 'alive' && (row.id === me.id || row.address === me.address)) this.end(row, 'dead', 'replaced');
    const now = this.now();
    this.rows.set(me.incarnation, { ...me, state: 'alive', since: now, seen: now, pid: 0, host: '', started: '', boot: '' });
    this.view++;
    this.note(`${me.id} joins (view ${this.view})`);
    return this.read();
  }

  touch(incarnation: string, known: number): Reading & { readonly alive: boolean } {
    const row = this.rows.get(incarnation);
    const alive = row?.state === 'alive';
    if (alive) row.seen = this.now();
    return alive && known === this.view ? { alive, view: this.view } : { alive, ...this.read() };
  }

  /** First half of a judgement: its last touch, if that is stale. */
  stale(incarnation: string): number | undefined {
    const row = this.rows.get(incarnation);
    return row?.state === 'alive' && this.now() - row.seen >= DEAD_MS ? row.seen : undefined;
  }

  /** Second half: dead, unless it was touched since. */
  condemn(incarnation: string, seen: number): Reading | undefined {
    const row = this.rows.get(incarnation);
    if (row?.state !== 'alive' || !this.untouched(row, seen)) return undefined;
    if (this.now() - row.seen < DEAD_MS) this.broken.push(`${row.id} is declared dead ${this.now() - row.seen} ms after a touch`);
    this.end(row, 'dead', 'silent');
    this.view++;
    return this.read();
  }

  leave(incarnation: string): Reading {
    const row = this.rows.get(incarnation);
    this.view++;
    if (row?.state === 'alive') this.end(row, 'left', 'planned');
    return this.read();
  }

  /** A backup of the day before anybody joined. */
  restore(): void {
    this.rows.clear();
    this.members.clear();
    this.view = 0;
  }

  alive(): Row[] {
    return [...this.rows.values()].filter(({ state }) => state === 'alive');
  }

  /** Asks that a view that somebody holds is the one that its number names. */
  seen(view: number, members: readonly Peer[], who: string): void {
    const text = members.map(({ incarnation }) => incarnation).join();
    const known = this.members.get(view) ?? text;
    this.members.set(view, known);
    if (known !== text) this.broken.push(`view ${view} is not the same at ${who}`);
  }

  protected untouched(row: NodeRow, seen: number): boolean {
    return row.seen === seen;
  }

  private end(row: Row, state: 'dead' | 'left', why: string): void {
    row.state = state;
    this.ended.add(row.incarnation);
    row.since = this.now();
    this.note(`${row.id} is ${state} in the table (${why})`);
  }

  private read(): Reading {
    for (const { incarnation } of this.alive()) if (this.ended.has(incarnation)) this.broken.push(`${incarnation} lives again`);
    return { view: this.view, nodes: [...this.rows.values()].map((row) => ({ ...row })) };
  }
}

/** `NodeTable` of one node: every request takes time on the way there and on the way back, and may be lost on either. */
export class RemoteNodes implements NodeTable {
  constructor(
    private readonly model: NodeModel,
    private readonly node: FakeNode,
  ) {}

  join(me: Peer): Promise<Reading> {
    return this.ask(() => this.model.join(me));
  }

  touch(incarnation: string, known: number): Promise<Reading & { readonly alive: boolean }> {
    return this.ask(() => this.model.touch(incarnation, known));
  }

  async judge(incarnation: string): Promise<Reading | undefined> {
    const seen = await this.ask(() => this.model.stale(incarnation));
    return seen === undefined ? undefined : this.ask(() => this.model.condemn(incarnation, seen));
  }

  leave(incarnation: string): Promise<Reading> {
    return this.ask(() => this.model.leave(incarnation));
  }

  async look(): Promise<readonly NodeRow[]> {
    return this.model.alive();
  }

  private ask<T>(work: () => T): Promise<T> {
    return new Promise((resolve, reject) => request(this.model, this.node, work, resolve, reject));
  }
}

/** One request of `node`: `done` and `failed` are held back by a pause of it, and never come after its crash. */
export function request<T>(
  model: NodeModel,
  node: FakeNode,
  work: () => T,
  done: (result: T) => void,
  failed: (error: Error) => void,
): void {
  const { network } = node;
  const reachable = (): boolean => !model.down && !model.cutOff.has(node.name);
  const back = (run: () => void): void => void network.schedule(node, network.between(...model.delay), true, run);
  network.after(network.between(...model.delay), () => {
    if (!reachable()) return back(() => failed(new StorageUnavailable('the database is down')));
    if (model.locked) return back(() => failed(new Contended('the file is locked')));
    const result = work();
    // Cut between the commit and its answer: done, and nobody here knows.
    if (model.lossy > 0 && network.chance() < model.lossy) return back(() => failed(new StorageUnavailable('the connection was lost')));
    back(() => done(result));
  });
}
