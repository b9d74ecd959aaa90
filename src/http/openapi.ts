import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import type { Catalogue } from './catalogue.js';
import { REFUSALS } from './operation.js';
import type { MachineRefusal } from './machine.refus.js';

type Json = Record<string, unknown>;

const EVERY: readonly MachineRefusal[] = ['erreur_interne', 'base_indisponible', 'trop_de_demandes', 'arret_en_cours'];
const READS: readonly MachineRefusal[] = [];
const WRITES: readonly MachineRefusal[] = [
  'json_illisible',
  'type_non_accepte',
  'corps_trop_grand',
  'demande_invalide',
  'demande_differente',
  'precondition_perdue',
  'surcharge',
];

/** Serves the OpenAPI 3.1 document at /api/openapi.json and its page at /api/docs, without any outside request. */
export function serveDocumentation(app: INestApplication, catalogue: Catalogue): void {
  SwaggerModule.setup('api/docs', app, () => documentOf(app, catalogue), {
    jsonDocumentUrl: 'api/openapi.json',
    raw: ['json'],
    customSiteTitle: 'MonClub : l’interface',
    swaggerOptions: { validatorUrl: null, persistAuthorization: false, docExpansion: 'list' },
  });
}

/** The document of `app`: what the controllers declare, completed with what every operation has in common. */
export function documentOf(app: INestApplication, catalogue: Catalogue): OpenAPIObject {
  const about = new DocumentBuilder()
    .setTitle('MonClub')
    .setDescription('Un club de lecture. Chaque écriture est une demande : même Idempotency-Key, même effet, même réponse.')
    .setVersion('1')
    .setOpenAPIVersion('3.1.0')
    .build();
  const document = SwaggerModule.createDocument(app, about) as unknown as Json;
  const schemas: Json = { Probleme: problemSchema(catalogue) };
  for (const [method, operation] of operationsOf(document)) complete(operation, method !== 'get', catalogue);
  const hoisted = hoist(document, schemas) as Json;
  hoisted['components'] = { ...(hoisted['components'] as Json), schemas };
  return hoisted as unknown as OpenAPIObject;
}

function* operationsOf(document: Json): IterableIterator<[method: string, operation: Json]> {
  for (const path of Object.values(document['paths'] as Record<string, Json>)) {
    for (const [method, operation] of Object.entries(path)) yield [method, operation as Json];
  }
}

function complete(operation: Json, writes: boolean, catalogue: Catalogue): void {
  const own = (operation[REFUSALS] as string[] | undefined) ?? [];
  delete operation[REFUSALS];
  const responses = operation['responses'] as Json;
  const codes = [...new Set([...own, ...(writes ? WRITES : READS), ...EVERY])];
  for (const code of codes) addRefusal(responses, code, catalogue);
  if (writes) operation['parameters'] = [...((operation['parameters'] as unknown[]) ?? []), ...DEMANDE_HEADERS];
}

function addRefusal(responses: Json, code: string, catalogue: Catalogue): void {
  const entry = catalogue.entry(code);
  if (entry === undefined) throw new Error(`refusal "${code}" is in no catalogue`);
  const response = (responses[entry.status] ??= {
    description: 'Refus',
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Probleme' }, examples: {} } },
  }) as { content: Record<string, { examples: Json }> };
  response.content['application/problem+json']!.examples[code] = { summary: entry.title.fr, value: catalogue.example(code) };
}

const DEMANDE_HEADERS = [
  {
    name: 'Idempotency-Key',
    in: 'header',
    required: false,
    description: 'L’identifiant de la demande ; inventé et rendu s’il manque.',
    schema: { type: 'string', pattern: '^[A-Za-z0-9_-]{16,128}$' },
  },
  { name: 'If-Match', in: 'header', required: false, description: 'La version attendue, comme "12".', schema: { type: 'string' } },
];

function problemSchema(catalogue: Catalogue): Json {
  return {
    type: 'object',
    description: 'RFC 9457, avec un code stable et les données qui l’expliquent.',
    required: ['type', 'title', 'status', 'detail', 'code'],
    properties: {
      type: { type: 'string', format: 'uri-reference' },
      title: { type: 'string' },
      status: { type: 'integer' },
      detail: { type: 'string' },
      code: { type: 'string', enum: catalogue.codes() },
      instance: { type: 'string' },
      champs: {
        type: 'array',
        items: { type: 'object', required: ['champ', 'probleme'], properties: { champ: { type: 'string' }, probleme: { type: 'string' } } },
      },
    },
    additionalProperties: true,
  };
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
