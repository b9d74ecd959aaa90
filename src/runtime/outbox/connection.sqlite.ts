import sqlite3 from 'sqlite3';
import { sqliteDialect } from './program.sqlite.js';
import type { Executor, ResultRow } from './dialect.js';

type Params = readonly (string | number | null)[];

/**
 * One SQLite connection with its statements prepared once each.
 *
 * Each call must be awaited before the next one that depends on it: prepared statements of this driver ignore `serialize()`, so a COMMIT
 * could overtake an INSERT. Rows are always read with `all`: `get` leaves its read open, and with it the snapshot.
 */
export class SqliteConnection implements Executor {
  readonly dialect = sqliteDialect;
  private readonly prepared = new Map<string, Promise<sqlite3.Statement>>();

  private constructor(private readonly db: sqlite3.Database) {}

  /** Opens a file for reading and writing; creates one only when `orCreate` says so. */
  static open(file: string, orCreate = false): Promise<SqliteConnection> {
    const mode = sqlite3.OPEN_READWRITE | sqlite3.OPEN_FULLMUTEX | (orCreate ? sqlite3.OPEN_CREATE : 0);
    return new Promise((resolve, reject) => {
      const db = new sqlite3.Database(file, mode, (error) => {
        if (error) reject(error);
        else resolve(new SqliteConnection(db));
      });
    });
  }

  /** Runs statements without parameters, one after another. */
  exec(sql: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.db.exec(sql, (error) => (error ? reject(error) : resolve()));
    });
  }

  async run(sql: string, params: Params): Promise<number> {
    const statement = await this.statement(sql);
    return new Promise((resolve, reject) => {
      statement.run(params, function (this: sqlite3.RunResult, error: Error | null) {
        if (error) halted(statement, () => reject(error));
        else resolve(this.changes);
      });
    });
  }

  async all(sql: string, params: Params): Promise<ResultRow[]> {
    const statement = await this.statement(sql);
    return new Promise((resolve, reject) => {
      statement.all<ResultRow>(params, (error, rows) => (error ? halted(statement, () => reject(error)) : resolve(rows)));
    });
  }

  /** Ends every statement, then the connection. A failure to close is of no use to anyone. */
  async close(): Promise<void> {
    for (const preparing of this.prepared.values()) {
      const statement = await preparing.catch(() => undefined);
      await new Promise<void>((resolve) => (statement === undefined ? resolve() : statement.finalize(() => resolve())));
    }
    this.prepared.clear();
    await new Promise<void>((resolve) => this.db.close(() => resolve()));
  }

  private statement(sql: string): Promise<sqlite3.Statement> {
    const known = this.prepared.get(sql);
    if (known !== undefined) return known;
    const preparing = new Promise<sqlite3.Statement>((resolve, reject) => {
      const statement = this.db.prepare(sql, (error: Error | null) => (error ? reject(error) : resolve(statement)));
    });
    this.prepared.set(sql, preparing);
    preparing.catch(() => this.prepared.delete(sql));
    return preparing;
  }
}

/**
 * Ends a statement that failed. One that found the file locked only stands still, ready to be stepped on; as long as it does, every COMMIT of
 * this connection is refused (SQLITE_BUSY, "SQL statements in progress"), whoever else has let go of the file.
 */
function halted(statement: sqlite3.Statement, then: () => void): void {
  statement.reset(() => then());
}
