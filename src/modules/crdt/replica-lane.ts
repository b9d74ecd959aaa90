/**
 * The write lane of a replica: one commit in flight, and everything asked meanwhile gathers for the next one.
 *
 * W1. Nothing is answered, shown or remembered before the commit that carries it is durable.
 * W2. What a failed commit carried is dropped whole; the lane stays shut until the store has been opened anew, under a new slot.
 * W3. No timer: an idle lane commits at the end of the event-loop turn, a busy one as soon as the previous commit returns.
 */
import type { Clock } from '../../runtime/clock.js';
import type { Slot } from './pn-counter.js';
import { pooled } from './chance-pool.js';
import { demandeKey, Group, type Recalled, type Work } from './replica-group.js';
import type { Memory } from './replica-memory.js';
import { ANSWER_MS, type Pending, type Queue } from './replica-queue.js';
import { type Movement, type Store, StoreFailed } from './store.js';

/** Operations in one commit. Raising it lengthens the worst answer, not the throughput. */
const GROUP = 4096;
/** Deltas, gifts and the like in one commit, and at most as many commits' worth of them waiting. */
const WORKS = 64;
const WAITING_WORKS = 1024;
/** How often others are asked for rights for one operation. */
const ASKS = 2;

/** What the lane tells: never before it is durable. */
export interface LaneEvents {
  committed(group: Group, changed: ReadonlySet<string>): void;
  /** Operations that lack rights, with how many. */
  short(those: ReadonlyMap<Pending, bigint>): void;
  /** The store did not write: the lane is shut. */
  failed(error: unknown): void;
  /** Whether anyone may be asked for rights. */
  asks(): boolean;
}

export class Lane {
  private memory: Memory | undefined;
  private works: Work[] = [];
  private errands: ((memory: Memory) => Promise<void>)[] = [];
  private busy = false;
  private scheduled = false;
  private idle: (() => void)[] = [];
  private readonly ids: Clock;

  constructor(
    private readonly store: Store,
    private readonly clock: Clock,
    private readonly queue: Queue,
    private readonly events: LaneEvents,
  ) {
    this.ids = pooled(clock);
  }

  open(memory: Memory): void {
    this.memory = memory;
    this.wake();
  }

  /** Nothing more is begun; all that waits is told so. */
  shut(error: Error): void {
    this.memory = undefined;
    this.queue.dismiss();
    for (const work of this.works.splice(0)) work.failed(error);
    this.errands = [];
  }

  /** Resolves when no commit is in flight. */
  still(): Promise<void> {
    return this.busy ? new Promise((resolve) => this.idle.push(resolve)) : Promise.resolve();
  }

  wake(): void {
    if (this.busy || this.scheduled || this.memory === undefined) return;
    this.scheduled = true;
    this.clock.soon(() => {
      this.scheduled = false;
      void this.pump();
    });
  }

  /** Adds work to the next commit. */
  add(work: Work): void {
    if (this.memory === undefined) return work.failed(new StoreFailed('not_executed', 'the store of the counters is not open'));
    if (this.works.length >= WAITING_WORKS) return work.failed(new StoreFailed('not_executed', 'too much replication work is waiting'));
    this.works.push(work);
    this.wake();
  }

  /** Runs `errand` between two commits; it is forgotten when the lane is shut, or shuts first. */
  between(errand: (memory: Memory) => Promise<void>): void {
    if (this.memory === undefined) return;
    this.errands.push(errand);
    this.wake();
  }

  private async pump(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    for (let memory = this.memory; memory !== undefined && this.waiting; memory = this.memory) {
      const pendings = this.queue.take(GROUP);
      const works = this.works.splice(0, WORKS);
      try {
        await this.errands.shift()?.(memory);
        await this.turn(memory, pendings, works);
      } catch (error) {
        this.fail(error, pendings, works);
      }
    }
    this.busy = false;
    for (const resolve of this.idle.splice(0)) resolve();
  }

  private get waiting(): boolean {
    return this.queue.ready || this.works.length > 0 || this.errands.length > 0;
  }

  private async turn(memory: Memory, pendings: readonly Pending[], works: readonly Work[]): Promise<void> {
    const recalled = await this.recall(pendings);
    await this.restore(memory, pendings, works);
    const group = new Group(memory, this.ids);
    for (const pending of pendings) if (!pending.answered) group.decide(pending, recalled, this.mayAsk(pending));
    const staged = this.stage(group, works);
    if (!group.empty) await this.commit(group);
    const changed = memory.remember(group);
    for (const { pending, answer } of group.answers) this.queue.answer(pending, answer);
    for (const work of staged) work.done();
    this.events.committed(group, changed);
    if (group.short.size > 0) this.events.short(group.short);
  }

  private async commit(group: Group): Promise<void> {
    for (const { pending, rests } of group.answers) pending.sent = rests === 'commit';
    try {
      await this.store.commit(group.batch());
    } catch (error) {
      const effect = error instanceof StoreFailed ? error.effect : 'unknown';
      for (const { pending, answer, rests } of group.answers) {
        if (rests === 'earlier') this.queue.answer(pending, answer);
        else this.queue.unavailable(pending, rests === 'commit' ? effect : 'not_executed');
      }
      throw error;
    }
  }

  private stage(group: Group, works: readonly Work[]): Work[] {
    const staged: Work[] = [];
    const later: Work[] = [];
    for (const work of works) {
      try {
        (work.stage(group) ? staged : later).push(work);
      } catch (error) {
        work.failed(error);
      }
    }
    this.works = [...later, ...this.works];
    return staged;
  }

  private fail(error: unknown, pendings: readonly Pending[], works: readonly Work[]): void {
    for (const pending of pendings) this.queue.unavailable(pending);
    const failure = error instanceof Error ? error : new Error(String(error));
    for (const work of works) work.failed(failure);
    this.shut(failure);
    this.events.failed(error);
  }

  /** One query for the ids that somebody chose, one for the movements to undo. */
  private async recall(pendings: readonly Pending[]): Promise<Recalled> {
    const ids: (readonly [string, string])[] = [];
    const undone = new Set<string>();
    for (const { envelope, operation } of pendings) {
      if (!envelope.minted) ids.push([envelope.scope, envelope.id]);
      if (operation.type === 'undo') undone.add(operation.movement);
    }
    const answered = ids.length === 0 ? [] : await this.store.answered(ids);
    const named = undone.size === 0 ? [] : await this.store.named([...undone]);
    return {
      answered: new Map(answered.map((one): [string, Movement] => [demandeKey(one.scope, one.operation), one])),
      named: new Map(named.map((one): [string, Movement] => [one.id, one])),
    };
  }

  /** Brings back the entries of archived slots that are about to change. */
  private async restore(memory: Memory, pendings: readonly Pending[], works: readonly Work[]): Promise<void> {
    const needed = new Set<Slot>(works.flatMap((work) => work.needs(memory)));
    for (const { operation } of pendings) {
      if (operation.type === 'recount') for (const slot of memory.holding(operation.product)) needed.add(slot);
    }
    for (const slot of needed) {
      if (memory.counters.vector.get(slot)?.archived !== true) continue;
      const rows = await this.store.rowsOf(slot);
      await this.store.restore(slot);
      memory.counters.restore(slot, rows);
      memory.touched.set(slot, this.clock.monotonic());
    }
  }

  private mayAsk({ asked, envelope }: Pending): boolean {
    return this.events.asks() && asked < ASKS && envelope.deadline - 2 * ANSWER_MS > this.clock.monotonic();
  }
}
