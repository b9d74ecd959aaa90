/** CSV as spreadsheets write and read it, in French or not. What is written here is read back the same, whatever the cells hold. */
import type { CsvError } from 'csv-parse/sync';
import { Problem } from './problem.js';

/** A column: its name in a request, its name in a file, and the other names under which it is recognised. */
export interface Column {
  readonly champ: string;
  readonly titre: string;
  readonly aussi?: readonly string[];
  readonly obligatoire?: boolean;
  /** Written in an export, and passed over when read. */
  readonly ignoree?: boolean;
}

/** A line of a file, numbered as an editor numbers it: the columns' names are line 1. Empty cells are absent. */
export interface CsvLine {
  readonly ligne: number;
  readonly valeurs: Readonly<Record<string, string>>;
  /** Cells beyond the last column. */
  readonly enTrop: number;
}

/** Lines of a file, without the columns' names. Raising it lengthens the longest import. */
const LINES = 5_000;
const BOM = '\uFEFF';

/** The lines of a file. Throws when it is no CSV, too long, or its first line does not name the columns. */
export async function readTable(text: string, columns: readonly Column[]): Promise<CsvLine[]> {
  const records = await parsed(text);
  const [head, ...rest] = records;
  const places = placesOf(head?.record ?? [], columns);
  if (rest.length > LINES) throw new Problem('csv_trop_grand');
  return rest.map(({ record, info }) => {
    const cells = record.map((cell, i) => [places[i], unguarded(cell)] as const);
    const valeurs = cells.flatMap(([column, cell]) =>
      column === undefined || column.ignoree || cell.trim() === '' ? [] : [[column.champ, cell]],
    );
    const enTrop = record.slice(places.length).filter((cell) => cell.trim() !== '').length;
    return { ligne: info.lines, valeurs: Object.fromEntries(valeurs) as Record<string, string>, enTrop };
  });
}

interface Parsed {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

async function parsed(text: string): Promise<Parsed[]> {
  const { parse } = await import('csv-parse/sync');
  const options = { delimiter: delimiterOf(text), info: true, relax_column_count: true, skip_empty_lines: true, to: LINES + 2 } as const;
  try {
    return parse(text, { ...options, skip_records_with_empty_values: true }) as unknown as Parsed[];
  } catch (error) {
    const { lines } = error as Partial<Pick<CsvError, 'lines'> & { lines: number }>;
    if (typeof lines !== 'number') throw error;
    throw new Problem('csv_illisible', { ligne: lines });
  }
}

/** Whichever the first line holds more of; spreadsheets in French write semicolons. */
function delimiterOf(text: string): ';' | ',' {
  const [first = ''] = text.split(/[\r\n]/, 1);
  const bare = first.replaceAll(/"[^"]*"/g, '');
  return bare.split(',').length > bare.split(';').length ? ',' : ';';
}

/** Which column each cell of the first line names. */
function placesOf(head: readonly string[], columns: readonly Column[]): (Column | undefined)[] {
  const byName = new Map(
    columns.flatMap((column) => [column.champ, column.titre, ...(column.aussi ?? [])].map((name) => [plain(name), column])),
  );
  // Spreadsheets leave empty columns at the end.
  const names = head.slice(0, head.findLastIndex((name) => name.trim() !== '') + 1);
  const places = names.map((name) => byName.get(plain(name)));
  const inconnues = names
    .filter((_, i) => places[i] === undefined)
    .map((name) => name.trim().slice(0, 60))
    .slice(0, 20);
  const manquantes = columns.filter((column) => column.obligatoire && !places.includes(column)).map(({ titre }) => titre);
  const doubles = columns.filter((column) => places.filter((one) => one === column).length > 1).map(({ titre }) => titre);
  if (inconnues.length + manquantes.length + doubles.length === 0) return places;
  const noms = [
    ...inconnues.map((nom) => `« ${nom} »`),
    ...manquantes.map((nom) => `+ ${nom}`),
    ...doubles.map((nom) => `2 × ${nom}`),
  ].join(', ');
  const colonnes = columns.map(({ titre }) => titre).join(', ');
  throw new Problem('csv_entete_invalide', { colonnes, noms, inconnues, manquantes, doubles });
}

/** A name without case, accents, spaces or punctuation. */
function plain(name: string): string {
  return name
    .normalize('NFD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '');
}

/** What a spreadsheet would run as a formula; and what would be taken for a guarded one when read back. */
const GUARDED = /^'*[=+\-@\t\r]/;

function guarded(cell: string): string {
  return GUARDED.test(cell) ? `'${cell}` : cell;
}

function unguarded(cell: string): string {
  return cell.startsWith("'") && GUARDED.test(cell) ? cell.slice(1) : cell;
}

/** The text of a file, page by page: never more than a page is held. `pages` gives the cells of each line, in the order of the columns. */
export async function* writeTable(
  columns: readonly Column[],
  pages: AsyncIterable<readonly (readonly (string | number | null)[])[]>,
): AsyncGenerator<string> {
  const { stringify } = await import('csv-stringify/sync');
  const lines = (records: readonly (readonly string[])[]): string =>
    stringify([...records], { delimiter: ';', record_delimiter: 'windows', quoted_match: /[\r\n]/ });
  yield BOM + lines([columns.map(({ titre }) => titre)]);
  for await (const page of pages) {
    if (page.length > 0) yield lines(page.map((cells) => cells.map((cell) => (cell === null ? '' : guarded(String(cell))))));
  }
}
