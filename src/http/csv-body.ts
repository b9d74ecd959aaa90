import type { IncomingMessage } from 'node:http';
import { applyDecorators, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { z } from 'zod';
import { type Demande, readDemande } from './demande.js';
import { documented } from './documentation.js';
import type { Reply, Request } from './door.js';
import { queryParameters } from './json-schema.js';
import { Problem } from './problem.js';

/** Bytes of a file. Raising it lets one caller hold more memory: about twenty times as much while it is read. */
const CSV_BYTES = 1_048_576;

/** A CSV file as text, whatever it was encoded in. */
export class CsvText {
  constructor(readonly texte: string) {}
}

const CSV = z.instanceof(CsvText);
const TAKES = { csv: true };

/** Reads a CSV body, for the routes that take one; every other route answers 415 before a byte is read. */
export async function readCsvBody(request: Request, payload: IncomingMessage): Promise<CsvText> {
  const { csv } = request.routeOptions.config as Partial<typeof TAKES>;
  if (csv !== true) throw new Problem('type_non_accepte');
  if (Number(request.headers['content-length'] ?? 0) > CSV_BYTES) throw new Problem('csv_trop_grand');
  return new CsvText(decoded(await bytesOf(payload)));
}

function bytesOf(payload: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    payload.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= CSV_BYTES) return void chunks.push(chunk);
      // What still comes is let go by, not kept: the caller must be able to read the answer.
      chunks.length = 0;
      reject(new Problem('csv_trop_grand'));
    });
    payload.on('end', () => resolve(Buffer.concat(chunks)));
    payload.on('error', reject);
  });
}

/** UTF-8, with or without its mark; what is not UTF-8 comes from an older spreadsheet. */
function decoded(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return bytes.toString('latin1').replaceAll(/[\u0080-\u009f]/g, (sign) => WINDOWS_1252[sign.charCodeAt(0) - 0x80]!);
  }
}

/** What Windows-1252 writes where Latin-1 has nothing to show. Node's own decoder of that name reads Latin-1. */
const WINDOWS_1252 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';

/** A handler whose body is a CSV file; `example` is what the documentation shows. */
export function TakesCsv(example: string): MethodDecorator {
  return applyDecorators(
    RouteConfig(TAKES) as MethodDecorator,
    documented(({ ApiBody, ApiConsumes }) =>
      applyDecorators(ApiConsumes('text/csv'), ApiBody({ schema: { type: 'string' }, examples: { exemple: { value: example } } })),
    ),
  );
}

/** Gives a handler its `Demande`, whose body is the file. As `FromRequest`: every wrong header and parameter is told at once. */
export function FromCsv(query: z.ZodObject): ParameterDecorator {
  const take = fromCsv({ query });
  return (target, key, index) => {
    take(target, key, index);
    const descriptor = key === undefined ? undefined : Object.getOwnPropertyDescriptor(target, key);
    if (key === undefined || descriptor === undefined) return;
    documented(({ ApiQuery }) => applyDecorators(...queryParameters(query).map((parameter) => ApiQuery(parameter))))(
      target,
      key,
      descriptor,
    );
  };
}

const fromCsv = createParamDecorator(({ query }: { query: z.ZodObject }, context: ExecutionContext): Demande => {
  const http = context.switchToHttp();
  const [request, reply] = [http.getRequest<Request>(), http.getResponse<Reply>()];
  if (!(request.body instanceof CsvText)) throw new Problem('csv_attendu');
  return readDemande(request, reply, { body: CSV, query });
});
