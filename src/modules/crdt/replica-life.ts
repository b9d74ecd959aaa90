/** A replica's store: opened, opened anew when it failed, given back at the end. What was durable stays readable meanwhile. */
import type { Cancel, Clock } from '../../runtime/clock.js';
import type { Chores } from './replica-chores.js';
import type { Lane } from './replica-lane.js';
import { Memory } from './replica-memory.js';
import { type Store, StoreBusy } from './store.js';

/** How soon a store in other hands is tried again: its holder may be killed any moment. */
const BUSY_MS = 250;
const LONGEST_PAUSE_MS = 2000;

/** `busy`: another process holds the store. `failed`: it cannot be opened or written; tried again. */
export type ReplicaState = 'closed' | 'open' | 'busy' | 'failed';

export interface LifeDeps {
  readonly id: string;
  readonly store: Store;
  readonly clock: Clock;
  readonly lane: Lane;
  readonly chores: Chores;
  readonly report: (message: string, error?: unknown) => void;
  opened(): void;
}

export class ReplicaLife {
  state: ReplicaState = 'closed';
  lastError: string | undefined;
  /** Of the last opening. */
  memory: Memory | undefined;
  openings = 0;
  failures = 0;
  private life = 0;
  private running = false;
  private pauseMs = BUSY_MS;
  private reported: string | undefined;
  private retry: Cancel | undefined;
  private opening: Promise<void> = Promise.resolve();
  private closing: Promise<void> = Promise.resolve();

  constructor(private readonly deps: LifeDeps) {}

  start(): void {
    if (this.running) return;
    this.running = true;
    this.pauseMs = BUSY_MS;
    this.begin(++this.life);
  }

  /** Lets the commit in flight end, then gives the store back. */
  stop(): Promise<void> {
    if (this.running) this.closing = this.shut();
    return this.closing;
  }

  /** Nothing that is not durable is believed any more: the store is opened anew, under a new slot. */
  fall(error: unknown): void {
    if (!this.running || this.state !== 'open') return;
    this.failures++;
    this.leave(error instanceof Error ? error : new Error(String(error)));
    this.wait(error);
  }

  /**
   * The store belongs to this club from now on. If it was another's, what waits is told so, and it begins anew at once, under a new slot. When this
   * resolves, nothing of the other club is shown any more.
   */
  async belong(club: string): Promise<void> {
    await this.opening;
    try {
      if ((await this.deps.store.belong(club)) || !this.running || this.state !== 'open') return;
      this.leave(new Error('these counters are those of another club'));
      this.state = 'failed';
      this.memory = undefined;
      this.begin(this.life);
      await this.opening;
    } catch (error) {
      this.fall(error);
    }
  }

  /** The store was written: what may have ailed it is over. */
  wrote(): void {
    this.pauseMs = BUSY_MS;
    this.reported = undefined;
  }

  private leave(error: Error): void {
    this.deps.chores.stop();
    this.deps.lane.shut(error);
  }

  private async shut(): Promise<void> {
    const { lane, store } = this.deps;
    this.running = false;
    this.life++;
    this.state = 'closed';
    this.retry?.();
    const error = new Error('the counters are stopped');
    this.leave(error);
    await this.opening;
    await lane.still();
    // What was in that commit has been answered by now: nothing is left to wake up for.
    lane.shut(error);
    await store.close();
  }

  /** A store that is being given back is not opened before it is. */
  private begin(life: number): void {
    this.opening = this.closing.then(() => this.open(life));
  }

  private async open(life: number): Promise<void> {
    const { id, store, clock, lane, chores } = this.deps;
    await lane.still();
    if (life !== this.life) return;
    try {
      const loaded = await store.open();
      if (life !== this.life) return;
      this.memory = new Memory(id, loaded, clock);
      this.state = 'open';
      this.lastError = undefined;
      this.openings++;
      if (loaded.aside !== undefined) this.deps.report(loaded.aside);
      if (loaded.doubt !== undefined) this.deps.report(`Rights left in former slots stay frozen until a recount: ${loaded.doubt}`);
      lane.open(this.memory);
      chores.start();
      this.deps.opened();
    } catch (error) {
      if (life === this.life) this.wait(error);
    }
  }

  private wait(error: unknown): void {
    const busy = error instanceof StoreBusy;
    this.state = busy ? 'busy' : 'failed';
    this.lastError = error instanceof Error ? error.message : String(error);
    if (this.lastError !== this.reported) this.deps.report('The store of the counters cannot be used; trying again', error);
    this.reported = this.lastError;
    const pause = busy ? BUSY_MS : this.pauseMs;
    if (!busy) this.pauseMs = Math.min(LONGEST_PAUSE_MS, this.pauseMs * 2);
    const { life } = this;
    this.retry = this.deps.clock.after(pause, () => this.begin(life));
  }
}
