import { z } from 'zod';
import { type ListQuery, PAGE, readCursor, sendPage } from './cursor.js';
import type { Reply, Request } from './door.js';
import { mayExist } from './fields.js';

/** The query of a history. */
export const PageDeFaits = z.strictObject(PAGE);

const FAIT = z.object({
  version: z.int(),
  type: z.string(),
  instant: z.string(),
  demandeId: z.string(),
  acteur: z.string().nullable(),
  donnees: z.record(z.string(), z.unknown()),
});

/** What the history of one kind answers. `id` names it in the documentation, `example` is one of its facts. */
export function historyOf(id: string, example: z.output<typeof FAIT>): z.ZodType {
  return z.object({ elements: z.array(FAIT) }).meta({ id, examples: [{ elements: [example] }] });
}

/** A fact as the journal keeps it. */
interface Kept {
  readonly kind: string;
  readonly version: number;
  readonly type: string;
  /** Milliseconds since 1970, UTC. */
  readonly instant: number;
  readonly demande: string;
  readonly acteur: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Reads the facts of `stream` with `from < version <= to`, in order. */
export type ReadFacts = (stream: string, from: number, to: number) => Promise<readonly Kept[]>;

/** Answers one page of the facts of `stream`, oldest first. False, and nothing is answered, when no stream of that kind has this name. */
export async function sendHistory(
  read: ReadFacts,
  { stream, kind }: { readonly stream: string; readonly kind: string },
  { apres, limite }: ListQuery,
  request: Request,
  reply: Reply,
): Promise<boolean> {
  const [after] = (readCursor(apres, ['number']) as [number] | undefined) ?? [0];
  const facts = mayExist(stream) ? await read(stream, after, after + limite + 1) : [];
  // Streams of every kind lie in one journal: another's is not this one's history.
  if (facts.length === 0 ? after === 0 : facts[0]!.kind !== kind) return false;
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
  return true;
}
