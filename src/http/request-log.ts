import { Logger } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';

/**
 * One line per answer, with the demande's id. Only installed when asked for (LOG_LEVEL=debug): at twenty thousand demandes a
 * second, a line each costs more than the demande. Errors of ours are logged by the filter whatever the level.
 */
export function logRequests(fastify: FastifyInstance): void {
  const log = new Logger('http');
  fastify.addHook('onResponse', (request, reply, done) => {
    const demande = reply.getHeader('idempotency-key') ?? request.id;
    log.debug({
      demande,
      method: request.method,
      route: request.routeOptions.url,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
    });
    done();
  });
}
