import type { Clock } from '../../runtime/clock.js';

/** Least time between two reports of the same words: whoever fails often fills no log. */
const AGAIN_MS = 10_000;
const REMEMBERED = 256;

export type Report = (message: string, error?: unknown) => void;

/** `report`, but the same message at most once in 10 s. */
export function sparing(report: Report, clock: Pick<Clock, 'monotonic'>): Report {
  const told = new Map<string, number>();
  return (message, error) => {
    const now = clock.monotonic();
    if (now - (told.get(message) ?? -Infinity) < AGAIN_MS) return;
    told.delete(message);
    told.set(message, now);
    if (told.size > REMEMBERED) told.delete(told.keys().next().value!);
    report(message, error);
  };
}
