import { sendDone, sendNotDone, type Words } from '../../http/answer.js';
import type { Reply } from '../../http/door.js';
import type { Outcome } from '../../runtime/aggregate/outcome.js';
import type { Reponse, RessourceSeance } from './reponses.js';
import { montrer } from './reunions.lecture.js';

export const WORDS: Words = { missing: 'seance_inconnue', unreachable: 'seance_injoignable' };

/** Answers with the whole séance, as its GET gives it. */
export function answerSeance(reply: Reply, outcome: Outcome<Reponse>, status: 200 | 201 = 200): void {
  if (outcome.is !== 'done') return sendNotDone(reply.request, reply, outcome, WORDS);
  const seance = outcome.answer as RessourceSeance;
  sendDone(reply, outcome, status, montrer(seance), seance.version, status === 201 ? `/api/v1/seances/${seance.id}` : undefined);
}

/** Answers with the few figures that a rush needs: straight from the aggregate, nothing is read or formatted. */
export function answerShort(reply: Reply, outcome: Outcome<Reponse>, status: 200 | 201): void {
  if (outcome.is !== 'done') return sendNotDone(reply.request, reply, outcome, WORDS);
  sendDone(reply, outcome, status, outcome.answer, outcome.answer.version);
}
