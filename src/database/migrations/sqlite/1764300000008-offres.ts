import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Until when an offered place is kept. */
export class Offres1764300000008 implements MigrationInterface {
  readonly name = 'Offres1764300000008';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX inscription_offerte`);
    await runner.query(`ALTER TABLE inscription DROP COLUMN expire_le`);
  }
}

const statements = [
  `ALTER TABLE inscription ADD COLUMN expire_le INTEGER`,
  // Few at any time: an inscription never touches it.
  `CREATE INDEX inscription_offerte ON inscription (seance_id, expire_le) WHERE statut = 'offerte'`,
];
