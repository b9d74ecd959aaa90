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
  `CREATE TABLE node (
    incarnation TEXT NOT NULL PRIMARY KEY,
    id TEXT NOT NULL,
    address TEXT NOT NULL,
    state TEXT NOT NULL CONSTRAINT node_state CHECK (state IN ('alive', 'left', 'dead')),
    since INTEGER NOT NULL,
    seen INTEGER NOT NULL,
    host TEXT NOT NULL DEFAULT '',
    pid INTEGER NOT NULL DEFAULT 0,
    started TEXT NOT NULL DEFAULT '',
    boot TEXT NOT NULL DEFAULT ''
  ) WITHOUT ROWID`,
  `CREATE TABLE cluster (
    id INTEGER NOT NULL PRIMARY KEY CONSTRAINT cluster_one_row CHECK (id = 1),
    view INTEGER NOT NULL
  )`,
  `INSERT INTO cluster (id, view) VALUES (1, 0)`,
  `CREATE TABLE lease (
    name TEXT NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL,
    incarnation TEXT NOT NULL,
    term INTEGER NOT NULL,
    expires INTEGER NOT NULL
  ) WITHOUT ROWID`,
  `INSERT INTO lease (name, holder, incarnation, term, expires) VALUES ('leader', '', '', 0, 0)`,
  `CREATE TABLE election (
    term INTEGER NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL,
    incarnation TEXT NOT NULL,
    cause TEXT NOT NULL,
    since INTEGER NOT NULL,
    took_ms INTEGER NOT NULL
  )`,
  `ALTER TABLE publication ADD COLUMN term INTEGER NOT NULL DEFAULT 0`,
];
