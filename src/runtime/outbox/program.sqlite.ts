import { commitColumns } from './commit-columns.js';
import { commitSteps, type Step } from './commit-program.js';
import type { Dialect } from './dialect.js';
import type { TableSchema } from './rows.js';

/**
 * SQLite's spelling. `->>` gives numbers as numbers, so no cell needs its type. `jsonb_each` (3.51) rather than `json_each`: the latter writes each
 * row out as text and parses it again for every cell, which more than doubles the cost of a group.
 */
export const sqliteDialect: Dialect = {
  param: (n) => `?${n}`,
  each: (source) => `jsonb_each(${source}) j`,
  everyItem: 'true',
  cell: (index) => `(j.value ->> ${index})`,
  number: (index) => `(j.value ->> ${index})`,
  json: (index) => `(j.value -> ${index})`,
  greatest: (a, b) => `max(${a}, ${b})`,
  // A row transaction holds the file's only write lock from its BEGIN on.
  hold: '',
  now: "CAST(round(unixepoch('subsec') * 1000) AS INTEGER)",
};

/**
 * The commit as one statement: an insert into a view that holds nothing, whose trigger writes the group. One hop to the thread
 * pool instead of one per statement, and atomic by itself: no BEGIN, hence nothing half open when it fails.
 *
 * Each step is a view and a trigger of its own, entered only when its column holds something: the tables that a step would set up
 * for nothing cost a small group as much as its rows.
 */
export function sqliteProgram(tables: readonly TableSchema[]): { readonly setup: readonly string[]; readonly commit: string } {
  const columns = commitColumns(tables);
  const steps = [
    heldHeads(),
    ...commitSteps(sqliteDialect, tables, (column) => `NEW.${column}`).map((step) => ({ column: step.column, body: statements(step) })),
  ];
  const enter = steps.map(({ column }) => `INSERT INTO commit_${column} SELECT NEW.${column} WHERE NEW.${column} IS NOT NULL;`);
  return {
    setup: [...steps.flatMap(({ column, body }) => view(`commit_${column}`, [column], body)), ...view('commit_group', columns, enter)],
    commit: `INSERT INTO commit_group (${columns.join(', ')}) VALUES (${columns.map((_, index) => `?${index + 1}`).join(', ')})`,
  };
}

/** A view that runs `body` for each row inserted into it. */
function view(name: string, columns: readonly string[], body: readonly string[]): string[] {
  return [
    `CREATE TEMP VIEW ${name} AS SELECT ${columns.map((column) => `NULL AS ${column}`).join(', ')}`,
    `CREATE TEMP TRIGGER ${name}_written INSTEAD OF INSERT ON ${name} BEGIN ${body.join(' ')} END`,
  ];
}

/** The write lock is held from the first statement on, so that a head that is only compared needs no lock of its own. */
function heldHeads(): { readonly column: string; readonly body: readonly string[] } {
  const version = '(SELECT version FROM stream WHERE id = j.value ->> 0)';
  const body = [`SELECT RAISE(ABORT, 'fence') FROM jsonb_each(NEW.held) j WHERE coalesce(${version}, 0) <> j.value ->> 1;`];
  return { column: 'held', body };
}

function statements(step: Step): string[] {
  if (step.none !== undefined) return [`SELECT RAISE(ABORT, '${step.none}') ${step.sql};`];
  if (step.all === true) return [`${step.sql};`, `SELECT RAISE(ABORT, 'fence') WHERE changes() <> json_array_length(NEW.${step.column});`];
  return [`${step.sql};`];
}
