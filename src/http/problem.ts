import type { WrongField } from './validation.js';
import { languageOf } from './language.js';
import type { Reply, Request } from './door.js';

type Data = Readonly<Record<string, unknown>>;

/** A no that a door throws before any demande was asked. Answered by the filter, never logged as an error. */
export class Problem extends Error {
  override readonly name = 'Problem';
  constructor(
    readonly code: string,
    readonly data?: Data,
    readonly retryAfterMs?: number,
  ) {
    super(code);
  }
}

/** Every wrong field of a request, at once; put into the caller's language when answered. */
export class InvalidDemande extends Problem {
  constructor(readonly champs: readonly WrongField[]) {
    super('demande_invalide');
  }
}

/**
 * Answers `code` as `application/problem+json` in the caller's language.
 *
 * Every 429 and 503 carries `Retry-After`, in whole seconds, at least one.
 */
export function sendProblem(request: Request, reply: Reply, code: string, data?: Data, retryAfterMs = 1000): void {
  const language = languageOf(request.headers['accept-language']);
  const key = reply.getHeader('idempotency-key');
  const instance = typeof key === 'string' ? key : request.id;
  const document = reply.server.door.catalogue.problem(code, language, data, instance);
  if (document.status === 429 || document.status === 503) void reply.header('retry-after', retryAfterSeconds(retryAfterMs));
  void reply
    .code(document.status)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .header('content-language', language)
    .header('vary', 'Accept-Language')
    .send(JSON.stringify(document));
}

/** Answers a thrown `Problem`. */
export function sendThrown(request: Request, reply: Reply, problem: Problem): void {
  if (!(problem instanceof InvalidDemande)) return sendProblem(request, reply, problem.code, problem.data, problem.retryAfterMs);
  const language = languageOf(request.headers['accept-language']);
  const champs = problem.champs.map(({ champ, probleme }) => ({ champ, probleme: probleme[language] }));
  const names = [...new Set(champs.map((one) => one.champ))];
  const noms = names.length > 10 ? `${names.slice(0, 10).join(', ')}…` : names.join(', ');
  sendProblem(request, reply, problem.code, { champs, noms });
}

export function retryAfterSeconds(milliseconds: number): number {
  return Math.max(1, Math.ceil(milliseconds / 1000));
}
