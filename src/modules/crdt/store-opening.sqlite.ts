/** Opening the local store: the lock, the tables, whether it is still the file that this instance left, and what it holds. */
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { SqliteConnection } from '../../runtime/outbox/connection.sqlite.js';
import { isBusy } from '../../runtime/outbox/failures.sqlite.js';
import { READ, SCHEMA, SET, TABLES } from './store-program.sqlite.js';
import { entryOf, movementOf, productOf, slotOf, sumOf } from './store-rows.sqlite.js';
import { type Loaded, StoreBusy, StoreUnusable } from './store.js';

const PRAGMAS = [
  'busy_timeout = 0',
  // Before the log is touched: the lock is then kept until the connection or its process ends, and no shared memory is used.
  'locking_mode = EXCLUSIVE',
  'journal_mode = WAL',
  'synchronous = FULL',
  'temp_store = MEMORY',
  // Pages that every commit rewrites reach the file once for four thousand, not once for a thousand; the log stays under 20 MB.
  'wal_autocheckpoint = 4000',
];

/** A connection that alone has the file, with its tables. Rejects with StoreBusy or StoreUnusable; then nothing stays open. */
export async function connect(file: string): Promise<SqliteConnection> {
  let connection: SqliteConnection | undefined;
  try {
    mkdirSync(dirname(file), { recursive: true });
    connection = await SqliteConnection.open(file, true);
    for (const each of PRAGMAS) await connection.exec(`PRAGMA ${each}`);
    await connection.exec('BEGIN EXCLUSIVE');
    await prepare(connection, file);
    await connection.exec('COMMIT');
    return connection;
  } catch (error) {
    await connection?.close();
    throw opening(error, file);
  }
}

async function prepare(connection: SqliteConnection, file: string): Promise<void> {
  const [row] = await connection.all('PRAGMA user_version', []);
  const schema = Number(row?.['user_version']);
  if (schema === 0) return connection.exec(TABLES);
  if (schema > SCHEMA) {
    throw new StoreUnusable(
      `the counters' file ${file} was written by a newer MonClub (schema ${schema}, this one knows ${SCHEMA}): start that version again`,
    );
  }
}

/**
 * Why this may be an older or another instance's file, or undefined. Then own slots are marked, for good, before anything else happens:
 * at the next opening the file looks like one's own again.
 */
export async function doubted(connection: SqliteConnection, file: string, instance: string): Promise<string | undefined> {
  const rows = await connection.all(READ.meta, []);
  const meta = new Map(rows.map((row) => [String(row['name']), String(row['value'])]));
  const identity = identityOf(file);
  const owner = meta.get('instance') ?? instance;
  const beside = noted(file);
  let doubt: string | undefined;
  if (owner !== instance) doubt = `${file} was the file of instance ${owner}`;
  else if ((meta.get('identity') ?? identity) !== identity) doubt = `${file} is a copy: not the file that this instance left`;
  else if (beside !== undefined && (await connection.all(READ.slot, [beside])).length === 0) {
    doubt = `${file} is older than the one that this instance left: it does not know the slot noted beside it`;
  }
  if (doubt === undefined && meta.has('identity')) return undefined;
  await connection.exec('BEGIN IMMEDIATE');
  if (doubt !== undefined) await connection.run(SET.doubt, [doubt, instance]);
  await connection.run(SET.meta, ['instance', instance]);
  await connection.run(SET.meta, ['identity', identity]);
  await connection.exec('COMMIT');
  if (doubt !== undefined) forget(file);
  return doubt;
}

/** The inode by itself is not enough: the next file made often gets that of the one removed. */
function identityOf(file: string): string {
  const { ino, birthtimeNs } = statSync(file, { bigint: true });
  return `${ino}:${birthtimeNs}`;
}

/** Named like SQLite's own companions of the file, so that whoever moves or removes them takes it along. */
const notePath = (file: string): string => `${file}-slot`;

/**
 * Notes beside the file the slot that its opening has begun: an older file written over this one keeps its inode and is found out by not
 * knowing that slot. A guard only: what cannot be noted is not.
 */
export function note(file: string, slot: string): void {
  try {
    writeFileSync(`${notePath(file)}.new`, slot);
    renameSync(`${notePath(file)}.new`, notePath(file));
  } catch {
    // The slot is durable already, and a missing note accuses nobody.
  }
}

function noted(file: string): string | undefined {
  try {
    return readFileSync(notePath(file), 'utf8').trim();
  } catch {
    return undefined;
  }
}

function forget(file: string): void {
  rmSync(notePath(file), { force: true });
}

export async function load(connection: SqliteConnection, instance: string, doubt: string | undefined): Promise<Loaded> {
  const slots = await connection.all(READ.slots, []);
  const entries = await connection.all(READ.entries, []);
  const archived = await connection.all(READ.archived, []);
  const products = await connection.all(READ.products, []);
  const last = await connection.all(READ.last, []);
  return {
    entries: entries.map((row) => ({ ...entryOf(row), replica: String(row['replica']) })),
    slots: slots.map((row) => slotOf(row, instance)),
    archived: archived.map(sumOf),
    products: products.map(productOf),
    lastMovements: last.map(movementOf),
    doubt,
  };
}

/** What a failure to open means. */
export function opening(error: unknown, file: string): Error {
  if (error instanceof StoreUnusable) return error;
  if (isBusy(error)) return new StoreBusy(`another process holds the counters' file ${file}`, { cause: error });
  const said = error instanceof Error ? error.message : String(error);
  const options = { cause: error };
  if (/SQLITE_(CORRUPT|NOTADB)/.test(said)) {
    return new StoreUnusable(
      `the counters' file ${file} is damaged (${said}). Stop this instance, put the file aside with its -wal file and keep both, then put a ` +
        'backup in its place or start with none: what the other instances know comes back from them, what only this one knew is in the file put aside',
      options,
    );
  }
  return new StoreUnusable(`the counters' file ${file} cannot be opened: ${said}`, options);
}
