import type { Catalogue } from './catalogue.js';

export type Json = Record<string, unknown>;

/** Writes the refusals `codes` out among `responses`: one response per status, one example per code (those of `examples` instead of the catalogue's). */
export function addRefusals(
  responses: Record<string, Json>,
  codes: readonly string[],
  catalogue: Catalogue,
  examples: Readonly<Record<string, unknown>> = {},
): void {
  const byStatus = new Map<number, string[]>();
  for (const code of codes) {
    const entry = catalogue.entry(code);
    if (entry === undefined) throw new Error(`refusal "${code}" is in no catalogue`);
    byStatus.set(entry.status, [...(byStatus.get(entry.status) ?? []), code]);
  }
  for (const [status, ones] of byStatus) responses[status] = refusal(status, ones, catalogue, examples);
}

/** `demande_invalide` as this very operation may say it: about a field that it has. */
export function invalidExample(operation: Json, catalogue: Catalogue): unknown {
  const body = operation['requestBody'] as { content?: Record<string, { examples?: Record<string, { value?: object }> }> } | undefined;
  const [field] = Object.keys(body?.content?.['application/json']?.examples?.['exemple']?.value ?? {});
  const query = ((operation['parameters'] as Json[] | undefined) ?? []).filter((one) => one['in'] === 'query');
  const champs =
    field === undefined
      ? query.some(({ name }) => name === 'limite')
        ? { champ: 'limite', probleme: 'doit être un nombre entier de 1 à 100' }
        : { champ: 'Idempotency-Key', probleme: 'doit avoir 16 à 128 lettres, chiffres, tirets ou soulignés' }
      : { champ: field, probleme: 'est obligatoire' };
  return catalogue.problem(
    'demande_invalide',
    'fr',
    { champs: [champs], noms: champs.champ },
    catalogue.example('demande_invalide').instance,
  );
}

function refusal(status: number, codes: readonly string[], catalogue: Catalogue, given: Readonly<Record<string, unknown>>): Json {
  const titled = codes.map((code) => [code, catalogue.entry(code)!.title.fr] as const);
  const examples = Object.fromEntries(
    titled.map(([code, title]) => [code, { summary: title, value: given[code] ?? catalogue.example(code) }]),
  );
  const description = titled.map(([code, title]) => `[\`${code}\`](/erreurs/${code}) ${title}`).join(' · ');
  const content = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Probleme' }, examples } };
  const later = status === 429 || status === 503;
  return { description, content, ...(later ? { headers: RETRY_AFTER } : undefined) };
}

const RETRY_AFTER = { 'Retry-After': { description: 'Secondes à attendre avant de redemander.', schema: { type: 'integer', minimum: 1 } } };

export function problemSchema(catalogue: Catalogue): Json {
  return {
    type: 'object',
    description: 'RFC 9457, avec un code stable et les données qui l’expliquent.',
    required: ['type', 'title', 'status', 'detail', 'code'],
    properties: {
      type: { type: 'string', format: 'uri-reference', description: 'La page qui explique ce refus.' },
      title: { type: 'string' },
      status: { type: 'integer' },
      detail: { type: 'string', description: 'Ce qui s’est passé, dans la langue de l’appelant (Accept-Language : fr ou en).' },
      code: { type: 'string', enum: catalogue.codes() },
      instance: { type: 'string', description: 'L’identifiant de la demande, ou de la requête.' },
      champs: {
        type: 'array',
        description: 'Avec demande_invalide : tout ce qui ne va pas, d’un coup.',
        items: { type: 'object', required: ['champ', 'probleme'], properties: { champ: { type: 'string' }, probleme: { type: 'string' } } },
      },
    },
    additionalProperties: true,
  };
}
