import type { Server } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { Clock } from '../runtime/clock.js';
import { sendProblem } from './problem.js';

/**
 * A planned leave: what was accepted is finished, what comes after is told to go elsewhere (503 `arret_en_cours`), endless
 * streams are closed, and nobody is cut in the middle of an answer.
 */
export class Departure {
  private leaving = false;
  private inFlight = 0;
  private whenEmpty: (() => void) | undefined;
  private readonly streams = new Set<() => void>();

  constructor(private readonly clock: Clock) {}

  /** True from the moment the leave begins. */
  get begun(): boolean {
    return this.leaving;
  }

  /** Counts the requests of `fastify` from now on. */
  watch(fastify: FastifyInstance): void {
    fastify.addHook('onRequest', (request, reply, done) => {
      if (this.leaving) {
        void reply.header('connection', 'close');
        return sendProblem(request, reply, 'arret_en_cours', { etat: 'not_executed' });
      }
      this.inFlight++;
      reply.raw.once('close', this.gone);
      done();
    });
  }

  /** An answer that never ends by itself: `close` is called when the leave begins. The returned function forgets it. */
  streaming(close: () => void): () => void {
    this.streams.add(close);
    return () => this.streams.delete(close);
  }

  /** The door opens (again). */
  arrive(): void {
    this.leaving = false;
    this.whenEmpty = undefined;
  }

  /** Refuses newcomers, ends streams, and waits until every accepted request is answered, at most `graceMs`. */
  async leave(server: Server, graceMs: number): Promise<void> {
    this.leaving = true;
    for (const close of this.streams) close();
    server.closeIdleConnections();
    if (this.inFlight === 0) return;
    await new Promise<void>((resolve) => {
      const cancel = this.clock.after(graceMs, resolve);
      this.whenEmpty = () => {
        cancel();
        resolve();
      };
    });
  }

  private readonly gone = (): void => {
    this.inFlight--;
    if (this.inFlight === 0) this.whenEmpty?.();
  };
}
