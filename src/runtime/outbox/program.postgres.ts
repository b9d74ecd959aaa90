import { commitColumns } from './commit-columns.js';
import { commitSteps, type Step } from './commit-program.js';
import type { Dialect } from './dialect.js';
import type { TableSchema } from './rows.js';

/**
 * PostgreSQL's spelling. `jsonb` is parsed once for all cells of a row, `json` once for each: twice to three times as fast.
 * But it would rewrite what is stored, which must be the very text that was answered: such values travel as strings.
 */
export const postgresDialect: Dialect = {
  param: (n) => `$${n}`,
  each: (source) => `jsonb_array_elements(${source}::jsonb) j(value)`,
  // Always true of our arrays. It makes the planner expect one row, hence a nested loop over the primary key, in the order of the list:
  // a plan that is kept from the day the table was empty must still be right when it holds millions of rows.
  everyItem: `jsonb_typeof(j.value) = 'array'`,
  cell: (index, type) => (type === 'text' ? `(j.value ->> ${index})` : `(j.value ->> ${index})::${type}`),
  number: (index, type) => `(j.value -> ${index})::${type}`,
  json: (index) => `(j.value ->> ${index})`,
  greatest: (a, b) => `greatest(${a}, ${b})`,
  hold: ' FOR SHARE',
  // Not now(), which stands still from BEGIN on.
  now: '(extract(epoch FROM clock_timestamp()) * 1000)::bigint',
};

/**
 * The commit as one statement: a function of this session (`pg_temp`) that writes the group, called outside any transaction.
 * One round trip, and atomic by itself.
 */
export function postgresProgram(tables: readonly TableSchema[]): { readonly setup: readonly string[]; readonly commit: string } {
  const columns = commitColumns(tables);
  const steps = commitSteps(postgresDialect, tables, (column) => `p_${column}`);
  const body = [...headLocks(), ...steps.map(guardedStep)].join('\n');
  return {
    setup: [
      `CREATE OR REPLACE FUNCTION pg_temp.commit_group(${columns.map((column) => `p_${column} jsonb`).join(', ')}) RETURNS void LANGUAGE plpgsql AS $commit$
DECLARE touched bigint;
BEGIN
${body}
END $commit$`,
    ],
    commit: `SELECT pg_temp.commit_group(${columns.map((_, index) => `$${index + 1}`).join(', ')})`,
  };
}

/** Heads are locked in the order of their names, moved and compared ones alike. A compared head is held until the commit: two groups that each read what the other writes must not both pass. */
function headLocks(): string[] {
  const item = `FROM jsonb_array_elements(p_held) j(value)`;
  const head = (more: string, lock: string): string =>
    `LATERAL (SELECT 1 FROM stream s WHERE s.id = j.value ->> 0${more} FOR ${lock}) head`;
  return [
    `IF p_ordered IS NOT NULL THEN PERFORM 1 FROM jsonb_array_elements(p_ordered) j(value), ${head('', 'NO KEY UPDATE')}; END IF;`,
    `IF p_held IS NOT NULL THEN PERFORM 1 ${item}, ${head(' AND s.version = (j.value ->> 1)::integer', 'SHARE')}; ${counted('held')} END IF;`,
  ];
}

function counted(column: string): string {
  return `GET DIAGNOSTICS touched = ROW_COUNT; IF touched <> jsonb_array_length(p_${column}) THEN ${refuse('fence')} END IF;`;
}

function refuse(name: string): string {
  return `RAISE EXCEPTION '${name}' USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = '${name}';`;
}

function guardedStep(step: Step): string {
  return `IF p_${step.column} IS NOT NULL THEN ${statements(step)} END IF;`;
}

function statements(step: Step): string {
  if (step.none !== undefined) return `IF EXISTS (SELECT 1 ${step.sql}) THEN ${refuse(step.none)} END IF;`;
  return step.all === true ? `${step.sql}; ${counted(step.column)}` : `${step.sql};`;
}
