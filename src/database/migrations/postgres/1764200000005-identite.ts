import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Which club this is: one opaque name, written by whoever opens the database first. What is counted beside the database belongs to it.
 * And which slot has taken over what was left in another one, so that one only of two copies of a store does.
 */
export class Identite1764200000005 implements MigrationInterface {
  readonly name = 'Identite1764200000005';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE club (
      id integer NOT NULL CONSTRAINT club_pkey PRIMARY KEY CONSTRAINT club_one_row CHECK (id = 1),
      identite text NOT NULL
    )`);
    await runner.query(`ALTER TABLE compteur_vu ADD COLUMN repris_par text NOT NULL DEFAULT ''`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE compteur_vu DROP COLUMN repris_par');
    await runner.query('DROP TABLE club');
  }
}
