import type pg from 'pg';
import type { Clock } from '../runtime/clock.js';
import { driver } from '../runtime/outbox/driver.postgres.js';

/**
 * The clients of the read pool. A server that has not answered a statement after `silenceMs` is silent, not slow (its own timeout is shorter):
 * the connection is destroyed, the statement fails, and the pool forgets the client. Without this, a network that loses packets without a word
 * would hold a reader for as long as TCP goes on trying, which is a quarter of an hour.
 */
export function readClient(silenceMs: number, clock: Clock): typeof pg.Client {
  return class extends driver().Client {
    // One signature for all of the driver's.
    override query(...asked: never[]): never {
      const query: (...asked: never[]) => unknown = super.query;
      const answer = query.apply(this, asked);
      if (answer instanceof Promise) this.watch(answer);
      return answer as never;
    }

    private watch(answer: Promise<unknown>): void {
      const { stream } = (this as unknown as { connection: { stream: { destroy(): void } } }).connection;
      const cancel = clock.after(silenceMs, () => stream.destroy());
      answer.then(cancel, cancel);
    }
  };
}
