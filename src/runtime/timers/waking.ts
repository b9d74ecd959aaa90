/**
 * Wakes the owner of whatever has a timer due: the leader's duty. What is due is applied by the owner alone (see the activation).
 *
 * T1. Roots are woken in due order: after a downtime what is overdue comes first.
 * T2. At most `OUTSTANDING` calls wait for an answer, and never two for one root, whatever the number of mandates.
 * T3. A root that could not be woken (quarantine, overload, no database, a bug) is asked again after a pause that doubles, it alone: nobody waits for it.
 *     So is one that has the same thing due again, as when its owner's clock is behind.
 * T4. A timer goes by its owner's commit only, and nothing is remembered here but pauses: whoever leads next finds what was not applied. Two leaders for
 *     a while wake for nothing, which changes nothing.
 * T5. After the stop nothing more is read or asked; what is under way may still be answered.
 * T6. Wall time says what is due and nothing else. It is read anew at each look, at most `LOOK_MS` after the last one: a clock that jumps delays no more.
 */
import type { Asks, Envelope, Outcome } from '../aggregate/outcome.js';
import { WAKE } from '../aggregate/wake.js';
import type { Cancel, Clock } from '../clock.js';
import type { DueKey, DueRoot, StoredTimers } from '../outbox/stored-timers.js';
import { concernsStorage } from '../outbox/storage-errors.js';
import { Calls } from './calls.js';
import { Pauses } from './pauses.js';

/** Calls that wait for an answer. Raising it: what is overdue after a downtime takes more of the write lane from people's demandes. */
export const OUTSTANDING = 1_024;
/** Rows of one read. */
export const PAGE = 500;
/** It looks at everything that is due at least this often: another instance may have armed something, a pause may be over. */
export const LOOK_MS = 1_000;
/** Timers due one after another share a look. */
const LULL_MS = 20;
/** What the owner has to answer. */
const BUDGET_MS = 10_000;

export type Kinds = ReadonlyMap<string, Pick<Asks<{ readonly type: string }, unknown>, 'ask'>>;

/** One time of duty. */
interface Duty {
  over: boolean;
  /** What was due up to here has been looked at, this long ago at most: see `fullAt`. */
  upTo: number;
  /** Monotonic instant of the last look at everything. */
  fullAt: number;
  wakeUp: () => void;
}

export class Waking {
  /** Roots woken for something due, and asked again because the time before was in vain. */
  woken = 0;
  retried = 0;
  /** Monotonic instant at which it last got on: a read came back, or an answer. Infinity while it does not run. */
  movedAt = Infinity;
  private duty: Duty | undefined;
  private readonly calls = new Calls(OUTSTANDING);
  private readonly failures: Pauses;
  private readonly inVain: Pauses;
  /** Answered since the page at hand was asked for: what it says of them may be old. */
  private readonly answered = new Set<string>();

  constructor(
    private readonly storage: Pick<StoredTimers, 'dueTimers' | 'nextTimer'>,
    private readonly kinds: Kinds,
    private readonly clock: Clock,
    private readonly report: (message: string, error: unknown) => void,
  ) {
    this.failures = new Pauses(clock);
    this.inVain = new Pauses(clock);
  }

  /** Calls that wait for an answer. */
  get outstanding(): number {
    return this.calls.size;
  }

  /** Wakes from now on, until it is stopped. */
  start(): { stop(): void } {
    this.stop();
    const duty: Duty = { over: false, upTo: -Infinity, fullAt: -Infinity, wakeUp: () => {} };
    this.duty = duty;
    this.movedAt = this.clock.monotonic();
    void this.run(duty);
    return { stop: () => this.end(duty) };
  }

  private stop(): void {
    if (this.duty !== undefined) this.end(this.duty);
  }

  private end(duty: Duty): void {
    duty.over = true;
    if (this.duty === duty) {
      this.duty = undefined;
      this.movedAt = Infinity;
    }
    this.calls.interrupt();
    duty.wakeUp();
  }

  private async run(duty: Duty): Promise<void> {
    while (!duty.over) {
      const restMs = await this.look(duty).catch((error: unknown) => this.failed(error));
      if (!duty.over) await this.sleep(duty, restMs);
    }
  }

  /** A database that cannot be asked is a state. */
  private failed(error: unknown): number {
    if (!concernsStorage(error)) this.report('Waking met an error', error);
    return LOOK_MS;
  }

  private sleep(duty: Duty, ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel: Cancel = this.clock.after(ms, resolve);
      duty.wakeUp = () => {
        cancel();
        resolve();
      };
    });
  }

  /** One walk along what is due: all of it when the last such walk is old, else what fell due since the last one. Tells how long to rest. */
  private async look(duty: Duty): Promise<number> {
    const now = this.clock.now();
    const began = this.clock.monotonic();
    const whole = began - duty.fullAt >= LOOK_MS;
    await this.walk(duty, now, whole ? undefined : [duty.upTo + 1, '']);
    if (duty.over) return 0;
    // Only now: a walk that failed half-way is begun anew.
    if (whole) duty.fullAt = began;
    duty.upTo = now;
    const next = await this.storage.nextTimer(now);
    const untilWhole = duty.fullAt + LOOK_MS - this.clock.monotonic();
    const untilNext = next === undefined ? Infinity : next - this.clock.now();
    return Math.max(LULL_MS, Math.min(untilWhole, untilNext));
  }

  private async walk(duty: Duty, now: number, from: DueKey | undefined): Promise<void> {
    for (let after = from; ;) {
      this.answered.clear();
      const page = await this.storage.dueTimers(now, PAGE, after);
      this.moved(duty);
      for (const one of page) {
        while (this.calls.full && !duty.over) await this.calls.change();
        if (duty.over) return;
        if (this.wanted(one)) this.wake(one);
      }
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE) return;
      after = [last.due, last.root];
    }
  }

  private wanted({ root, due }: DueRoot): boolean {
    if (this.calls.has(root) || this.answered.has(root)) return false;
    return !this.failures.resting(root, due) && !this.inVain.resting(root, due);
  }

  private wake(one: DueRoot): void {
    const { root, kind, due } = one;
    const asks = this.kinds.get(kind);
    if (asks === undefined) {
      if (!this.failures.known(root, due)) this.report(`Nobody hosts the kind "${kind}" of ${root}: its timers wait`, undefined);
      return this.failures.give(root, due);
    }
    if (this.failures.known(root, due) || this.inVain.known(root, due)) this.retried++;
    const at = this.clock.now();
    this.calls.begin(root);
    void asks.ask(root, WAKE, this.envelope(root, at)).then((outcome) => {
      this.settle(one, at, outcome);
      this.answered.add(root);
      this.calls.end(root);
      if (this.duty !== undefined) this.moved(this.duty);
    });
  }

  private settle({ root, due }: DueRoot, at: number, outcome: Outcome): void {
    if (outcome.is !== 'done') {
      return this.failures.give(root, due, Infinity, 'retryAfterMs' in outcome ? outcome.retryAfterMs : 0);
    }
    this.woken++;
    this.failures.forget(root);
    this.inVain.give(root, due, at);
  }

  /** Its id is never stored: waking twice is waking once. */
  private envelope(root: string, instant: number): Envelope {
    const deadline = this.clock.monotonic() + BUDGET_MS;
    return { scope: 'machine', id: `wake-${root}-${instant}`, minted: true, acteur: 'machine', instant, hash: WAKE.type, deadline };
  }

  private moved(duty: Duty): void {
    if (!duty.over) this.movedAt = this.clock.monotonic();
  }
}
