import type { Clock } from './runtime/clock.js';

/** What a signal means. */
export type Order = 'leave' | 'nothing' | 'force';

/** Ctrl-C reaches the process group, and npm forwards it: within this time it is one and the same order. */
const SAME_MS = 2000;

/**
 * Reads signals: the first one asks for a planned leave, the same one again within 2 s is its echo, a later or another one
 * means that whoever sends it will not wait.
 */
export function signalReader(clock: Clock): (signal: string) => Order {
  let first: { readonly signal: string; readonly at: number } | undefined;
  return (signal) => {
    const now = clock.monotonic();
    if (first === undefined) {
      first = { signal, at: now };
      return 'leave';
    }
    return signal === first.signal && now - first.at < SAME_MS ? 'nothing' : 'force';
  };
}
