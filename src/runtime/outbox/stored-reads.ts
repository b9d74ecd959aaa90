import type { Dialect, Executor, ResultRow } from './dialect.js';
import type { GroupWrite, OutboxFact, StoredDemande, StoredStream, StoredTimer, Verdict } from './storage.js';

type StoredFact = StoredStream['facts'][number];

const parsed = (value: unknown): Record<string, unknown> => JSON.parse(String(value)) as Record<string, unknown>;

/** The streams named, in two statements however many: snapshots and quarantines first, then for each stream the facts after its snapshot. */
export async function readStreams(on: Executor, streams: readonly string[]): Promise<StoredStream[]> {
  const list = JSON.stringify(streams.map((stream) => [stream]));
  const heads = new Map((await on.all(remarkableHeads(on.dialect), [list])).map((row) => [String(row['id']), row]));
  // The version is told, not read again: a snapshot written between the two statements would leave a gap.
  const after = JSON.stringify(streams.map((stream) => [stream, Number(heads.get(stream)?.['version'] ?? 0)]));
  const rows = await on.all(factsAfter(on.dialect), [after]);
  const facts = new Map<string, StoredFact[]>();
  for (const row of rows) append(facts, String(row['stream']), storedFact(row));
  return streams.map((stream) => storedStream(stream, heads.get(stream), facts.get(stream) ?? []));
}

/** Heads of streams that have a snapshot or were in quarantine: most have neither. */
function remarkableHeads(d: Dialect): string {
  return (
    `SELECT h.id, h.quarantined_until, s.version, s.format, s.state FROM ${d.each(d.param(1))} CROSS JOIN stream h ` +
    `LEFT JOIN snapshot s ON s.stream = h.id WHERE ${d.everyItem} AND h.id = ${d.cell(0, 'text')} ` +
    `AND (s.stream IS NOT NULL OR h.quarantined_until IS NOT NULL)`
  );
}

function storedStream(stream: string, head: ResultRow | undefined, facts: readonly StoredFact[]): StoredStream {
  if (head === undefined) return { stream, facts };
  const { quarantined_until: until, version, format, state } = head;
  const snapshot = {
    version: Number(version),
    format: Number(format),
    state: typeof state === 'string' ? (JSON.parse(state) as unknown) : null,
  };
  return {
    stream,
    ...(typeof state === 'string' ? { snapshot } : {}),
    ...(until === null || until === undefined ? {} : { quarantinedUntil: Number(until) }),
    facts,
  };
}

function factsAfter(d: Dialect): string {
  return (
    `SELECT o.stream, o.version, o.type, o.format, o.instant, o.data FROM ${d.each(d.param(1))} CROSS JOIN outbox o ` +
    `WHERE ${d.everyItem} AND o.stream = ${d.cell(0, 'text')} AND o.version > ${d.cell(1, 'integer')} ORDER BY o.stream, o.version`
  );
}

function append<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}

function storedFact(row: ResultRow): StoredFact {
  return {
    version: Number(row['version']),
    type: String(row['type']),
    format: Number(row['format']),
    instant: Number(row['instant']),
    data: parsed(row['data']),
  };
}

/** See `Storage.timersOf`. */
export async function readTimersOf(on: Executor, roots: readonly string[]): Promise<StoredTimer[]> {
  const d = on.dialect;
  const rows = await on.all(
    `SELECT t.root, t.stream, t.name, t.due, t.demande FROM ${d.each(d.param(1))} CROSS JOIN timer t ` +
      `WHERE ${d.everyItem} AND t.root = ${d.cell(0, 'text')}`,
    [JSON.stringify(roots.map((root) => [root]))],
  );
  return rows.map((row) => ({
    root: String(row['root']),
    stream: String(row['stream']),
    name: String(row['name']),
    due: Number(row['due']),
    demande: JSON.parse(String(row['demande'])) as StoredTimer['demande'],
  }));
}

/** The demandes stored under `keys`. */
export async function readDemandes(on: Executor, keys: readonly (readonly [string, string])[]): Promise<StoredDemande[]> {
  const d = on.dialect;
  const rows = await on.all(
    `SELECT m.scope, m.id, m.stream, m.hash, m.answer FROM ${d.each(d.param(1))} CROSS JOIN demande m ` +
      `WHERE ${d.everyItem} AND m.scope = ${d.cell(0, 'text')} AND m.id = ${d.cell(1, 'text')}`,
    [JSON.stringify(keys)],
  );
  return rows.map((row) => ({
    scope: String(row['scope']),
    id: String(row['id']),
    stream: String(row['stream']),
    hash: String(row['hash']),
    answer: JSON.parse(String(row['answer'])) as unknown,
  }));
}

/** Which heads of the group differ, and which of its demandes are stored. */
export async function readVerdict(on: Executor, group: GroupWrite): Promise<Verdict> {
  const d = on.dialect;
  const rows = await on.all(
    `SELECT s.id, s.version FROM ${d.each(d.param(1))} CROSS JOIN stream s WHERE ${d.everyItem} AND s.id = ${d.cell(0, 'text')}`,
    [JSON.stringify(group.heads.map(([stream]) => [stream]))],
  );
  const versions = new Map(rows.map((row) => [String(row['id']), Number(row['version'])]));
  const fenced = group.heads.filter(([stream, , expected]) => (versions.get(stream) ?? 0) !== expected).map(([stream]) => stream);
  const keys = [...group.demandes.map(([scope, id]) => [scope, id] as const), ...group.absent];
  const known = await readDemandes(on, keys);
  return { fenced: new Set(fenced), known: new Map(known.map((demande) => [`${demande.scope}\n${demande.id}`, demande])) };
}

/** See `Storage.unpublished`. The streams first, with how much of each, so that no more facts are read than asked for. */
export async function readUnpublished(on: Executor, limit: number, perStream: number, after: string): Promise<OutboxFact[]> {
  const waiting = (comparison: string): string =>
    `SELECT id, kind, published, version FROM stream WHERE published < version AND id ${comparison} ${on.dialect.param(1)} ORDER BY id LIMIT ${on.dialect.param(2)}`;
  const streams = await on.all(waiting('>'), [after, limit]);
  if (streams.length < limit && after !== '') streams.push(...(await on.all(waiting('<='), [after, limit - streams.length])));
  const ranges: [string, number, number][] = [];
  let left = limit;
  for (const { id, published, version } of streams) {
    if (left <= 0) break;
    const take = Math.min(left, perStream, Number(version) - Number(published));
    ranges.push([String(id), Number(published), Number(published) + take]);
    left -= take;
  }
  return ranges.length === 0 ? [] : readRanges(on, ranges);
}

/** Facts of several streams, each with `from < version <= to`, in the order of the ranges. */
export async function readRanges(
  on: Executor,
  ranges: readonly (readonly [stream: string, from: number, to: number])[],
): Promise<OutboxFact[]> {
  const d = on.dialect;
  const rows = await on.all(
    `SELECT ${factColumns} FROM ${d.each(d.param(1))} CROSS JOIN outbox o CROSS JOIN stream s WHERE ${d.everyItem} AND o.stream = ${d.cell(0, 'text')} ` +
      `AND o.version > ${d.cell(1, 'integer')} AND o.version <= ${d.cell(2, 'integer')} AND s.id = o.stream ORDER BY o.stream, o.version`,
    [JSON.stringify(ranges)],
  );
  const byStream = new Map<string, OutboxFact[]>();
  for (const row of rows) append(byStream, String(row['stream']), outboxFact(row));
  return ranges.flatMap(([stream]) => byStream.get(stream) ?? []);
}

/** Published facts after a position, in position order. */
export async function readPublished(on: Executor, after: number, limit: number): Promise<OutboxFact[]> {
  const { param } = on.dialect;
  const sql = `SELECT ${factColumns} FROM outbox o JOIN stream s ON s.id = o.stream WHERE o.position > ${param(1)} ORDER BY o.position LIMIT ${param(2)}`;
  return (await on.all(sql, [after, limit])).map(outboxFact);
}

const factColumns = 'o.stream, s.kind, o.version, o.type, o.data, o.demande, o.acteur, o.instant, o.format, o.position';

function outboxFact(row: ResultRow): OutboxFact {
  return {
    stream: String(row['stream']),
    kind: String(row['kind']),
    version: Number(row['version']),
    type: String(row['type']),
    data: parsed(row['data']),
    demande: String(row['demande']),
    acteur: row['acteur'] === null || row['acteur'] === undefined ? null : String(row['acteur']),
    instant: Number(row['instant']),
    format: Number(row['format']),
    position: row['position'] === null || row['position'] === undefined ? null : Number(row['position']),
  };
}
