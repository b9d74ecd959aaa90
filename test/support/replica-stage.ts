import type { Delta } from '../../src/modules/crdt/counters.js';
import type { Answered, Operation, Shortage } from '../../src/modules/crdt/replica.js';
import { Replica } from '../../src/modules/crdt/replica.js';
import type { Product, Store } from '../../src/modules/crdt/store.js';
import { MemoryStore } from './memory-store.js';
import { VirtualClock } from './virtual-clock.js';

export const product = (produit: string, borne = false): Product => ({ produit, nom: produit, unite: null, seuil: null, borne, creeLe: 0 });
export const PRODUCTS = [product('cafe'), product('the'), product('tote', true)];

export const change = (by: number, of = 'cafe'): Operation => ({ type: 'change', product: of, by: BigInt(by) });
export const undo = (movement: string, of = 'cafe'): Operation => ({ type: 'undo', product: of, movement });
export const recount = (to: number, of = 'cafe'): Operation => ({ type: 'recount', product: of, to: BigInt(to) });

/** How an operation is sent; everything has a usual value. */
export interface How {
  readonly id?: string;
  readonly scope?: string;
  readonly hash?: string;
  /** Made by the door: nobody sends it twice. */
  readonly minted?: boolean;
  readonly withinMs?: number;
}

export interface StageOptions {
  readonly id?: string;
  readonly clock?: VirtualClock;
  readonly products?: readonly Product[];
  /** What the replica sees of its store. */
  readonly as?: (store: Store) => Store;
  readonly queue?: number;
  readonly shortage?: Shortage;
}

/** One replica on a store in memory, in time that the test drives. */
export class ReplicaStage {
  readonly reports: string[] = [];
  readonly clock: VirtualClock;
  replica!: Replica;
  handle!: { stop(): Promise<void> };
  private asked = 0;

  private constructor(
    readonly id: string,
    public store: MemoryStore,
    private readonly options: StageOptions,
  ) {
    this.clock = options.clock ?? new VirtualClock(undefined, id.charCodeAt(0));
  }

  /** A replica on an empty store, open, that knows the products. */
  static async open(options: StageOptions = {}): Promise<ReplicaStage> {
    const id = options.id ?? 'a';
    const stage = new ReplicaStage(id, MemoryStore.fresh(id), options);
    await stage.start();
    await stage.end(stage.replica.learn(options.products ?? PRODUCTS));
    return stage;
  }

  /** Another process on the store as it stands. */
  async start(): Promise<void> {
    const { id, clock, options } = this;
    const report = (message: string): void => void this.reports.push(message);
    const store = options.as?.(this.store) ?? this.store;
    this.replica = new Replica({ id, store, clock, report, ...(options.queue !== undefined && { queue: options.queue }) });
    if (options.shortage !== undefined) this.replica.onShortage(options.shortage);
    this.handle = this.replica.start();
    await clock.settle();
  }

  /** The process is killed and another one takes its place. `between` happens to the disk meanwhile. */
  async reboot(between: (store: MemoryStore) => void = () => undefined): Promise<void> {
    this.store = this.store.crash();
    between(this.store);
    await this.start();
  }

  /** Sends an operation and lets everything go on that can without time. */
  async send(operation: Operation, how: How = {}): Promise<{ answered: Answered | undefined; readonly answer: Promise<Answered> }> {
    const sent = this.begin(operation, how);
    await this.clock.settle();
    return sent;
  }

  /** Sends without letting anything go on: several of them meet in one group. */
  begin(operation: Operation, how: How = {}): { answered: Answered | undefined; readonly answer: Promise<Answered> } {
    const { clock } = this;
    const { id = `demande-${++this.asked}`, scope = 'anonyme', minted = false, withinMs = 5000 } = how;
    const hash = how.hash ?? JSON.stringify(operation, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value));
    const envelope = { scope, id, minted, acteur: null, instant: clock.now(), hash, deadline: clock.monotonic() + withinMs };
    const answer = this.replica.perform(envelope, operation);
    const sent: { answered: Answered | undefined; readonly answer: Promise<Answered> } = { answered: undefined, answer };
    void answer.then((answered) => (sent.answered = answered));
    return sent;
  }

  /** The answer to an operation that needs no time. */
  async ask(operation: Operation, how: How = {}): Promise<Answered> {
    const { answered } = await this.send(operation, how);
    if (answered === undefined) throw new Error('no answer yet');
    return answered;
  }

  /** An operation that is done: its movement and the value after it. */
  async done(operation: Operation, how: How = {}): Promise<{ mouvementId: string; valeur: string; replayed: boolean }> {
    const { outcome } = await this.ask(operation, how);
    if (outcome.is !== 'done') throw new Error(JSON.stringify(outcome));
    return { ...outcome.answer, replayed: outcome.replayed };
  }

  /** How an operation ended, in a word: its value, or its no. */
  async told(operation: Operation, how: How = {}): Promise<string> {
    return said(await this.ask(operation, how));
  }

  value(of = 'cafe'): bigint {
    return this.replica.counters.value(of);
  }

  /** Everything that this replica knows of a slot, as it is told to others. */
  deltas(slot = this.replica.slot, from = 0): Delta[] {
    return this.replica.counters.delta(slot, from);
  }

  /** Tells this replica what another one knows. */
  async hear(deltas: readonly Delta[]): Promise<void> {
    for (const delta of deltas) await this.end(this.replica.merge(delta));
  }

  /** Lets a promise end that needs no time. */
  async end<T>(promise: Promise<T>): Promise<T> {
    let over = false;
    const settled = promise.finally(() => (over = true));
    settled.catch(() => undefined);
    await this.clock.settle();
    if (!over) throw new Error('it has not ended');
    return settled;
  }
}

export function said({ outcome }: Answered): string {
  if (outcome.is === 'done') return `${outcome.replayed ? 'again ' : ''}${outcome.answer.valeur}`;
  if (outcome.is === 'refused') return outcome.refusal.refusal;
  return outcome.is === 'unavailable' ? outcome.effect : outcome.is;
}
