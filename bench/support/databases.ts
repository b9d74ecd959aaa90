import pg from 'pg';
import { startPostgres, type PostgresServer } from '../../test/support/postgres.js';

/** A real PostgreSQL with full durability, for one run. */
export class BenchPostgres {
  private names = 0;
  private constructor(private readonly server: PostgresServer) {}

  static async start(): Promise<BenchPostgres> {
    return new BenchPostgres(
      await startPostgres([
        '-c',
        'fsync=on',
        '-c',
        'synchronous_commit=on',
        '-c',
        'full_page_writes=on',
        '-c',
        'shared_buffers=256MB',
        '-c',
        'max_wal_size=4GB',
      ]),
    );
  }

  /** The URL of a new empty database. */
  async database(): Promise<string> {
    const name = `bench_${++this.names}`;
    const client = new pg.Client({ connectionString: `${this.server.url}/postgres` });
    await client.connect();
    await client.query(`CREATE DATABASE ${name}`);
    await client.end();
    return `${this.server.url}/${name}`;
  }

  stop(): Promise<void> {
    return this.server.stop();
  }
}
