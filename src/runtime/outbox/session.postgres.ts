import type pg from 'pg';
import type { Clock } from '../clock.js';
import type { Executor, ResultRow } from './dialect.js';
import { driver } from './driver.postgres.js';
import { postgresDialect } from './program.postgres.js';

type Params = readonly (string | number | null)[];

/** How one connection is opened. */
export interface SessionOptions {
  readonly url: string;
  /** Tells this connection from every other one of its role, so that it can be ended from another one. */
  readonly name: string;
  readonly connectTimeoutMs: number;
  /** The connection is destroyed when a statement has no answer after this long: the server is silent, not slow. */
  readonly silenceMs: number;
  readonly settings: Readonly<Record<string, string>>;
  readonly clock: Clock;
}

const INT8 = 20;

/** `int8` as a number, for the clients that are given this only: nothing we store exceeds 2^53. */
export const int8AsNumber: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === INT8 && format !== 'binary' ? Number : (driver().types.getTypeParser(oid, format ?? 'text') as (value: string) => unknown),
};

// Small lists looked up by key in tables of any size: the only good plan is a nested loop over the index, whatever the statistics say.
const PLANNER = {
  enable_hashjoin: 'off',
  enable_mergejoin: 'off',
  enable_seqscan: 'off',
  enable_bitmapscan: 'off',
  enable_material: 'off',
  jit: 'off',
  plan_cache_mode: 'force_generic_plan',
};

/** One connection to PostgreSQL. Every statement is prepared once, by name. */
export class PostgresSession implements Executor {
  readonly dialect = postgresDialect;
  /** True once the connection is gone: nothing may be sent any more. */
  lost = false;
  private readonly names = new Map<string, string>();

  private constructor(
    private readonly client: pg.Client,
    private readonly options: SessionOptions,
    readonly pid: number,
  ) {
    client.on('error', () => (this.lost = true));
    client.on('end', () => (this.lost = true));
  }

  static async connect(options: SessionOptions): Promise<PostgresSession> {
    const client = new (driver().Client)({
      connectionString: options.url,
      application_name: options.name,
      connectionTimeoutMillis: options.connectTimeoutMs,
      keepAlive: true,
      types: int8AsNumber,
    });
    // Without a listener, an error of the socket would end the process.
    client.on('error', () => undefined);
    await client.connect();
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const session = new PostgresSession(client, options, rows[0]?.pid ?? 0);
    for (const [setting, value] of Object.entries({ ...PLANNER, ...options.settings })) {
      await client.query('SELECT set_config($1, $2, false)', [setting, value]);
    }
    return session;
  }

  get name(): string {
    return this.options.name;
  }

  async exec(sql: string): Promise<void> {
    await this.answered(this.client.query(sql));
  }

  async run(sql: string, params: Params): Promise<number> {
    const result = await this.answered(this.client.query({ name: this.prepared(sql), text: sql, values: [...params] }));
    return result.rowCount ?? 0;
  }

  async all(sql: string, params: Params): Promise<ResultRow[]> {
    const result = await this.answered(this.client.query<ResultRow>({ name: this.prepared(sql), text: sql, values: [...params] }));
    return result.rows;
  }

  async close(): Promise<void> {
    if (this.lost) return this.destroy();
    // A server that does not answer the farewell must not keep us.
    const cancel = this.options.clock.after(1_000, () => this.destroy());
    await this.client.end().catch(() => undefined);
    cancel();
    this.lost = true;
  }

  /** Ends the connection without a word to the server. Statements in flight fail at once. */
  destroy(): void {
    this.lost = true;
    (this.client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
  }

  private prepared(sql: string): string {
    let name = this.names.get(sql);
    if (name === undefined) {
      name = `s${this.names.size}`;
      this.names.set(sql, name);
    }
    return name;
  }

  private async answered<T>(query: Promise<T>): Promise<T> {
    const cancel = this.options.clock.after(this.options.silenceMs, () => this.destroy());
    try {
      return await query;
    } finally {
      cancel();
    }
  }
}
