import { partColumn, tableParts } from './commit-columns.js';
import { quoted, type Dialect } from './dialect.js';
import type { TableSchema } from './rows.js';

/**
 * One statement of the commit program, run only when its column is not null.
 * `all`: it must touch a row for every item of the column, else the group is fenced. `none`: it must find nothing, else it is refused by that name.
 */
export interface Step {
  readonly column: string;
  readonly sql: string;
  readonly all?: boolean;
  readonly none?: 'fence' | 'known';
}

/**
 * The statements that write a group, in the only order that holds for every legal sequence of facts cut anywhere:
 * fence, journal, new limits, limits that rise, rows that free, rows that take, everything else of the limits (those that fall).
 * `source(column)` is how the engine names the column's JSON text.
 */
export function commitSteps(dialect: Dialect, tables: readonly TableSchema[], source: (column: string) => string): readonly Step[] {
  const of = (part: string): Step[] => tables.flatMap((schema, table) => tableStep(dialect, schema, table, part, source));
  return [
    ...fenceSteps(dialect, source),
    ...journalSteps(dialect, source),
    ...of('born'),
    ...of('rising'),
    ...of('freed'),
    ...of('freeing'),
    ...of('deleted'),
    ...of('taking'),
    ...of('taken'),
    ...of('changed'),
    ...of('stamped'),
  ];
}

/** The heads, and what must not be stored yet. */
function fenceSteps(d: Dialect, source: (column: string) => string): Step[] {
  const each = (column: string): string => `FROM ${d.each(source(column))}`;
  const text = (index: number): string => d.cell(index, 'text');
  const int = (index: number): string => d.number(index, 'integer');
  const big = (index: number): string => d.number(index, 'bigint');
  return [
    {
      column: 'moved',
      sql:
        `UPDATE stream SET version = ${int(2)}, instant = ${big(3)} ${each('moved')} ` +
        `WHERE ${d.everyItem} AND stream.id = ${text(0)} AND stream.version = ${int(1)}`,
      all: true,
    },
    // After those that exist, like the heads that are only compared: whoever opens a companion waits for its root before anybody waits for it.
    {
      column: 'opened',
      sql: `INSERT INTO stream (id, kind, version, instant) SELECT ${text(0)}, ${text(1)}, ${int(2)}, ${big(3)} ${each('opened')}`,
    },
    { column: 'unborn', sql: `${each('unborn')} CROSS JOIN stream s WHERE ${d.everyItem} AND s.id = ${text(0)}`, none: 'fence' },
    {
      column: 'absent',
      sql: `${each('absent')} CROSS JOIN demande m WHERE ${d.everyItem} AND m.scope = ${text(0)} AND m.id = ${text(1)}`,
      none: 'known',
    },
  ];
}

/** Answers, facts and snapshots. */
function journalSteps(d: Dialect, source: (column: string) => string): Step[] {
  const each = (column: string): string => `FROM ${d.each(source(column))}`;
  const text = (index: number): string => d.cell(index, 'text');
  const int = (index: number): string => d.number(index, 'integer');
  const big = (index: number): string => d.number(index, 'bigint');
  return [
    {
      column: 'demandes',
      sql:
        `INSERT INTO demande (scope, id, stream, hash, answer, instant) ` +
        `SELECT ${text(0)}, ${text(1)}, ${text(2)}, ${text(3)}, ${d.json(4)}, ${big(5)} ${each('demandes')}`,
    },
    {
      column: 'facts',
      sql:
        `INSERT INTO outbox (stream, version, type, data, demande, acteur, instant, format) ` +
        `SELECT ${text(0)}, ${int(1)}, ${text(2)}, ${d.json(3)}, ${text(4)}, ${text(5)}, ${big(6)}, ${int(7)} ${each('facts')}`,
    },
    {
      column: 'snapshots',
      sql:
        `INSERT INTO snapshot (stream, version, format, state) SELECT ${text(0)}, ${int(1)}, ${int(2)}, ${d.json(3)} ${each('snapshots')} WHERE true ` +
        `ON CONFLICT (stream) DO UPDATE SET version = excluded.version, format = excluded.format, state = excluded.state ` +
        `WHERE excluded.version >= snapshot.version`,
    },
  ];
}

function tableStep(d: Dialect, schema: TableSchema, table: number, part: string, source: (column: string) => string): Step[] {
  if (!tableParts(schema).includes(part) || (part === 'stamped' && schema.stamp === undefined)) return [];
  const column = partColumn(table, part);
  return [{ column, sql: tableStatement(d, schema, part, `FROM ${d.each(source(column))}`) }];
}

function tableStatement(d: Dialect, schema: TableSchema, part: string, from: string): string {
  const name = quoted(schema.name);
  const columns = Object.entries(schema.columns).map(([column, type], index) => ({
    column,
    name: quoted(column),
    cell: d.cell(index, type),
  }));
  const match = columns.filter(({ column }) => schema.key.includes(column)).map((c) => `${name}.${c.name} = ${c.cell}`);
  const matching = `WHERE ${d.everyItem} AND ${match.join(' AND ')}`;
  const update = (sets: readonly string[]): string => `UPDATE ${name} SET ${sets.join(', ')} ${from} ${matching}`;
  switch (part) {
    case 'born':
    case 'freed':
    case 'taken':
      return `INSERT INTO ${name} (${columns.map((c) => c.name).join(', ')}) SELECT ${columns.map((c) => c.cell).join(', ')} ${from}`;
    case 'deleted':
      return deletion(
        d,
        name,
        columns.filter(({ column }) => schema.key.includes(column)),
        from,
      );
    case 'stamped': {
      const stamp = columns.find(({ column }) => column === schema.stamp)!;
      const on = schema.key.map((column, i) => `${name}.${quoted(column)} = ${d.cell(i, schema.columns[column]!)}`);
      return `UPDATE ${name} SET ${stamp.name} = ${d.cell(schema.key.length, schema.columns[stamp.column]!)} ${from} WHERE ${d.everyItem} AND ${on.join(' AND ')}`;
    }
    case 'rising': {
      const limits = columns.filter(({ column }) => schema.limits?.includes(column));
      return update(limits.map((c) => `${c.name} = ${d.greatest(`${name}.${c.name}`, `coalesce(${c.cell}, ${name}.${c.name})`)}`));
    }
    default:
      return update(
        columns.filter(({ column }) => !schema.key.includes(column)).map((c) => `${c.name} = coalesce(${c.cell}, ${name}.${c.name})`),
      );
  }
}

function deletion(d: Dialect, name: string, key: readonly { readonly name: string; readonly cell: string }[], from: string): string {
  const wanted = `SELECT ${key.map((c) => c.cell).join(', ')} ${from} WHERE ${d.everyItem}`;
  return `DELETE FROM ${name} WHERE (${key.map((c) => c.name).join(', ')}) IN (${wanted})`;
}
