import { systemClock, type Clock } from '../clock.js';
import { groupEncoder } from './commit-columns.js';
import { SqliteConnection } from './connection.sqlite.js';
import { DatabaseFile } from './database-file.sqlite.js';
import { sqliteFailure, uniqueColumns, uniqueNames, type UniqueNames } from './failures.sqlite.js';
import { Lane } from './lane.js';
import { machineTables } from './machine-tables.js';
import { type LockLimits, patiently, WriteLock } from './patience.sqlite.js';
import { sqliteProgram } from './program.sqlite.js';
import { ReadingStorage, type Settle } from './reading-storage.js';
import { refusedGroup } from './refused-group.js';
import { rehearseParts } from './rehearsal.js';
import { Rows } from './row-transaction.js';
import type { TableSchema } from './rows.js';
import { readVerdict } from './stored-reads.js';
import {
  CommitUnknown,
  ConstraintViolated,
  StorageUnavailable,
  type GroupWrite,
  type RowTransaction,
  type Storage,
  type Verdict,
} from './storage.js';

export interface SqliteStorageOptions extends Partial<LockLimits> {
  readonly file: string;
  /** How long one attempt waits inside SQLite, holding a thread of the pool. Raising it: of several processes some wait far longer than others. */
  readonly busyTimeoutMs?: number;
  readonly clock?: Clock;
}

interface Open {
  readonly write: SqliteConnection;
  readonly read: SqliteConnection;
  readonly names: UniqueNames;
}

/** `Storage` on a SQLite file: every commit is durable (WAL, synchronous=FULL) when its promise resolves. The schema must be there already. */
export class SqliteStorage extends ReadingStorage implements Storage {
  private readonly file: DatabaseFile;
  private readonly lane = new Lane();
  private readonly clock: Clock;
  private readonly busyTimeoutMs: number;
  private readonly retryForMs: number;
  private readonly lock: WriteLock;
  private opening: Promise<Open> | undefined;
  private closed = false;
  private known: ReadonlyMap<string, TableSchema> = new Map();
  private program = sqliteProgram([]);
  private encode = groupEncoder([]);

  constructor(options: SqliteStorageOptions) {
    super();
    this.file = new DatabaseFile(options.file);
    this.clock = options.clock ?? systemClock;
    this.busyTimeoutMs = options.busyTimeoutMs ?? 0;
    this.retryForMs = options.retryForMs ?? 200;
    const limits = { retryForMs: this.retryForMs, frozenAfterMs: options.frozenAfterMs ?? 600 };
    this.lock = new WriteLock(this.clock, limits, () => this.lane.crowded);
  }

  async open(tables: readonly TableSchema[]): Promise<void> {
    this.closed = false;
    this.known = new Map([...machineTables, ...tables].map((schema) => [schema.name, schema]));
    this.program = sqliteProgram(tables);
    this.encode = groupEncoder(tables);
    await this.lane.run(async () => {
      await this.disconnect();
      await this.guarded(false, async () => undefined);
    });
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.lane.run(() => this.disconnect());
  }

  async commit(group: GroupWrite): Promise<void> {
    const row = this.encode(group);
    await this.lane.run(async () => {
      try {
        await this.guarded(true, ({ write }) => this.lock.take(() => write.run(this.program.commit, row)));
      } catch (error) {
        throw error instanceof ConstraintViolated ? refusedGroup(error) : error;
      }
      this.file.acknowledge();
    });
  }

  examine(group: GroupWrite): Promise<Verdict> {
    return this.lane.run(() => this.guarded(false, ({ write }) => this.patiently(() => readVerdict(write, group))));
  }

  rehearse(parts: readonly GroupWrite[]): Promise<readonly (ConstraintViolated | undefined)[]> {
    const written = parts.map((part) => ({ streams: part.heads.map(([stream]) => stream), row: this.encode(part) }));
    return this.lane.run(() =>
      this.guarded(false, ({ write, names }) =>
        this.inTransaction(write, 'ROLLBACK', () =>
          rehearseParts(
            written,
            (sql) => write.exec(sql),
            (row) => write.run(this.program.commit, row),
            (error) => sqliteFailure(error, false, names),
          ),
        ),
      ),
    );
  }

  transact<T>(work: (tx: RowTransaction) => Promise<T>, options: { readonly urgent?: boolean } = {}): Promise<T> {
    return this.lane.run(async () => {
      const result = await this.guarded(true, ({ write, names }) => {
        const rows = new Rows(write, this.known, (error) => sqliteFailure(error, false, names));
        return this.inTransaction(write, 'COMMIT', () => work(rows).finally(() => rows.end()), options.urgent);
      });
      this.file.acknowledge();
      return result;
    }, options.urgent);
  }

  /** A settled read takes the write lock in its turn: whatever transaction was still open, here or in another process, has ended by then. */
  protected read<T>(settle: Settle | undefined, work: (on: SqliteConnection) => Promise<T>): Promise<T> {
    if (settle === undefined) return this.guarded(false, (open) => this.patiently(() => work(open.read)));
    return this.lane.run(() => this.guarded(false, ({ write }) => this.inTransaction(write, 'ROLLBACK', () => work(write))));
  }

  private async inTransaction<T>(write: SqliteConnection, end: 'COMMIT' | 'ROLLBACK', work: () => Promise<T>, urgent = false): Promise<T> {
    await this.lock.take(() => write.exec('BEGIN IMMEDIATE'), urgent);
    try {
      const result = await work();
      await this.patiently(() => write.exec(end));
      return result;
    } catch (error) {
      // Some errors have rolled back already; a second rollback then fails and changes nothing.
      await write.exec('ROLLBACK').catch(() => undefined);
      throw error;
    }
  }

  /** Runs `work` on the connections, opened when needed, and gives its errors their meaning. */
  private async guarded<T>(writing: boolean, work: (open: Open) => Promise<T>): Promise<T> {
    if (this.closed) throw new StorageUnavailable('the storage is closed');
    let names: UniqueNames = new Map();
    try {
      this.file.check();
      const open = await (this.opening ??= this.connect());
      names = open.names;
      return await work(open);
    } catch (error) {
      const failure = sqliteFailure(error, writing, names);
      if (failure instanceof StorageUnavailable || failure instanceof CommitUnknown) await this.disconnect();
      throw failure;
    }
  }

  private async connect(): Promise<Open> {
    const opened: SqliteConnection[] = [];
    try {
      // Pages that every group rewrites reach the file once for four thousand, not once for a thousand; the log stays under 20 MB.
      const write = await this.connection(opened, 'synchronous = FULL', 'wal_autocheckpoint = 4000');
      for (const statement of this.program.setup) await write.exec(statement);
      const read = await this.connection(opened, 'query_only = ON');
      this.file.remember();
      return { write, read, names: uniqueNames(await read.all(uniqueColumns, [])) };
    } catch (error) {
      this.opening = undefined;
      for (const connection of opened) await connection.close();
      throw error;
    }
  }

  private async connection(opened: SqliteConnection[], ...own: string[]): Promise<SqliteConnection> {
    const connection = await SqliteConnection.open(this.file.path);
    opened.push(connection);
    const pragmas = [`busy_timeout = ${this.busyTimeoutMs}`, 'journal_mode = WAL', 'foreign_keys = ON', 'temp_store = MEMORY', ...own];
    for (const each of pragmas) await this.patiently(() => connection.exec(`PRAGMA ${each}`));
    return connection;
  }

  private async disconnect(): Promise<void> {
    const opening = this.opening;
    this.opening = undefined;
    const open = await opening?.catch(() => undefined);
    for (const connection of [open?.write, open?.read]) await connection?.close();
  }

  private patiently<T>(attempt: () => Promise<T>): Promise<T> {
    return patiently(this.clock, (passedMs) => passedMs >= this.retryForMs, attempt);
  }
}
