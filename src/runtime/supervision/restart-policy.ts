/**
 * Who restarts when a child exits, and when to give up. Pure: time comes in as an argument, nothing is started here.
 *
 * Semantics are OTP's (Erlang/OTP Design Principles, "Supervisor Behaviour", and `supervisor.erl`):
 *
 * - R1 `one_for_one` restarts the child that exited; `one_for_all` every child; `rest_for_one` that child and those started after it.
 * - R2 a `permanent` child is always restarted, a `transient` one only after an abnormal exit, a `temporary` one never,
 *   not even when a sibling's exit takes it down.
 * - R3 **more than** `restarts` restarts within `periodMs` is giving up. The window slides: it looks back from each exit,
 *   so no burst can hide across a boundary, as it can in a window that tumbles.
 */

export type Strategy = 'one_for_one' | 'one_for_all' | 'rest_for_one';

export type RestartType = 'permanent' | 'transient' | 'temporary';

/** Raising it lets a broken part burn more before its supervisor gives up; lowering it turns a hiccup into a wider restart. */
export interface Intensity {
  readonly restarts: number;
  readonly periodMs: number;
}

/** How a life ended. `shutdown` is an end on purpose: by its supervisor's order, or because it gave up on its own children. */
export type ExitReason =
  { readonly is: 'normal' } | { readonly is: 'shutdown'; readonly because: string } | { readonly is: 'error'; readonly error: unknown };

/** Instants of the restarts that still count, oldest first; never longer than the intensity. */
export type Window = readonly number[];

/** R2, for the child that exited by itself. */
export function needsRestart(type: RestartType, reason: ExitReason): boolean {
  switch (type) {
    case 'permanent':
      return true;
    case 'transient':
      return reason.is === 'error';
    case 'temporary':
      return false;
  }
}

/** R1: the children that fall with `exited`, itself included, in start order. Stop them in reverse, start them in this order. */
export function fallsWith<Child>(strategy: Strategy, children: readonly Child[], exited: Child): readonly Child[] {
  const place = children.indexOf(exited);
  if (place < 0) throw new Error('the child that exited is not one of the children');
  switch (strategy) {
    case 'one_for_one':
      return [exited];
    case 'one_for_all':
      return children;
    case 'rest_for_one':
      return children.slice(place);
  }
}

/** R3: the window with one more restart at `now` (monotonic milliseconds), or `give_up`. A restart exactly `periodMs` ago still counts. */
export function admit(window: Window, now: number, intensity: Intensity): Window | 'give_up' {
  const counting = window.filter((instant) => instant >= now - intensity.periodMs);
  return counting.length < intensity.restarts ? [...counting, now] : 'give_up';
}

/** One line for logs, the tree's page and an operator; never a stack. */
export function explain(reason: ExitReason): string {
  switch (reason.is) {
    case 'normal':
      return 'normal';
    case 'shutdown':
      return `shutdown: ${reason.because}`;
    case 'error':
      return message(reason.error);
  }
}

const MAX_MESSAGE = 200;

function message(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return text.length > MAX_MESSAGE ? `${text.slice(0, MAX_MESSAGE - 1)}…` : text;
}
