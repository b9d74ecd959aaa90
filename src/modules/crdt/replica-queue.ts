/** Operations between their arrival and their answer: bounded in number, and none is kept past its deadline. */
import type { Refusal } from '../../runtime/aggregate/aggregate.js';
import type { Envelope, Outcome } from '../../runtime/aggregate/outcome.js';
import type { Cancel, Clock } from '../../runtime/clock.js';
import type { Slot } from './pn-counter.js';
import type { CounterAnswer, Operation } from './operations.js';

/** What a caller of the replica gets; `slot` and `version` say what a peer must hold to hold the operation. */
export interface Answered {
  readonly outcome: Outcome<CounterAnswer>;
  readonly slot: Slot;
  readonly version: number;
}

/** An answer leaves this much before its deadline, so that it arrives in time. */
export const ANSWER_MS = 20;
/** How soon to ask again while the store cannot be written. */
const RETRY_MS = 1000;
/** How soon to ask again when too much waits. */
const OVERLOADED_RETRY_MS = 250;

/** One operation that waits. */
export class Pending {
  answered = false;
  /** In a commit: whether it takes effect is for the store to say. */
  sent = false;
  /** How often others were asked for rights on its behalf. */
  asked = 0;
  /** The refusal that it gets when nobody gives the rights that it lacks. */
  refusal: Refusal | undefined;

  constructor(
    readonly envelope: Envelope,
    readonly operation: Operation,
    readonly resolve: (answered: Answered) => void,
  ) {}
}

export class Queue {
  /** Everything unanswered, wherever it is. */
  private readonly all = new Set<Pending>();
  private waiting: Pending[] = [];
  private alarm: { readonly at: number; readonly cancel: Cancel } | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly limit: number,
    private readonly position: () => { readonly slot: Slot; readonly version: number },
  ) {}

  /** Unanswered operations. */
  get size(): number {
    return this.all.size;
  }

  get full(): boolean {
    return this.all.size >= this.limit;
  }

  /** True when something waits to be decided. */
  get ready(): boolean {
    return this.waiting.length > 0;
  }

  add(pending: Pending): void {
    this.all.add(pending);
    this.waiting.push(pending);
    this.wakeAt(pending.envelope.deadline);
  }

  /** Puts back, ahead of those that came later. */
  again(those: Iterable<Pending>): void {
    const back = [...those].filter((pending) => !pending.answered);
    for (const pending of back) pending.refusal = undefined;
    this.waiting = [...back, ...this.waiting];
  }

  /** The next operations to decide; late ones are answered instead. */
  take(most: number): Pending[] {
    const taken = this.waiting.splice(0, most);
    const now = this.clock.monotonic() + ANSWER_MS;
    for (const pending of taken) if (pending.envelope.deadline <= now) this.late(pending);
    return taken.filter((pending) => !pending.answered);
  }

  answer(pending: Pending, answered: Answered): void {
    if (pending.answered) return;
    pending.answered = true;
    this.all.delete(pending);
    pending.resolve(answered);
  }

  /** Says that the store could not be written; `unknown` when it may have been. */
  unavailable(pending: Pending, effect: 'not_executed' | 'unknown' = 'not_executed'): void {
    this.answer(pending, unavailable(effect, this.position()));
  }

  /** Says that too much waits; nothing was done. */
  overloaded(pending: Pending): void {
    this.answer(pending, overloaded(this.position()));
  }

  /** Nothing will be decided for now: all that is not in a commit is told so. */
  dismiss(): void {
    this.waiting = [];
    for (const pending of this.all) if (!pending.sent) this.unavailable(pending);
    if (this.all.size > 0) return;
    this.alarm?.cancel();
    this.alarm = undefined;
  }

  private expire(): void {
    const now = this.clock.monotonic() + ANSWER_MS;
    let next = Infinity;
    for (const pending of this.all) {
      const { deadline } = pending.envelope;
      if (deadline > now) next = Math.min(next, deadline);
      else this.late(pending);
    }
    if (next < Infinity) this.wakeAt(next);
  }

  private late(pending: Pending): void {
    if (pending.sent) this.unavailable(pending, 'unknown');
    else if (pending.refusal === undefined) this.unavailable(pending);
    else this.answer(pending, { outcome: { is: 'refused', refusal: pending.refusal }, ...this.position() });
  }

  private wakeAt(deadline: number): void {
    if (this.alarm !== undefined && this.alarm.at <= deadline) return;
    this.alarm?.cancel();
    const delay = Math.max(0, deadline - ANSWER_MS - this.clock.monotonic());
    const cancel = this.clock.after(delay, () => {
      this.alarm = undefined;
      this.expire();
    });
    this.alarm = { at: deadline, cancel };
  }
}

export function overloaded(position: { readonly slot: Slot; readonly version: number }): Answered {
  return { outcome: { is: 'overloaded', retryAfterMs: OVERLOADED_RETRY_MS }, ...position };
}

export function unavailable(effect: 'not_executed' | 'unknown', position: { readonly slot: Slot; readonly version: number }): Answered {
  return { outcome: { is: 'unavailable', effect, retryAfterMs: RETRY_MS }, ...position };
}
