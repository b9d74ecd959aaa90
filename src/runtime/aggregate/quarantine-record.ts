import type { Clock } from '../clock.js';
import type { Journal, LaneWork } from '../outbox/journal.js';
import type { Storage } from '../outbox/storage.js';

interface Entry {
  /** Wall milliseconds: the one clock that the instances share well enough for a delay of at most a minute. */
  readonly until: number;
  readonly failures: number;
}

/** Streams in one transaction. */
const TOGETHER = 500;
const RETRY_MS = 1_000;

/**
 * Writes into the heads which streams are in quarantine, so that every instance leaves them alone. Best effort: it is tried again as long as the
 * quarantine lasts, then forgotten; the instance where the crashes happened knows without it.
 */
export class QuarantineRecord implements LaneWork {
  private readonly due = new Map<string, Entry>();
  private queued = false;

  constructor(
    private readonly journal: Journal,
    private readonly storage: Storage,
    private readonly clock: Clock,
    private readonly report: (message: string, error: unknown) => void,
  ) {}

  write(stream: string, forMs: number, failures: number): void {
    this.due.set(stream, { until: Math.floor(this.clock.now() + forMs), failures });
    this.enqueue();
  }

  async run(): Promise<void> {
    this.queued = false;
    const now = this.clock.now();
    for (const [stream, { until }] of this.due) if (until <= now) this.due.delete(stream);
    // In the order in which every commit locks its heads.
    const batch = [...this.due].toSorted(([a], [b]) => (a < b ? -1 : 1)).slice(0, TOGETHER);
    if (batch.length === 0) return;
    const rows = batch.map(([id, { until, failures }]) => ({ id, quarantined_until: until, failures }));
    try {
      await this.storage.transact((tx) => tx.updateAll('stream', ['id'], rows));
      for (const [stream, entry] of batch) if (this.due.get(stream) === entry) this.due.delete(stream);
      this.enqueue();
    } catch (error) {
      this.report('A quarantine cannot be told to the other instances yet', error);
      this.clock.after(RETRY_MS, () => this.enqueue());
    }
  }

  private enqueue(): void {
    if (this.queued || this.due.size === 0) return;
    this.queued = true;
    this.journal.enqueue(this);
  }
}
