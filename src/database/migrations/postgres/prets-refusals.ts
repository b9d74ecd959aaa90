/** What the database never takes about loans, and what it takes only while something else is so: one small trigger each. */
import { HOLDS, refuse, refuseIf } from './prets-words.js';

/** Refused whatever else is true: `on` says of which rows. */
const never: readonly (readonly [trigger: string, refusal: string, on: string])[] = [
  ['pret_clos', 'pret_clos', `BEFORE UPDATE ON pret FOR EACH ROW WHEN (OLD.statut <> 'en_cours' AND NEW.statut = 'en_cours')`],
  [
    'pret_deplace',
    'pret_deplace',
    `BEFORE UPDATE ON pret FOR EACH ROW WHEN ((NEW.id, NEW.ouvrage_id, NEW.exemplaire_id, NEW.membre_id)
      <> (OLD.id, OLD.ouvrage_id, OLD.exemplaire_id, OLD.membre_id))`,
  ],
  ['pret_vide', 'pret_deplace', 'BEFORE TRUNCATE ON pret FOR EACH STATEMENT'],
  ['reservation_close', 'reservation_close', `BEFORE UPDATE ON reservation FOR EACH ROW WHEN (NOT ${HOLDS('OLD')} AND ${HOLDS('NEW')})`],
  [
    'reservation_deplacee',
    'reservation_deplacee',
    `BEFORE UPDATE ON reservation FOR EACH ROW WHEN ((NEW.ouvrage_id, NEW.rang, NEW.membre_id) <> (OLD.ouvrage_id, OLD.rang, OLD.membre_id))`,
  ],
  ['reservation_videe', 'reservation_deplacee', 'BEFORE TRUNCATE ON reservation FOR EACH STATEMENT'],
  [
    'exemplaire_deplace',
    'exemplaire_deplace',
    `BEFORE UPDATE ON exemplaire FOR EACH ROW WHEN ((NEW.id, NEW.ouvrage_id) <> (OLD.id, OLD.ouvrage_id))`,
  ],
  ['exemplaire_vide', 'exemplaire_deplace', 'BEFORE TRUNCATE ON exemplaire FOR EACH STATEMENT'],
  ['ouvrage_deplace', 'ouvrage_deplace', 'BEFORE UPDATE ON ouvrage FOR EACH ROW WHEN (NEW.id <> OLD.id)'],
  ['ouvrage_vide', 'ouvrage_deplace', 'BEFORE TRUNCATE ON ouvrage FOR EACH STATEMENT'],
  // Depth 0: the update was typed, not made by a trigger of the loans.
  [
    'membre_comptes_tenus',
    'membre_comptes_tenus',
    `BEFORE UPDATE ON membre FOR EACH ROW WHEN (NEW.id <> OLD.id OR (pg_trigger_depth() = 0
      AND (NEW.prets, NEW.reservations, NEW.retards) <> (OLD.prets, OLD.reservations, OLD.retards)))`,
  ],
  [
    'membre_nouveau',
    'membre_comptes_tenus',
    'BEFORE INSERT ON membre FOR EACH ROW WHEN (NEW.prets <> 0 OR NEW.reservations <> 0 OR NEW.retards <> 0)',
  ],
  // The row is locked before these run: they see every loan that an earlier writer committed.
  [
    'membre_prets_en_cours',
    'prets_en_cours',
    'BEFORE UPDATE ON membre FOR EACH ROW WHEN (NEW.efface_le IS NOT NULL AND OLD.efface_le IS NULL AND OLD.prets > 0)',
  ],
  ['membre_occupe', 'membre_occupe', 'BEFORE DELETE ON membre FOR EACH ROW WHEN (OLD.prets > 0 OR OLD.reservations > 0)'],
  ['reglement_seul', 'reglement_seul', 'BEFORE DELETE OR TRUNCATE ON reglement FOR EACH STATEMENT'],
  ['calendrier_seul', 'calendrier_seul', 'BEFORE DELETE OR TRUNCATE ON calendrier FOR EACH STATEMENT'],
];

/** Refused when the database holds what `found` says. */
const unless: readonly (readonly [name: string, refusal: string, found: string, on: string])[] = [
  // Only what rises is compared with the rules: lowering them takes nothing from anybody.
  [
    'membre_prets_max',
    'limite_prets_atteinte',
    'SELECT 1 FROM reglement WHERE NEW.prets > prets_max',
    'BEFORE UPDATE ON membre FOR EACH ROW WHEN (NEW.prets > OLD.prets)',
  ],
  [
    'membre_reservations_max',
    'limite_reservations_atteinte',
    'SELECT 1 FROM reglement WHERE NEW.reservations > reservations_max',
    'BEFORE UPDATE ON membre FOR EACH ROW WHEN (NEW.reservations > OLD.reservations)',
  ],
  [
    'exemplaire_nouveau',
    'ouvrage_inconnu',
    'SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM ouvrage WHERE id = NEW.ouvrage_id)',
    'BEFORE INSERT ON exemplaire FOR EACH ROW',
  ],
  ['exemplaire_occupe', 'exemplaire_occupe', 'SELECT 1 FROM pret WHERE exemplaire_id = OLD.id', 'BEFORE DELETE ON exemplaire FOR EACH ROW'],
  [
    'ouvrage_occupe',
    'ouvrage_occupe',
    'SELECT 1 FROM exemplaire WHERE ouvrage_id = OLD.id UNION ALL SELECT 1 FROM reservation WHERE ouvrage_id = OLD.id',
    'BEFORE DELETE ON ouvrage FOR EACH ROW',
  ],
];

const refusals = [...new Set(never.map(([, refusal]) => refusal))];

export const pretsRefusals: readonly string[] = [
  ...refusals.map((name) => `CREATE FUNCTION refus_${name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${refuse(name)} END $$`),
  ...never.map(([trigger, refusal, on]) => `CREATE TRIGGER ${trigger} ${on} EXECUTE FUNCTION refus_${refusal}()`),
  ...unless.flatMap(([name, refusal, found, on]) => [
    `CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${refuseIf(refusal, found)} RETURN coalesce(NEW, OLD); END $$`,
    `CREATE TRIGGER ${name} ${on} EXECUTE FUNCTION ${name}()`,
  ]),
];

/** Their functions. */
export const pretsRefusing: readonly string[] = [...refusals.map((name) => `refus_${name}`), ...unless.map(([name]) => name)];
