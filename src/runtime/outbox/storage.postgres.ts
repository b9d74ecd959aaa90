import { systemClock, type Clock } from '../clock.js';
import { groupEncoder } from './commit-columns.js';
import { isServerError, postgresFailure } from './failures.postgres.js';
import { Lane } from './lane.js';
import { machineTables } from './machine-tables.js';
import { postgresProgram } from './program.postgres.js';
import { ReadingStorage, type Settle } from './reading-storage.js';
import { refusedGroup } from './refused-group.js';
import { rehearseParts } from './rehearsal.js';
import { Rows } from './row-transaction.js';
import type { TableSchema } from './rows.js';
import { begun, Reconnecting, rolledBack } from './reconnecting.postgres.js';
import { PostgresSession } from './session.postgres.js';
import { endGhosts, settleDemandes, settleStreams, type Ghost } from './settle.postgres.js';
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

/** `Storage` on PostgreSQL: every commit is durable (synchronous_commit=on) when its promise resolves. The schema must be there already. */
export class PostgresStorage extends ReadingStorage implements Storage {
  private readonly url: string;
  private readonly clock: Clock;
  private readonly limits: Limits;
  private readonly lane = new Lane();
  /** Reads take turns too: a connection answers one statement at a time, and each is timed from when it is sent. */
  private readonly readLane = new Lane();
  private readonly writer: Reconnecting;
  private readonly reader: Reconnecting;
  /** Connections lost with a commit in flight: they may still be at it. */
  private ghosts: Ghost[] = [];
  private closed = false;
  private known: ReadonlyMap<string, TableSchema> = new Map();
  private program = postgresProgram([]);
  private encode = groupEncoder([], true);

  constructor({ url, clock, ...limits }: PostgresStorageOptions) {
    super();
    this.url = url;
    this.clock = clock ?? systemClock;
    this.limits = { connectTimeoutMs: 3_000, statementTimeoutMs: 5_000, lockTimeoutMs: 2_000, idleInTransactionMs: 1_000, ...limits };
    this.writer = new Reconnecting(() => this.connectWriter());
    this.reader = new Reconnecting(() => this.connect('read', { default_transaction_read_only: 'on' }));
  }

  async open(tables: readonly TableSchema[]): Promise<void> {
    this.closed = false;
    this.known = new Map([...machineTables, ...tables].map((schema) => [schema.name, schema]));
    this.program = postgresProgram(tables);
    this.encode = groupEncoder(tables, true);
    await this.lane.run(async () => {
      await this.disconnect();
      await this.writing(never, async () => undefined);
      await this.reading(async () => undefined);
    });
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.lane.run(() => this.disconnect());
  }

  commit(group: GroupWrite): Promise<void> {
    const row = this.encode(group);
    return this.lane.run(async () => {
      try {
        await this.writing(always, (on) => on.run(this.program.commit, row));
      } catch (error) {
        throw error instanceof ConstraintViolated ? refusedGroup(error) : error;
      }
    });
  }

  examine(group: GroupWrite): Promise<Verdict> {
    return this.lane.run(() => this.writing(never, (on) => readVerdict(on, group)));
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
    return this.lane.run(() => this.writing(never, (on) => rolledBack(on, () => rehearsed(on))));
  }

  transact<T>(work: (tx: RowTransaction) => Promise<T>): Promise<T> {
    // Until COMMIT is sent, a lost connection is a rollback; after it, nobody knows.
    let committing = false;
    return this.lane.run(() =>
      this.writing(
        () => committing,
        async (on) => {
          const rows = new Rows(on, this.known, (error) => postgresFailure(error, on.lost, false));
          const result = await begun(on, () => work(rows).finally(() => rows.end()));
          committing = true;
          await on.exec('COMMIT');
          return result;
        },
      ),
    );
  }

  protected read<T>(settle: Settle | undefined, work: (on: PostgresSession) => Promise<T>): Promise<T> {
    if (settle === undefined) return this.reading(work);
    const settled = async (on: PostgresSession): Promise<T> => {
      await ('streams' in settle ? settleStreams(on, settle.streams) : settleDemandes(on, settle.keys));
      return work(on);
    };
    return this.lane.run(() => this.writing(never, (on) => rolledBack(on, () => settled(on))));
  }

  private writing<T>(committing: () => boolean, work: (on: PostgresSession) => Promise<T>): Promise<T> {
    return this.on(this.writer, committing, work);
  }

  private reading<T>(work: (on: PostgresSession) => Promise<T>): Promise<T> {
    return this.readLane.run(() => this.on(this.reader, never, work));
  }

  private async on<T>(connection: Reconnecting, committing: () => boolean, work: (on: PostgresSession) => Promise<T>): Promise<T> {
    if (this.closed) throw new StorageUnavailable('the storage is closed');
    const on = await connection.session();
    try {
      return await work(on);
    } catch (error) {
      const failure = postgresFailure(error, on.lost, committing());
      if (failure instanceof CommitUnknown) this.ghosts.push({ pid: on.pid, name: on.name });
      // A server error that we do not know leaves a connection of which we know nothing: the next call starts on a fresh one.
      if (failure instanceof CommitUnknown || failure instanceof StorageUnavailable || isServerError(failure)) on.destroy();
      throw failure;
    }
  }

  private async connectWriter(): Promise<PostgresSession> {
    const { statementTimeoutMs, lockTimeoutMs, idleInTransactionMs } = this.limits;
    const session = await this.connect('write', {
      synchronous_commit: 'on',
      default_transaction_isolation: 'read committed',
      statement_timeout: String(statementTimeoutMs),
      lock_timeout: String(lockTimeoutMs),
      idle_in_transaction_session_timeout: String(idleInTransactionMs),
    });
    try {
      await endGhosts(session, this.ghosts);
      this.ghosts = [];
      for (const statement of this.program.setup) await session.exec(statement);
      return session;
    } catch (error) {
      session.destroy();
      throw error;
    }
  }

  private connect(role: string, settings: Readonly<Record<string, string>>): Promise<PostgresSession> {
    const { connectTimeoutMs, statementTimeoutMs } = this.limits;
    return PostgresSession.connect({
      url: this.url,
      name: `monclub-${role}-${Buffer.from(this.clock.bytes(16)).toString('hex')}`,
      connectTimeoutMs,
      silenceMs: statementTimeoutMs + SILENCE_MS,
      settings: { statement_timeout: String(statementTimeoutMs), ...settings },
      clock: this.clock,
    });
  }

  private async disconnect(): Promise<void> {
    await this.writer.close();
    await this.reader.close();
  }
}

const always = (): boolean => true;
const never = (): boolean => false;
