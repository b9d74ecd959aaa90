import type { Server, ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { Clock } from '../runtime/clock.js';
import { sendProblem } from './problem.js';

/** How long an answer that has begun gets to reach its end: a stream has none. */
const ENDING_MS = 250;

/**
 * A planned leave: what was accepted is finished, what comes after is told to go elsewhere (503 `arret_en_cours`), and nobody
 * is cut before an answer has begun. Streams, which never end, are not waited for.
 */
export class Departure {
  private leaving = false;
  private readonly inFlight = new Set<ServerResponse>();
  private changed: (() => void) | undefined;

  constructor(private readonly clock: Clock) {}

  /** True from the moment the leave begins. */
  get begun(): boolean {
    return this.leaving;
  }

  /** Follows the requests of `fastify` from now on. */
  watch(fastify: FastifyInstance): void {
    fastify.addHook('onRequest', (request, reply, done) => {
      if (this.leaving) {
        void reply.header('connection', 'close');
        return sendProblem(request, reply, 'arret_en_cours', { etat: 'not_executed' });
      }
      const { raw } = reply;
      this.inFlight.add(raw);
      raw.once('close', () => {
        this.inFlight.delete(raw);
        this.changed?.();
      });
      done();
    });
  }

  /** The door opens (again). */
  arrive(): void {
    this.leaving = false;
  }

  /** Refuses newcomers and waits until every accepted request is answered, at most `graceMs`. */
  async leave(server: Server, graceMs: number): Promise<void> {
    this.leaving = true;
    server.closeIdleConnections();
    await this.until(() => [...this.inFlight].every((raw) => raw.headersSent), graceMs);
    await this.until(() => this.inFlight.size === 0, ENDING_MS);
  }

  private until(condition: () => boolean, atMostMs: number): Promise<void> {
    if (condition()) return Promise.resolve();
    return new Promise((resolve) => {
      const end = (): void => {
        cancel();
        this.changed = undefined;
        resolve();
      };
      const cancel = this.clock.after(atMostMs, end);
      this.changed = () => condition() && end();
    });
  }
}
