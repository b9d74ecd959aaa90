import type { INestApplication } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import type { Catalogue } from './catalogue.js';
import { inOrder } from './chapter.js';
import { INTRODUCTION, servePage } from './docs-page.js';
import { documentationLibrary } from './documentation.js';
import type { Reply, Request } from './door.js';
import type { MachineRefusal } from './machine.refus.js';
import { addRefusals, invalidExample, type Json, problemSchema } from './openapi.refusals.js';
import { APART, REFUSALS } from './operation.js';

const EVERY: readonly MachineRefusal[] = ['erreur_interne', 'base_indisponible', 'trop_de_demandes', 'arret_en_cours'];
const WRITES: readonly MachineRefusal[] = [
  'json_illisible',
  'type_non_accepte',
  'corps_trop_grand',
  'demande_invalide',
  'demande_differente',
  'precondition_perdue',
  'surcharge',
];

/** Serves the OpenAPI 3.1 document at /api/openapi.json and its page at /api/docs, without any outside request. Written at the first reading. */
export function serveDocumentation(app: INestApplication, catalogue: Catalogue): void {
  const http = app.getHttpAdapter();
  let written: Promise<string> | undefined;
  http.get('/api/openapi.json', async (_request: Request, reply: Reply) => {
    written ??= documentOf(app, catalogue).then((document) => JSON.stringify(document));
    void reply.type('application/json; charset=utf-8').send(await written);
  });
  servePage(http);
}

/** The document of `app`: what the controllers declare, completed with what every operation has in common. */
export async function documentOf(app: INestApplication, catalogue: Catalogue): Promise<OpenAPIObject> {
  const { DocumentBuilder, SwaggerModule } = await documentationLibrary();
  const about = new DocumentBuilder().setTitle('MonClub').setDescription(INTRODUCTION).setVersion('1').setOpenAPIVersion('3.1.0').build();
  const document = SwaggerModule.createDocument(app, about, { autoTagControllers: false }) as unknown as Json;
  const schemas: Json = { Probleme: problemSchema(catalogue) };
  for (const { method, operation } of operationsOf(document)) complete(operation, method !== 'get', catalogue);
  const hoisted = hoist(document, schemas) as Json;
  arrange(hoisted);
  hoisted['components'] = { ...(hoisted['components'] as Json), schemas };
  return hoisted as unknown as OpenAPIObject;
}

interface Described {
  readonly path: string;
  readonly method: string;
  readonly operation: Json;
}

function operationsOf(document: Json): Described[] {
  const paths = Object.entries(document['paths'] as Record<string, Json>);
  return paths.flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method, operation: operation as Json })),
  );
}

function complete(operation: Json, writes: boolean, catalogue: Catalogue): void {
  const own = (operation[REFUSALS] as string[] | undefined) ?? [];
  const apart = operation[APART] === true;
  delete operation[REFUSALS];
  delete operation[APART];
  const parameters = ((operation['parameters'] as Json[] | undefined) ?? []).map((one) =>
    one['in'] === 'path' && one['description'] === undefined
      ? { ...one, description: 'Tel que la réponse qui l’a fait naître l’a donné.' }
      : one,
  );
  operation['parameters'] = writes ? [...parameters, KEY_HEADER, ...(apart ? [] : [VERSION_HEADER])] : parameters;
  const responses = operation['responses'] as Record<string, Json>;
  if (writes) for (const [status, response] of Object.entries(responses)) response['headers'] = answerHeaders(status, apart);
  const common = [...(writes ? WRITES : []), ...EVERY].filter((code) => !apart || !OF_THE_DATABASE.includes(code));
  addRefusals(responses, [...new Set([...own, ...common])], catalogue, { demande_invalide: invalidExample(operation, catalogue) });
}

/** What an operation without the shared database and without a version cannot be refused with, unless it says so itself. */
const OF_THE_DATABASE: readonly string[] = ['base_indisponible', 'precondition_perdue'];

const KEY_HEADER = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'L’identifiant de la demande ; inventé et rendu s’il manque.',
  schema: { type: 'string', pattern: '^[A-Za-z0-9_-]{16,128}$' },
};
const VERSION_HEADER = {
  name: 'If-Match',
  in: 'header',
  required: false,
  description: 'La version attendue, comme "12".',
  schema: { type: 'string' },
};

/** What the answer of a write carries besides its body. */
function answerHeaders(status: string, apart: boolean): Json {
  const header = (description: string): Json => ({ description, schema: { type: 'string' } });
  return {
    'Idempotency-Key': header('L’identifiant de la demande.'),
    'Idempotent-Replayed': header('true : c’est la réponse d’une demande déjà faite.'),
    ...(apart ? undefined : { ETag: header('La nouvelle version, entre guillemets.') }),
    ...(status === '201' ? { Location: header('L’adresse de ce qui vient de naître.') } : undefined),
  };
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

/** Puts chapters, addresses and methods in the order of reading. */
function arrange(document: Json): void {
  const all = operationsOf(document);
  const chapterOf = ({ operation }: Described): string => ((operation['tags'] as string[] | undefined) ?? ['Autres'])[0]!;
  const tags = inOrder(all.map(chapterOf));
  const place = new Map(tags.map(({ name }, index) => [name, index]));
  // A collection, then its elements, before the next one: stable, so that the rest stays as the controllers wrote it.
  const shelves = [...new Set(all.map(({ path }) => shelfOf(path)))];
  const key = (one: Described): number => place.get(chapterOf(one))! * all.length + shelves.indexOf(shelfOf(one.path));
  const sorted = all.toSorted((a, b) => key(a) - key(b));
  const paths: Record<string, Json> = {};
  for (const { path } of sorted) paths[path] ??= {};
  for (const method of METHODS) for (const one of sorted) if (one.method === method) paths[one.path]![method] = one.operation;
  document['tags'] = tags;
  document['paths'] = paths;
}

/** The address of the collection that `path` is in. */
function shelfOf(path: string): string {
  return path.replace(/\/\{[^}]+\}$/, '');
}

/** Moves every `$defs` entry into `schemas`, and points the references there. */
function hoist(node: unknown, schemas: Json): unknown {
  if (Array.isArray(node)) return node.map((one) => hoist(one, schemas));
  if (typeof node !== 'object' || node === null) return node;
  const moved: Json = {};
  for (const [key, value] of Object.entries(node)) {
    if (key === '$defs') for (const [name, schema] of Object.entries(value as Json)) schemas[name] ??= withoutId(hoist(schema, schemas));
    else if (key === '$ref' && typeof value === 'string') moved[key] = value.replace('#/$defs/', '#/components/schemas/');
    else moved[key] = hoist(value, schemas);
  }
  return moved;
}

function withoutId(schema: unknown): unknown {
  const { id: _, ...rest } = schema as Json;
  return rest;
}
