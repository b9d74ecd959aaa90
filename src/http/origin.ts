import { isIP } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { Reply, Request } from './door.js';
import { sendProblem } from './problem.js';

/** Names remembered as good or bad; callers choose them, so there must be a bound. */
const REMEMBERED = 1_000;
const READS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Keeps the pages of others away from a club that has no access control yet: a browser that visits them would reach what listens on loopback.
 *
 * - A request must name this server by an address, by `localhost` or by one of `names`; else 421. A page whose own name was made to point at
 *   this machine (DNS rebinding) names another.
 * - A write that a page sends must come from a page of this server; else 403. Programs send no `Origin`, and are not concerned.
 */
export function guardOrigin(fastify: FastifyInstance, names: readonly string[]): void {
  const known = new Set(names.map((name) => name.toLowerCase()));
  const verdicts = new Map<string, boolean>();
  const ours = (host: string): boolean => {
    let verdict = verdicts.get(host);
    if (verdict !== undefined) return verdict;
    verdict = named(host, known);
    if (verdicts.size >= REMEMBERED) verdicts.clear();
    verdicts.set(host, verdict);
    return verdict;
  };
  fastify.addHook('onRequest', (request, reply, done) => {
    const { host, origin } = request.headers;
    if (host !== undefined && !ours(host)) return refuse(request, reply, 'hote_refuse', host);
    if (!READS.has(request.method) && fromElsewhere(request, host))
      return refuse(request, reply, 'origine_refusee', origin ?? 'cross-site');
    done();
  });
}

function named(host: string, known: ReadonlySet<string>): boolean {
  const name = host.toLowerCase().replace(/:\d{1,5}$/, '');
  const bare = name.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
  return isIP(bare) > 0 || bare === 'localhost' || bare.endsWith('.localhost') || known.has(bare);
}

/** A browser says so itself: `Origin` with every write of a page, `Sec-Fetch-Site` where that is left out. */
function fromElsewhere({ headers }: Request, host: string | undefined): boolean {
  const { origin } = headers;
  if (origin !== undefined) return origin.replace(/^https?:\/\//, '').toLowerCase() !== host?.toLowerCase();
  return headers['sec-fetch-site'] === 'cross-site';
}

function refuse(request: Request, reply: Reply, code: string, what: string): void {
  sendProblem(request, reply, code, { recu: what.slice(0, 100) });
}
