import type { Clock } from '../clock.js';
import { isBusy } from './failures.sqlite.js';

/**
 * Repeats what finds the file locked, at random moments about a millisecond apart, until it is `enough` of the milliseconds that have passed:
 * SQLite's own wait starves some processes.
 */
export async function patiently<T>(clock: Clock, enough: (passedMs: number) => boolean, attempt: () => Promise<T>): Promise<T> {
  const began = clock.monotonic();
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!isBusy(error) || enough(clock.monotonic() - began)) throw error;
      await new Promise<void>((resolve) => clock.after(1 + clock.chance(), resolve));
    }
  }
}

/** Urgent work comes again by its own rhythm: of a file that seems frozen it takes no more than this from the demandes that wait behind it. */
const URGENT_MS = 60;

export interface LockLimits {
  /** How long a lock is asked for. Raising it: of a file that stays locked more demandes are told `unknown` rather than `not_executed`. */
  readonly retryForMs: number;
  /** It is asked for longer while this process held it so recently: the others are busy, not frozen. Lowering it: a slow disk makes demandes fail. */
  readonly frozenAfterMs: number;
}

/** The write lock of the file, as one process gets it among several. */
export class WriteLock {
  private heldAt = 0;

  constructor(
    private readonly clock: Clock,
    private readonly limits: LockLimits,
    private readonly crowded: () => boolean,
  ) {}

  /** Runs what takes the lock, until it has it or the file seems frozen. */
  async take<T>(attempt: () => Promise<T>, urgent = false): Promise<T> {
    const { retryForMs, frozenAfterMs } = this.limits;
    const enough = (passedMs: number): boolean =>
      this.clock.monotonic() - this.heldAt >= frozenAfterMs && passedMs >= (urgent && this.crowded() ? URGENT_MS : retryForMs);
    const result = await patiently(this.clock, enough, attempt);
    this.heldAt = this.clock.monotonic();
    return result;
  }
}
