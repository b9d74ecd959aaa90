import type { PostgresSession } from './session.postgres.js';
import { StorageUnavailable } from './storage.js';

/** A connection that was lost with a commit in flight. */
export interface Ghost {
  readonly pid: number;
  readonly name: string;
}

/**
 * Ends the server's side of lost connections and waits until they are gone. A commit may still lie unread in a socket, where it holds no lock
 * that one could wait for: only the end of its connection makes sure that it never runs. The unique name keeps us off a pid used anew.
 */
export async function endGhosts(on: PostgresSession, ghosts: readonly Ghost[]): Promise<void> {
  for (const { pid, name } of ghosts) {
    await on.all('SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity WHERE pid = $1 AND application_name = $2', [pid, name]);
    const left = await on.all('SELECT 1 FROM pg_stat_activity WHERE pid = $1 AND application_name = $2', [pid, name]);
    if (left.length > 0) throw new StorageUnavailable(`a former connection (pid ${pid}) is still at work on the server`);
  }
}

const streamsOf = (param: string): string => `SELECT j.value ->> 0 AS id FROM json_array_elements(${param}::json) j(value)`;

/**
 * Waits, in a transaction that will be rolled back, for whoever holds these heads. An insert that is not committed has no row to lock, but an
 * insert of the same key waits for it.
 */
export async function settleStreams(on: PostgresSession, streams: readonly string[]): Promise<void> {
  const list = JSON.stringify(streams.toSorted().map((stream) => [stream]));
  await on.run(
    `INSERT INTO stream (id, kind, version, instant) SELECT id, 'settling', 0, 0 FROM (${streamsOf('$1')}) s ON CONFLICT DO NOTHING`,
    [list],
  );
  await on.all(`SELECT 1 FROM stream WHERE id IN (${streamsOf('$1')}) ORDER BY id FOR UPDATE`, [list]);
}

/** The same for demandes: an insert of the same key waits for the transaction that may be writing it. Undone before it is read. */
export async function settleDemandes(on: PostgresSession, keys: readonly (readonly [scope: string, id: string])[]): Promise<void> {
  await on.exec('SAVEPOINT settling');
  await on.run(
    `INSERT INTO demande (scope, id, stream, hash, answer, instant)
     SELECT j.value ->> 0, j.value ->> 1, '', '', 'null', 0 FROM json_array_elements($1::json) j(value) ON CONFLICT DO NOTHING`,
    [JSON.stringify(keys)],
  );
  await on.exec('ROLLBACK TO settling');
}
