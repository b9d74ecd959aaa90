import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Catalogue } from '../../src/http/catalogue.js';
import { startInstance, type TestInstance } from '../support/instance.js';

// oxlint-disable-next-line typescript/no-explicit-any -- a document is walked as it comes
type Json = any;

let club: TestInstance;
let document: Json;
const operations: [name: string, operation: Json, path: string, method: string][] = [];

beforeAll(async () => {
  club = await startInstance();
  document = (await club.get('/api/openapi.json')).body;
  for (const [path, methods] of Object.entries<Json>(document.paths)) {
    for (const [method, operation] of Object.entries<Json>(methods))
      operations.push([`${method.toUpperCase()} ${path}`, operation, path, method]);
  }
});
afterAll(() => club.end());

/** What `$ref` points to, in the document itself. */
const deref = (schema: Json): Json =>
  typeof schema?.$ref === 'string'
    ? deref(
        schema.$ref
          .slice(2)
          .split('/')
          .reduce((node: Json, key: string) => node?.[key], document),
      )
    : schema;

/** What is wrong with `value` for the few words of JSON Schema that our schemas use. */
function faults(schema: Json, value: Json, at = '$'): string[] {
  const s = deref(schema);
  if (s === undefined) return [`${at}: reference to nothing`];
  if (s.anyOf !== undefined) return s.anyOf.some((one: Json) => faults(one, value, at).length === 0) ? [] : [`${at}: none of anyOf`];
  if (s.const !== undefined) return value === s.const ? [] : [`${at}: not ${s.const}`];
  if (s.enum !== undefined && !s.enum.includes(value)) return [`${at}: ${value} not in enum`];
  const type = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  const named = s.type === 'integer' && Number.isInteger(value) ? 'integer' : type;
  if (s.type !== undefined && ![s.type].flat().includes(named)) return [`${at}: ${named} is not ${s.type}`];
  if (type === 'array') return value.flatMap((one: Json, i: number) => faults(s.items ?? {}, one, `${at}[${i}]`));
  if (type !== 'object') return [];
  const missing = (s.required ?? []).filter((key: string) => !(key in value)).map((key: string) => `${at}.${key}: missing`);
  const own = Object.entries(value).flatMap(([key, one]) => {
    const known = s.properties?.[key];
    if (known !== undefined) return faults(known, one, `${at}.${key}`);
    return s.additionalProperties === false ? [`${at}.${key}: unknown`] : [];
  });
  return [...missing, ...own];
}

describe('le document OpenAPI', () => {
  it('est en 3.1, sans nullable, et toute référence mène quelque part', () => {
    expect(document.openapi).toBe('3.1.0');
    const text = JSON.stringify(document);
    expect(text).not.toMatch(/"nullable"|"x-refus"|#\/\$defs/);
    for (const [, ref] of text.matchAll(/"\$ref":"([^"]+)"/g)) expect(deref({ $ref: ref }), ref).toBeDefined();
  });

  it('décrit les routes du club, toutes sous /api/v1, chacune nommée une fois', () => {
    expect(operations.length).toBeGreaterThan(15);
    expect(operations.every(([, , path]) => path.startsWith('/api/v1/'))).toBe(true);
    const ids = operations.map(([, operation]) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('chaque opération montre sa réponse par un exemple que son schéma accepte', () => {
    for (const [name, { summary, responses }] of operations) {
      expect(summary, name).toBeTruthy();
      const good = Object.entries<Json>(responses).filter(([status]) => status.startsWith('2'));
      expect(good.length, name).toBe(1);
      for (const [type, { schema, examples }] of Object.entries<Json>(good[0]![1].content)) {
        expect(examples?.exemple?.value, `${name} ${type}`).toBeDefined();
        expect(faults(schema, examples.exemple.value), name).toEqual([]);
      }
    }
  });

  it('chaque corps attendu est montré par un exemple que son schéma accepte', () => {
    const bodies = operations.filter(([, operation]) => operation.requestBody !== undefined);
    expect(bodies.length).toBeGreaterThan(7);
    for (const [name, { requestBody }] of bodies) {
      const [{ schema, examples }] = Object.values<Json>(requestBody.content) as [Json];
      expect(examples.exemple.value, name).toBeDefined();
      expect(faults(schema, examples.exemple.value), name).toEqual([]);
    }
  });

  it('chaque refus annoncé est montré par un exemple, et chaque refus du club est annoncé quelque part', () => {
    const shown = new Set<string>();
    for (const [name, { responses }] of operations) {
      for (const [status, response] of Object.entries<Json>(responses).filter(([one]) => /^[45]/.test(one))) {
        for (const [code, { value }] of Object.entries<Json>(response.content['application/problem+json'].examples)) {
          expect([value.code, String(value.status)], name).toEqual([code, status]);
          expect(faults({ $ref: '#/components/schemas/Probleme' }, value), name).toEqual([]);
          shown.add(code);
        }
      }
    }
    const everywhere = [
      'adresse_illisible',
      'requete_illisible',
      'route_inconnue',
      'methode_refusee',
      'requete_trop_lente',
      'entetes_trop_grands',
      'hote_refuse',
      'origine_refusee',
    ];
    const inside = ['seance_deja_planifiee', 'ouvrage_deja_ajoute', 'seance_pas_terminee'];
    const silent = club.app
      .get(Catalogue)
      .codes()
      .filter((code) => !shown.has(code));
    expect(silent.toSorted()).toEqual([...everywhere, ...inside].toSorted());
  });

  it('se lit : une introduction, et des chapitres en ordre qui disent de quoi ils parlent', () => {
    for (const word of ['demande', 'Idempotency-Key', 'ETag', 'problem+json']) expect(document.info.description).toContain(word);
    expect(document.tags.map(({ name }: Json) => name).slice(0, 2)).toEqual(['Séances', 'Membres']);
    expect(document.tags.at(-1).name).toBe('Supervision');
    expect(document.tags.filter(({ description }: Json) => description.length < 20)).toEqual([]);
    for (const [name, { tags }] of operations) expect(tags, name).toHaveLength(1);
  });

  it('la page /api/docs ne cherche rien ailleurs', async () => {
    const { body, headers } = await club.get('/api/docs');
    expect(body).not.toMatch(/(src|href)="(https?:)?\/\//);
    expect(headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(body).toContain('page.js');
    for (const [, file] of body.matchAll(/(?:src|href)="\.\/docs\/([^"]+)"/g))
      expect((await club.get(`/api/docs/${file}`)).status, file).toBe(200);
  });
});
