/** What an instance knows of the leader, and its own work while it is the one. The elector tells it; everybody else listens. */
import type { Cancel } from '../clock.js';
import type { ChildContext, Child, Running } from '../supervision/child.js';
import type { Mandate } from './lease.js';
import type { Sender } from './transport-port.js';

/** The leader as this instance last heard of it, or read it in the lease. */
export interface Leader extends Sender {
  readonly term: number;
}

/** Listeners are called in order, after the change, and must not throw. */
export class Leadership {
  /** `mandates`: how often this instance was made leader. `leaders`: how often the leader, as known here, became another one or another term. */
  readonly counters = { mandates: 0, leaders: 0, dutiesStarted: 0, dutiesStopped: 0 };
  private mine: Mandate | undefined;
  private known: Leader | undefined;
  private lastTerm = 0;
  private readonly mandateHearers = new Set<(mandate: Mandate | undefined) => void>();
  private readonly leaderHearers = new Set<(leader: Leader | undefined) => void>();

  /** The mandate of this instance, while it leads. What is written under it is fenced by its term all the same. */
  get mandate(): Mandate | undefined {
    return this.mine;
  }

  /** Undefined during an election, and without the database. */
  get leader(): Leader | undefined {
    return this.known;
  }

  onMandate(hear: (mandate: Mandate | undefined) => void): Cancel {
    this.mandateHearers.add(hear);
    return () => void this.mandateHearers.delete(hear);
  }

  onLeader(hear: (leader: Leader | undefined) => void): Cancel {
    this.leaderHearers.add(hear);
    return () => void this.leaderHearers.delete(hear);
  }

  /** For the elector only: this instance leads from now on. */
  begin(mandate: Mandate): void {
    this.mine = mandate;
    this.counters.mandates++;
    for (const hear of this.mandateHearers) hear(mandate);
  }

  /** For the elector only: this instance leads no more. */
  end(): void {
    if (this.mine === undefined) return;
    this.mine = undefined;
    for (const hear of this.mandateHearers) hear(undefined);
  }

  /** For the elector only: who leads. */
  follow(leader: Leader | undefined): void {
    if (leader?.term === this.known?.term) return;
    this.known = leader;
    if (leader !== undefined && leader.term !== this.lastTerm) {
      this.counters.leaders++;
      this.lastTerm = leader.term;
    }
    for (const hear of this.leaderHearers) hear(leader);
  }
}

/** Work of the leader: begins at once when it is called, ends with `stop`. */
export type Duty = (mandate: Mandate) => { stop(): void | Promise<void> };

/**
 * A child that works only while this instance leads: `duty` begins with each mandate and is stopped when that mandate ends or is replaced.
 *
 * - Never two at once: the next one begins when `stop` of the one before has ended, and for the mandate of that moment only.
 * - A duty that throws, or whose `stop` rejects, is a crash of this child: its supervisor decides.
 */
export function whileLeading(leadership: Leadership, duty: Duty): Child['start'] {
  return (context) => new DutyOfLeader(leadership, duty, context).start();
}

interface Current {
  readonly mandate: Mandate;
  readonly running: ReturnType<Duty>;
}

class DutyOfLeader {
  private current: Current | undefined;
  private turning: Promise<void> | undefined;
  private over = false;

  constructor(
    private readonly leadership: Leadership,
    private readonly duty: Duty,
    private readonly context: ChildContext,
  ) {}

  start(): Running {
    const cancel = this.leadership.onMandate(() => void this.turn());
    void this.turn();
    return {
      stop: async () => {
        cancel();
        this.over = true;
        await this.turn();
      },
    };
  }

  /** Calls made meanwhile share the turn that is under way: it goes on until what runs is what is wanted. */
  private turn(): Promise<void> {
    this.turning ??= Promise.resolve().then(() => this.settle());
    return this.turning;
  }

  private async settle(): Promise<void> {
    try {
      while (this.current?.mandate !== this.wanted) {
        if (this.current === undefined) this.begin(this.wanted!);
        else await this.end(this.current);
      }
    } catch (error) {
      this.over = true;
      this.context.exit({ is: 'error', error });
    } finally {
      // In the same breath as the last look at what is wanted: a change after it begins another turn.
      this.turning = undefined;
    }
  }

  private begin(mandate: Mandate): void {
    const running = this.duty(mandate);
    this.current = { mandate, running };
    this.leadership.counters.dutiesStarted++;
  }

  private async end({ running }: Current): Promise<void> {
    try {
      await running.stop();
    } finally {
      // A stop that rejects has stopped all the same: nothing is stopped twice.
      this.current = undefined;
      this.leadership.counters.dutiesStopped++;
    }
  }

  private get wanted(): Mandate | undefined {
    return this.over ? undefined : this.leadership.mandate;
  }
}
