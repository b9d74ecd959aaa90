import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The armed timers: what each stream has asked to be told, and when. The séances that are already planned get the end that new ones ask for. */
export class Timer1764300000006 implements MigrationInterface {
  readonly name = 'Timer1764300000006';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE timer');
  }
}

const statements = [
  `CREATE TABLE timer (
    stream text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    root text COLLATE "C" NOT NULL,
    kind text NOT NULL,
    due bigint NOT NULL,
    demande text NOT NULL,
    CONSTRAINT timer_pkey PRIMARY KEY (stream, name)
  )`,
  // Whoever looks for what is due finds all that it asks for here: each row of the table would lie on a page of its own.
  `CREATE INDEX timer_due ON timer (due, root, kind)`,
  `CREATE INDEX timer_root ON timer (root)`,
  // Twelve hours after the end.
  `INSERT INTO timer (stream, name, root, kind, due, demande)
    SELECT id, 'cloture', id, 'seance', fin_ms + 43200000, '{"type":"cloturer"}' FROM seance WHERE statut IN ('ouverte', 'fermee')`,
];
