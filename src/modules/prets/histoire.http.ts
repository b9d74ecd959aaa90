import { type ListQuery, readCursor, sendPage } from '../../http/cursor.js';
import type { Reply, Request } from '../../http/door.js';
import type { Machine } from '../../runtime/machine.js';

/** Answers one page of the facts of `stream`, oldest first. */
export async function sendHistoire(
  machine: Machine,
  stream: string,
  { apres, limite }: ListQuery,
  request: Request,
  reply: Reply,
): Promise<void> {
  const [after] = (readCursor(apres, ['number']) as [number] | undefined) ?? [0];
  const facts = await machine.storage.facts(stream, after, after + limite + 1);
  sendPage(
    request,
    reply,
    facts,
    limite,
    (fact) => [fact.version],
    ({ version, type, instant, demande, acteur, data }) => ({
      version,
      type,
      instant: new Date(instant).toISOString(),
      demandeId: demande,
      acteur,
      donnees: data,
    }),
  );
}
