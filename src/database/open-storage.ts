import type { Clock } from '../runtime/clock.js';
import { PostgresStorage, type PostgresStorageOptions } from '../runtime/outbox/storage.postgres.js';
import { SqliteStorage, type SqliteStorageOptions } from '../runtime/outbox/storage.sqlite.js';
import type { Storage } from '../runtime/outbox/storage.js';
import { parseDatabaseUrl } from './database-url.js';

/** Limits of either engine; each keeps its own default. */
export interface StorageOptions {
  readonly clock?: Clock;
  readonly sqlite?: Omit<SqliteStorageOptions, 'file' | 'clock'>;
  readonly postgres?: Omit<PostgresStorageOptions, 'url' | 'clock'>;
}

/** The storage for this database, not yet opened: it connects in `open` and again whenever a call finds it disconnected. */
export function openStorage(databaseUrl: string, { clock, sqlite, postgres }: StorageOptions = {}): Storage {
  const database = parseDatabaseUrl(databaseUrl);
  const time = clock === undefined ? {} : { clock };
  if (database.engine === 'sqlite') return new SqliteStorage({ ...sqlite, ...time, file: database.file });
  return new PostgresStorage({ ...postgres, ...time, url: database.url });
}
