import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The cluster's tables: who is a member, who leads, and under which term facts were last published. Times are the database's own, in ms. */
export class Cluster1764100000003 implements MigrationInterface {
  readonly name = 'Cluster1764100000003';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['election', 'lease', 'cluster', 'node']) await runner.query(`DROP TABLE ${table}`);
    await runner.query('ALTER TABLE publication DROP COLUMN term');
  }
}

const statements = [
  // Every pulse rewrites a row of `node` and the lease: the room left in each page keeps the new version beside the old one.
  `CREATE TABLE node (
    incarnation text COLLATE "C" NOT NULL CONSTRAINT node_pkey PRIMARY KEY,
    id text COLLATE "C" NOT NULL,
    address text COLLATE "C" NOT NULL,
    state text NOT NULL CONSTRAINT node_state CHECK (state IN ('alive', 'left', 'dead')),
    since bigint NOT NULL,
    seen bigint NOT NULL,
    host text NOT NULL DEFAULT '',
    pid bigint NOT NULL DEFAULT 0,
    started text NOT NULL DEFAULT '',
    boot text NOT NULL DEFAULT ''
  ) WITH (fillfactor = 50)`,
  `CREATE TABLE cluster (
    id integer NOT NULL CONSTRAINT cluster_pkey PRIMARY KEY CONSTRAINT cluster_one_row CHECK (id = 1),
    view bigint NOT NULL
  ) WITH (fillfactor = 50)`,
  `INSERT INTO cluster (id, view) VALUES (1, 0)`,
  `CREATE TABLE lease (
    name text COLLATE "C" NOT NULL CONSTRAINT lease_pkey PRIMARY KEY,
    holder text NOT NULL,
    incarnation text NOT NULL,
    term bigint NOT NULL,
    expires bigint NOT NULL
  ) WITH (fillfactor = 50)`,
  `INSERT INTO lease (name, holder, incarnation, term, expires) VALUES ('leader', '', '', 0, 0)`,
  `CREATE TABLE election (
    term bigint NOT NULL CONSTRAINT election_pkey PRIMARY KEY,
    holder text NOT NULL,
    incarnation text NOT NULL,
    cause text NOT NULL,
    since bigint NOT NULL,
    took_ms bigint NOT NULL
  )`,
  `ALTER TABLE publication ADD COLUMN term bigint NOT NULL DEFAULT 0`,
];
