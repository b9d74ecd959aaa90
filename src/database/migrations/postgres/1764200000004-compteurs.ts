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
    produit text COLLATE "C" NOT NULL CONSTRAINT produit_pkey PRIMARY KEY,
    nom text NOT NULL,
    unite text,
    seuil text,
    borne integer NOT NULL CONSTRAINT produit_borne CHECK (borne IN (0, 1)),
    cree_le bigint NOT NULL
  )`,
  // Its instance writes the row of its slot once a second while it counts: the room left in each page keeps the new version beside the old one.
  `CREATE TABLE compteur_vu (
    slot text COLLATE "C" NOT NULL CONSTRAINT compteur_vu_pkey PRIMARY KEY,
    replique text NOT NULL,
    version bigint NOT NULL
  ) WITH (fillfactor = 50)`,
];
