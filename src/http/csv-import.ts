import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Envelope, Outcome } from '../runtime/aggregate/outcome.js';
import { Machine } from '../runtime/machine.js';
import { sendDone, sendNotDone, type Words } from './answer.js';
import type { CsvText } from './csv-body.js';
import type { CsvRefusal } from './csv.refus.js';
import { type Column, type CsvLine, readTable } from './csv-table.js';
import type { Demande } from './demande.js';
import type { Reply } from './door.js';
import { languageOf } from './language.js';
import { Problem, sendProblem } from './problem.js';
import { type WrongField, wrongFields } from './validation.js';

/** Something of the same name that is there already: in the club (`id`) or in the file (`ligne`). It is told, and prevents nothing. */
export interface Double {
  readonly champ: string;
  readonly id?: string;
  readonly ligne?: number;
}

/** One kind of things that come in files. */
export interface Imported<Line> {
  /** Namespace of the demandes of its lines: one that no caller can name. */
  readonly scope: `csv-${string}`;
  readonly columns: readonly Column[];
  readonly schema: z.ZodType<Line>;
  readonly words: Words;
  /** By line number. */
  doubles(lines: ReadonlyMap<number, Line>): Promise<ReadonlyMap<number, readonly Double[]>>;
  /** What would be made of a line, as the preview shows it. */
  show(line: Line): object;
  /** Makes one: at most once for the envelope's id. */
  write(line: Line, envelope: Envelope): Promise<Outcome<unknown>>;
}

/** What an import may be refused with. */
export const FILE_REFUSALS = [
  'csv_attendu',
  'csv_trop_grand',
  'csv_illisible',
  'csv_entete_invalide',
  'csv_invalide',
] as const satisfies CsvRefusal[];

export const MODE = z.strictObject({
  mode: z.enum(['apercu', 'ecriture']).default('apercu').describe('« apercu » : dit ce qui serait fait, et ne change rien.'),
});

/** Lines that are asked together. Raising it fills the queues of everybody else. */
const TOGETHER = 64;
/** Wrong lines that a refusal names: the preview shows all of them. */
const TOLD = 100;

interface Checked<Line> extends CsvLine {
  readonly line: Line | undefined;
  readonly wrong: readonly WrongField[];
}

/**
 * Answers an import.
 *
 * A preview changes nothing. A writing begins only when no line is wrong; each line is a demande of its own, named after the import's id and
 * bound to the whole file: after a crash in the middle, the same call goes on from where it stood, and another file under the same id is refused.
 */
export async function answerImport<Line>(kind: Imported<Line>, demande: Demande, machine: Machine, reply: Reply): Promise<void> {
  const { texte } = demande.body as CsvText;
  const checked = check(kind, await readTable(texte, kind.columns));
  if ((demande.query as z.output<typeof MODE>).mode === 'apercu') return preview(kind, checked, reply);
  const wrong = checked.filter((one) => one.wrong.length > 0);
  if (wrong.length > 0) return refuse(wrong, reply);
  const lines = checked.map(({ ligne, line }) => [ligne, line!] as const);
  const { envelope } = demande;
  // A file has no version: none is ever the one that is expected.
  if (envelope.expectedVersion !== undefined) return sendNotDone(reply.request, reply, { is: 'stale', version: 0 }, kind.words);
  const stopped = (await doneBefore(machine, envelope)) ? undefined : await writeAll(kind, lines, envelope);
  if (stopped !== undefined) return sendNotDone(reply.request, reply, stopped, kind.words);
  const counts = { mode: 'ecriture', lues: lines.length, creees: lines.length } as const;
  const outcome = await machine.rows.perform(envelope, kind.scope, async () => ({ answer: counts }), true);
  if (outcome.is !== 'done') return sendNotDone(reply.request, reply, outcome, kind.words);
  sendDone(reply, outcome, 200, outcome.answer, undefined);
}

function check<Line>({ schema }: Imported<Line>, lines: readonly CsvLine[]): Checked<Line>[] {
  return lines.map((one) => {
    const parsed = schema.safeParse(one.valeurs);
    const extra: WrongField[] = one.enTrop > 0 ? [{ champ: '(ligne)', probleme: TOO_MANY }] : [];
    if (parsed.success) return { ...one, line: parsed.data, wrong: extra };
    return { ...one, line: undefined, wrong: [...wrongFields(parsed.error.issues, one.valeurs), ...extra] };
  });
}

const TOO_MANY = {
  fr: 'a plus de cases que la première ligne ne nomme de colonnes',
  en: 'has more cells than the first line names columns',
};

async function preview<Line>(kind: Imported<Line>, checked: readonly Checked<Line>[], reply: Reply): Promise<void> {
  const language = languageOf(reply.request.headers['accept-language']);
  const good = new Map(checked.flatMap(({ ligne, line }) => (line === undefined ? [] : [[ligne, line] as const])));
  const doubles = await kind.doubles(good);
  const lignes = checked.map(({ ligne, valeurs, line, wrong }) => ({
    ligne,
    valeurs: line === undefined ? valeurs : kind.show(line),
    erreurs: wrong.map(({ champ, probleme }) => ({ champ, probleme: probleme[language] })),
    doublons: doubles.get(ligne) ?? [],
  }));
  const fausses = lignes.filter(({ erreurs }) => erreurs.length > 0).length;
  const counts = { lues: lignes.length, aCreer: lignes.length - fausses, fausses, doublons: doubles.size };
  void reply
    .header('cache-control', 'no-store')
    .header('content-language', language)
    .code(200)
    .send({ mode: 'apercu', ...counts, lignes });
}

function refuse(wrong: readonly Checked<unknown>[], reply: Reply): void {
  const language = languageOf(reply.request.headers['accept-language']);
  const erreurs = wrong.flatMap((one) =>
    one.wrong.map(({ champ, probleme }) => ({ ligne: one.ligne, champ, probleme: probleme[language] })),
  );
  sendProblem(reply.request, reply, 'csv_invalide', { fausses: wrong.length, erreurs: erreurs.slice(0, TOLD) });
}

/** An import that was finished is not gone through again: its answer is kept, or its id belongs to another. */
async function doneBefore(machine: Machine, { minted, scope, id }: Envelope): Promise<boolean> {
  return !minted && (await machine.storage.demandes([[scope, id]])).length > 0;
}

type NotDone = Exclude<Outcome, { is: 'done' }>;

/** The first thing that stopped it; undefined when every line is there. The first line goes alone: it is what claims the id for this file. */
async function writeAll<Line>(
  kind: Imported<Line>,
  lines: readonly (readonly [number, Line])[],
  import_: Envelope,
): Promise<NotDone | undefined> {
  const waves = [lines.slice(0, 1), ...inWaves(lines.slice(1))];
  for (const wave of waves) {
    const outcomes = await Promise.all(wave.map(([ligne, line]) => kind.write(line, lineEnvelope(kind.scope, import_, ligne))));
    const stopped = outcomes.find((outcome) => outcome.is !== 'done');
    if (stopped !== undefined) return stopped.is === 'different' || stopped.is === 'failed' ? stopped : unfinished(stopped);
  }
  return undefined;
}

function inWaves<T>(all: readonly T[]): (readonly T[])[] {
  return Array.from({ length: Math.ceil(all.length / TOGETHER) }, (_, i) => all.slice(i * TOGETHER, (i + 1) * TOGETHER));
}

/** Some lines may be there: that is all that can be said until the same import is asked again. */
function unfinished(stopped: NotDone): NotDone {
  if (stopped.is === 'refused' || stopped.is === 'missing' || stopped.is === 'stale') throw new Problem('erreur_interne');
  return { is: 'unavailable', effect: 'unknown', retryAfterMs: 'retryAfterMs' in stopped ? stopped.retryAfterMs : 1000 };
}

function lineEnvelope(scope: string, envelope: Envelope, ligne: number): Envelope {
  const hash = createHash('sha256').update(`${envelope.hash}\n${ligne}`).digest('base64').slice(0, 22);
  return { ...envelope, scope, id: `${envelope.id}:${ligne}`, hash };
}

/** What tells lines apart, by line number; lines without it are left out. */
export function keysOf<Line>(lines: ReadonlyMap<number, Line>, key: (line: Line) => string | undefined): Map<number, string> {
  const keys = new Map<number, string>();
  for (const [ligne, line] of lines) {
    const one = key(line);
    if (one !== undefined) keys.set(ligne, one);
  }
  return keys;
}

/** Lines whose key is known already (`known` gives the id), or is an earlier line's. */
export function doublesOf(champ: string, keys: ReadonlyMap<number, string>, known: ReadonlyMap<string, string>): Map<number, Double[]> {
  const firsts = new Map<string, number>();
  const doubles = new Map<number, Double[]>();
  for (const [ligne, key] of keys) {
    const [id, first] = [known.get(key), firsts.get(key)];
    if (first === undefined) firsts.set(key, ligne);
    const found: Double[] = [...(id === undefined ? [] : [{ champ, id }]), ...(first === undefined ? [] : [{ champ, ligne: first }])];
    if (found.length > 0) doubles.set(ligne, found);
  }
  return doubles;
}
