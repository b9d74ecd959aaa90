import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startPostgres } from './postgres.js';

declare module 'vitest' {
  export interface ProvidedContext {
    /** `postgres://…` of the run's own server, without a database; empty when it could not start. */
    postgres: string;
    /** Why it could not start. */
    postgresFailure: string;
    /** A folder for the application as it is built for this run, by the first test that starts a real process (see real-instance.ts). */
    built: string;
  }
}

/** One PostgreSQL server for the whole run; each test file makes its own database in it. And one folder for the built application. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const built = await mkdtemp(join(tmpdir(), 'monclub-built-'));
  project.provide('built', built);
  const stopPostgres = await postgresOf(project);
  return async () => {
    await stopPostgres();
    await rm(built, { recursive: true, force: true });
  };
}

async function postgresOf(project: TestProject): Promise<() => Promise<void>> {
  try {
    const server = await startPostgres();
    project.provide('postgres', server.url);
    project.provide('postgresFailure', '');
    return () => server.stop();
  } catch (error) {
    project.provide('postgres', '');
    project.provide('postgresFailure', error instanceof Error ? error.message : String(error));
    return async () => undefined;
  }
}
