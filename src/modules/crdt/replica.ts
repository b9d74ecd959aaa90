/**
 * The process that holds this instance's counters: it counts in its own slot, keeps it in its own store, and merges what others tell.
 *
 * R1. Durable before answered: what a caller was told survives kill -9 and, with an honest disk, a power cut.
 * R2. One demande id is one effect at this replica, across its restarts, for 30 days.
 * R3. A new slot at every opening: an old store put back cannot make two histories of one slot.
 * R4. A store that cannot be opened or written is a state, never a crash: 503, and it is opened anew.
 * R5. A bounded product never goes below zero: this replica lowers only within the rights of its present slot.
 */
import type { Envelope } from '../../runtime/aggregate/outcome.js';
import type { Clock } from '../../runtime/clock.js';
import type { Delta } from './counters.js';
import type { Operation } from './operations.js';
import type { Slot } from './pn-counter.js';
import { Chores } from './replica-chores.js';
import { Figures } from './replica-figures.js';
import type { Group, Work } from './replica-group.js';
import { Lane } from './replica-lane.js';
import { type ReplicaState, ReplicaLife } from './replica-life.js';
import type { Memory } from './replica-memory.js';
import { type Answered, overloaded, Pending, Queue, unavailable } from './replica-queue.js';
import { ReplicaReads } from './replica-reads.js';
import { type Shortage, Shortages } from './replica-shortage.js';
import { Adopting, Beginning, Doubting, Giving, Learning, Merging, SlotTaken } from './replica-works.js';
import { rightsOf } from './rights-share.js';
import type { Product, Store } from './store.js';

export type { CounterAnswer, CounterRefusal, Operation } from './operations.js';
export { instanceOf } from './replica-group.js';
export type { ReplicaState } from './replica-life.js';
export type { FormerSlot } from './replica-memory.js';
export type { Answered } from './replica-queue.js';
export type { Shortage } from './replica-shortage.js';

/** Unanswered operations at once; each holds about 1 kB. Raising it lengthens the wait of the last one. */
const QUEUE = 16_384;

export interface ReplicaOptions {
  /** INSTANCE_ID. */
  readonly id: string;
  readonly store: Store;
  readonly clock: Clock;
  readonly report: (message: string, error?: unknown) => void;
  readonly queue?: number;
}

export class Replica extends ReplicaReads {
  readonly id: string;
  private readonly queue: Queue;
  private readonly lane: Lane;
  private readonly shortages: Shortages;
  private readonly chores: Chores;
  private readonly life: ReplicaLife;
  private readonly hearChange: ((products: ReadonlySet<string>) => void)[] = [];
  private readonly hearOpening: (() => void)[] = [];
  private readonly counted = new Figures();

  constructor({ id, store, clock, report, queue = QUEUE }: ReplicaOptions) {
    super(store);
    this.id = id;
    this.queue = new Queue(clock, queue, () => this.position());
    this.shortages = new Shortages(this.queue, Math.ceil(queue / 2), () => this.lane.wake(), report);
    this.lane = new Lane(store, clock, this.queue, {
      committed: (group, changed) => this.committed(group, changed),
      short: (those) => this.shortages.add(those),
      failed: (error) => this.life.fall(error),
      asks: () => this.shortages.handler !== undefined,
    });
    this.chores = new Chores(store, clock, (errand) => this.lane.between(errand));
    const opened = (): void => this.hearOpening.forEach((hear) => hear());
    this.life = new ReplicaLife({ id, store, clock, report, lane: this.lane, chores: this.chores, opened });
  }

  get state(): ReplicaState {
    return this.life.state;
  }

  /** Why the store is not open, in words; undefined when it is. */
  get lastError(): string | undefined {
    return this.life.lastError;
  }

  /** Opens the store, and again whenever it fails. A start while running changes nothing. */
  start(): { stop(): Promise<void> } {
    this.life.start();
    return { stop: () => this.life.stop() };
  }

  /**
   * Tells to which club these counters belong, as soon as the shared database has said so: what was counted for another one steps aside, and this
   * instance goes on under a new slot with what it had counted for this one. Never rejects: what cannot be done now is done at the next opening.
   */
  belong(club: string): Promise<void> {
    return this.life.belong(club);
  }

  /** Never throws, never stays silent past the deadline. */
  perform(envelope: Envelope, operation: Operation): Promise<Answered> {
    if (this.state !== 'open') return Promise.resolve(unavailable('not_executed', this.position()));
    if (this.queue.full) return Promise.resolve(overloaded(this.position()));
    return new Promise((resolve) => {
      this.queue.add(new Pending(envelope, operation, resolve));
      this.lane.wake();
    });
  }

  /** Durable when it resolves; an archived slot is brought back first. Rejects with StoreFailed, or RangeError for what cannot be true. */
  async merge(delta: Delta): Promise<void> {
    try {
      await this.work(new Merging(delta, () => this.counted.merged++));
    } catch (error) {
      if (error instanceof SlotTaken) this.life.fall(error);
      throw error;
    }
  }

  /** Takes over descriptions of products; one that is known keeps its `borne`. */
  learn(products: readonly Product[]): Promise<void> {
    return this.work(new Learning(products));
  }

  /** Gives min(own rights, wanted) to another replica's slot, durable before it resolves; 0 gives nothing. */
  give(product: string, to: Slot, wanted: bigint): Promise<bigint> {
    return this.work(new Giving(product, to, wanted));
  }

  /** Makes the present slot durable, should nothing have been counted in it yet. */
  begin(): Promise<void> {
    return this.work(new Beginning());
  }

  /** Moves what own former slots have left to the present one, but for those in doubt; tells how much. `only` these slots when given. */
  adopt(only?: ReadonlySet<Slot>): Promise<bigint> {
    return this.work(new Adopting(only));
  }

  /** Rights to the product in former slots that no doubt freezes: they move once it is known that they may. */
  movable(product: string): bigint {
    const slots = this.former().flatMap(({ slot, doubt }) => (doubt === undefined ? [slot] : []));
    let left = 0n;
    for (const amount of rightsOf(this.counters.counter(product), slots).values()) if (amount > 0n) left += amount;
    return left;
  }

  /** Freezes an own former slot until a person recounts; survives restarts. */
  doubt(slot: Slot, reason: string): Promise<void> {
    return this.work(new Doubting(slot, reason));
  }

  /** Who is asked for rights; the last one named. */
  onShortage(ask: Shortage): void {
    this.shortages.handler = ask;
  }

  /** After each commit that changed something, own or merged. */
  onChange(hear: (products: ReadonlySet<string>) => void): void {
    this.hearChange.push(hear);
  }

  /** After each opening: the slot is new, the counters are another object. */
  onOpening(hear: () => void): void {
    this.hearOpening.push(hear);
  }

  /** Numbers since the process began, and of this moment. */
  get figures() {
    const { openings, failures } = this.life;
    const { asked } = this.shortages;
    return { ...this.counted.of(this.counters), waiting: this.queue.size, asked, pruned: this.chores.pruned, openings, failures };
  }

  /** Of the last opening: what was durable stays readable while the store is away. */
  protected override get memory(): Memory | undefined {
    return this.life.memory;
  }

  private position(): { readonly slot: Slot; readonly version: number } {
    return { slot: this.slot, version: this.version };
  }

  private work<T>(work: Work & { readonly end: Promise<T> }): Promise<T> {
    this.lane.add(work);
    return work.end;
  }

  private committed(group: Group, changed: ReadonlySet<string>): void {
    if (this.counted.add(group)) this.life.wrote();
    if (changed.size > 0) for (const hear of this.hearChange) hear(changed);
  }
}
