/** Which club a counters' file belongs to, and what becomes of one that belongs to another: it steps aside, whole, and comes back with its club. */
import { existsSync, renameSync } from 'node:fs';
import type { SqliteConnection } from '../../runtime/outbox/connection.sqlite.js';
import { READ, SET } from './store-program.sqlite.js';

/** What lies beside the file and is part of it. The file itself comes last: cut short, the move is made again from its beginning. */
const PARTS = ['-wal', '-journal', '-slot', ''];

/** Undefined: the shared database has never been reached with this file. */
export async function clubOf(connection: SqliteConnection): Promise<string | undefined> {
  const rows = await connection.all(READ.meta, []);
  const row = rows.find(({ name }) => name === 'club');
  return row === undefined ? undefined : String(row['value']);
}

export async function tie(connection: SqliteConnection, club: string): Promise<void> {
  await connection.run(SET.meta, ['club', club]);
}

/** Puts the closed file of `theirs` aside and takes back what `ours` had put aside, if anything. Tells so in a sentence. */
export function exchange(file: string, theirs: string, ours: string): string {
  const aside = free(placeOf(file, theirs));
  const back = placeOf(file, ours);
  move(file, aside);
  const taken = existsSync(back);
  if (taken) move(back, file);
  return (
    `the counters in ${file} are those of another club: they are kept aside as ${aside}, ` +
    (taken ? `and those that this club had left in ${back} go on` : 'and this club’s begin at nothing')
  );
}

/** `compteurs.<club>.sqlite`; a name that a hand has typed stays a name, and no path. */
function placeOf(file: string, club: string): string {
  return file.replace(/(\.sqlite)?$/, `.${club.replaceAll(/[^\w-]/g, '_')}$1`);
}

/** Nothing that was put aside is ever written over. */
function free(place: string): string {
  for (let nth = 1; ; nth++) {
    const name = nth === 1 ? place : place.replace(/(\.sqlite)?$/, `.${nth}$1`);
    if (!existsSync(name)) return name;
  }
}

function move(from: string, to: string): void {
  for (const part of PARTS) if (existsSync(from + part)) renameSync(from + part, to + part);
}
