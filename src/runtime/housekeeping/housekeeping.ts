/**
 * What would grow for ever is kept small: the leader's duty, in the breaks of the write lane.
 *
 * K1. Nothing is removed that is younger than `HousekeepingLimits` says, by the instance's clock and by the database's: one that runs ahead
 *     removes nothing too early.
 * K2. Each transaction removes at most `rows` rows, alternates with demandes in the write lane, and is followed by a rest ten times as long as it took.
 * K3. Each transaction is fenced by the term; past its end, no other one begins.
 * K4. What a failure or the end of a term leaves undone, the next round does: nothing is remembered but where a walk stood.
 */
import type { Cancel, Clock } from '../clock.js';
import { type Fence, guardTerm, TermOver } from '../outbox/fence.js';
import type { Journal } from '../outbox/journal.js';
import { concernsStorage, type RowTransaction, type Storage } from '../outbox/storage.js';
import { chores, type Removed } from './chores.js';

const DAY_MS = 86_400_000;

export interface HousekeepingLimits {
  /** Before the first round, so that a start is not slowed. */
  readonly firstMs: number;
  /** Between two rounds. */
  readonly periodMs: number;
  /** How long an answer is kept for whoever asks again. Lowering it: a later repetition is executed once more. */
  readonly demandeMs: number;
  /** How long a member that left or died is shown. */
  readonly nodeMs: number;
  /** Elections shown, counted in terms. */
  readonly elections: number;
  /** Rows removed by one transaction. Raising it holds the write lane for longer. */
  readonly rows: number;
  /** Rows looked at in one read. */
  readonly slice: number;
}

export const USUAL_LIMITS: HousekeepingLimits = {
  firstMs: 60_000,
  periodMs: 3_600_000,
  demandeMs: 30 * DAY_MS,
  nodeMs: DAY_MS,
  elections: 1_000,
  rows: 500,
  slice: 2_000,
};

/** The least rest after a transaction or a read. */
const REST_MS = 20;

/** One time of duty. */
interface Duty {
  readonly fence: Fence;
  over: boolean;
  cancel: Cancel;
}

export class Housekeeping {
  /** Rows removed by this instance. */
  readonly removed: Removed = { demandes: 0, nodes: 0, elections: 0 };
  /** Rounds that came to their end. */
  rounds = 0;

  constructor(
    private readonly journal: Pick<Journal, 'enqueue'>,
    private readonly storage: Pick<Storage, 'transact' | 'demandeInstants'>,
    private readonly clock: Clock,
    private readonly report: (message: string, error: unknown) => void,
    private readonly limits: HousekeepingLimits = USUAL_LIMITS,
  ) {}

  /** Goes round from now on, under a term that `fence` vouches for, until it is stopped or the term is over. */
  start(fence: Fence = async () => {}): { stop(): void } {
    const duty: Duty = { fence, over: false, cancel: () => {} };
    this.next(duty, this.limits.firstMs);
    return {
      stop: () => {
        duty.over = true;
        duty.cancel();
      },
    };
  }

  private next(duty: Duty, inMs: number): void {
    if (duty.over) return;
    duty.cancel = this.clock.after(inMs, () => void this.round(duty).finally(() => this.next(duty, this.limits.periodMs)));
  }

  private async round(duty: Duty): Promise<void> {
    try {
      for (const chore of chores(this.storage, this.clock, this.limits, this.removed)) {
        for (let more = true; more && !duty.over;) {
          const began = this.clock.monotonic();
          more = await chore((work) => this.inLane(duty, work));
          await this.rest(duty, 10 * (this.clock.monotonic() - began));
        }
      }
      if (!duty.over) this.rounds++;
    } catch (error) {
      if (error instanceof TermOver) duty.over = true;
      else if (!concernsStorage(error)) this.report('Housekeeping met an error', error);
    }
  }

  /** One fenced transaction in its turn of the write lane. */
  private inLane<T>(duty: Duty, work: (tx: RowTransaction) => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const fenced = async (tx: RowTransaction): Promise<T> => {
        if (duty.over) throw new TermOver('housekeeping was stopped');
        await guardTerm(duty.fence, tx);
        return work(tx);
      };
      this.journal.enqueue({ run: () => this.storage.transact(fenced).then(resolve, reject) });
    });
  }

  private rest(duty: Duty, ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.clock.after(Math.max(REST_MS, ms), resolve);
      duty.cancel = () => {
        cancel();
        resolve();
      };
    });
  }
}
