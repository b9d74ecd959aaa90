import type { RowChange } from '../outbox/rows.js';
import type { Fact } from './aggregate.js';
import type { Alarm } from './alarms.js';
import type { Apart } from './held.js';
import type { Envelope, Outcome } from './outcome.js';

/** What was decided for a demande, on a staged state: true only once the group that carries it is committed. */
export interface Decision {
  readonly facts: readonly Fact[];
  /** Version of the stream before and after. */
  readonly from: number;
  readonly to: number;
  readonly instant: number;
  readonly changes: readonly RowChange[];
  /** What the caller will be told after the commit. Only `done` leaves a trace. */
  readonly outcome: Outcome;
  /** For a kind with companions. */
  readonly apart: Apart | undefined;
}

/** One demande from arrival to answer. It is answered once; whatever comes later finds it answered. */
export class Ticket {
  answered = false;
  /** Set when staged; cleared when the staged state it rests on is dropped. */
  decision: Decision | undefined;
  /** Times a fence was lost under it: twice is a 503, not a loop. */
  lostFences = 0;
  /** True while a lost commit may have carried it: it must be looked up before it may be decided again. */
  ambiguous = false;

  constructor(
    readonly demande: { readonly type: string },
    readonly envelope: Envelope,
    private readonly resolve: (outcome: Outcome) => void,
  ) {}

  settle(outcome: Outcome): void {
    if (this.answered) return;
    this.answered = true;
    this.resolve(outcome);
  }

  /** Answers because time is up: a proof when nothing can have happened, else a confession. */
  expire(maybeExecuted: boolean): void {
    this.settle({ is: 'unavailable', effect: maybeExecuted || this.ambiguous ? 'unknown' : 'not_executed', retryAfterMs: 1000 });
  }
}

/**
 * A timer that is applied. Nobody waits for its answer and nothing ends its time; it never goes back to a mailbox: a rebuild finds its timer armed again.
 * Its id is the timer's own, so that one timer has one effect, whoever applies it and however often.
 */
export class Ring extends Ticket {
  constructor(
    readonly alarm: Alarm,
    instant: number,
    rung: Map<string, number>,
  ) {
    const { demande } = alarm;
    const id = `reveil-${alarm.stream}-${alarm.name}-${alarm.due}`;
    super(demande, { scope: 'machine', id, minted: false, acteur: 'machine', instant, hash: id, deadline: Infinity }, (outcome) => {
      if (outcome.is === 'done' && !outcome.replayed) rung.set(demande.type, (rung.get(demande.type) ?? 0) + 1);
    });
  }
}
