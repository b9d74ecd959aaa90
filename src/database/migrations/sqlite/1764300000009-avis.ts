import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The digest in which a notice leaves. */
export class Avis1764300000009 implements MigrationInterface {
  readonly name = 'Avis1764300000009';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX notification_groupee`);
    await runner.query(`ALTER TABLE notification DROP COLUMN recapitulatif_id`);
  }
}

const statements = [
  `ALTER TABLE notification ADD COLUMN recapitulatif_id TEXT`,
  // Only those of loans: the notices of a séance never touch it.
  `CREATE INDEX notification_groupee ON notification (recapitulatif_id) WHERE recapitulatif_id IS NOT NULL`,
];
