import type { MigrationInterface, QueryRunner } from 'typeorm';
import { pretsGuards, pretsGuardsRemoved } from './prets-guards.js';

/** Titles, copies, loans, holds, the rules that bound them, and the guards that hold even against a hand-typed statement. */
export class Prets1764300000007 implements MigrationInterface {
  readonly name = 'Prets1764300000007';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...counters, ...tables, ...pretsGuards]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['reservation', 'pret', 'exemplaire', 'ouvrage', 'calendrier', 'reglement'])
      await runner.query(`DROP TABLE ${table}`);
    for (const statement of pretsGuardsRemoved) await runner.query(statement);
    for (const column of ['prets', 'reservations', 'retards']) await runner.query(`ALTER TABLE membre DROP COLUMN ${column}`);
  }
}

/** retards: live loans at the third reminder. */
const counters = ['prets', 'reservations', 'retards'].map(
  (column) => `ALTER TABLE membre ADD COLUMN ${column} integer NOT NULL DEFAULT 0 CONSTRAINT membre_${column} CHECK (${column} >= 0)`,
);

const tables = [
  `CREATE TABLE reglement (
    id integer NOT NULL CONSTRAINT reglement_pkey PRIMARY KEY CONSTRAINT reglement_seul CHECK (id = 1),
    duree_jours integer NOT NULL DEFAULT 21,
    prolongations integer NOT NULL DEFAULT 1,
    prolongation_jours integer NOT NULL DEFAULT 21,
    prolongation_des_jours integer NOT NULL DEFAULT 7,
    retrait_jours integer NOT NULL DEFAULT 7,
    rappel_jours integer NOT NULL DEFAULT 3,
    relance1_jours integer NOT NULL DEFAULT 3,
    relance2_jours integer NOT NULL DEFAULT 10,
    relance3_jours integer NOT NULL DEFAULT 21,
    prets_max integer NOT NULL DEFAULT 5 CONSTRAINT reglement_prets_max CHECK (prets_max >= 0),
    reservations_max integer NOT NULL DEFAULT 3 CONSTRAINT reglement_reservations_max CHECK (reservations_max >= 0),
    version integer NOT NULL DEFAULT 1,
    CONSTRAINT reglement_relances CHECK (relance1_jours < relance2_jours AND relance2_jours < relance3_jours)
  )`,
  `INSERT INTO reglement (id) VALUES (1)`,
  // Lists as JSON texts: they are read whole, never searched.
  `CREATE TABLE calendrier (
    id integer NOT NULL CONSTRAINT calendrier_pkey PRIMARY KEY CONSTRAINT calendrier_seul CHECK (id = 1),
    jours_fermes text NOT NULL DEFAULT '[]',
    dates_fermees text NOT NULL DEFAULT '[]',
    version integer NOT NULL DEFAULT 1
  )`,
  `INSERT INTO calendrier (id) VALUES (1)`,
  `CREATE TABLE ouvrage (
    id text COLLATE "C" NOT NULL CONSTRAINT ouvrage_pkey PRIMARY KEY,
    titre text NOT NULL,
    auteur text,
    isbn text,
    cree_le bigint NOT NULL,
    version integer NOT NULL
  ) WITH (fillfactor = 70)`,
  `CREATE TABLE exemplaire (
    id text COLLATE "C" NOT NULL CONSTRAINT exemplaire_pkey PRIMARY KEY,
    ouvrage_id text COLLATE "C" NOT NULL,
    numero integer NOT NULL,
    statut text NOT NULL CONSTRAINT exemplaire_statut CHECK (statut IN
      ('disponible', 'prete', 'mis_de_cote', 'en_reparation', 'perdu', 'retire'))
  )`,
  `CREATE INDEX exemplaire_ouvrage ON exemplaire (ouvrage_id, numero)`,
  `CREATE TABLE pret (
    id text COLLATE "C" NOT NULL CONSTRAINT pret_pkey PRIMARY KEY,
    ouvrage_id text COLLATE "C" NOT NULL,
    exemplaire_id text COLLATE "C" NOT NULL,
    membre_id text COLLATE "C" NOT NULL,
    statut text NOT NULL CONSTRAINT pret_statut CHECK (statut IN ('en_cours', 'rendu', 'perdu')),
    ouvert_le bigint NOT NULL,
    echeance bigint NOT NULL,
    prolongations integer NOT NULL,
    relance integer NOT NULL CONSTRAINT pret_relance CHECK (relance BETWEEN 0 AND 3),
    rendu_le bigint,
    retard_jours integer,
    version integer NOT NULL
  )`,
  `CREATE UNIQUE INDEX pret_vivant ON pret (exemplaire_id) WHERE statut = 'en_cours'`,
  `CREATE INDEX pret_echeances ON pret (echeance, id) WHERE statut = 'en_cours'`,
  `CREATE INDEX pret_clos ON pret (echeance, id) WHERE statut <> 'en_cours'`,
  `CREATE INDEX pret_membre ON pret (membre_id, echeance)`,
  `CREATE INDEX pret_exemplaire ON pret (exemplaire_id)`,
  `CREATE TABLE reservation (
    ouvrage_id text COLLATE "C" NOT NULL,
    rang integer NOT NULL,
    membre_id text COLLATE "C" NOT NULL,
    statut text NOT NULL CONSTRAINT reservation_statut CHECK (statut IN ('en_attente', 'mise_de_cote', 'honoree', 'annulee', 'expiree')),
    exemplaire_id text COLLATE "C",
    retrait_avant bigint,
    posee_le bigint NOT NULL,
    CONSTRAINT reservation_pkey PRIMARY KEY (ouvrage_id, rang)
  )`,
  // The member first: one index says both that a hold is the only one and where a member waits.
  `CREATE UNIQUE INDEX reservation_vivante ON reservation (membre_id, ouvrage_id) WHERE statut IN ('en_attente', 'mise_de_cote')`,
  `CREATE UNIQUE INDEX reservation_exemplaire ON reservation (exemplaire_id) WHERE statut = 'mise_de_cote'`,
];
