import type { ColumnType } from './rows.js';

/**
 * The few spellings in which the engines differ. A list of rows travels as one JSON text, an array of arrays,
 * and is read as the FROM item `j`: one parameter and one statement, whatever the number of rows.
 */
export interface Dialect {
  /** The `n`th bound parameter, from 1. */
  param(n: number): string;
  /** The FROM item `j` over the JSON text `source`. */
  each(source: string): string;
  /** True of every item of `j`. */
  readonly everyItem: string;
  /** Cell `index` of the row `j`. */
  cell(index: number, type: ColumnType): string;
  /** Cell `index` of the row `j`, a number that is never null. */
  number(index: number, type: 'integer' | 'bigint'): string;
  /** Cell `index` of the row `j`, kept as the JSON text it is. */
  json(index: number): string;
  greatest(a: string, b: string): string;
  /** What a select adds so that nobody else changes its rows before the transaction ends. */
  readonly hold: string;
  /** The database's clock at this very moment, whole milliseconds since 1970. */
  readonly now: string;
}

/** A row of a result. */
export type ResultRow = Record<string, string | number | null>;

/** One connection, as the shared statements need it. */
export interface Executor {
  readonly dialect: Dialect;
  /** Runs a statement and tells how many rows it changed. */
  run(sql: string, params: readonly (string | number | null)[]): Promise<number>;
  all(sql: string, params: readonly (string | number | null)[]): Promise<ResultRow[]>;
}

/** An identifier, quoted. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
