import { demandeKey } from '../aggregate/demande-key.js';
import type { Ticket } from '../aggregate/ticket.js';
import { type Breakage, groupWrite, streamsOf, type Writer } from './group.js';
import type { TableSchema } from './rows.js';
import type { ConstraintViolated, GroupWrite, Storage, StoredDemande } from './storage.js';

type Stage = readonly [Writer, readonly Ticket[]];

/**
 * Finds out who is guilty in a refused group and answers them; whoever is not in the result is innocent.
 *
 * First the heads and the demande ids, in one read; only when these are right, a rehearsal of each stream, then of each demande of a guilty stream,
 * in a transaction that is always rolled back.
 */
export async function condemn(
  storage: Storage,
  schemas: ReadonlyMap<string, TableSchema>,
  stages: readonly Stage[],
  write: GroupWrite,
): Promise<Map<Writer, Breakage>> {
  const verdict = await storage.examine(write);
  const sentences = new Map<Writer, Breakage>();
  for (const [writer, tickets] of stages) {
    if (answerKnown(writer, tickets, verdict.known)) sentences.set(writer, 'guilty');
    else if (streamsOf(writer, tickets).some((stream) => verdict.fenced.has(stream))) sentences.set(writer, 'fenced');
  }
  if (sentences.size > 0) return sentences;
  return rehearse(storage, schemas, stages);
}

/** Tickets whose id was stored before get the stored answer; true when there was one. */
function answerKnown(writer: Writer, tickets: readonly Ticket[], known: ReadonlyMap<string, StoredDemande>): boolean {
  let found = false;
  for (const ticket of tickets) {
    const stored = known.get(demandeKey(ticket.envelope.scope, ticket.envelope.id));
    if (stored === undefined) continue;
    answerStored(ticket, stored, writer.stream);
    found = true;
  }
  return found;
}

/** Answers with what was answered the first time, or says that the id belongs to something else. */
export function answerStored(ticket: Ticket, stored: StoredDemande, stream: string): void {
  const first = ticket.decision?.from ?? 0;
  // A demande that opens a stream was given a fresh id for it: only the content can be compared.
  const same = stored.hash === ticket.envelope.hash && (stored.stream === stream || first === 0);
  ticket.settle(same ? { is: 'done', answer: stored.answer, replayed: !ticket.ambiguous } : { is: 'different' });
}

async function rehearse(
  storage: Storage,
  schemas: ReadonlyMap<string, TableSchema>,
  stages: readonly Stage[],
): Promise<Map<Writer, Breakage>> {
  const sentences = new Map<Writer, Breakage>();
  const violations = await storage.rehearse(stages.map((stage) => groupWrite([stage], [], schemas)));
  for (const [i, violation] of violations.entries()) {
    if (violation === undefined) continue;
    const [writer, tickets] = stages[i]!;
    const parts = tickets.map((ticket): Stage => [writer, [ticket]]);
    const found = await storage.rehearse(parts.map((part) => groupWrite([part], [], schemas)));
    const guilty = found.findIndex((one) => one !== undefined);
    sentences.set(writer, sentence(writer, tickets[Math.max(guilty, 0)]!, found[guilty] ?? violation));
  }
  return sentences;
}

function sentence(writer: Writer, ticket: Ticket, violation: ConstraintViolated): Breakage {
  const refusal = writer.explain(violation.constraint);
  if (refusal === undefined) {
    ticket.settle({ is: 'failed' });
    return 'bug';
  }
  ticket.settle({ is: 'refused', refusal: { refusal } });
  return 'guilty';
}
