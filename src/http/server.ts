import { RequestMethod } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import type { Clock } from '../runtime/clock.js';
import { newId } from '../runtime/ids.js';
import { Catalogue } from './catalogue.js';
import { Departure } from './departure.js';
import { readCsvBody } from './csv-body.js';
import type { Door, Reply, Request } from './door.js';
import { readJson } from './json-body.js';
import { MACHINE_REFUSALS } from './machine.refus.js';
import { serveDocumentation } from './openapi.js';
import { guardOrigin } from './origin.js';
import { ProblemFilter } from './problem.filter.js';
import { sendProblem } from './problem.js';
import { logRequests } from './request-log.js';
import { Routes } from './routes.js';
import { secure } from './security.js';
import { serveSite, type Site } from './site.js';
import { capConnections, clientErrors } from './socket-errors.js';

export interface ServerOptions {
  readonly clock: Clock;
  readonly deadlineMs: number;
  readonly maxConnections: number;
  /** Names under which callers may ask for this server, besides addresses and `localhost`. */
  readonly names?: readonly string[];
  /** Told of every answered write. */
  readonly log?: Logger;
  /** The page; without it the root says where to go. */
  readonly site?: Site | undefined;
}

/** Bytes of a body. Raising it lets one caller hold more memory; no demande of the club comes near it. */
const BODY_LIMIT = 65_536;
/** Milliseconds for a whole request to arrive: what a slow or malicious caller may hold a connection for. */
const REQUEST_MS = 30_000;

/** What a problem on a bare socket is told with: only the machine's own words are needed there. */
const bare = new Catalogue(MACHINE_REFUSALS);

/** A compiler of schemas that no route has. */
function unused(): never {
  throw new Error('a route has a Fastify schema: say it with zod instead');
}

/** Addresses outside /api/v1. */
const ROOT = ['', 'health/{*rest}', 'metrics', 'erreurs', 'erreurs/{*rest}'].map((path) => ({ path, method: RequestMethod.GET }));

/** The HTTP server under Nest, with every limit set. */
export function createAdapter({ clock }: ServerOptions): FastifyAdapter {
  const instance = newId(clock, 'req');
  let requests = 0;
  return new FastifyAdapter({
    bodyLimit: BODY_LIMIT,
    requestTimeout: REQUEST_MS,
    keepAliveTimeout: 72_000,
    forceCloseConnections: true,
    return503OnClosing: false,
    trustProxy: false,
    // Bodies are checked by the doors' own schemas: Fastify's compilers would be loaded at each start for nobody.
    schemaController: { compilersFactory: { buildValidator: unused, buildSerializer: unused } },
    // As long as the headers allow: an absurd id is an unknown id (404), not another kind of error.
    routerOptions: { maxParamLength: 16_384 },
    genReqId: () => `${instance}-${(++requests).toString(36)}`,
    clientErrorHandler: clientErrors(bare),
    frameworkErrors: (_error: unknown, request: Request, reply: Reply) => sendProblem(request, reply, 'adresse_illisible'),
  });
}

/** Gives `app` the common manners. Called once, before `listen`. */
export function dress(app: NestFastifyApplication, options: ServerOptions): Departure {
  const fastify = app.getHttpAdapter().getInstance();
  const catalogue = app.get(Catalogue);
  const routes = new Routes();
  const departure = new Departure(options.clock);
  fastify.decorate('door', doorOf(options, catalogue));
  routes.learnFrom(fastify);
  secure(fastify);
  guardOrigin(fastify, options.names ?? []);
  departure.watch(fastify);
  if (options.log !== undefined) logRequests(fastify, options.log);
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'string' }, readJson);
  fastify.addContentTypeParser('text/csv', readCsvBody);
  capConnections(fastify.server, options.maxConnections, catalogue);
  app.setGlobalPrefix('api/v1', { exclude: ROOT });
  app.useGlobalFilters(new ProblemFilter(routes));
  serveDocumentation(app, catalogue);
  if (options.site !== undefined) serveSite(app.getHttpAdapter(), options.site);
  return departure;
}

function doorOf({ clock, deadlineMs }: ServerOptions, catalogue: Catalogue): Door {
  const pooled = withPooledBytes(clock);
  return { clock, catalogue, deadlineMs, mint: () => newId(pooled, 'dem') };
}

/** `clock` with its random bytes drawn 4 kB at a time: one call into the kernel per request is what a hot route would feel. */
function withPooledBytes(clock: Clock): Clock {
  let pool: Uint8Array = new Uint8Array(0);
  let used = 0;
  return {
    ...clock,
    now: () => clock.now(),
    bytes(length) {
      if (used + length > pool.length) {
        pool = clock.bytes(Math.max(4096, length));
        used = 0;
      }
      used += length;
      return pool.subarray(used - length, used);
    },
  };
}
