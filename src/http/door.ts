import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../runtime/clock.js';
import type { Catalogue } from './catalogue.js';

/** What every door of one application shares; it hangs on the Fastify instance, so that two applications in one process share nothing. */
export interface Door {
  readonly clock: Clock;
  readonly catalogue: Catalogue;
  /** Milliseconds within which a caller must have been answered. */
  readonly deadlineMs: number;
  /** A new demande id, for a caller who gave none. */
  mint(): string;
}

declare module 'fastify' {
  interface FastifyInstance {
    door: Door;
  }
}

export type Request = FastifyRequest;
export type Reply = FastifyReply;
