/**
 * What a supervisor starts, watches and stops. A data source, a listener, a family of aggregates and a supervisor are all children.
 *
 * The supervisor's side of the contract:
 *
 * - C1 a child has at most one life at a time, and every life has a number that is never used again.
 * - C2 `stop` of a `Running` is called exactly once, whatever ended that life, and before the next life starts.
 * - C3 nothing waits longer than `startMs` and `stopMs`. A life that ignores its signal past them is left behind: JavaScript cannot
 *   kill it, so it must compare `signal.aborted` after each `await` before it touches anything shared.
 * - C4 what an old life still says is ignored.
 */
import type { ExitReason, RestartType } from './restart-policy.js';
import type { Family } from './family.js';

/** One life, as the child sees it. */
export interface ChildContext {
  readonly life: number;
  /** Aborted as soon as this life is over: ordered to stop, reported as ended, or too late in starting. */
  readonly signal: AbortSignal;
  /** The child tells that this life ended by itself. Only the first call counts; it may come before `start` has returned. */
  exit(reason: ExitReason): void;
}

/** A life that started. */
export interface Running {
  /** Lets go of everything. A rejection is reported and changes nothing: the life is over either way. */
  stop(): Promise<void> | void;
  /** The processes that live under this child, when it is a family. */
  readonly family?: Family;
}

export interface Child {
  /** Unique among its siblings, without a dot: paths are names joined by dots. */
  readonly name: string;
  /** Default `permanent`. */
  readonly restart?: RestartType;
  /** Default 30 s. Raising it lets a start that hangs hold back everything that starts after it for longer. */
  readonly startMs?: number;
  /** Default 5 s, as OTP. Raising it makes a stop that hangs delay the whole shutdown by as much. */
  readonly stopMs?: number;
  /** Starts one life. A rejection is a failed start: nothing of it may be left behind. */
  start(context: ChildContext): Promise<Running> | Running;
}

export const DEFAULT_START_MS = 30_000;
export const DEFAULT_STOP_MS = 5_000;

export type ChildState = 'starting' | 'running' | 'stopping' | 'stopped';

/** What happened in the tree, for logs and metrics. Ids and numbers only, but for `why`, which is an error's own message. */
export interface SupervisionEvent {
  readonly path: string;
  readonly what: 'started' | 'start_failed' | 'exited' | 'restarting' | 'stopped' | 'stop_failed' | 'gave_up';
  readonly life: number;
  readonly why?: string;
}
