import type { Executor, ResultRow } from './dialect.js';
import { type Backlog, BACKLOG_LETTERS, BACKLOG_STREAMS } from './storage.js';

/** See `Storage.backlog`. Cheap when little waits, bounded when much does: it walks the index of streams with something to publish. */
export async function readBacklog(on: Executor): Promise<Backlog> {
  const { param } = on.dialect;
  const waiting = `SELECT id, version, published FROM stream WHERE published < version LIMIT ${param(1)}`;
  const [behind] = await on.all(
    `SELECT COUNT(*) AS streams, SUM(w.version - w.published) AS facts, MIN(o.instant) AS oldest FROM (${waiting}) w ` +
      `JOIN outbox o ON o.stream = w.id AND o.version = w.published + 1`,
    [BACKLOG_STREAMS],
  );
  const [publication] = await on.all('SELECT position FROM publication WHERE id = 1', []);
  const letters = await on.all(`SELECT * FROM dead_letter ORDER BY since, listener, stream LIMIT ${param(1)}`, [BACKLOG_LETTERS]);
  const oldest = behind?.['oldest'] ?? null;
  return {
    facts: number(behind, 'facts'),
    bounded: number(behind, 'streams') >= BACKLOG_STREAMS,
    oldest: oldest === null ? null : Number(oldest),
    position: number(publication, 'position'),
    letters,
  };
}

/** PostgreSQL gives sums and bigints as texts. */
function number(row: ResultRow | undefined, column: string): number {
  return Number(row?.[column] ?? 0);
}
