import { Problem } from './problem.js';
import type { Request } from './door.js';

/**
 * Reads a JSON body. An empty one counts as none, so that a demande without content needs no content.
 *
 * Keys such as `__proto__` become plain own properties here and never reach an object of ours: every schema is strict, names
 * them as unknown fields, and hands on a fresh object.
 */
export function readJson(_request: Request, body: string | Buffer, done: (error: Error | null, body?: unknown) => void): void {
  let read: unknown;
  try {
    read = body.length === 0 ? undefined : JSON.parse(body as string);
  } catch {
    return done(new Problem('json_illisible'));
  }
  done(null, read);
}
