/**
 * The write lane: one transaction in flight, and everything decided meanwhile gathers for the next one (A5).
 *
 * J1. Nothing is answered or shown before the transaction that carries it has committed (A2).
 * J2. No timer: an idle lane flushes at the end of the event-loop turn, a busy one as soon as the previous commit returns.
 * J3. A refused group is taken apart (see `GroupSender`).
 * J4. Everything is bounded: a group, and all that waits for one (A7).
 * J5. Rows of modules without aggregates go through the same lane, between two groups (see `RowLane`).
 */
import type { Clock } from '../clock.js';
import type { Ticket } from '../aggregate/ticket.js';
import { GroupSender } from './group-sender.js';
import { Group, type Writer } from './group.js';
import type { TableSchema } from './rows.js';
import type { SnapshotWrite, Storage } from './storage.js';

export interface JournalLimits {
  /** Demandes in one transaction. Raising it lengthens the worst answer, not the throughput. */
  readonly group: number;
  /** Demandes decided or waiting anywhere in this instance; each holds about 2 kB until answered. */
  readonly queue: number;
}

/** Work that needs the lane for itself: rows of plain modules, the relay. */
export interface LaneWork {
  run(): Promise<void>;
}

/** Someone who found the group full. */
export interface Waiting extends Writer {
  drain(): void;
}

export class Journal {
  private open: Group;
  private flight: Group | undefined;
  private busy = false;
  private scheduled = false;
  private lastWasWork = false;
  private pausedUntil = 0;
  private pauseMs = 0;
  private readonly works: LaneWork[] = [];
  private readonly waiting = new Set<Waiting>();
  private idle: (() => void)[] = [];
  /** Demandes taken in and not yet answered, in the whole instance. */
  outstanding = 0;
  commits = 0;
  /** Demandes answered by those commits. */
  carried = 0;
  /** Facts in them. */
  written = 0;
  /** Called after each commit that wrote facts: the relay's cue. */
  onCommitted: () => void = () => {};

  private readonly sender: GroupSender;

  constructor(
    storage: Storage,
    schemas: ReadonlyMap<string, TableSchema>,
    private readonly clock: Clock,
    readonly limits: JournalLimits,
    private readonly report: (message: string, error: unknown) => void,
  ) {
    this.open = new Group(clock.monotonic());
    this.sender = new GroupSender(storage, schemas, {
      landed: (group, facts) => this.landed(group, facts),
      told: (facts) => facts > 0 && this.onCommitted(),
      unstage: (writer) => this.unstage(writer),
      pause: () => this.pause(),
      report,
    });
  }

  /** Groups that a guard refused. */
  get conflicts(): number {
    return this.sender.conflicts;
  }

  /** True when no more decision fits into the group that is gathering. */
  get full(): boolean {
    return this.open.size >= this.limits.group;
  }

  /** Drains `one` once when the gathering group has room again. */
  whenRoom(one: Waiting): void {
    this.waiting.add(one);
  }

  /** Adds a decision to the next transaction. */
  stage(writer: Writer, ticket: Ticket): void {
    this.open.add(writer, ticket);
    this.schedule();
  }

  /** Takes back what a writer staged and the lane has not sealed yet; in order. */
  unstage(writer: Writer): Ticket[] {
    return this.open.remove(writer);
  }

  /** True while a transaction carries decisions of this writer. */
  carries(writer: Writer): boolean {
    return (this.flight?.tickets(writer).length ?? 0) > 0;
  }

  /** True while anything of this writer is staged or in a transaction. */
  holds(writer: Writer): boolean {
    return this.carries(writer) || this.open.tickets(writer).length > 0;
  }

  /** Queues work for the lane; it alternates with groups, so neither starves the other. */
  enqueue(work: LaneWork): void {
    this.works.push(work);
    this.schedule();
  }

  /** Writers with something in the lane, or waiting for room in it: what the deadline sweep looks at. */
  *writersInside(): IterableIterator<Writer> {
    if (this.flight !== undefined) yield* this.flight.writers();
    yield* this.open.writers();
    yield* this.waiting;
  }

  /** Tickets of a writer that a transaction carries, and those that only wait for one. */
  ticketsInside(writer: Writer): { readonly sent: readonly Ticket[]; readonly staged: readonly Ticket[] } {
    return { sent: this.flight?.tickets(writer) ?? [], staged: this.open.tickets(writer) };
  }

  /** Resolves when nothing is staged, in flight or queued. */
  drained(): Promise<void> {
    if (!this.busy && this.open.size === 0 && this.works.length === 0) return Promise.resolve();
    return new Promise((resolve) => this.idle.push(resolve));
  }

  private schedule(): void {
    if (this.busy || this.scheduled) return;
    this.scheduled = true;
    const pause = this.pausedUntil - this.clock.monotonic();
    const wake = (): void => {
      this.scheduled = false;
      void this.pump();
    };
    if (pause > 0) this.clock.after(pause, wake);
    else this.clock.soon(wake);
  }

  private async pump(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    const work = this.works.length > 0 && (!this.lastWasWork || this.open.size === 0) ? this.works.shift() : undefined;
    this.lastWasWork = work !== undefined;
    try {
      if (work !== undefined) await work.run();
      else if (this.open.size > 0) await this.flush();
    } catch (error) {
      // Neither a group nor a work may take the lane down: every known failure is handled below this line.
      this.report('The write lane met an error that nothing handles', error);
      this.pause();
    }
    this.busy = false;
    if (this.open.size > 0 || this.works.length > 0) return this.schedule();
    for (const resolve of this.idle.splice(0)) resolve();
  }

  private async flush(): Promise<void> {
    const group = this.open;
    const snapshots: SnapshotWrite[] = [];
    for (const writer of group.writers()) {
      const snapshot = writer.seal();
      if (snapshot !== undefined) snapshots.push(snapshot);
    }
    this.flight = group;
    this.open = new Group(this.clock.monotonic());
    const waiting = [...this.waiting];
    this.waiting.clear();
    const sent = this.sender.send(group, snapshots);
    // While the database writes this group, those that found it full fill the next one.
    for (const one of waiting) one.drain();
    await sent;
    this.flight = undefined;
  }

  /** Before anyone is told: a process that crashed meanwhile waits for this very moment to be rebuilt. */
  private landed(group: Group, facts: number): void {
    this.pauseMs = 0;
    this.flight = undefined;
    this.commits++;
    this.carried += group.size;
    this.written += facts;
  }

  /** Waits before the next attempt, longer each time up to a second, so that a database that is down is not hammered. */
  private pause(): void {
    this.pauseMs = Math.min(1000, Math.max(25, this.pauseMs * 2));
    this.pausedUntil = this.clock.monotonic() + this.pauseMs * (0.5 + this.clock.chance() / 2);
  }
}
