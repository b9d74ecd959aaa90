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

// Text is compared by bytes (COLLATE "C"), as on SQLite: names sort alike on both engines, and an index on them is cheaper.
const statements = [
  // Every commit rewrites its heads: the room left in each page keeps the new version beside the old one.
  `CREATE TABLE stream (
    id text COLLATE "C" NOT NULL CONSTRAINT stream_pkey PRIMARY KEY,
    kind text NOT NULL,
    version integer NOT NULL,
    published integer NOT NULL DEFAULT 0,
    instant bigint NOT NULL,
    quarantined_until bigint,
    failures integer NOT NULL DEFAULT 0
  ) WITH (fillfactor = 50)`,
  `CREATE INDEX stream_to_publish ON stream (id) WHERE published < version`,
  `CREATE TABLE outbox (
    stream text COLLATE "C" NOT NULL,
    version integer NOT NULL,
    type text NOT NULL,
    data text NOT NULL,
    demande text NOT NULL,
    acteur text,
    instant bigint NOT NULL,
    format integer NOT NULL,
    position bigint,
    CONSTRAINT outbox_pkey PRIMARY KEY (stream, version)
  )`,
  `CREATE UNIQUE INDEX outbox_position ON outbox (position) WHERE position IS NOT NULL`,
  `CREATE TABLE demande (
    scope text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    stream text NOT NULL,
    hash text NOT NULL,
    answer text NOT NULL,
    instant bigint NOT NULL,
    CONSTRAINT demande_pkey PRIMARY KEY (scope, id)
  )`,
  `CREATE TABLE snapshot (
    stream text COLLATE "C" NOT NULL CONSTRAINT snapshot_pkey PRIMARY KEY,
    version integer NOT NULL,
    format integer NOT NULL,
    state text NOT NULL
  )`,
  `CREATE TABLE inbox (
    listener text COLLATE "C" NOT NULL,
    stream text COLLATE "C" NOT NULL,
    version integer NOT NULL,
    CONSTRAINT inbox_pkey PRIMARY KEY (listener, stream)
  ) WITH (fillfactor = 70)`,
  `CREATE TABLE dead_letter (
    listener text COLLATE "C" NOT NULL,
    stream text COLLATE "C" NOT NULL,
    version integer NOT NULL,
    attempts integer NOT NULL,
    next_try bigint NOT NULL,
    error text NOT NULL,
    dead integer NOT NULL DEFAULT 0,
    since bigint NOT NULL,
    CONSTRAINT dead_letter_pkey PRIMARY KEY (listener, stream)
  )`,
  `CREATE TABLE publication (
    id integer NOT NULL CONSTRAINT publication_pkey PRIMARY KEY CONSTRAINT publication_one_row CHECK (id = 1),
    position bigint NOT NULL
  )`,
  `INSERT INTO publication (id, position) VALUES (1, 0)`,
  `CREATE TABLE marker (name text COLLATE "C" NOT NULL CONSTRAINT marker_pkey PRIMARY KEY, instant bigint NOT NULL)`,
];
