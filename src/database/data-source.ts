import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import sqlite3 from 'sqlite3';
import { DataSource, type DataSourceOptions, type MixedList, type EntitySchema } from 'typeorm';
import { systemClock, type Clock } from '../runtime/clock.js';
import { sqliteFailure } from '../runtime/outbox/failures.sqlite.js';
import { patiently } from '../runtime/outbox/patience.sqlite.js';
import { int8AsNumber } from '../runtime/outbox/session.postgres.js';
import { StorageUnavailable } from '../runtime/outbox/storage.js';
import { parseDatabaseUrl } from './database-url.js';
import { readClient } from './read-client.postgres.js';
import { migrations as postgresMigrations } from './migrations/postgres/index.js';
import { migrations as sqliteMigrations } from './migrations/sqlite/index.js';

// oxlint-disable-next-line typescript/no-unsafe-function-type -- TypeORM's own name for entity classes
type Entities = MixedList<Function | string | EntitySchema>;

/** "monclub" in ASCII, cut to what an advisory lock takes: only one instance migrates at a time. */
export const MIGRATION_LOCK = 0x6d6f6e63;
const MIGRATION_PATIENCE_MS = 30_000;

/**
 * The driver without its `verbose`, which TypeORM switches on for the whole process: from then on every call of every connection, the
 * write lane's too, would build a stack trace and print its arguments (a batch is a megabyte of JSON).
 */
const driver = { ...sqlite3, verbose: (): unknown => driver };

/** Options of a DataSource that may write: for migrations and the command line only. The application writes through `Storage`. */
export function dataSourceOptions(databaseUrl: string, entities: Entities = []): DataSourceOptions {
  const database = parseDatabaseUrl(databaseUrl);
  if (database.engine === 'sqlite') {
    return { type: 'sqlite', driver, database: database.file, enableWAL: true, busyTimeout: 25, entities, migrations: sqliteMigrations };
  }
  return { type: 'postgres', url: database.url, entities, migrations: postgresMigrations, connectTimeoutMS: 3_000 };
}

/**
 * Options of the read lane: the connections refuse every write. On SQLite they are apart from the write lane's, so that no request
 * ever sees an uncommitted row; the file must exist (see `migrate`). `bigint` columns are numbers on both engines. A statement fails within
 * `withinMs`, connecting included, whatever the server and the network do.
 */
export function readOptions(databaseUrl: string, entities: Entities = [], withinMs = 10_000): DataSourceOptions {
  const database = parseDatabaseUrl(databaseUrl);
  if (database.engine === 'sqlite') {
    return {
      type: 'sqlite',
      driver,
      database: database.file,
      flags: sqlite3.OPEN_READONLY | sqlite3.OPEN_FULLMUTEX,
      busyTimeout: 1_000,
      entities,
    };
  }
  // To connect, to be given up by the server, and to find the server silent: nine tenths of the time at most.
  const share = (part: number, mostMs: number): number => Math.round(Math.min(mostMs, withinMs * part));
  return {
    type: 'postgres',
    url: database.url,
    entities,
    poolSize: 8,
    connectTimeoutMS: share(0.3, 3_000),
    applicationName: 'monclub-reads',
    extra: {
      Client: readClient(share(0.6, 6_000), systemClock),
      // Rather than TypeORM's parseInt8, which changes the parser of every client in the process.
      types: int8AsNumber,
      options: `-c default_transaction_read_only=on -c statement_timeout=${share(0.5, 5_000)}`,
      keepAlive: true,
    },
  };
}

/** The DataSource of the read lane, not yet initialized. */
export function readDataSource(databaseUrl: string, entities: Entities = [], withinMs?: number): DataSource {
  return new DataSource(readOptions(databaseUrl, entities, withinMs));
}

/** Brings the database to today's schema; safe when several instances start together. Throws `StorageUnavailable` when it cannot be reached. */
export async function migrate(databaseUrl: string, clock: Clock = systemClock): Promise<void> {
  const database = parseDatabaseUrl(databaseUrl);
  if (database.engine === 'postgres') return migratePostgres(databaseUrl);
  await mkdir(dirname(database.file), { recursive: true });
  try {
    // SQLite's own wait holds a thread of the pool, and turning a new file to WAL does not wait at all: so the waiting is done here.
    await patiently(
      clock,
      (passedMs) => passedMs >= MIGRATION_PATIENCE_MS,
      () => migrateSqlite(databaseUrl),
    );
  } catch (error) {
    throw sqliteFailure(error, false, new Map());
  }
}

async function migrateSqlite(databaseUrl: string): Promise<void> {
  const source = await new DataSource(dataSourceOptions(databaseUrl)).initialize();
  try {
    await source.query('PRAGMA synchronous = FULL');
    // One transaction for all of them, taken before the list of what has run is read: the DataSource has one connection.
    await source.query('BEGIN IMMEDIATE');
    await source.runMigrations({ transaction: 'none' });
    await source.query('COMMIT');
  } finally {
    await source.destroy();
  }
}

async function migratePostgres(databaseUrl: string): Promise<void> {
  const source = await new DataSource(dataSourceOptions(databaseUrl)).initialize().catch((error: unknown) => {
    throw error instanceof Error ? new StorageUnavailable(error.message, { cause: error }) : error;
  });
  try {
    const runner = source.createQueryRunner();
    try {
      await runner.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
      await source.runMigrations({ transaction: 'each' });
    } finally {
      await runner.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]).catch(() => undefined);
      await runner.release();
    }
  } finally {
    await source.destroy();
  }
}
