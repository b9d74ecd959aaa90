/**
 * The database's own count of each séance, kept by triggers, so that the CHECK on `seance` refuses a place too many whoever asks.
 *
 * Once per statement, over its changed rows: a batch costs one update per séance. That update takes the séance's row lock, which puts
 * concurrent writers in order; the CHECK then sees what the earlier one committed. A trigger that only counted rows would not.
 */
const LIVE = `statut NOT IN ('annulee', 'expiree')`;
const SEAT = `(statut NOT IN ('annulee', 'expiree', 'en_attente'))::integer`;
const WAIT = `(statut = 'en_attente')::integer`;

const refuse = (name: string): string => `RAISE EXCEPTION '${name}' USING ERRCODE = 'check_violation', CONSTRAINT = '${name}'`;

/** Séances are met in the order of their ids, so that two statements cannot wait for each other. One update for all of them. */
const move = (changes: string): string => `
  UPDATE seance s SET prises = s.prises + c.prises, en_attente = s.en_attente + c.en_attente
  FROM (
    SELECT seance_id, sum(prise)::integer AS prises, sum(attente)::integer AS en_attente FROM (${changes}) r
    GROUP BY seance_id HAVING sum(prise) <> 0 OR sum(attente) <> 0 ORDER BY seance_id
  ) c WHERE s.id = c.seance_id;`;

const known = `
  IF EXISTS (SELECT 1 FROM (SELECT DISTINCT seance_id FROM nouvelles) n WHERE NOT EXISTS (SELECT 1 FROM seance s WHERE s.id = n.seance_id)) THEN
    ${refuse('seance_inconnue')};
  END IF;`;

/**
 * Entries hold this lock together, an erasure alone: it waits for the entries under way, and entries for the erasure. One lock per statement,
 * where a lock on every member's row would cost as much as the entries themselves.
 */
const ERASURE_LOCK = 0x6d656d62;

const members = `
  PERFORM pg_advisory_xact_lock_shared(${ERASURE_LOCK});
  IF EXISTS (SELECT 1 FROM nouvelles n WHERE ${LIVE} AND NOT EXISTS (SELECT 1 FROM membre m WHERE m.id = n.membre_id AND m.efface_le IS NULL)) THEN
    ${refuse('membre_inconnu')};
  END IF;`;

const rows = (table: string, sign: '' | '-'): string =>
  `SELECT seance_id, ${sign}${SEAT} AS prise, ${sign}${WAIT} AS attente FROM ${table}`;

const body = (name: string, code: string): string =>
  `CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${code} RETURN NULL; END $$`;

const refusal = (name: string): string => `CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${refuse(name)}; END $$`;

export const seanceGuards: readonly string[] = [
  body('inscription_nouvelle', `${members} ${known} ${move(rows('nouvelles', ''))}`),
  body('inscription_changee', move(`${rows('nouvelles', '')} UNION ALL ${rows('anciennes', '-')}`)),
  body('inscription_retiree', move(rows('anciennes', '-'))),
  `CREATE TRIGGER inscription_nouvelle AFTER INSERT ON inscription REFERENCING NEW TABLE AS nouvelles
   FOR EACH STATEMENT EXECUTE FUNCTION inscription_nouvelle()`,
  `CREATE TRIGGER inscription_changee AFTER UPDATE ON inscription REFERENCING OLD TABLE AS anciennes NEW TABLE AS nouvelles
   FOR EACH STATEMENT EXECUTE FUNCTION inscription_changee()`,
  `CREATE TRIGGER inscription_retiree AFTER DELETE ON inscription REFERENCING OLD TABLE AS anciennes
   FOR EACH STATEMENT EXECUTE FUNCTION inscription_retiree()`,

  `CREATE FUNCTION inscription_ranimee() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    PERFORM pg_advisory_xact_lock_shared(${ERASURE_LOCK});
    PERFORM 1 FROM membre WHERE id = NEW.membre_id AND efface_le IS NULL;
    IF NOT FOUND THEN ${refuse('membre_inconnu')}; END IF;
    RETURN NEW;
  END $$`,
  `CREATE TRIGGER inscription_ranimee BEFORE UPDATE ON inscription FOR EACH ROW
   WHEN (OLD.statut IN ('annulee', 'expiree') AND NEW.statut NOT IN ('annulee', 'expiree')) EXECUTE FUNCTION inscription_ranimee()`,

  `CREATE FUNCTION membre_efface() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    PERFORM pg_advisory_xact_lock(${ERASURE_LOCK});
    RETURN coalesce(NEW, OLD);
  END $$`,
  `CREATE TRIGGER membre_efface BEFORE UPDATE ON membre FOR EACH ROW
   WHEN (NEW.efface_le IS NOT NULL AND OLD.efface_le IS NULL) EXECUTE FUNCTION membre_efface()`,
  `CREATE TRIGGER membre_supprime BEFORE DELETE ON membre FOR EACH ROW EXECUTE FUNCTION membre_efface()`,

  refusal('inscription_deplacee'),
  `CREATE TRIGGER inscription_deplacee BEFORE UPDATE ON inscription FOR EACH ROW
   WHEN (NEW.seance_id <> OLD.seance_id OR NEW.entree <> OLD.entree OR NEW.membre_id <> OLD.membre_id) EXECUTE FUNCTION inscription_deplacee()`,
  `CREATE TRIGGER inscription_videe BEFORE TRUNCATE ON inscription FOR EACH STATEMENT EXECUTE FUNCTION inscription_deplacee()`,

  // Depth 0: the update was typed, not made by a trigger of inscription.
  refusal('seance_comptes_tenus'),
  `CREATE TRIGGER seance_comptes_tenus BEFORE UPDATE ON seance FOR EACH ROW
   WHEN (NEW.id <> OLD.id OR (pg_trigger_depth() = 0 AND (NEW.prises <> OLD.prises OR NEW.en_attente <> OLD.en_attente)))
   EXECUTE FUNCTION seance_comptes_tenus()`,
  `CREATE TRIGGER seance_nouvelle BEFORE INSERT ON seance FOR EACH ROW
   WHEN (NEW.prises <> 0 OR NEW.en_attente <> 0) EXECUTE FUNCTION seance_comptes_tenus()`,

  // The row is locked before this trigger runs, so that it sees every entry that an earlier writer committed.
  `CREATE FUNCTION seance_occupee() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT 1 FROM inscription WHERE seance_id = OLD.id) THEN ${refuse('seance_occupee')}; END IF;
    RETURN OLD;
  END $$`,
  `CREATE TRIGGER seance_occupee BEFORE DELETE ON seance FOR EACH ROW EXECUTE FUNCTION seance_occupee()`,
];

export const seanceGuardsRemoved: readonly string[] = [
  'inscription_nouvelle',
  'inscription_changee',
  'inscription_retiree',
  'inscription_ranimee',
  'membre_efface',
  'inscription_deplacee',
  'seance_comptes_tenus',
  'seance_occupee',
].map((name) => `DROP FUNCTION ${name}()`);
