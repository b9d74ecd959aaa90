import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The products that are counted, and how far each slot of their counters was once seen. The counts themselves are in each instance's own store. */
export class Compteurs1764200000004 implements MigrationInterface {
  readonly name = 'Compteurs1764200000004';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['compteur_vu', 'produit']) await runner.query(`DROP TABLE ${table}`);
  }
}

const statements = [
  `CREATE TABLE produit (
    produit TEXT NOT NULL PRIMARY KEY,
    nom TEXT NOT NULL,
    unite TEXT,
    seuil TEXT,
    borne INTEGER NOT NULL CONSTRAINT produit_borne CHECK (borne IN (0, 1)),
    cree_le INTEGER NOT NULL
  ) WITHOUT ROWID`,
  `CREATE TABLE compteur_vu (
    slot TEXT NOT NULL PRIMARY KEY,
    replique TEXT NOT NULL,
    version INTEGER NOT NULL
  ) WITHOUT ROWID`,
];
