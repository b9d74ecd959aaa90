import type { Cancel, Clock } from '../../src/runtime/clock.js';

interface Timer {
  readonly due: number;
  readonly order: number;
  readonly run: () => void;
}

/** More rounds than any honest chain of continuations needs: past it, two sides are waking each other for ever. */
const MAX_ROUNDS = 10_000;

/**
 * A clock that only moves when a test says so.
 *
 * - `advance` runs due timers in order of their due time, then of their creation; each one sees its own due time.
 * - `soon` waits in order for `flush` (or for `settle` and `pass`, which call it).
 * - Chance and bytes come from the seed: the same seed replays the same run.
 */
export class VirtualClock implements Clock {
  private elapsed = 0;
  private order = 0;
  private timers: Timer[] = [];
  private turns: (() => void)[] = [];
  private random: number;

  constructor(
    private wall = Date.UTC(2026, 0, 5, 18, 0, 0),
    seed = 1,
  ) {
    this.random = seed >>> 0;
  }

  now(): number {
    return this.wall + this.elapsed;
  }

  monotonic(): number {
    return this.elapsed;
  }

  after(delayMs: number, run: () => void): Cancel {
    const timer: Timer = { due: this.elapsed + Math.max(0, delayMs), order: this.order++, run };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((other) => other !== timer);
    };
  }

  soon(run: () => void): void {
    this.turns.push(run);
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => Math.floor(this.chance() * 256));
  }

  /** Mulberry32: small, seeded, good enough for jitter. */
  chance(): number {
    this.random = (this.random + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.random ^ (this.random >>> 15), this.random | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** Moves both clocks and runs what falls due on the way, without leaving the current turn. */
  advance(ms: number): void {
    const target = this.elapsed + ms;
    for (let next = this.nextDue(target); next !== undefined; next = this.nextDue(target)) this.fire(next);
    this.elapsed = target;
  }

  /** The wall clock is set to another time, as a person or NTP does; the monotonic clock does not notice. */
  jump(ms: number): void {
    this.wall += ms;
  }

  /** Runs what `soon` holds now, in order; what these calls add waits for the next flush. Tells how many ran. */
  flush(): number {
    const turns = this.turns;
    this.turns = [];
    for (const run of turns) run();
    return turns.length;
  }

  /** Lets promises and `soon` run until nothing moves without time passing. */
  async settle(): Promise<void> {
    for (let round = 0; round < MAX_ROUNDS; round++) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      if (this.flush() === 0) return;
    }
    throw new Error(`no rest after ${MAX_ROUNDS} rounds`);
  }

  /** `advance` with a `settle` around every timer, so that promises move between two of them. */
  async pass(ms: number): Promise<void> {
    const target = this.elapsed + ms;
    await this.settle();
    for (let next = this.nextDue(target); next !== undefined; next = this.nextDue(target)) {
      this.fire(next);
      await this.settle();
    }
    this.elapsed = target;
  }

  /** Timers still armed: zero when everything was cancelled as it should. */
  get armed(): number {
    return this.timers.length;
  }

  private nextDue(target: number): Timer | undefined {
    return this.timers
      .filter((timer) => timer.due <= target)
      .toSorted((a, b) => a.due - b.due || a.order - b.order)
      .at(0);
  }

  private fire(timer: Timer): void {
    this.timers = this.timers.filter((other) => other !== timer);
    this.elapsed = Math.max(this.elapsed, timer.due);
    timer.run();
  }
}
