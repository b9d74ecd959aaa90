import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { migrate } from '../../src/database/data-source.js';
import { MODEL, startPostgres } from './postgres.js';

declare module 'vitest' {
  export interface ProvidedContext {
    /** `postgres://…` of the run's own server, without a database; empty when it could not start. */
    postgres: string;
    /** Why it could not start. */
    postgresFailure: string;
    /** A folder for the application as it is built for this run, by the first test that starts a real process (see real-instance.ts). */
    built: string;
    /** A migrated SQLite file, to copy. */
    model: string;
  }
}

/**
 * One PostgreSQL server for the whole run; each test file makes its own database in it, a copy of a migrated one. And one folder for the built
 * application.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const built = await mkdtemp(join(tmpdir(), 'monclub-built-'));
  project.provide('built', built);
  const model = join(built, 'modele.sqlite');
  await migrate(`sqlite:${model}`);
  project.provide('model', model);
  const stopPostgres = await postgresOf(project);
  return async () => {
    await stopPostgres();
    await rm(built, { recursive: true, force: true });
  };
}

async function postgresOf(project: TestProject): Promise<() => Promise<void>> {
  try {
    const server = await startPostgres();
    const client = new pg.Client({ connectionString: `${server.url}/postgres` });
    await client.connect();
    await client.query(`CREATE DATABASE ${MODEL}`);
    await client.end();
    await migrate(`${server.url}/${MODEL}`);
    project.provide('postgres', server.url);
    project.provide('postgresFailure', '');
    return () => server.stop();
  } catch (error) {
    project.provide('postgres', '');
    project.provide('postgresFailure', error instanceof Error ? error.message : String(error));
    return async () => undefined;
  }
}
