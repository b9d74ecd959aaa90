import { hash as digest } from 'node:crypto';
import { applyDecorators, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { z } from 'zod';
import type { Envelope } from '../runtime/aggregate/outcome.js';
import { documented, type Swagger } from './documentation.js';
import type { Reply, Request } from './door.js';
import { bodyContent, queryParameters } from './json-schema.js';
import { InvalidDemande } from './problem.js';
import { type WrongField, wrongFields } from './validation.js';

/** What a caller asks for: the checked body, and the envelope that makes it happen at most once. */
export interface Demande<Body = unknown, Query = unknown> {
  readonly body: Body;
  /** How it is to be done: no part of what is asked, so that a retry may say otherwise. */
  readonly query: Query;
  readonly envelope: Envelope;
}

/** The demande of a body that `schema` describes, and of a query where one is taken. */
export type DemandeOf<Schema extends z.ZodType, Query extends z.ZodType = z.ZodUnknown> = Demande<z.output<Schema>, z.output<Query>>;

/** The scope of every caller, until access control tells them apart. The machine's own ids live in others. */
export const CALLERS = 'http';

const KEY = /^[A-Za-z0-9_-]{16,128}$/;
const NO_BODY = z.strictObject({});

/**
 * Gives a handler its `Demande`. Every wrong field of body, query and headers is told at once (422); the demande's id is on the
 * reply whatever happens next, so that the caller can always ask again. One declaration is the type, the check and the documentation.
 * Without `query` every parameter is unknown.
 */
export function FromRequest(body: z.ZodType = NO_BODY, query?: z.ZodObject): ParameterDecorator {
  const take = fromRequest({ shapes: { body, query } });
  return (target, key, index) => {
    take(target, key, index);
    const descriptor = key === undefined ? undefined : Object.getOwnPropertyDescriptor(target, key);
    if (key === undefined || descriptor === undefined) return;
    const document = ({ ApiBody, ApiQuery }: Swagger): MethodDecorator =>
      applyDecorators(
        ...(body === NO_BODY ? [] : [ApiBody(bodyContent(body))]),
        ...(query === undefined ? [] : queryParameters(query).map((parameter) => ApiQuery(parameter))),
      );
    if (body !== NO_BODY || query !== undefined) documented(document)(target, key, descriptor);
  };
}

interface Shapes {
  readonly body: z.ZodType;
  readonly query?: z.ZodObject | undefined;
}

// The schemas travel in an object of their own: Nest takes whatever has a `transform` for a pipe, and `{ schema }` for options of its own.
const fromRequest = createParamDecorator(({ shapes }: { shapes: Shapes }, context: ExecutionContext) => {
  const http = context.switchToHttp();
  return readDemande(http.getRequest<Request>(), http.getResponse<Reply>(), shapes);
});

/** The demande in `request`. Throws `InvalidDemande` with every wrong field. */
export function readDemande(request: Request, reply: Reply, { body: schema, query }: Shapes): Demande {
  const { door } = request.server;
  const given = request.headers['idempotency-key'];
  const badKey = given !== undefined && (typeof given !== 'string' || !KEY.test(given));
  const minted = given === undefined || badKey;
  const id = minted ? door.mint() : (given as string);
  void reply.header('idempotency-key', id);
  const parsed = schema.safeParse(request.body ?? {});
  const expectedVersion = readIfMatch(request.headers['if-match']);
  let wrong: WrongField[] | undefined;
  if (badKey) (wrong ??= []).push(BAD_KEY);
  if (expectedVersion === null) (wrong ??= []).push(BAD_IF_MATCH);
  const asked = query?.safeParse(request.query);
  if (asked === undefined)
    for (const name in request.query as object) (wrong ??= []).push({ champ: name.slice(0, 100), probleme: NO_QUERY });
  else if (!asked.success) (wrong ??= []).push(...wrongFields(asked.error.issues, request.query));
  if (!parsed.success) (wrong ??= []).push(...wrongFields(parsed.error.issues, request.body ?? {}));
  if (wrong !== undefined) throw new InvalidDemande(wrong);
  const envelope: Envelope = {
    scope: CALLERS,
    id,
    minted,
    acteur: null,
    instant: door.clock.now(),
    hash: fingerprint(request, parsed.data),
    deadline: door.clock.monotonic() + door.deadlineMs,
    ...(typeof expectedVersion === 'number' ? { expectedVersion } : undefined),
  };
  return { body: parsed.data, query: asked?.data, envelope };
}

/** What makes two demandes the same: route, path and checked body (so that spaces, key order and defaults spelt out change nothing). */
function fingerprint(request: Request, body: unknown): string {
  let content = `${request.method} ${request.routeOptions.url ?? ''}`;
  const params = request.params as Record<string, string>;
  for (const name in params) content += `\n${params[name]}`;
  // 132 bits of SHA-256: as unlikely to meet twice as it needs to be, and short in every row.
  return digest('sha256', `${content}\n${JSON.stringify(body)}`, 'base64').slice(0, 22);
}

/** The version that `If-Match` asks for; undefined: any; null: unreadable. */
export function readIfMatch(header: string | undefined): number | undefined | null {
  if (header === undefined || header.trim() === '*') return undefined;
  const version = /^\s*"(\d{1,15})"\s*$/.exec(header)?.[1];
  return version === undefined ? null : Number(version);
}

const BAD_KEY: WrongField = {
  champ: 'Idempotency-Key',
  probleme: {
    fr: 'doit avoir 16 à 128 lettres, chiffres, tirets ou soulignés',
    en: 'must have 16 to 128 letters, digits, dashes or underscores',
  },
};
const BAD_IF_MATCH: WrongField = {
  champ: 'If-Match',
  probleme: { fr: 'doit être une seule version entre guillemets, comme "12", ou *', en: 'must be one quoted version, like "12", or *' },
};
const NO_QUERY = { fr: 'paramètre inconnu', en: 'unknown parameter' };
