/** The public interface, as its document describes it: a field that it does not have does not compile. */
import type { paths } from '../api-types';
import { langue } from './langue';

type Method = 'get' | 'post' | 'patch' | 'put' | 'delete';
type With<M extends Method> = { [P in keyof paths]: paths[P] extends Record<M, object> ? P : never }[keyof paths];
type Json<R> = R extends { content: { 'application/json': infer Body } } ? Body : never;
type Answer<O> = O extends { responses: infer R } ? { [S in keyof R]: S extends 200 | 201 ? Json<R[S]> : never }[keyof R] : never;
type BodyOf<O> = O extends { requestBody?: { content: { 'application/json': infer Body } } } ? Body : undefined;
type QueryOf<O> = O extends { parameters: { query?: infer Query } }
  ? [NonNullable<Query>] extends [never]
    ? object
    : NonNullable<Query>
  : object;

/** What a path answers. */
export type Read<P extends With<'get'>> = Answer<paths[P]['get']>;

/** What the club refused, or why it could not be asked; `titre` and `detail` are sentences in the language of the page. */
export class Refus extends Error {
  override readonly name = 'Refus';
  constructor(
    readonly statut: number,
    readonly code: string,
    readonly titre: string,
    readonly detail: string,
    /** Milliseconds after which asking again makes sense. */
    readonly revenirMs: number | undefined,
    readonly donnees: Readonly<Record<string, unknown>>,
  ) {
    super(detail);
  }
}

type Params = Readonly<Record<string, string | number | boolean | undefined>>;

function url(path: string, params: Params): string {
  const used = new Set<string>();
  const place = path.replace(/\{(\w+)\}/g, (_, name: string) => (used.add(name), encodeURIComponent(String(params[name]))));
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) if (!used.has(name) && value !== undefined) query.set(name, String(value));
  return query.size === 0 ? place : `${place}?${query.toString()}`;
}

async function call(method: Method, path: string, params: Params, body: unknown, key?: string): Promise<Response> {
  const headers = new Headers({ accept: 'application/json', 'accept-language': langue.value });
  if (body !== undefined) headers.set('content-type', 'application/json');
  if (key !== undefined) headers.set('idempotency-key', key);
  const init: RequestInit = { method: method.toUpperCase(), headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  const response = await fetch(url(path, params), init).catch(() => undefined);
  if (response === undefined) throw new Refus(0, 'injoignable', '', '', 1_000, {});
  if (response.ok) return response;
  const said = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  const wait = response.headers.get('retry-after');
  throw new Refus(
    response.status,
    typeof said['code'] === 'string' ? said['code'] : 'injoignable',
    typeof said['title'] === 'string' ? said['title'] : response.statusText,
    typeof said['detail'] === 'string' ? said['detail'] : '',
    wait === null ? undefined : Number(wait) * 1_000,
    said,
  );
}

/** Reads. Rejects with `Refus`. */
export async function lire<P extends With<'get'>>(
  path: P,
  params: Params & QueryOf<paths[P]['get']> = {} as Params & QueryOf<paths[P]['get']>,
): Promise<Read<P>> {
  return (await call('get', path, params, undefined)).json() as Promise<Read<P>>;
}

type ListOf<T> = T extends { elements: readonly (infer One)[] } ? One : never;

/** Reads a list to its end, at most `most` elements. */
export async function toutLire<P extends With<'get'>>(path: P, params: Params = {}, most = 1_000): Promise<ListOf<Read<P>>[]> {
  const all: ListOf<Read<P>>[] = [];
  let next: string | undefined = url(path, { limite: 100, ...params });
  while (next !== undefined && all.length < most) {
    const response: Response = await call('get', next, {}, undefined);
    all.push(...((await response.json()) as { elements: ListOf<Read<P>>[] }).elements);
    next = /<([^>]+)>; rel="next"/.exec(response.headers.get('link') ?? '')?.[1];
  }
  return all;
}

/** A demande's id: asking again with it has no second effect. Not `randomUUID`, which a browser keeps from addresses without TLS other than its own machine's. */
export const nouvelleCle = (): string => `page_${[...crypto.getRandomValues(new Uint32Array(4))].map((one) => one.toString(36)).join('_')}`;

/** Asks for something once: a lost answer, or one that says to come back, is asked for again with the same id, for ten seconds at most. */
async function demander<M extends Method, P extends With<M>>(
  method: M,
  path: P,
  params: Params,
  body: BodyOf<paths[P][M]>,
  key = nouvelleCle(),
): Promise<Answer<paths[P][M]>> {
  const until = performance.now() + 10_000;
  for (;;) {
    try {
      return (await (await call(method, path, params, body, key)).json()) as Answer<paths[P][M]>;
    } catch (error) {
      const again = error instanceof Refus && (error.statut === 0 || error.statut === 503) ? (error.revenirMs ?? 1_000) : undefined;
      if (again === undefined || performance.now() + again > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, again));
    }
  }
}

type Asking<M extends Method> = <P extends With<M>>(
  path: P,
  params: Params,
  body: BodyOf<paths[P][M]>,
  key?: string,
) => Promise<Answer<paths[P][M]>>;

export const poster: Asking<'post'> = (...of) => demander('post', ...of);
export const changer: Asking<'patch'> = (...of) => demander('patch', ...of);
export const retirer: Asking<'delete'> = (...of) => demander('delete', ...of);
