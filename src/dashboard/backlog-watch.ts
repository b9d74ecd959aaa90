import { Inject, Injectable } from '@nestjs/common';
import { Machine } from '../runtime/machine.js';
import type { Watched } from './instance.js';

type Backlog = Awaited<ReturnType<Watched['storage']['backlog']>>;

/** How old an answer may be: probes and scrapers come in flocks. */
const FRESH_MS = 1_000;
/** A database that takes longer counts as out of reach for whoever watches. */
const PATIENCE_MS = 2_000;

/**
 * How far publication is behind, for those who only watch: one read of the database per second however many ask,
 * and an answer or an error within two seconds.
 */
@Injectable()
export class BacklogWatch {
  private reading: Promise<Backlog> | undefined;
  private readAt = -Infinity;

  constructor(@Inject(Machine) private readonly machine: Pick<Watched, 'clock' | 'storage'>) {}

  read(): Promise<Backlog> {
    const now = this.machine.clock.monotonic();
    if (this.reading === undefined || now - this.readAt >= FRESH_MS) {
      this.readAt = now;
      this.reading = this.patiently(this.machine.storage.backlog());
      // Whoever awaits it hears of a failure; kept only so that the next one asks again.
      this.reading.catch(() => (this.reading = undefined));
    }
    return this.reading;
  }

  private patiently(read: Promise<Backlog>): Promise<Backlog> {
    return new Promise((resolve, reject) => {
      const disarm = this.machine.clock.after(PATIENCE_MS, () => reject(new Error(`the database took more than ${PATIENCE_MS} ms`)));
      void read.then(resolve, reject).finally(disarm);
    });
  }
}
