/**
 * The restart budget of one process among a million siblings. Pure: time comes in as an argument.
 *
 * A supervisor's intensity would let one poisoned aggregate take the whole family down; here each process answers for itself:
 *
 * - Q1 up to `restarts` crashes within a sliding `periodMs` restart at once; the next one goes to quarantine.
 * - Q2 each quarantine is twice as long as the one before, from `firstMs` up to `maxMs`.
 * - Q3 after `quietMs` without a crash, counted from its last crash or its release, everything is forgiven.
 *
 * After its release a process has whatever budget the window gives it, rather than a single chance: one bad demande
 * a minute then costs one restart each, not a minute of silence each.
 *
 * A process that never crashed has no state at all (`undefined`), and one forgiven returns to that.
 */
import { admit, type Intensity, type Window } from './restart-policy.js';

/** Raising the budget burns more rebuilds from the database; raising the delays keeps a healed process away for longer. */
export interface CrashPolicy extends Intensity {
  readonly firstMs: number;
  readonly maxMs: number;
  readonly quietMs: number;
}

export const DEFAULT_CRASH_POLICY: CrashPolicy = { restarts: 3, periodMs: 5_000, firstMs: 1_000, maxMs: 60_000, quietMs: 300_000 };

/** What is remembered of a process that crashed. */
export interface CrashBudget {
  readonly window: Window;
  /** Quarantines since it was last forgiven. */
  readonly quarantines: number;
  /** Monotonic instant of its last crash, or of its release when that one sent it to quarantine. */
  readonly since: number;
}

export type CrashVerdict = 'restart' | { readonly quarantineMs: number };

/** The process crashed at `now` (monotonic milliseconds): what to remember, and what to do with it. */
export function crash(
  budget: CrashBudget | undefined,
  now: number,
  policy: CrashPolicy = DEFAULT_CRASH_POLICY,
): { readonly budget: CrashBudget; readonly verdict: CrashVerdict } {
  const { window, quarantines } = remembered(budget, now, policy) ?? { window: [], quarantines: 0 };
  const admitted = admit(window, now, policy);
  if (admitted !== 'give_up') return { budget: { window: admitted, quarantines, since: now }, verdict: 'restart' };
  const quarantineMs = Math.min(policy.maxMs, policy.firstMs * 2 ** quarantines);
  return { budget: { window, quarantines: quarantines + 1, since: now + quarantineMs }, verdict: { quarantineMs } };
}

/** How long it still has to stay away: 0 when it may work. The figure behind `Retry-After`. */
export function quarantineLeft(budget: CrashBudget | undefined, now: number): number {
  return budget === undefined ? 0 : Math.max(0, budget.since - now);
}

/** The budget, or `undefined` once everything is forgiven (Q3): what a sweep keeps. */
export function remembered(
  budget: CrashBudget | undefined,
  now: number,
  policy: CrashPolicy = DEFAULT_CRASH_POLICY,
): CrashBudget | undefined {
  return budget !== undefined && now - budget.since < policy.quietMs ? budget : undefined;
}
