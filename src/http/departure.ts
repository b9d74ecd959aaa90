import type { FastifyInstance } from 'fastify';
import type { Clock } from '../runtime/clock.js';
import { sendProblem } from './problem.js';

/**
 * A planned leave: what was accepted is finished, what comes after is told to go elsewhere (503 `arret_en_cours`), and nobody
 * is cut in the middle of an answer.
 */
export class Departure {
  private leaving = false;
  private inFlight = 0;
  private whenEmpty: (() => void) | undefined;

  constructor(private readonly clock: Clock) {}

  /** Counts the requests of `fastify` from now on. */
  watch(fastify: FastifyInstance): void {
    fastify.addHook('onRequest', (request, reply, done) => {
      if (this.leaving) {
        void reply.header('connection', 'close');
        sendProblem(request, reply, 'arret_en_cours', { etat: 'not_executed' });
        return;
      }
      this.inFlight++;
      reply.raw.once('close', this.gone);
      done();
    });
  }

  private readonly gone = (): void => {
    this.inFlight--;
    if (this.inFlight === 0) this.whenEmpty?.();
  };

  /** Refuses newcomers, closes idle connections, and waits until every accepted request is answered, at most `graceMs`. */
  async leave(fastify: FastifyInstance, graceMs: number): Promise<void> {
    this.leaving = true;
    fastify.server.closeIdleConnections();
    if (this.inFlight === 0) return;
    await new Promise<void>((resolve) => {
      const cancel = this.clock.after(graceMs, resolve);
      this.whenEmpty = () => {
        cancel();
        resolve();
      };
    });
  }
}
