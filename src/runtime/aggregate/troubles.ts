import { crash, type CrashBudget, type CrashPolicy, type CrashVerdict, quarantineLeft, remembered } from '../supervision/quarantine.js';

/** What is known of an aggregate that has crashed. */
interface Trouble {
  readonly budget: CrashBudget;
  readonly crashes: number;
  /** Null while only the head of the stream tells of crashes. */
  readonly lastError: string | null;
}

/** The aggregates that have crashed, by stream; nothing is kept of the others. Instants are monotonic milliseconds. */
export class Troubles {
  private readonly known = new Map<string, Trouble>();

  constructor(private readonly policy: CrashPolicy) {}

  /** It crashed at `now`: what to do with it. */
  crashed(stream: string, error: unknown, now: number): CrashVerdict {
    const before = this.known.get(stream);
    const { budget, verdict } = crash(before?.budget, now, this.policy);
    const lastError = error instanceof Error ? error.message : String(error);
    this.known.set(stream, { budget, crashes: (before?.crashes ?? 0) + 1, lastError });
    return verdict;
  }

  /**
   * Another instance keeps it away for `leftMs` more. False when that cannot be (over, or longer than any quarantine: a clock jumped): it may then work.
   * Whose crashes they were is not asked: the budget here stays what it was.
   */
  told(stream: string, leftMs: number, now: number): boolean {
    if (leftMs <= 0 || leftMs > this.policy.maxMs) return false;
    const { budget, crashes, lastError } = this.known.get(stream) ?? {
      budget: { window: [], quarantines: 0 },
      crashes: 0,
      lastError: null,
    };
    this.known.set(stream, { budget: { ...budget, since: now + leftMs }, crashes, lastError });
    return true;
  }

  of(stream: string): Trouble | undefined {
    return this.known.get(stream);
  }

  /** Milliseconds that it still has to stay away. */
  quarantineLeft(stream: string, now: number): number {
    return quarantineLeft(this.known.get(stream)?.budget, now);
  }

  /** How many stay away at `now`. */
  quarantined(now: number): number {
    let count = 0;
    for (const { budget } of this.known.values()) if (quarantineLeft(budget, now) > 0) count++;
    return count;
  }

  streams(): IterableIterator<string> {
    return this.known.keys();
  }

  /** Forgets the crashes of those that have long been well. */
  forgive(now: number): void {
    for (const [stream, { budget }] of this.known) {
      if (remembered(budget, now, this.policy) === undefined) this.known.delete(stream);
    }
  }
}
