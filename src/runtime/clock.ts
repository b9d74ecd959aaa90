import { randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';

/**
 * The only door to time and chance. Everything else receives a `Clock`, so that a test drives time by hand
 * and a seed replays a run.
 */
export interface Clock {
  /** Wall time in milliseconds since 1970. May jump; never used to measure a duration. */
  now(): number;
  /** Milliseconds of a clock that never goes back: the one for durations, deadlines and windows. */
  monotonic(): number;
  /** Calls `run` once after `delayMs`. The returned function cancels it and may be called at any time. */
  after(delayMs: number, run: () => void): Cancel;
  /** Calls `run` after what the event loop already holds (a turn's arrivals gather before it runs). */
  soon(run: () => void): void;
  /** `length` unpredictable bytes. */
  bytes(length: number): Uint8Array;
  /** A number in [0, 1) for jitter; never for ids or secrets. */
  chance(): number;
}

/** Ends what it was returned for; a second call does nothing. */
export type Cancel = () => void;

/** Real time and real chance. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
  soon: (run) => void setImmediate(run),
  bytes: (length) => randomBytes(length),
  chance: () => Math.random(),
};
