import type { FastifyInstance } from 'fastify';

/**
 * What a browser must not do with our answers: nothing comes from elsewhere, nothing runs inline, nobody frames us.
 *
 * Constant texts rather than helmet's middleware: that one builds its policy anew for each request, a tenth of the cost of a
 * registration. HSTS is left to whoever serves TLS: plain HTTP on a local network is a supported way to run the club.
 */
const POLICY = [
  "default-src 'self'",
  "img-src 'self' data:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
];
const PAGE_POLICY = POLICY.join('; ');
/** Swagger UI styles its own elements. */
const DOCS_POLICY = [...POLICY, "style-src 'self' 'unsafe-inline'"].join('; ');
const API_POLICY = "default-src 'none'; frame-ancestors 'none'";

/** Puts the headers on every answer of `fastify`, problems included. */
export function secure(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply
      .header('x-content-type-options', 'nosniff')
      .header('referrer-policy', 'no-referrer')
      .header('cross-origin-resource-policy', 'same-origin')
      .header('content-security-policy', policyFor(request.url));
    done();
  });
}

function policyFor(url: string): string {
  if (url.startsWith('/api/v1/')) return API_POLICY;
  return url.startsWith('/api/docs') ? DOCS_POLICY : PAGE_POLICY;
}
