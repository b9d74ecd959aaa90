import { createRequire } from 'node:module';
import type pg from 'pg';

const load = createRequire(import.meta.url);

/** The driver, loaded when PostgreSQL is first asked for: a club on SQLite starts without it, and without the `fetch` that it looks for. */
export function driver(): typeof pg {
  return load('pg') as typeof pg;
}
