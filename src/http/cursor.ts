import { applyDecorators, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { z } from 'zod';
import { documented } from './documentation.js';
import type { Reply, Request } from './door.js';
import { queryParameters } from './json-schema.js';
import { InvalidDemande, Problem } from './problem.js';
import { wrongFields } from './validation.js';

/** The place in a list after which to go on: the sort keys of the last element shown. */
export type SortKeys = readonly (string | number)[];

const BAD_LIMIT = { params: { fr: 'doit être un nombre entier de 1 à 100', en: 'must be a whole number from 1 to 100' } };

/** The two parameters of every list. `apres` is opaque. */
export const PAGE = {
  apres: z.string().max(1000).optional().describe('Où reprendre : ne se compose pas, se recopie du lien rel="next".'),
  limite: z
    .string()
    .refine((text) => /^\d{1,3}$/.test(text) && Number(text) >= 1 && Number(text) <= 100, BAD_LIMIT)
    .transform(Number)
    .default(50)
    .meta({ type: 'integer', minimum: 1, maximum: 100, default: 50 }),
};

/** The query of a list, as checked. */
export type ListQuery = { readonly apres?: string | undefined; readonly limite: number };

/** Gives a handler its checked query. Unknown parameters are refused like any wrong field (422). */
export function FromQuery(schema: z.ZodObject): ParameterDecorator {
  const take = fromQuery({ list: schema });
  return (target, key, index) => {
    take(target, key, index);
    const descriptor = key === undefined ? undefined : Object.getOwnPropertyDescriptor(target, key);
    if (key === undefined || descriptor === undefined) return;
    documented(({ ApiQuery }) => applyDecorators(...queryParameters(schema).map((parameter) => ApiQuery(parameter))))(
      target,
      key,
      descriptor,
    );
  };
}

const fromQuery = createParamDecorator(({ list }: { list: z.ZodType }, context: ExecutionContext) => {
  const { query } = context.switchToHttp().getRequest<Request>();
  const parsed = list.safeParse(query);
  if (!parsed.success) throw new InvalidDemande(wrongFields(parsed.error.issues, query));
  return parsed.data;
});

/** `keys` as an opaque text. */
export function writeCursor(keys: SortKeys): string {
  return Buffer.from(JSON.stringify(keys)).toString('base64url');
}

/**
 * The keys in `cursor`; undefined without one. `shape` names the type of each key of this list.
 * Throws `curseur_invalide` for whatever this list could not have written.
 */
export function readCursor(cursor: string | undefined, shape: readonly ('string' | 'number')[]): SortKeys | undefined {
  if (cursor === undefined) return undefined;
  const keys = parsed(cursor);
  const fits = Array.isArray(keys) && keys.length === shape.length && shape.every((type, i) => fitsType(keys[i], type));
  if (!fits || writeCursor(keys as SortKeys) !== cursor) throw new Problem('curseur_invalide');
  return keys as SortKeys;
}

function parsed(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

function fitsType(key: unknown, type: 'string' | 'number'): boolean {
  if (type === 'number') return Number.isSafeInteger(key);
  return typeof key === 'string' && /^[A-Za-z0-9._:-]{0,64}$/.test(key);
}

/**
 * Answers one page. `rows` may hold one element more than `limite`: then there is a next page, and `Link` says where.
 */
export function sendPage<Row>(
  request: Request,
  reply: Reply,
  rows: readonly Row[],
  limite: number,
  keys: (row: Row) => SortKeys,
  show: (row: Row) => unknown,
): void {
  const shown = rows.slice(0, limite);
  const last = shown.at(-1);
  if (rows.length > limite && last !== undefined) {
    const next = new URLSearchParams(request.query as Record<string, string>);
    next.set('apres', writeCursor(keys(last)));
    const path = request.url.split('?', 1)[0];
    void reply.header('link', `<${path}?${next.toString()}>; rel="next"`);
  }
  void reply.header('cache-control', 'no-cache').send({ elements: shown.map(show) });
}
