import type { Watched } from './instance.js';

/** How old an answer may be: probes and scrapers come in flocks. */
const FRESH_MS = 1_000;
/** A database that takes longer counts as out of reach for whoever watches. */
const PATIENCE_MS = 2_000;

/** One read of the database, for those who only watch: once per second however many ask, and an answer or an error within two seconds. */
export class Sample<T> {
  private reading: Promise<T> | undefined;
  private readAt = -Infinity;

  constructor(
    private readonly clock: Watched['clock'],
    private readonly take: () => Promise<T>,
  ) {}

  read(): Promise<T> {
    const now = this.clock.monotonic();
    if (this.reading === undefined || now - this.readAt >= FRESH_MS) {
      this.readAt = now;
      this.reading = this.patiently(this.take());
      // Whoever awaits it hears of a failure; kept only so that the next one asks again.
      this.reading.catch(() => (this.reading = undefined));
    }
    return this.reading;
  }

  private patiently(read: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const disarm = this.clock.after(PATIENCE_MS, () => reject(new Error(`the database took more than ${PATIENCE_MS} ms`)));
      void read.then(resolve, reject).finally(disarm);
    });
  }
}
