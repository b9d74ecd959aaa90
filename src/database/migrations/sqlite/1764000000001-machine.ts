import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The machine's tables: journal and outbox in one, heads, answers, progress. */
export class Machine1764000000001 implements MigrationInterface {
  readonly name = 'Machine1764000000001';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['marker', 'publication', 'dead_letter', 'inbox', 'snapshot', 'demande', 'outbox', 'stream']) {
      await runner.query(`DROP TABLE ${table}`);
    }
  }
}

const statements = [
  `CREATE TABLE stream (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    version INTEGER NOT NULL,
    published INTEGER NOT NULL DEFAULT 0,
    instant INTEGER NOT NULL,
    quarantined_until INTEGER,
    failures INTEGER NOT NULL DEFAULT 0
  ) WITHOUT ROWID`,
  `CREATE INDEX stream_to_publish ON stream (id) WHERE published < version`,
  `CREATE TABLE outbox (
    stream TEXT NOT NULL,
    version INTEGER NOT NULL,
    type TEXT NOT NULL,
    data TEXT NOT NULL,
    demande TEXT NOT NULL,
    acteur TEXT,
    instant INTEGER NOT NULL,
    format INTEGER NOT NULL,
    position INTEGER,
    PRIMARY KEY (stream, version)
  ) WITHOUT ROWID`,
  `CREATE UNIQUE INDEX outbox_position ON outbox (position) WHERE position IS NOT NULL`,
  `CREATE TABLE demande (
    scope TEXT NOT NULL,
    id TEXT NOT NULL,
    stream TEXT NOT NULL,
    hash TEXT NOT NULL,
    answer TEXT NOT NULL,
    instant INTEGER NOT NULL,
    PRIMARY KEY (scope, id)
  ) WITHOUT ROWID`,
  `CREATE TABLE snapshot (stream TEXT NOT NULL PRIMARY KEY, version INTEGER NOT NULL, format INTEGER NOT NULL, state TEXT NOT NULL)`,
  `CREATE TABLE inbox (
    listener TEXT NOT NULL,
    stream TEXT NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (listener, stream)
  ) WITHOUT ROWID`,
  `CREATE TABLE dead_letter (
    listener TEXT NOT NULL,
    stream TEXT NOT NULL,
    version INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    next_try INTEGER NOT NULL,
    error TEXT NOT NULL,
    dead INTEGER NOT NULL DEFAULT 0,
    since INTEGER NOT NULL,
    PRIMARY KEY (listener, stream)
  ) WITHOUT ROWID`,
  `CREATE TABLE publication (id INTEGER NOT NULL PRIMARY KEY CONSTRAINT publication_one_row CHECK (id = 1), position INTEGER NOT NULL)`,
  `INSERT INTO publication (id, position) VALUES (1, 0)`,
  `CREATE TABLE marker (name TEXT NOT NULL PRIMARY KEY, instant INTEGER NOT NULL) WITHOUT ROWID`,
];
