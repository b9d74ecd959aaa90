import { quoted, type Executor, type ResultRow } from './dialect.js';
import type { Cell, ColumnType, TableSchema } from './rows.js';
import { ConstraintViolated, type Condition, type RowTransaction } from './storage.js';

type Row = Readonly<Record<string, Cell>>;

/**
 * Row operations inside one transaction that the storage has begun. Tables and columns must be known ones, so that no name from
 * outside ever becomes SQL; values are always bound.
 */
export class Rows implements RowTransaction {
  private lost: { readonly error: unknown } | undefined;
  private ended = false;
  private depth = 0;

  constructor(
    private readonly on: Executor,
    private readonly tables: ReadonlyMap<string, TableSchema>,
    private readonly meaning: (error: unknown) => unknown,
  ) {}

  /** Ends it: every later call throws. Throws when the transaction was lost, so that it cannot be committed by mistake. */
  end(): void {
    this.ended = true;
    if (this.lost !== undefined) throw this.lost.error;
  }

  async insert(table: string, rows: readonly Row[], ignore = false): Promise<number> {
    const [first] = rows;
    if (first === undefined) return 0;
    const columns = Object.keys(first);
    const { each, param } = this.on.dialect;
    const cells = columns.map((column, index) => this.on.dialect.cell(index, this.type(table, column)));
    const sql =
      `INSERT INTO ${this.name(table)} (${columns.map(quoted).join(', ')}) SELECT ${cells.join(', ')} FROM ${each(param(1))} WHERE true` +
      (ignore ? ' ON CONFLICT DO NOTHING' : '');
    return this.run(sql, [list(rows, columns)]);
  }

  async update(table: string, values: Row, where: Row): Promise<number> {
    const params: Cell[] = [];
    const sets = Object.entries(values).map(([column, value]) => `${this.column(table, column)} = ${this.bind(params, value)}`);
    if (sets.length === 0) throw new Error(`update of "${table}" sets nothing`);
    const sql = `UPDATE ${this.name(table)} SET ${sets.join(', ')} WHERE ${this.conditions(table, where, params)}`;
    return this.run(sql, params);
  }

  async updateAll(table: string, key: readonly string[], rows: readonly Row[]): Promise<number> {
    const [first] = rows;
    if (first === undefined) return 0;
    const { each, param, cell, everyItem } = this.on.dialect;
    const columns = Object.keys(first);
    const name = this.name(table);
    const value = (column: string): string => cell(columns.indexOf(column), this.type(table, column));
    const sets = columns.filter((column) => !key.includes(column)).map((column) => `${quoted(column)} = ${value(column)}`);
    const match = key.map((column) => `${name}.${this.column(table, column)} = ${value(column)}`);
    const sql = `UPDATE ${name} SET ${sets.join(', ')} FROM ${each(param(1))} WHERE ${everyItem} AND ${match.join(' AND ')}`;
    return this.run(sql, [list(rows, columns)]);
  }

  async delete(table: string, where: Readonly<Record<string, Condition>>): Promise<number> {
    const params: Cell[] = [];
    const sql = `DELETE FROM ${this.name(table)} WHERE ${this.conditions(table, where, params)}`;
    return this.run(sql, params);
  }

  select(table: string, where: Readonly<Record<string, Condition>>, limit?: number): Promise<Record<string, Cell>[]> {
    return this.read(table, where, limit, '');
  }

  hold(table: string, where: Readonly<Record<string, Condition>>): Promise<Record<string, Cell>[]> {
    return this.read(table, where, undefined, this.on.dialect.hold);
  }

  async now(): Promise<number> {
    const [row] = await this.attempt<ResultRow[]>(() => this.on.all(`SELECT ${this.on.dialect.now} AS now`, []));
    return Number(row?.['now']);
  }

  private async read(
    table: string,
    where: Readonly<Record<string, Condition>>,
    limit: number | undefined,
    lock: string,
  ): Promise<ResultRow[]> {
    const params: Cell[] = [];
    const schema = this.schema(table);
    const columns = Object.keys(schema.columns).map(quoted).join(', ');
    const filter = this.conditions(table, where, params);
    const order = schema.key.map(quoted).join(', ');
    const bound = limit === undefined ? '' : ` LIMIT ${this.bind(params, limit)}`;
    const sql = `SELECT ${columns} FROM ${this.name(table)} WHERE ${filter} ORDER BY ${order}${bound}${lock}`;
    return this.attempt<ResultRow[]>(() => this.on.all(sql, params));
  }

  async savepoint<T>(work: () => Promise<T>): Promise<T> {
    const name = `part_${(this.depth += 1)}`;
    try {
      await this.run(`SAVEPOINT ${name}`, []);
      const result = await this.worked(work, name);
      await this.run(`RELEASE ${name}`, []);
      return result;
    } finally {
      this.depth -= 1;
    }
  }

  private async worked<T>(work: () => Promise<T>, name: string): Promise<T> {
    try {
      const result = await work();
      if (this.lost !== undefined) throw this.lost.error;
      return result;
    } catch (error) {
      // Only a refused row can be undone in part; a dead connection or a deadlock has ended the whole transaction.
      if (this.lost === undefined || this.lost.error instanceof ConstraintViolated) {
        this.lost = undefined;
        await this.run(`ROLLBACK TO ${name}`, []);
        await this.run(`RELEASE ${name}`, []);
      }
      throw error;
    }
  }

  private run(sql: string, params: readonly Cell[]): Promise<number> {
    return this.attempt(() => this.on.run(sql, params));
  }

  private async attempt<T>(statement: () => Promise<T>): Promise<T> {
    if (this.ended) throw new Error('this transaction has ended');
    if (this.lost !== undefined) throw this.lost.error;
    try {
      return await statement();
    } catch (error) {
      this.lost = { error: this.meaning(error) };
      throw this.lost.error;
    }
  }

  private conditions(table: string, where: Readonly<Record<string, Condition>>, params: Cell[]): string {
    const list = Object.entries(where).map(([column, condition]) => this.condition(table, column, condition, params));
    return list.length === 0 ? 'true' : list.join(' AND ');
  }

  private condition(table: string, column: string, condition: Condition, params: Cell[]): string {
    const name = this.column(table, column);
    if (condition === null) return `${name} IS NULL`;
    if (typeof condition !== 'object') return `${name} = ${this.bind(params, condition)}`;
    if ('atMost' in condition) return `${name} <= ${this.bind(params, condition.atMost)}`;
    const source = this.bind(params, JSON.stringify(condition.map((cell) => [cell])));
    return `${name} IN (SELECT ${this.on.dialect.cell(0, this.type(table, column))} FROM ${this.on.dialect.each(source)})`;
  }

  private bind(params: Cell[], value: Cell): string {
    params.push(value);
    return this.on.dialect.param(params.length);
  }

  private schema(table: string): TableSchema {
    const schema = this.tables.get(table);
    if (schema === undefined) throw new Error(`no table "${table}" was given to open()`);
    return schema;
  }

  private name(table: string): string {
    return quoted(this.schema(table).name);
  }

  private column(table: string, column: string): string {
    this.type(table, column);
    return quoted(column);
  }

  private type(table: string, column: string): ColumnType {
    const { columns } = this.schema(table);
    const type = Object.hasOwn(columns, column) ? columns[column] : undefined;
    if (type === undefined) throw new Error(`table "${table}" has no column "${column}"`);
    return type;
  }
}

/** Rows as arrays in the order of `columns`; a row with other columns is a bug, since it would silently lose or blank one. */
function list(rows: readonly Row[], columns: readonly string[]): string {
  return JSON.stringify(
    rows.map((row) => {
      if (Object.keys(row).length !== columns.length)
        throw new Error(`rows of one statement must have the same columns (${columns.join(', ')})`);
      return columns.map((column) => {
        const cell = row[column];
        if (cell === undefined) throw new Error(`column "${column}" is missing in a row`);
        return cell;
      });
    }),
  );
}
