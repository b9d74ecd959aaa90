import { applyDecorators } from '@nestjs/common';
import type { z } from 'zod';
import { documented } from './documentation.js';
import { exampleOf, jsonSchema } from './json-schema.js';
import type { MachineRefusal } from './machine.refus.js';

/** Where the document finds the refusals of an operation until it has written them out. */
export const REFUSALS = 'x-refus';
/** True of an operation that concerns neither a version nor the shared database. */
export const APART = 'x-a-part';

interface OperationSpec<Code extends string> {
  readonly summary: string;
  readonly description?: string;
  readonly status?: 200 | 201;
  /** What is answered; its `meta({ examples })` is the documentation's example. */
  readonly answers: z.ZodType;
  /** Its content type, when it is not JSON. */
  readonly produces?: string;
  /** The answer has a version (`ETag`): who already holds it is told 304. */
  readonly versioned?: boolean;
  /** Answered without the shared database, about something that has no version: neither `If-Match` nor `ETag`. */
  readonly apart?: boolean;
  /** What the club may say no with. The machine's own refusals are added by method. */
  readonly refusals?: readonly (Code | MachineRefusal)[];
}

/** Documents one operation. The rest (machine's refusals, headers, examples of refusals) comes from the catalogue when the document is made. */
export function Operation<Code extends string = MachineRefusal>(spec: OperationSpec<Code>): MethodDecorator {
  const { summary, description, status = 200, answers, produces = 'application/json' } = spec;
  const { versioned = false, apart = false, refusals = [] } = spec;
  return documented(({ ApiExtension, ApiHeader, ApiOperation, ApiResponse }) =>
    applyDecorators(
      ApiOperation({ summary, ...(description === undefined ? undefined : { description }) }),
      ApiResponse({
        status,
        description: status === 201 ? 'Créé' : 'Fait',
        content: { [produces]: { schema: jsonSchema(answers), examples: { exemple: { value: exampleOf(answers) } } } },
      }),
      ApiExtension(REFUSALS, refusals),
      ApiExtension(APART, apart),
      ...(versioned ? [ApiHeader(IF_NONE_MATCH), ApiResponse({ status: 304, description: 'Inchangé depuis la version donnée' })] : []),
    ),
  );
}

const IF_NONE_MATCH = {
  name: 'If-None-Match',
  required: false,
  description: 'L’ETag de ce que l’on a déjà : s’il n’a pas changé, la réponse est 304, sans corps.',
  schema: { type: 'string' },
} as const;
