/**
 * Rows as data: what a module says about its tables, so that the journal alone writes SQL, the same way for every kind.
 */

/** A value that both engines store alike. Booleans are 0 and 1. */
export type Cell = string | number | null;

/** One change of one row. `key` holds every column of the table's primary key. */
export type RowChange =
  | {
      readonly table: string;
      readonly op: 'insert';
      readonly key: Readonly<Record<string, Cell>>;
      readonly values: Readonly<Record<string, Cell>>;
    }
  /** Columns that are absent or null keep what they hold. */
  | {
      readonly table: string;
      readonly op: 'update';
      readonly key: Readonly<Record<string, Cell>>;
      readonly values: Readonly<Record<string, Cell>>;
    }
  | { readonly table: string; readonly op: 'delete'; readonly key: Readonly<Record<string, Cell>> };

export type ColumnType = 'text' | 'integer' | 'bigint';

/**
 * A table that facts write to.
 *
 * The journal writes a group in this order: inserts of tables with `limits`, limits that rise, rows that free, rows that take,
 * then every other update (limits that fall among them). So any legal sequence of facts, cut into groups anywhere, passes
 * the constraints at every intermediate step.
 */
export interface TableSchema {
  readonly name: string;
  readonly columns: Readonly<Record<string, ColumnType>>;
  /** Primary key, in order. */
  readonly key: readonly string[];
  /** Columns that bound other rows (a number of places). */
  readonly limits?: readonly string[];
  /** A column that nearly every fact moves, mostly alone (a version): such updates are written without touching the others. */
  readonly stamp?: string;
  /** Rows whose `column` holds one of `values` take from a limit or hold a unique slot; any other row frees. Absent: every row takes. */
  readonly takes?: { readonly column: string; readonly values: readonly string[] };
}
