import type { Clock } from '../clock.js';
import { isBusy } from './failures.sqlite.js';

/** Repeats what finds the file locked, at random moments about a millisecond apart, for at most `forMs`: SQLite's own wait starves some processes. */
export async function patiently<T>(clock: Clock, forMs: number, attempt: () => Promise<T>): Promise<T> {
  const end = clock.monotonic() + forMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!isBusy(error) || clock.monotonic() >= end) throw error;
      await new Promise<void>((resolve) => clock.after(1 + clock.chance(), resolve));
    }
  }
}
