import { crash, type CrashBudget, type CrashPolicy, type CrashVerdict, quarantineLeft, remembered } from '../supervision/quarantine.js';

/** What is known of an aggregate that has crashed. */
interface Trouble {
  readonly budget: CrashBudget;
  readonly crashes: number;
  readonly lastError: string;
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
