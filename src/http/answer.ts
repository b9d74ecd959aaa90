import { hash as digest } from 'node:crypto';
import type { Outcome } from '../runtime/aggregate/outcome.js';
import type { Reply, Request } from './door.js';
import { sendProblem } from './problem.js';

type Done<R> = Extract<Outcome<R>, { is: 'done' }>;
type NotDone = Exclude<Outcome, { is: 'done' }>;

/** What one kind of resource calls the machine's words. */
export interface Words {
  /** The code for a resource that does not exist (404). */
  readonly missing: string;
  /** The code when the place where it is written cannot be written (503). */
  readonly unreachable: 'base_indisponible' | 'seance_injoignable' | 'compteurs_indisponibles';
}

/** Answers a demande that was done: 200 or 201 with the resource, its `ETag`, and whether this is the answer of an earlier call. */
export function sendDone(
  reply: Reply,
  outcome: Done<unknown>,
  status: 200 | 201,
  body: unknown,
  version: number | undefined,
  location?: string,
): void {
  if (version !== undefined) void reply.header('etag', `"${version}"`);
  if (location !== undefined) void reply.header('location', location);
  if (outcome.replayed) void reply.header('idempotent-replayed', 'true');
  void reply.code(status).send(body);
}

/** Answers a demande that was not done; every outcome has its code. */
export function sendNotDone(request: Request, reply: Reply, outcome: NotDone, words: Words): void {
  switch (outcome.is) {
    case 'refused':
      return sendProblem(request, reply, outcome.refusal.refusal, outcome.refusal.data);
    case 'missing':
      return sendProblem(request, reply, words.missing);
    case 'different':
      return sendProblem(request, reply, 'demande_differente');
    case 'stale':
      return sendProblem(request, reply, 'precondition_perdue', { version: outcome.version });
    case 'overloaded':
      return sendProblem(request, reply, 'surcharge', notExecuted(reply), outcome.retryAfterMs);
    case 'quarantined':
      return sendProblem(request, reply, 'en_quarantaine', notExecuted(reply), outcome.retryAfterMs);
    case 'unavailable':
      return sendProblem(request, reply, words.unreachable, { etat: outcome.effect, demandeId: demandeId(reply) }, outcome.retryAfterMs);
    case 'failed':
      return sendProblem(request, reply, 'erreur_interne', notExecuted(reply));
  }
}

function notExecuted(reply: Reply): Readonly<Record<string, unknown>> {
  return { etat: 'not_executed', demandeId: demandeId(reply) };
}

function demandeId(reply: Reply): unknown {
  return reply.getHeader('idempotency-key');
}

/**
 * Answers a read of one resource: 304 when the caller already holds this version.
 * A cache may keep it and must ask each time.
 */
export function sendResource(request: Request, reply: Reply, body: unknown, version: number): void {
  const etag = `"${version}"`;
  void reply.header('etag', etag).header('cache-control', 'no-cache');
  if (holds(request.headers['if-none-match'], etag)) void reply.code(304).send();
  else void reply.code(200).send(body);
}

/** A file that is not JSON. */
export interface SentFile {
  /** What its content depends on, and nothing else does: the same, the same bytes. */
  readonly of: string;
  readonly type: string;
  /** What a browser calls it when it keeps it. */
  readonly nom: string;
  write(): Promise<string>;
}

/** As `sendResource`, for a file: nothing is written for who already holds it. */
export async function sendFile(request: Request, reply: Reply, { of, type, nom, write }: SentFile): Promise<void> {
  const etag = `"${digest('sha256', of, 'base64').slice(0, 22)}"`;
  void reply.header('etag', etag).header('cache-control', 'no-cache');
  if (holds(request.headers['if-none-match'], etag)) return void reply.code(304).send();
  const text = await write();
  void reply.header('content-disposition', `attachment; filename="${nom}"`).type(type).send(text);
}

function holds(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(',').some((one) => one.trim() === '*' || one.trim().replace(/^W\//, '') === etag);
}
