import { Readable } from 'node:stream';
import { z } from 'zod';
import { type Column, writeTable } from './csv-table.js';
import type { Reply } from './door.js';

/** A file of what is there (RFC 4180, with the mark and the semicolons that spreadsheets in French expect). */
export const FichierCsv = z.string().meta({ id: 'FichierCsv', examples: ['\uFEFFNom;Courriel\r\nJeanne Dupont;jeanne@example.org\r\n'] });

export const CSV_TYPE = 'text/csv';

/**
 * Answers the whole of a list as a file, page by page: memory holds one page. `page` gives what comes after an element, in order.
 * The first page is read before anything is sent, so that a database that is away is still told as such.
 */
export async function sendTable<Row>(
  reply: Reply,
  nom: string,
  columns: readonly Column[],
  page: (after: Row | undefined) => Promise<readonly Row[]>,
  cells: (row: Row) => readonly (string | number | null)[],
): Promise<void> {
  const first = await page(undefined);
  async function* pages(): AsyncGenerator<(readonly (string | number | null)[])[]> {
    for (let rows = first; rows.length > 0; rows = await page(rows.at(-1))) yield rows.map(cells);
  }
  void reply
    .header('cache-control', 'no-store')
    .header('content-disposition', `attachment; filename="${nom}"`)
    .type(`${CSV_TYPE}; charset=utf-8`)
    .send(Readable.from(writeTable(columns, pages())));
}
