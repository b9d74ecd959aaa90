import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import sqlite3 from 'sqlite3';
import { inject } from 'vitest';
import { MODEL } from './postgres.js';

export const engines = ['sqlite', 'postgres'] as const;
export type Engine = (typeof engines)[number];

export type Rows = Record<string, unknown>[];

/** A person at the keyboard: a connection of its own, outside the application. */
export interface Hand {
  /** Runs one statement; rejects when the database refuses it. */
  type(sql: string): Promise<Rows>;
  close(): Promise<void>;
}

/** A database of its own for one test file. */
export interface TestDatabase {
  readonly engine: Engine;
  readonly url: string;
  /** The SQLite file; empty on PostgreSQL. */
  readonly file: string;
  hand(): Promise<Hand>;
  /** Closes every hand and removes the database. */
  drop(): Promise<void>;
}

/** A new database, empty unless `migrated`: then a copy of the run's model, which is what `migrate` makes (test/storage/migrations.spec.ts). */
export async function newDatabase(engine: Engine, { migrated = true } = {}): Promise<TestDatabase> {
  return engine === 'sqlite' ? newFile(migrated) : newPostgresDatabase(migrated);
}

/** `postgres://…` of the run's server; throws with the reason when it could not start. */
export function postgresServer(): string {
  const url = inject('postgres');
  if (url === '') throw new Error(inject('postgresFailure'));
  return url;
}

async function newFile(migrated: boolean): Promise<TestDatabase> {
  const directory = await mkdtemp(join(tmpdir(), 'monclub-sqlite-'));
  const file = join(directory, 'club.sqlite');
  if (migrated) await copyFile(inject('model'), file);
  const hands: Hand[] = [];
  return {
    engine: 'sqlite',
    url: `sqlite:${file}`,
    file,
    hand: async () => kept(hands, await sqliteHand(file)),
    drop: async () => {
      for (const hand of hands) await hand.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function newPostgresDatabase(migrated: boolean): Promise<TestDatabase> {
  const server = postgresServer();
  const name = `club_${randomUUID().replaceAll('-', '')}`;
  await once(`${server}/postgres`, `CREATE DATABASE ${name}${migrated ? ` TEMPLATE ${MODEL}` : ''}`);
  const url = `${server}/${name}`;
  const hands: Hand[] = [];
  return {
    engine: 'postgres',
    url,
    file: '',
    hand: async () => kept(hands, await postgresHand(url)),
    drop: async () => {
      for (const hand of hands) await hand.close();
      await once(`${server}/postgres`, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

function kept(hands: Hand[], hand: Hand): Hand {
  hands.push(hand);
  return hand;
}

async function once(url: string, sql: string): Promise<void> {
  const hand = await postgresHand(url);
  try {
    await hand.type(sql);
  } finally {
    await hand.close();
  }
}

async function postgresHand(url: string): Promise<Hand> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  let ended = false;
  return {
    type: async (sql) => (await client.query<Record<string, unknown>>(sql)).rows,
    close: async () => {
      if (!ended) await client.end().catch(() => undefined);
      ended = true;
    },
  };
}

async function sqliteHand(file: string): Promise<Hand> {
  const db = await new Promise<sqlite3.Database>((resolve, reject) => {
    const opened = new sqlite3.Database(file, sqlite3.OPEN_READWRITE, (error) => (error ? reject(error) : resolve(opened)));
  });
  let ended = false;
  return {
    type: (sql) =>
      new Promise((resolve, reject) => db.all<Record<string, unknown>>(sql, (error, rows) => (error ? reject(error) : resolve(rows)))),
    close: () =>
      new Promise((resolve) => {
        if (ended) return resolve();
        ended = true;
        db.close(() => resolve());
      }),
  };
}
