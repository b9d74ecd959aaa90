import type { MigrationInterface, QueryRunner } from 'typeorm';
import { seanceGuards } from './seance-guards.js';

/** The club's tables and the guards that hold even against a hand-typed statement. */
export class Club1764000000002 implements MigrationInterface {
  readonly name = 'Club1764000000002';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...tables, ...seanceGuards]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['notification', 'paiement', 'motif', 'inscription', 'seance', 'membre']) await runner.query(`DROP TABLE ${table}`);
  }
}

const tables = [
  `CREATE TABLE membre (
    id TEXT NOT NULL PRIMARY KEY,
    nom TEXT,
    courriel TEXT,
    suspendu_jusqua INTEGER,
    cree_le INTEGER NOT NULL,
    efface_le INTEGER,
    version INTEGER NOT NULL
  ) WITHOUT ROWID`,
  // mouvements: see the guards.
  `CREATE TABLE seance (
    id TEXT NOT NULL PRIMARY KEY,
    titre TEXT NOT NULL,
    lieu TEXT,
    debut TEXT NOT NULL,
    fin TEXT NOT NULL,
    debut_ms INTEGER NOT NULL,
    fin_ms INTEGER NOT NULL,
    fuseau TEXT NOT NULL,
    statut TEXT NOT NULL CONSTRAINT seance_statut CHECK (statut IN ('ouverte', 'fermee', 'cloturee', 'annulee')),
    places INTEGER NOT NULL,
    prises INTEGER NOT NULL DEFAULT 0,
    en_attente INTEGER NOT NULL DEFAULT 0,
    mouvements INTEGER NOT NULL DEFAULT 0,
    prix_centimes INTEGER NOT NULL,
    paiement TEXT NOT NULL,
    liste_attente_max INTEGER,
    version INTEGER NOT NULL,
    CONSTRAINT seance_complete CHECK (prises <= places),
    CONSTRAINT seance_comptes CHECK (prises >= 0 AND en_attente >= 0),
    CONSTRAINT seance_dates CHECK (debut_ms < fin_ms)
  ) WITHOUT ROWID`,
  `CREATE INDEX seance_agenda ON seance (debut_ms, id)`,
  `CREATE TABLE inscription (
    seance_id TEXT NOT NULL,
    entree INTEGER NOT NULL,
    membre_id TEXT NOT NULL,
    statut TEXT NOT NULL CONSTRAINT inscription_statut CHECK (statut IN
      ('inscrite', 'offerte', 'en_attente', 'annulee', 'expiree', 'presente', 'absente', 'absence_excusee')),
    rang INTEGER,
    instant INTEGER NOT NULL,
    PRIMARY KEY (seance_id, entree)
  ) WITHOUT ROWID`,
  // The member first: one index says both that an entry is the only one and where a member is.
  `CREATE UNIQUE INDEX inscription_vivante ON inscription (membre_id, seance_id) WHERE statut NOT IN ('annulee', 'expiree')`,
  `CREATE UNIQUE INDEX inscription_rang ON inscription (seance_id, rang) WHERE statut = 'en_attente'`,
  `CREATE TABLE motif (id TEXT NOT NULL PRIMARY KEY, stream TEXT NOT NULL, texte TEXT NOT NULL) WITHOUT ROWID`,
  `CREATE TABLE paiement (
    id TEXT NOT NULL PRIMARY KEY,
    seance_id TEXT NOT NULL,
    entree INTEGER NOT NULL,
    membre_id TEXT NOT NULL,
    montant_centimes INTEGER NOT NULL CONSTRAINT paiement_montant CHECK (montant_centimes >= 0),
    devise TEXT NOT NULL,
    statut TEXT NOT NULL,
    cree_le INTEGER NOT NULL,
    modifie_le INTEGER NOT NULL
  ) WITHOUT ROWID`,
  `CREATE UNIQUE INDEX paiement_unique ON paiement (seance_id, entree)`,
  `CREATE INDEX paiement_statut ON paiement (statut, id)`,
  `CREATE INDEX paiement_membre ON paiement (membre_id, id)`,
  `CREATE TABLE notification (
    id TEXT NOT NULL PRIMARY KEY,
    stream TEXT NOT NULL,
    version INTEGER NOT NULL,
    membre_id TEXT NOT NULL,
    gabarit TEXT NOT NULL,
    donnees TEXT NOT NULL,
    statut TEXT NOT NULL,
    essais INTEGER NOT NULL DEFAULT 0,
    prochain_essai INTEGER NOT NULL,
    creee_le INTEGER NOT NULL,
    envoyee_le INTEGER,
    erreur TEXT
  ) WITHOUT ROWID`,
  `CREATE UNIQUE INDEX notification_unique ON notification (stream, version, membre_id)`,
  `CREATE INDEX notification_a_envoyer ON notification (statut, prochain_essai)`,
];
