import type { Executor } from './dialect.js';

/** Where a walk along what is due stands: `[due, root]`. */
export type DueKey = readonly [due: number, root: string];

/** A root with something due. `due`: milliseconds since 1970. */
export interface DueRoot {
  readonly root: string;
  readonly kind: string;
  readonly due: number;
}

/** An armed timer, without the demande that it holds. */
export interface ArmedTimer extends DueRoot {
  /** The stream of the fact that set it: the root, or one of its companions. */
  readonly stream: string;
  readonly name: string;
}

/** Where a list of armed timers stands. */
export type TimerKey = readonly [due: number, root: string, stream: string, name: string];

/** What is due and not yet applied. */
export interface DueBacklog {
  /** Due timers, counted up to `DUE_COUNTED`: a floor when `bounded`. */
  readonly due: number;
  readonly bounded: boolean;
  /** The instant at which the oldest of them was due; null when nothing is. */
  readonly oldest: number | null;
}

export const DUE_COUNTED = 10_000;

/** The reads of armed timers: each walks the index on (due, root), so that it costs what it returns, however many wait. */
export interface StoredTimers {
  /** The roots of timers with `due <= now`, at most `limit` rows in due order, from beyond `after` on. A root with several due ones may come more than once. */
  dueTimers(now: number, limit: number, after?: DueKey): Promise<DueRoot[]>;
  /** When the first timer beyond `after` is due; undefined when there is none. */
  nextTimer(after: number): Promise<number | undefined>;
  /** Armed timers in due order, at most `limit`, from beyond `after` on. */
  timers(after: TimerKey | undefined, limit: number): Promise<ArmedTimer[]>;
  /** How far waking is behind at the instant `now`. */
  dueBacklog(now: number): Promise<DueBacklog>;
}

/** See `StoredTimers.dueTimers`. */
export async function readDueTimers(on: Executor, now: number, limit: number, after?: DueKey): Promise<DueRoot[]> {
  const { param } = on.dialect;
  const beyond = after === undefined ? '' : `AND (due, root) > (${param(3)}, ${param(4)}) `;
  const sql = `SELECT root, kind, due FROM timer WHERE due <= ${param(1)} ${beyond}ORDER BY due, root LIMIT ${param(2)}`;
  const rows = await on.all(sql, [now, limit, ...(after ?? [])]);
  return rows.map(({ root, kind, due }) => ({ root: String(root), kind: String(kind), due: Number(due) }));
}

/** See `StoredTimers.nextTimer`. */
export async function readNextTimer(on: Executor, after: number): Promise<number | undefined> {
  const [first] = await on.all(`SELECT due FROM timer WHERE due > ${on.dialect.param(1)} ORDER BY due LIMIT 1`, [after]);
  return first === undefined ? undefined : Number(first['due']);
}

/** See `StoredTimers.timers`. */
export async function readTimers(on: Executor, after: TimerKey | undefined, limit: number): Promise<ArmedTimer[]> {
  const { param } = on.dialect;
  const beyond = after === undefined ? '' : `WHERE (due, root, stream, name) > (${[2, 3, 4, 5].map((n) => param(n)).join(', ')}) `;
  const sql = `SELECT stream, name, root, kind, due FROM timer ${beyond}ORDER BY due, root, stream, name LIMIT ${param(1)}`;
  const rows = await on.all(sql, [limit, ...(after ?? [])]);
  return rows.map(({ stream, name, root, kind, due }) => ({
    stream: String(stream),
    name: String(name),
    root: String(root),
    kind: String(kind),
    due: Number(due),
  }));
}

/** See `StoredTimers.dueBacklog`. */
export async function readDueBacklog(on: Executor, now: number): Promise<DueBacklog> {
  const { param } = on.dialect;
  const due = `SELECT due FROM timer WHERE due <= ${param(1)} ORDER BY due LIMIT ${param(2)}`;
  const [row] = await on.all(`SELECT COUNT(*) AS due, MIN(due) AS oldest FROM (${due}) d`, [now, DUE_COUNTED]);
  const count = Number(row?.['due'] ?? 0);
  const oldest = row?.['oldest'] ?? null;
  return { due: count, bounded: count >= DUE_COUNTED, oldest: oldest === null ? null : Number(oldest) };
}
