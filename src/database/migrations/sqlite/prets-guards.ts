/**
 * The database's own word on loans: how many a member has, and who may have one more. Kept by triggers, whoever asks.
 *
 * The counters stand on the member's row. SQLite cannot tell a trigger's update from a person's: `mouvements` rises by one with every
 * counted change, and an update of a counter without it is refused. `version` moves with what a reader of the member is shown.
 */
const LIVES = (row: string): string => `(${row}.statut = 'en_cours')`;
const LATE = (row: string): string => `(${row}.statut = 'en_cours' AND ${row}.relance >= 3)`;
const HOLDS = (row: string): string => `(${row}.statut IN ('en_attente', 'mise_de_cote'))`;

const refuse = (name: string, when: string): string => `SELECT RAISE(ABORT, '${name}') WHERE ${when};`;
const always = (name: string): string => `SELECT RAISE(ABORT, '${name}');`;

const MEMBER = refuse('membre_inconnu', 'NOT EXISTS (SELECT 1 FROM membre WHERE id = NEW.membre_id AND efface_le IS NULL)');
/**
 * Late before `instant`: the late loan's last fact is its third reminder, and its head already stands where this commit leaves it. So a group
 * may hold a loan and, after it, the reminder that would have forbidden it, in whatever order its rows are written; and a late loan whose
 * row is behind its head is on its way back in this very group.
 */
const late = (instant: string): string =>
  `EXISTS (SELECT 1 FROM pret p LEFT JOIN stream s ON s.id = p.id WHERE p.membre_id = NEW.membre_id AND ${LATE('p')} AND p.id <> NEW.id
     AND coalesce(s.instant, p.ouvert_le) < ${instant} AND coalesce(s.version, 0) <= p.version)`;
const suspended = (instant: string): string =>
  refuse(
    'membre_suspendu',
    `EXISTS (SELECT 1 FROM membre m WHERE m.id = NEW.membre_id AND (m.suspendu_jusqua > ${instant} OR (m.retards > 0 AND ${late(instant)})))`,
  );

interface Moves {
  readonly prets?: string;
  readonly retards?: string;
  readonly reservations?: string;
}

/** Moves the counters of the member of `row`. */
const move = (row: string, { prets = '0', retards = '0', reservations = '0' }: Moves): string =>
  `UPDATE membre SET prets = prets + ${prets}, retards = retards + ${retards}, reservations = reservations + ${reservations},
     version = version + ((retards > 0) <> (retards + ${retards} > 0)), mouvements = mouvements + 1
   WHERE id = ${row}.membre_id;`;

const ofLoans: readonly string[] = [
  // A replacing insert deletes what stands in its way without a trigger: a live loan must not go uncounted.
  `CREATE TRIGGER pret_nouveau BEFORE INSERT ON pret BEGIN
    ${refuse('pret_pkey', 'EXISTS (SELECT 1 FROM pret WHERE id = NEW.id)')}
    ${refuse('pret_vivant', `${LIVES('NEW')} AND EXISTS (SELECT 1 FROM pret WHERE exemplaire_id = NEW.exemplaire_id AND statut = 'en_cours')`)}
  END`,
  `CREATE TRIGGER pret_ouvert AFTER INSERT ON pret WHEN ${LIVES('NEW')} BEGIN
    ${refuse('exemplaire_inconnu', 'NOT EXISTS (SELECT 1 FROM exemplaire WHERE id = NEW.exemplaire_id AND ouvrage_id = NEW.ouvrage_id)')}
    ${MEMBER}
    ${suspended('NEW.ouvert_le')}
    ${move('NEW', { prets: '1', retards: LATE('NEW') })}
  END`,
  `CREATE TRIGGER pret_change AFTER UPDATE OF statut, relance ON pret
   WHEN ${LIVES('NEW')} <> ${LIVES('OLD')} OR ${LATE('NEW')} <> ${LATE('OLD')} BEGIN
    ${move('NEW', { prets: `${LIVES('NEW')} - ${LIVES('OLD')}`, retards: `${LATE('NEW')} - ${LATE('OLD')}` })}
  END`,
  // The instant is that of the loan's last fact, written before its row in the same commit: no server's clock has a say.
  `CREATE TRIGGER pret_prolonge AFTER UPDATE OF echeance ON pret WHEN ${LIVES('NEW')} AND NEW.echeance > OLD.echeance BEGIN
    ${refuse('membre_suspendu', `${LATE('NEW')} AND ${LATE('OLD')}`)}
    ${suspended('coalesce((SELECT instant FROM stream WHERE id = NEW.id), NEW.ouvert_le)')}
  END`,
  `CREATE TRIGGER pret_clos BEFORE UPDATE OF statut ON pret WHEN ${LIVES('NEW')} AND NOT ${LIVES('OLD')} BEGIN
    ${always('pret_clos')}
  END`,
  `CREATE TRIGGER pret_deplace BEFORE UPDATE OF id, ouvrage_id, exemplaire_id, membre_id ON pret
   WHEN NEW.id IS NOT OLD.id OR NEW.ouvrage_id IS NOT OLD.ouvrage_id OR NEW.exemplaire_id IS NOT OLD.exemplaire_id
     OR NEW.membre_id IS NOT OLD.membre_id BEGIN
    ${always('pret_deplace')}
  END`,
  `CREATE TRIGGER pret_retire AFTER DELETE ON pret WHEN ${LIVES('OLD')} BEGIN
    ${move('OLD', { prets: '-1', retards: `-${LATE('OLD')}` })}
  END`,
];

const ofHolds: readonly string[] = [
  `CREATE TRIGGER reservation_nouvelle BEFORE INSERT ON reservation BEGIN
    ${refuse('reservation_pkey', 'EXISTS (SELECT 1 FROM reservation WHERE ouvrage_id = NEW.ouvrage_id AND rang = NEW.rang)')}
    ${refuse(
      'reservation_vivante',
      `${HOLDS('NEW')} AND EXISTS (SELECT 1 FROM reservation r WHERE r.membre_id = NEW.membre_id AND r.ouvrage_id = NEW.ouvrage_id AND ${HOLDS('r')})`,
    )}
    ${refuse(
      'reservation_exemplaire',
      `NEW.statut = 'mise_de_cote' AND EXISTS (SELECT 1 FROM reservation WHERE exemplaire_id = NEW.exemplaire_id AND statut = 'mise_de_cote')`,
    )}
  END`,
  `CREATE TRIGGER reservation_posee AFTER INSERT ON reservation WHEN ${HOLDS('NEW')} BEGIN
    ${refuse('ouvrage_inconnu', 'NOT EXISTS (SELECT 1 FROM ouvrage WHERE id = NEW.ouvrage_id)')}
    ${MEMBER}
    ${move('NEW', { reservations: '1' })}
  END`,
  `CREATE TRIGGER reservation_changee AFTER UPDATE OF statut ON reservation WHEN ${HOLDS('OLD')} AND NOT ${HOLDS('NEW')} BEGIN
    ${move('NEW', { reservations: '-1' })}
  END`,
  `CREATE TRIGGER reservation_close BEFORE UPDATE OF statut ON reservation WHEN ${HOLDS('NEW')} AND NOT ${HOLDS('OLD')} BEGIN
    ${always('reservation_close')}
  END`,
  // An update that replaces would make another reader's hold of the same copy disappear.
  `CREATE TRIGGER reservation_mise_de_cote BEFORE UPDATE OF statut, exemplaire_id ON reservation
   WHEN NEW.statut = 'mise_de_cote' AND EXISTS (SELECT 1 FROM reservation WHERE exemplaire_id = NEW.exemplaire_id AND statut = 'mise_de_cote'
     AND (ouvrage_id <> OLD.ouvrage_id OR rang <> OLD.rang)) BEGIN
    ${always('reservation_exemplaire')}
  END`,
  `CREATE TRIGGER reservation_deplacee BEFORE UPDATE OF ouvrage_id, rang, membre_id ON reservation
   WHEN NEW.ouvrage_id IS NOT OLD.ouvrage_id OR NEW.rang IS NOT OLD.rang OR NEW.membre_id IS NOT OLD.membre_id BEGIN
    ${always('reservation_deplacee')}
  END`,
  `CREATE TRIGGER reservation_retiree AFTER DELETE ON reservation WHEN ${HOLDS('OLD')} BEGIN
    ${move('OLD', { reservations: '-1' })}
  END`,
];

/** On the member's row. Only what rises is compared with the rules: lowering them takes nothing from anybody. */
const ofMembers: Readonly<Record<string, string>> = {
  membre_prets_max: `BEFORE UPDATE OF prets ON membre WHEN NEW.prets > OLD.prets BEGIN
    ${refuse('limite_prets_atteinte', 'NEW.prets > (SELECT prets_max FROM reglement)')}
  END`,
  membre_reservations_max: `BEFORE UPDATE OF reservations ON membre WHEN NEW.reservations > OLD.reservations BEGIN
    ${refuse('limite_reservations_atteinte', 'NEW.reservations > (SELECT reservations_max FROM reglement)')}
  END`,
  membre_prets_en_cours: `BEFORE UPDATE OF efface_le ON membre WHEN NEW.efface_le IS NOT NULL AND OLD.efface_le IS NULL AND OLD.prets > 0 BEGIN
    ${always('prets_en_cours')}
  END`,
  membre_comptes_tenus: `BEFORE UPDATE OF id, prets, reservations, retards, mouvements ON membre
   WHEN NEW.id IS NOT OLD.id OR ((NEW.prets IS NOT OLD.prets OR NEW.reservations IS NOT OLD.reservations OR NEW.retards IS NOT OLD.retards)
     AND NEW.mouvements IS NOT OLD.mouvements + 1) BEGIN
    ${always('membre_comptes_tenus')}
  END`,
  // A replacing insert deletes the former row without its trigger: a member must not come back with the counters at zero.
  membre_nouveau: `BEFORE INSERT ON membre WHEN NEW.prets <> 0 OR NEW.reservations <> 0 OR NEW.retards <> 0
     OR EXISTS (SELECT 1 FROM membre WHERE id = NEW.id AND (prets > 0 OR reservations > 0)) BEGIN
    ${always('membre_comptes_tenus')}
  END`,
  membre_occupe: `BEFORE DELETE ON membre WHEN OLD.prets > 0 OR OLD.reservations > 0 BEGIN
    ${always('membre_occupe')}
  END`,
};

const ofShelves: readonly string[] = [
  `CREATE TRIGGER exemplaire_nouveau BEFORE INSERT ON exemplaire
   WHEN NOT EXISTS (SELECT 1 FROM ouvrage WHERE id = NEW.ouvrage_id) BEGIN
    ${always('ouvrage_inconnu')}
  END`,
  `CREATE TRIGGER exemplaire_deplace BEFORE UPDATE OF id, ouvrage_id ON exemplaire
   WHEN NEW.id IS NOT OLD.id OR NEW.ouvrage_id IS NOT OLD.ouvrage_id BEGIN
    ${always('exemplaire_deplace')}
  END`,
  `CREATE TRIGGER exemplaire_occupe BEFORE DELETE ON exemplaire WHEN EXISTS (SELECT 1 FROM pret WHERE exemplaire_id = OLD.id) BEGIN
    ${always('exemplaire_occupe')}
  END`,
  `CREATE TRIGGER ouvrage_deplace BEFORE UPDATE OF id ON ouvrage WHEN NEW.id IS NOT OLD.id BEGIN
    ${always('ouvrage_deplace')}
  END`,
  `CREATE TRIGGER ouvrage_occupe BEFORE DELETE ON ouvrage
   WHEN EXISTS (SELECT 1 FROM exemplaire WHERE ouvrage_id = OLD.id) OR EXISTS (SELECT 1 FROM reservation WHERE ouvrage_id = OLD.id) BEGIN
    ${always('ouvrage_occupe')}
  END`,
  ...['reglement', 'calendrier'].map(
    (table) => `CREATE TRIGGER ${table}_seul BEFORE DELETE ON ${table} BEGIN ${always(`${table}_seul`)} END`,
  ),
];

export const pretsGuards: readonly string[] = [
  ...ofLoans,
  ...ofHolds,
  ...Object.entries(ofMembers).map(([name, body]) => `CREATE TRIGGER ${name} ${body}`),
  ...ofShelves,
];

/** Those that stand on a table of another migration. */
export const pretsGuardsOnMembre: readonly string[] = Object.keys(ofMembers);
