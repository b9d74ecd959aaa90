import type { ApiBodyOptions, ApiQueryOptions, OpenAPIObject } from '@nestjs/swagger';
import { z } from 'zod';

type Components = NonNullable<OpenAPIObject['components']>;
export type SchemaObject = Exclude<NonNullable<Components['schemas']>[string], { $ref: string }>;

/**
 * A zod schema as OpenAPI 3.1 wants it: JSON Schema 2020-12. A schema with `meta({ id })` is kept under `$defs`, from where
 * the document moves it to its components.
 */
export function jsonSchema(schema: z.ZodType): SchemaObject {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input', unrepresentable: 'any' });
  return json as SchemaObject;
}

/** The first of a schema's `meta({ examples })`. */
export function exampleOf(schema: z.ZodType): unknown {
  const examples = schema.meta()?.['examples'];
  return Array.isArray(examples) ? (examples as unknown[])[0] : undefined;
}

/** The documentation of a body. */
export function bodyContent(schema: z.ZodType): ApiBodyOptions {
  return { schema: jsonSchema(schema), examples: { exemple: { value: exampleOf(schema) } }, required: !schema.safeParse({}).success };
}

/** The documentation of a query, parameter by parameter. */
export function queryParameters(schema: z.ZodObject): ApiQueryOptions[] {
  return Object.entries(schema.shape).map(([name, field]) => {
    const { description, ...json } = jsonSchema(field as z.ZodType);
    return { name, required: false, schema: json, ...(description === undefined ? undefined : { description }) };
  });
}
