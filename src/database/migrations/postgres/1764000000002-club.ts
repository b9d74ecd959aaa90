import type { MigrationInterface, QueryRunner } from 'typeorm';
import { seanceGuards, seanceGuardsRemoved } from './seance-guards.js';

/** The club's tables and the guards that hold even against a hand-typed statement. */
export class Club1764000000002 implements MigrationInterface {
  readonly name = 'Club1764000000002';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...tables, ...seanceGuards]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['notification', 'paiement', 'motif', 'inscription', 'seance', 'membre']) await runner.query(`DROP TABLE ${table}`);
    for (const statement of seanceGuardsRemoved) await runner.query(statement);
  }
}

const tables = [
  `CREATE TABLE membre (
    id text COLLATE "C" NOT NULL CONSTRAINT membre_pkey PRIMARY KEY,
    nom text,
    courriel text,
    suspendu_jusqua bigint,
    cree_le bigint NOT NULL,
    efface_le bigint,
    version integer NOT NULL
  )`,
  // Its counters change with every group: the room left in each page keeps the new version beside the old one.
  `CREATE TABLE seance (
    id text COLLATE "C" NOT NULL CONSTRAINT seance_pkey PRIMARY KEY,
    titre text NOT NULL,
    lieu text,
    debut text NOT NULL,
    fin text NOT NULL,
    debut_ms bigint NOT NULL,
    fin_ms bigint NOT NULL,
    fuseau text NOT NULL,
    statut text NOT NULL CONSTRAINT seance_statut CHECK (statut IN ('ouverte', 'fermee', 'cloturee', 'annulee')),
    places integer NOT NULL,
    prises integer NOT NULL DEFAULT 0,
    en_attente integer NOT NULL DEFAULT 0,
    prix_centimes integer NOT NULL,
    paiement text NOT NULL,
    liste_attente_max integer,
    version integer NOT NULL,
    CONSTRAINT seance_complete CHECK (prises <= places),
    CONSTRAINT seance_comptes CHECK (prises >= 0 AND en_attente >= 0),
    CONSTRAINT seance_dates CHECK (debut_ms < fin_ms)
  ) WITH (fillfactor = 50)`,
  `CREATE INDEX seance_agenda ON seance (debut_ms, id)`,
  `CREATE TABLE inscription (
    seance_id text COLLATE "C" NOT NULL,
    entree integer NOT NULL,
    membre_id text COLLATE "C" NOT NULL,
    statut text NOT NULL CONSTRAINT inscription_statut CHECK (statut IN
      ('inscrite', 'offerte', 'en_attente', 'annulee', 'expiree', 'presente', 'absente', 'absence_excusee')),
    rang integer,
    instant bigint NOT NULL,
    CONSTRAINT inscription_pkey PRIMARY KEY (seance_id, entree)
  )`,
  // The member first: one index says both that an entry is the only one and where a member is.
  `CREATE UNIQUE INDEX inscription_vivante ON inscription (membre_id, seance_id) WHERE statut NOT IN ('annulee', 'expiree')`,
  `CREATE UNIQUE INDEX inscription_rang ON inscription (seance_id, rang) WHERE statut = 'en_attente'`,
  `CREATE TABLE motif (id text COLLATE "C" NOT NULL CONSTRAINT motif_pkey PRIMARY KEY, stream text NOT NULL, texte text NOT NULL)`,
  `CREATE TABLE paiement (
    id text COLLATE "C" NOT NULL CONSTRAINT paiement_pkey PRIMARY KEY,
    seance_id text COLLATE "C" NOT NULL,
    entree integer NOT NULL,
    membre_id text COLLATE "C" NOT NULL,
    montant_centimes integer NOT NULL CONSTRAINT paiement_montant CHECK (montant_centimes >= 0),
    devise text NOT NULL,
    statut text NOT NULL,
    cree_le bigint NOT NULL,
    modifie_le bigint NOT NULL
  )`,
  `CREATE UNIQUE INDEX paiement_unique ON paiement (seance_id, entree)`,
  `CREATE INDEX paiement_statut ON paiement (statut, id)`,
  `CREATE INDEX paiement_membre ON paiement (membre_id, id)`,
  `CREATE TABLE notification (
    id text COLLATE "C" NOT NULL CONSTRAINT notification_pkey PRIMARY KEY,
    stream text COLLATE "C" NOT NULL,
    version integer NOT NULL,
    membre_id text COLLATE "C" NOT NULL,
    gabarit text NOT NULL,
    donnees text NOT NULL,
    statut text NOT NULL,
    essais integer NOT NULL DEFAULT 0,
    prochain_essai bigint NOT NULL,
    creee_le bigint NOT NULL,
    envoyee_le bigint,
    erreur text
  )`,
  `CREATE UNIQUE INDEX notification_unique ON notification (stream, version, membre_id)`,
  `CREATE INDEX notification_a_envoyer ON notification (statut, prochain_essai)`,
];
