/**
 * The database's own count of each séance, kept by triggers, so that the CHECK on `seance` refuses a place too many whoever asks.
 *
 * SQLite cannot tell a trigger's update from a person's: `mouvements` rises by one with every counted change, and an update of a
 * counter without it is refused. Triggers rather than foreign keys: those are off in every connection that does not ask for them.
 */
const OCCUPIES = (row: string): string => `(${row}.statut NOT IN ('annulee', 'expiree', 'en_attente'))`;
const WAITS = (row: string): string => `(${row}.statut = 'en_attente')`;
const LIVES = (row: string): string => `(${row}.statut NOT IN ('annulee', 'expiree'))`;
const MEMBER_LIVES = `EXISTS (SELECT 1 FROM membre WHERE id = NEW.membre_id AND efface_le IS NULL)`;
const MEMBER = `SELECT RAISE(ABORT, 'membre_inconnu') WHERE NOT ${MEMBER_LIVES};`;

const count = (row: string, sign: '+' | '-'): string =>
  `UPDATE seance SET prises = prises ${sign} ${OCCUPIES(row)}, en_attente = en_attente ${sign} ${WAITS(row)}, mouvements = mouvements + 1
   WHERE id = ${row}.seance_id;`;

export const seanceGuards: readonly string[] = [
  // One trigger, and one statement that counts and checks at once: this is what every inscription pays.
  `CREATE TRIGGER inscription_nouvelle AFTER INSERT ON inscription WHEN ${LIVES('NEW')} BEGIN
    UPDATE seance SET prises = prises + ${OCCUPIES('NEW')}, en_attente = en_attente + ${WAITS('NEW')}, mouvements = mouvements + 1
      WHERE id = NEW.seance_id AND ${MEMBER_LIVES};
    SELECT CASE WHEN EXISTS (SELECT 1 FROM seance WHERE id = NEW.seance_id) THEN RAISE(ABORT, 'membre_inconnu') ELSE RAISE(ABORT, 'seance_inconnue') END
      WHERE changes() = 0;
  END`,
  `CREATE TRIGGER inscription_sans_seance AFTER INSERT ON inscription
   WHEN NOT ${LIVES('NEW')} AND NOT EXISTS (SELECT 1 FROM seance WHERE id = NEW.seance_id) BEGIN
    SELECT RAISE(ABORT, 'seance_inconnue');
  END`,
  `CREATE TRIGGER inscription_changee AFTER UPDATE OF statut ON inscription
   WHEN ${OCCUPIES('NEW')} <> ${OCCUPIES('OLD')} OR ${WAITS('NEW')} <> ${WAITS('OLD')} BEGIN
    UPDATE seance SET prises = prises + ${OCCUPIES('NEW')} - ${OCCUPIES('OLD')}, en_attente = en_attente + ${WAITS('NEW')} - ${WAITS('OLD')},
      mouvements = mouvements + 1 WHERE id = NEW.seance_id;
  END`,
  `CREATE TRIGGER inscription_ranimee BEFORE UPDATE OF statut ON inscription WHEN ${LIVES('NEW')} AND NOT ${LIVES('OLD')} BEGIN
    ${MEMBER}
  END`,
  `CREATE TRIGGER inscription_deplacee BEFORE UPDATE OF seance_id, entree, membre_id ON inscription
   WHEN NEW.seance_id IS NOT OLD.seance_id OR NEW.entree IS NOT OLD.entree OR NEW.membre_id IS NOT OLD.membre_id BEGIN
    SELECT RAISE(ABORT, 'inscription_deplacee');
  END`,
  `CREATE TRIGGER inscription_retiree AFTER DELETE ON inscription WHEN ${LIVES('OLD')} BEGIN
    ${count('OLD', '-')}
  END`,
  // A replacing insert deletes the former row without its trigger: a séance must not come back with its counters at zero.
  `CREATE TRIGGER seance_nouvelle BEFORE INSERT ON seance
   WHEN NEW.prises <> 0 OR NEW.en_attente <> 0 OR EXISTS (SELECT 1 FROM inscription WHERE seance_id = NEW.id) BEGIN
    SELECT RAISE(ABORT, 'seance_comptes_tenus');
  END`,
  `CREATE TRIGGER seance_comptes_tenus BEFORE UPDATE OF id, prises, en_attente, mouvements ON seance
   WHEN NEW.id IS NOT OLD.id
     OR ((NEW.prises IS NOT OLD.prises OR NEW.en_attente IS NOT OLD.en_attente) AND NEW.mouvements IS NOT OLD.mouvements + 1) BEGIN
    SELECT RAISE(ABORT, 'seance_comptes_tenus');
  END`,
  `CREATE TRIGGER seance_occupee BEFORE DELETE ON seance WHEN EXISTS (SELECT 1 FROM inscription WHERE seance_id = OLD.id) BEGIN
    SELECT RAISE(ABORT, 'seance_occupee');
  END`,
];
