import { isUnreachable } from '../http/unreachable.js';
import type { Clock } from '../runtime/clock.js';
import type { Feed } from './feed.js';
import type { Spectator } from './spectator.js';

/** How long a stream waits for the database before it opens without facts. */
const PATIENCE_MS = 1_000;
/** Between two questions to a database that is away. */
const AGAIN_MS = 1_000;

/**
 * Streams that opened while the database could not tell where now is: they are shown what needs no database, and join the others
 * as soon as facts can be followed.
 */
export class Threshold {
  private readonly waiting = new Map<Spectator, string | undefined>();
  private nextTry = -Infinity;

  constructor(
    private readonly feed: Feed,
    private readonly clock: Clock,
    private readonly admit: (one: Spectator, since: string | undefined) => void,
  ) {}

  /** Resolves when facts can be followed, or for the moment cannot. Throws what is no matter of the database being away. */
  async knock(): Promise<void> {
    let disarm = (): void => {};
    const patience = new Promise<void>((resolve) => (disarm = this.clock.after(PATIENCE_MS, resolve)));
    const start = this.feed.start().catch((error: unknown) => {
      if (!isUnreachable(error)) throw error;
    });
    await Promise.race([start, patience]).finally(disarm);
  }

  wait(one: Spectator, since: string | undefined): void {
    if (this.waiting.size === 0) this.nextTry = this.clock.monotonic() + AGAIN_MS;
    this.waiting.set(one, since);
  }

  left(one: Spectator): void {
    this.waiting.delete(one);
  }

  /** Admits those who wait, if it can be; else asks again from time to time. */
  tick(): void {
    if (this.waiting.size === 0) return;
    if (this.feed.following) return this.admitAll();
    const now = this.clock.monotonic();
    if (now < this.nextTry) return;
    this.nextTry = now + AGAIN_MS;
    this.feed.start().then(
      () => this.admitAll(),
      // Still away, or a bug that the door tells of: the next try says.
      () => undefined,
    );
  }

  private admitAll(): void {
    if (!this.feed.following) return;
    const all = [...this.waiting];
    this.waiting.clear();
    for (const [one, since] of all) this.admit(one, since);
  }
}
