import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';

/** Changes nothing. */
const READS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * One line per answered write, with the demande's id; reads are only told to whoever debugs. A line holds ids, the route as it was
 * declared and numbers: never an address as it was typed, a header or a body, where people's names are.
 *
 * Nothing is installed when the level would hide all of it. Errors of ours are logged by the filter whatever the level.
 */
export function logRequests(fastify: FastifyInstance, logger: Logger): void {
  if (!logger.isLevelEnabled('info')) return;
  const log = logger.child({ context: 'http' });
  const readsToo = logger.isLevelEnabled('debug');
  fastify.addHook('onResponse', (request, reply, done) => {
    const { method } = request;
    const write = !READS.has(method) && request.url.startsWith('/api/v1/');
    if (write || readsToo) {
      const demande = reply.getHeader('idempotency-key') ?? request.id;
      const line = { demande, method, route: request.routeOptions.url ?? null, status: reply.statusCode, ms: tenths(reply.elapsedTime) };
      if (write) log.info(line);
      else log.debug(line);
    }
    done();
  });
}

function tenths(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}
