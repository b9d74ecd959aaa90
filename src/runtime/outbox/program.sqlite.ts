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
};

/**
 * The commit as one statement: an insert into a view that holds nothing, whose trigger writes the group. One hop to the thread
 * pool instead of one per statement, and atomic by itself: no BEGIN, hence nothing half open when it fails.
 */
export function sqliteProgram(tables: readonly TableSchema[]): { readonly setup: readonly string[]; readonly commit: string } {
  const columns = commitColumns(tables);
  const steps = commitSteps(sqliteDialect, tables, (column) => `NEW.${column}`);
  return {
    setup: [
      `CREATE TEMP VIEW commit_group AS SELECT ${columns.map((column) => `NULL AS ${column}`).join(', ')}`,
      `CREATE TEMP TRIGGER commit_group_written INSTEAD OF INSERT ON commit_group BEGIN ${[...heldHeads(), ...steps.flatMap(statements)].join(' ')} END`,
    ],
    commit: `INSERT INTO commit_group (${columns.join(', ')}) VALUES (${columns.map((_, index) => `?${index + 1}`).join(', ')})`,
  };
}

/** The write lock is held from the first statement on, so that a head that is only compared needs no lock of its own. */
function heldHeads(): string[] {
  const version = '(SELECT version FROM stream WHERE id = j.value ->> 0)';
  return [`SELECT RAISE(ABORT, 'fence') FROM jsonb_each(NEW.held) j WHERE coalesce(${version}, 0) <> j.value ->> 1;`];
}

function statements(step: Step): string[] {
  if (step.none !== undefined) return [`SELECT RAISE(ABORT, '${step.none}') ${step.sql};`];
  if (step.all === true) return [`${step.sql};`, `SELECT RAISE(ABORT, 'fence') WHERE changes() <> json_array_length(NEW.${step.column});`];
  return [`${step.sql};`];
}
