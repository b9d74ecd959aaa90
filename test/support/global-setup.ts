import type { TestProject } from 'vitest/node';
import { startPostgres } from './postgres.js';

declare module 'vitest' {
  export interface ProvidedContext {
    /** `postgres://…` of the run's own server, without a database; empty when it could not start. */
    postgres: string;
    /** Why it could not start. */
    postgresFailure: string;
  }
}

/** One PostgreSQL server for the whole run; each test file makes its own database in it. */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  try {
    const server = await startPostgres();
    project.provide('postgres', server.url);
    project.provide('postgresFailure', '');
    return () => server.stop();
  } catch (error) {
    project.provide('postgres', '');
    project.provide('postgresFailure', error instanceof Error ? error.message : String(error));
    return undefined;
  }
}
