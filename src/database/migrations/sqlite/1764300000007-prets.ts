import type { MigrationInterface, QueryRunner } from 'typeorm';
import { pretsGuards, pretsGuardsOnMembre } from './prets-guards.js';

/** Titles, copies, loans, holds, the rules that bound them, and the guards that hold even against a hand-typed statement. */
export class Prets1764300000007 implements MigrationInterface {
  readonly name = 'Prets1764300000007';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...counters, ...tables, ...pretsGuards]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const trigger of pretsGuardsOnMembre) await runner.query(`DROP TRIGGER ${trigger}`);
    for (const table of ['reservation', 'pret', 'exemplaire', 'ouvrage', 'calendrier', 'reglement'])
      await runner.query(`DROP TABLE ${table}`);
    for (const column of ['prets', 'reservations', 'retards', 'mouvements']) await runner.query(`ALTER TABLE membre DROP COLUMN ${column}`);
  }
}

/** retards: live loans at the third reminder; mouvements: see the guards. */
const counters = [
  ...['prets', 'reservations', 'retards'].map(
    (column) => `ALTER TABLE membre ADD COLUMN ${column} INTEGER NOT NULL DEFAULT 0 CONSTRAINT membre_${column} CHECK (${column} >= 0)`,
  ),
  `ALTER TABLE membre ADD COLUMN mouvements INTEGER NOT NULL DEFAULT 0`,
];

const tables = [
  `CREATE TABLE reglement (
    id INTEGER NOT NULL PRIMARY KEY CONSTRAINT reglement_seul CHECK (id = 1),
    duree_jours INTEGER NOT NULL DEFAULT 21,
    prolongations INTEGER NOT NULL DEFAULT 1,
    prolongation_jours INTEGER NOT NULL DEFAULT 21,
    prolongation_des_jours INTEGER NOT NULL DEFAULT 7,
    retrait_jours INTEGER NOT NULL DEFAULT 7,
    rappel_jours INTEGER NOT NULL DEFAULT 3,
    relance1_jours INTEGER NOT NULL DEFAULT 3,
    relance2_jours INTEGER NOT NULL DEFAULT 10,
    relance3_jours INTEGER NOT NULL DEFAULT 21,
    prets_max INTEGER NOT NULL DEFAULT 5 CONSTRAINT reglement_prets_max CHECK (prets_max >= 0),
    reservations_max INTEGER NOT NULL DEFAULT 3 CONSTRAINT reglement_reservations_max CHECK (reservations_max >= 0),
    version INTEGER NOT NULL DEFAULT 1,
    CONSTRAINT reglement_relances CHECK (relance1_jours < relance2_jours AND relance2_jours < relance3_jours)
  )`,
  `INSERT INTO reglement (id) VALUES (1)`,
  // Lists as JSON texts: they are read whole, never searched.
  `CREATE TABLE calendrier (
    id INTEGER NOT NULL PRIMARY KEY CONSTRAINT calendrier_seul CHECK (id = 1),
    jours_fermes TEXT NOT NULL DEFAULT '[]',
    dates_fermees TEXT NOT NULL DEFAULT '[]',
    version INTEGER NOT NULL DEFAULT 1
  )`,
  `INSERT INTO calendrier (id) VALUES (1)`,
  `CREATE TABLE ouvrage (
    id TEXT NOT NULL PRIMARY KEY,
    titre TEXT NOT NULL,
    auteur TEXT,
    isbn TEXT,
    cree_le INTEGER NOT NULL,
    version INTEGER NOT NULL
  ) WITHOUT ROWID`,
  `CREATE TABLE exemplaire (
    id TEXT NOT NULL PRIMARY KEY,
    ouvrage_id TEXT NOT NULL,
    numero INTEGER NOT NULL,
    statut TEXT NOT NULL CONSTRAINT exemplaire_statut CHECK (statut IN
      ('disponible', 'prete', 'mis_de_cote', 'en_reparation', 'perdu', 'retire'))
  ) WITHOUT ROWID`,
  `CREATE INDEX exemplaire_ouvrage ON exemplaire (ouvrage_id, numero)`,
  `CREATE TABLE pret (
    id TEXT NOT NULL PRIMARY KEY,
    ouvrage_id TEXT NOT NULL,
    exemplaire_id TEXT NOT NULL,
    membre_id TEXT NOT NULL,
    statut TEXT NOT NULL CONSTRAINT pret_statut CHECK (statut IN ('en_cours', 'rendu', 'perdu')),
    ouvert_le INTEGER NOT NULL,
    echeance INTEGER NOT NULL,
    prolongations INTEGER NOT NULL,
    relance INTEGER NOT NULL CONSTRAINT pret_relance CHECK (relance BETWEEN 0 AND 3),
    rendu_le INTEGER,
    retard_jours INTEGER,
    version INTEGER NOT NULL
  ) WITHOUT ROWID`,
  `CREATE UNIQUE INDEX pret_vivant ON pret (exemplaire_id) WHERE statut = 'en_cours'`,
  `CREATE INDEX pret_echeances ON pret (echeance, id) WHERE statut = 'en_cours'`,
  `CREATE INDEX pret_clos ON pret (echeance, id) WHERE statut <> 'en_cours'`,
  `CREATE INDEX pret_membre ON pret (membre_id, echeance)`,
  `CREATE INDEX pret_exemplaire ON pret (exemplaire_id)`,
  `CREATE TABLE reservation (
    ouvrage_id TEXT NOT NULL,
    rang INTEGER NOT NULL,
    membre_id TEXT NOT NULL,
    statut TEXT NOT NULL CONSTRAINT reservation_statut CHECK (statut IN ('en_attente', 'mise_de_cote', 'honoree', 'annulee', 'expiree')),
    exemplaire_id TEXT,
    retrait_avant INTEGER,
    posee_le INTEGER NOT NULL,
    PRIMARY KEY (ouvrage_id, rang)
  ) WITHOUT ROWID`,
  // The member first: one index says both that a hold is the only one and where a member waits.
  `CREATE UNIQUE INDEX reservation_vivante ON reservation (membre_id, ouvrage_id) WHERE statut IN ('en_attente', 'mise_de_cote')`,
  `CREATE UNIQUE INDEX reservation_exemplaire ON reservation (exemplaire_id) WHERE statut = 'mise_de_cote'`,
];
