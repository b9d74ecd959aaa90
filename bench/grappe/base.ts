import pg from 'pg';
import sqlite3 from 'sqlite3';

/** What is published, read from the database by a connection apart. */
export interface Base {
  /** The last version of a stream that is published; 0: none. */
  published(stream: string): Promise<number>;
  /** The term of whoever published last. */
  term(): Promise<number>;
  close(): Promise<void>;
}

export async function openBase(url: string): Promise<Base> {
  const { value, close } = url.startsWith('sqlite:') ? sqlite(url.slice('sqlite:'.length)) : await postgres(url);
  return {
    published: (stream) => value(`SELECT published AS value FROM stream WHERE id = '${stream.replaceAll("'", '')}'`),
    term: () => value('SELECT term AS value FROM publication WHERE id = 1'),
    close,
  };
}

interface Reader {
  value(sql: string): Promise<number>;
  close(): Promise<void>;
}
type Row = { readonly value: unknown } | undefined;

function sqlite(file: string): Reader {
  const base = new sqlite3.Database(file, sqlite3.OPEN_READWRITE);
  base.configure('busyTimeout', 1_000);
  return {
    value: (sql) =>
      new Promise((resolve, reject) =>
        base.get<Row>(sql, (error, row) => (error === null ? resolve(Number(row?.value ?? 0)) : reject(error))),
      ),
    close: () => new Promise((resolve) => base.close(() => resolve())),
  };
}

async function postgres(url: string): Promise<Reader> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return {
    value: async (sql) => Number(((await client.query(sql)).rows as Row[])[0]?.value ?? 0),
    close: () => client.end(),
  };
}
