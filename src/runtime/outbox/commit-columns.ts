import type { Cell, TableSchema } from './rows.js';
import type { GroupWrite, TableWrite } from './storage.js';

/**
 * A group as the parameters of the one commit statement: one JSON text per column, null where there is nothing to write,
 * so that an empty part costs next to nothing.
 */
export type CommitRow = readonly (string | null)[];

/** The parts of one table, in the order in which they are encoded. A table with limits is never split: its inserts come first of all. */
export const tableParts = (schema: TableSchema): readonly string[] =>
  schema.limits === undefined ? ['freed', 'taken', 'freeing', 'taking', 'deleted'] : ['born', 'rising', 'changed', 'stamped', 'deleted'];

/** The machine's own columns. `ordered` names every head when some move and some only stand, so that they are locked in one order. */
export const machineColumns = ['ordered', 'opened', 'moved', 'held', 'unborn', 'absent', 'facts', 'demandes', 'snapshots'] as const;

/** The column that carries one part of table number `table`. */
export const partColumn = (table: number, part: string): string => `t${table}_${part}`;

/** Every column of the commit statement for these tables. */
export function commitColumns(tables: readonly TableSchema[]): readonly string[] {
  return [...machineColumns, ...tables.flatMap((schema, table) => tableParts(schema).map((part) => partColumn(table, part)))];
}

type Row = readonly Cell[];

const json = (list: readonly unknown[]): string | null => (list.length === 0 ? null : JSON.stringify(list));

/**
 * Encodes groups for `tables`, in the order of `commitColumns`. A group that names another table is a bug and throws.
 * `exact`: the JSON values that are stored as text travel as strings, for an engine that would otherwise rewrite them.
 */
export function groupEncoder(tables: readonly TableSchema[], exact = false): (group: GroupWrite) => CommitRow {
  const encoders = tables.map((schema) => [schema.name, tableEncoder(schema)] as const);
  const names = new Set(tables.map((schema) => schema.name));
  return (group) => {
    for (const name of group.tables.keys()) if (!names.has(name)) throw new Error(`no table "${name}" was given to open()`);
    const row = encodeHeads(group);
    const { facts, demandes, snapshots } = exact ? withTexts(group) : group;
    row.push(json(group.absent), json(facts), json(demandes), json(snapshots));
    for (const [name, encode] of encoders) encode(group.tables.get(name), row);
    return row;
  };
}

function withTexts({ facts, demandes, snapshots }: GroupWrite): Record<'facts' | 'demandes' | 'snapshots', readonly unknown[]> {
  return {
    facts: facts.map(([stream, version, type, data, ...rest]) => [stream, version, type, JSON.stringify(data), ...rest]),
    demandes: demandes.map(([scope, id, stream, hash, answer, instant]) => [scope, id, stream, hash, JSON.stringify(answer), instant]),
    snapshots: snapshots.map(([stream, version, format, state]) => [stream, version, format, JSON.stringify(state)]),
  };
}

function encodeHeads(group: GroupWrite): (string | null)[] {
  const opened: unknown[] = [];
  const moved: unknown[] = [];
  const held: unknown[] = [];
  const unborn: unknown[] = [];
  for (const [stream, kind, expected, next, instant] of group.heads) {
    if (expected === 0) (next === 0 ? unborn : opened).push(next === 0 ? [stream] : [stream, kind, next, instant]);
    else if (next === expected) held.push([stream, expected]);
    else moved.push([stream, expected, next, instant]);
  }
  const mixed = moved.length > 0 && held.length > 0;
  const ordered = mixed ? JSON.stringify(group.heads.map(([stream]) => [stream])) : null;
  return [ordered, json(opened), json(moved), json(held), json(unborn)];
}

function tableEncoder(schema: TableSchema): (write: TableWrite | undefined, row: (string | null)[]) => void {
  const nothing = tableParts(schema).map(() => null);
  const parts = schema.limits === undefined ? splitTakers(schema) : splitLimits(schema, schema.limits);
  return (write, row) => {
    row.push(...(write === undefined ? nothing : parts(write).map(json)));
  };
}

function splitTakers(schema: TableSchema): (write: TableWrite) => readonly (readonly Row[])[] {
  const takes = schema.takes;
  if (takes === undefined) return (write) => [[], write.inserts, [], write.updates, write.deletes];
  const column = Object.keys(schema.columns).indexOf(takes.column);
  const values = new Set<Cell>(takes.values);
  const taking = (row: Row): boolean => values.has(row[column] ?? null);
  const freeing = (row: Row): boolean => !taking(row);
  return ({ inserts, updates, deletes }) => [
    inserts.filter(freeing),
    inserts.filter(taking),
    updates.filter(freeing),
    updates.filter(taking),
    deletes,
  ];
}

function splitLimits(schema: TableSchema, limits: readonly string[]): (write: TableWrite) => readonly (readonly Row[])[] {
  const names = Object.keys(schema.columns);
  const columns = limits.map((limit) => names.indexOf(limit));
  const key = schema.key.map((column) => names.indexOf(column));
  const limiting = (row: Row): boolean => columns.some((column) => (row[column] ?? null) !== null);
  const stamp = schema.stamp === undefined ? -1 : names.indexOf(schema.stamp);
  const onlyStamped = (row: Row): boolean => stamp >= 0 && row.every((cell, i) => cell === null || i === stamp || key.includes(i));
  return ({ inserts, updates, deletes }) => {
    // Limits are the rows that writers meet on: locked in the order of the key, whatever the order of the facts.
    const ordered = updates.length < 2 ? updates : updates.toSorted((a, b) => compareKeys(a, b, key));
    const stamped = ordered.filter(onlyStamped);
    const changed = stamped.length === 0 ? ordered : ordered.filter((row) => !onlyStamped(row));
    return [
      inserts,
      changed.filter(limiting),
      changed,
      stamped.map((row) => [...key.map((i) => row[i] ?? null), row[stamp] ?? null]),
      deletes,
    ];
  };
}

function compareKeys(a: Row, b: Row, key: readonly number[]): number {
  for (const column of key) {
    const left = a[column] ?? '';
    const right = b[column] ?? '';
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}
