import { CommitUnknown, ConstraintViolated, Contended, StorageUnavailable } from './storage.js';

/** Names of unique indexes by the columns that SQLite reports: `table.column, table.column`. */
export type UniqueNames = ReadonlyMap<string, string>;

/** Lists every unique index with its columns. */
export const uniqueColumns = `
  SELECT m.name AS "table", l.name AS "index", l.origin AS origin, c.name AS "column"
  FROM sqlite_schema m, pragma_index_list(m.name) l, pragma_index_info(l.name) c
  WHERE m.type = 'table' AND l."unique" ORDER BY m.name, l.name, c.seqno`;

/** Turns the rows of `uniqueColumns` into names; a primary key is called `<table>_pkey`, as on PostgreSQL. */
export function uniqueNames(rows: readonly Record<string, unknown>[]): UniqueNames {
  const columns = new Map<string, string[]>();
  for (const row of rows) {
    const name = row['origin'] === 'pk' ? `${String(row['table'])}_pkey` : String(row['index']);
    columns.set(name, [...(columns.get(name) ?? []), `${String(row['table'])}.${String(row['column'])}`]);
  }
  return new Map([...columns].map(([name, list]) => [list.join(', '), name]));
}

/** True of the two ways in which SQLite says that another connection holds the lock. */
export function isBusy(error: unknown): boolean {
  const code = sqliteCode(error);
  return code === 'SQLITE_BUSY' || code === 'SQLITE_LOCKED';
}

const UNAVAILABLE = new Set([
  'SQLITE_READONLY',
  'SQLITE_FULL',
  'SQLITE_CANTOPEN',
  'SQLITE_PERM',
  'SQLITE_NOTADB',
  'SQLITE_CORRUPT',
  'SQLITE_NOMEM',
  'SQLITE_NOLFS',
  'SQLITE_AUTH',
  'SQLITE_PROTOCOL',
  'SQLITE_MISUSE', // the connection was closed under the call
]);

/**
 * What an error of the driver means to the caller; errors of other origin come back as they are.
 *
 * A failed statement outside a transaction is a definite rollback: the engine runs in this process, so that its answer cannot be lost on
 * the way. The one exception is a disk error while committing: the frames may already stand in the log, and a recovery after a crash
 * would take them for committed.
 */
export function sqliteFailure(error: unknown, committing: boolean, names: UniqueNames): unknown {
  const code = sqliteCode(error);
  if (code === undefined || !(error instanceof Error)) return error;
  if (code === 'SQLITE_CONSTRAINT') return new ConstraintViolated(constraintName(error.message, names), error.message);
  if (isBusy(error)) return new Contended(error.message, { cause: error });
  if (code === 'SQLITE_IOERR')
    return committing ? new CommitUnknown(error.message, { cause: error }) : new StorageUnavailable(error.message, { cause: error });
  if (UNAVAILABLE.has(code)) return new StorageUnavailable(error.message, { cause: error });
  return error;
}

function sqliteCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' && error.code.startsWith('SQLITE_') ? error.code : undefined;
}

function constraintName(message: string, names: UniqueNames): string {
  const text = message.replace(/^SQLITE_CONSTRAINT: /, '');
  const [, kind, detail = ''] = /^(CHECK|UNIQUE|NOT NULL|FOREIGN KEY) constraint failed(?:: (.*))?$/.exec(text) ?? [];
  switch (kind) {
    case undefined:
      return text; // what RAISE said
    case 'UNIQUE': {
      const index = /^index '(.*)'$/.exec(detail)?.[1];
      return index ?? names.get(detail) ?? detail.replaceAll(', ', ',');
    }
    case 'FOREIGN KEY':
      return 'foreign_key';
    default:
      return detail;
  }
}
