import type { Executor } from './dialect.js';
import type { DemandeInstant, DemandeKey } from './storage.js';

/** See `Storage.demandeInstants`. A walk along the primary key: the table is the hottest one and has no index on time. */
export async function readDemandeInstants(on: Executor, after: DemandeKey | undefined, limit: number): Promise<DemandeInstant[]> {
  const { param } = on.dialect;
  const beyond = after === undefined ? '' : `WHERE (scope, id) > (${param(2)}, ${param(3)}) `;
  const sql = `SELECT scope, id, instant FROM demande ${beyond}ORDER BY scope, id LIMIT ${param(1)}`;
  const rows = await on.all(sql, [limit, ...(after ?? [])]);
  return rows.map(({ scope, id, instant }) => ({ scope: String(scope), id: String(id), instant: Number(instant) }));
}
