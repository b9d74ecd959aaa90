import { systemClock, type Clock } from '../clock.js';
import { groupEncoder } from './commit-columns.js';
import { ConnectionLane } from './connection-lane.postgres.js';
import { postgresFailure } from './failures.postgres.js';
import { machineTables } from './machine-tables.js';
import { postgresProgram } from './program.postgres.js';
import { ReadingStorage, type Settle } from './reading-storage.js';
import { refusedGroup } from './refused-group.js';
import { rehearseParts } from './rehearsal.js';
import { Rows } from './row-transaction.js';
import type { TableSchema } from './rows.js';
import { begun, rolledBack } from './reconnecting.postgres.js';
import { PostgresSession } from './session.postgres.js';
import { endGhosts, settleDemandes, settleStreams } from './settle.postgres.js';
import { readVerdict } from './stored-reads.js';
import { ConstraintViolated, type GroupWrite, type RowTransaction, type Storage, type Verdict } from './storage.js';

export interface PostgresStorageOptions {
  readonly url: string;
  readonly connectTimeoutMs?: number;
  /** The server gives up a statement after this long. Raising it delays what waits behind a stuck one. */
  readonly statementTimeoutMs?: number;
  /** The server gives up waiting for a row after this long. */
  readonly lockTimeoutMs?: number;
  /** The server ends a transaction that is left alone this long (a stopped process). Must stay below the leader's lease. */
  readonly idleInTransactionMs?: number;
  readonly clock?: Clock;
}

type Limits = Required<Omit<PostgresStorageOptions, 'url' | 'clock'>>;

/** The server speaks first: after its own timeout it has this long to say so before the connection is given up. */
const SILENCE_MS = 1_500;
/** Urgent work is worth nothing after a lease has run out: it gives up early. Its wait for a row outlasts `idleInTransactionMs` of whoever holds it. */
const CONTROL = { connectTimeoutMs: 1_500, statementTimeoutMs: 2_000, lockTimeoutMs: 1_500 };

/** `Storage` on PostgreSQL: every commit is durable (synchronous_commit=on) when its promise resolves. The schema must be there already. */
export class PostgresStorage extends ReadingStorage implements Storage {
  private readonly url: string;
  private readonly clock: Clock;
  private readonly limits: Limits;
  private readonly writer = new ConnectionLane(() => this.connectWriter());
  private readonly reader = new ConnectionLane(() => this.connect('read', { default_transaction_read_only: 'on' }, this.limits));
  /** Urgent transactions: apart, so that a busy or stuck write connection never delays a lease. Opened by the first of them. */
  private readonly control = new ConnectionLane(() => this.connectControl());
  private known: ReadonlyMap<string, TableSchema> = new Map();
  private program = postgresProgram([]);
  private encode = groupEncoder([], true);

  constructor({ url, clock, ...limits }: PostgresStorageOptions) {
    super();
    this.url = url;
    this.clock = clock ?? systemClock;
    this.limits = { connectTimeoutMs: 3_000, statementTimeoutMs: 5_000, lockTimeoutMs: 2_000, idleInTransactionMs: 1_000, ...limits };
  }

  async open(tables: readonly TableSchema[]): Promise<void> {
    this.known = new Map([...machineTables, ...tables].map((schema) => [schema.name, schema]));
    this.program = postgresProgram(tables);
    this.encode = groupEncoder(tables, true);
    for (const connection of [this.writer, this.reader, this.control]) await connection.reset();
    await this.writer.run(never, async () => undefined);
    await this.reader.run(never, async () => undefined);
  }

  async close(): Promise<void> {
    await Promise.all([this.writer.close(), this.control.close(), this.reader.close(true)]);
  }

  async commit(group: GroupWrite): Promise<void> {
    const row = this.encode(group);
    try {
      await this.writer.run(always, (on) => on.run(this.program.commit, row));
    } catch (error) {
      throw error instanceof ConstraintViolated ? refusedGroup(error) : error;
    }
  }

  examine(group: GroupWrite): Promise<Verdict> {
    return this.writer.run(never, (on) => readVerdict(on, group));
  }

  rehearse(parts: readonly GroupWrite[]): Promise<readonly (ConstraintViolated | undefined)[]> {
    const written = parts.map((part) => ({ streams: part.heads.map(([stream]) => stream), row: this.encode(part) }));
    const rehearsed = (on: PostgresSession): Promise<readonly (ConstraintViolated | undefined)[]> =>
      rehearseParts(
        written,
        (sql) => on.exec(sql),
        (row) => on.run(this.program.commit, row),
        (error) => postgresFailure(error, on.lost, false),
      );
    return this.writer.run(never, (on) => rolledBack(on, () => rehearsed(on)));
  }

  transact<T>(work: (tx: RowTransaction) => Promise<T>, options: { readonly urgent?: boolean } = {}): Promise<T> {
    // Until COMMIT is sent, a lost connection is a rollback; after it, nobody knows.
    let committing = false;
    return (options.urgent === true ? this.control : this.writer).run(
      () => committing,
      async (on) => {
        const rows = new Rows(on, this.known, (error) => postgresFailure(error, on.lost, false));
        const result = await begun(on, () => work(rows).finally(() => rows.end()));
        committing = true;
        await on.exec('COMMIT');
        return result;
      },
    );
  }

  protected read<T>(settle: Settle | undefined, work: (on: PostgresSession) => Promise<T>): Promise<T> {
    if (settle === undefined) return this.reader.run(never, work);
    const settled = async (on: PostgresSession): Promise<T> => {
      await ('streams' in settle ? settleStreams(on, settle.streams) : settleDemandes(on, settle.keys));
      return work(on);
    };
    return this.writer.run(never, (on) => rolledBack(on, () => settled(on)));
  }

  private async connectWriter(): Promise<PostgresSession> {
    const session = await this.connectWriting('write', this.limits);
    try {
      await endGhosts(session, this.writer.ghosts);
      this.writer.ghosts = [];
      for (const statement of this.program.setup) await session.exec(statement);
      return session;
    } catch (error) {
      session.destroy();
      throw error;
    }
  }

  /** Its ghosts are left to the server: a row transaction that nobody ended holds the locks of what it wrote, and whoever touches that waits. */
  private connectControl(): Promise<PostgresSession> {
    this.control.ghosts = [];
    const { idleInTransactionMs } = this.limits;
    const least = (name: keyof typeof CONTROL): number => Math.min(CONTROL[name], this.limits[name]);
    return this.connectWriting('control', {
      connectTimeoutMs: least('connectTimeoutMs'),
      statementTimeoutMs: least('statementTimeoutMs'),
      lockTimeoutMs: least('lockTimeoutMs'),
      idleInTransactionMs,
    });
  }

  private connectWriting(role: string, limits: Limits): Promise<PostgresSession> {
    const settings = {
      synchronous_commit: 'on',
      default_transaction_isolation: 'read committed',
      lock_timeout: String(limits.lockTimeoutMs),
      idle_in_transaction_session_timeout: String(limits.idleInTransactionMs),
    };
    return this.connect(role, settings, limits);
  }

  private connect(role: string, settings: Readonly<Record<string, string>>, limits: Limits): Promise<PostgresSession> {
    const { connectTimeoutMs, statementTimeoutMs } = limits;
    return PostgresSession.connect({
      url: this.url,
      name: `monclub-${role}-${Buffer.from(this.clock.bytes(16)).toString('hex')}`,
      connectTimeoutMs,
      silenceMs: statementTimeoutMs + SILENCE_MS,
      settings: { statement_timeout: String(statementTimeoutMs), ...settings },
      clock: this.clock,
    });
  }
}

const always = (): boolean => true;
const never = (): boolean => false;
