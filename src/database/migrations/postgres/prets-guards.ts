/**
 * The database's own word on loans: how many a member has, and who may have one more. Kept by triggers, whoever asks.
 *
 * The counters stand on the member's row: moving them takes its lock, and what is then compared with the rules is what the earlier
 * writer committed. `version` moves with what a reader of the member is shown.
 */
import { pretsRefusals, pretsRefusing } from './prets-refusals.js';
import { HOLDS, LATE, LIVES, refuseIf } from './prets-words.js';

/**
 * Members are shared by all titles, and one commit meets them in several statements: two that met them in different orders would wait
 * for each other. So whatever moves a counter first takes this lock, alone; a group of loans is one short commit.
 */
const LOANS_LOCK = 0x70726574;

/** Takes the members' rows, so that what is read of them is committed and stays. */
const hold = (members: string): string => `
  PERFORM pg_advisory_xact_lock(${LOANS_LOCK});
  PERFORM 1 FROM membre m WHERE m.id IN (${members}) ORDER BY m.id FOR NO KEY UPDATE;`;

const members = (live: (row: string) => string): string =>
  refuseIf(
    'membre_inconnu',
    `SELECT 1 FROM nouvelles n WHERE ${live('n')} AND NOT EXISTS (SELECT 1 FROM membre m WHERE m.id = n.membre_id AND m.efface_le IS NULL)`,
  );

/** Moves the counters by what `changes` says: one update per member. */
const move = (changes: string): string => `
  UPDATE membre m SET prets = m.prets + c.prets, reservations = m.reservations + c.reservations, retards = m.retards + c.retards,
    version = m.version + ((m.retards > 0) <> (m.retards + c.retards > 0))::integer
  FROM (${changes}) c WHERE m.id = c.membre_id AND (c.prets <> 0 OR c.reservations <> 0 OR c.retards <> 0);`;

const loans = (rows: string): string =>
  `SELECT membre_id, sum(prets)::integer AS prets, 0 AS reservations, sum(retards)::integer AS retards FROM (${rows}) r GROUP BY membre_id`;
const holds = (rows: string): string =>
  `SELECT membre_id, 0 AS prets, sum(reservations)::integer AS reservations, 0 AS retards FROM (${rows}) r GROUP BY membre_id`;
const loan = (table: string, sign: '' | '-'): string =>
  `SELECT membre_id, ${sign}${LIVES('t')}::integer AS prets, ${sign}${LATE('t')}::integer AS retards FROM ${table} t`;
const reserved = (table: string, sign: '' | '-'): string =>
  `SELECT membre_id, ${sign}${HOLDS('t')}::integer AS reservations FROM ${table} t`;

const LOANS_MOVED = loans(`${loan('nouvelles', '')} UNION ALL ${loan('anciennes', '-')}`);
const LONGER = `SELECT n.id, n.membre_id, n.ouvert_le, ${LATE('n')} AND ${LATE('a')} AS tard FROM nouvelles n JOIN anciennes a ON a.id = n.id WHERE ${LIVES('n')} AND n.echeance > a.echeance`;

/**
 * Late before `instant`: the late loan's last fact is its third reminder, and its head already stands where this commit leaves it. So a group
 * may hold a loan and, after it, the reminder that would have forbidden it, in whatever order its rows are written.
 */
const suspended = (row: string, instant: string): string => `
  m.suspendu_jusqua > ${instant} OR (m.retards > 0 AND EXISTS (
    SELECT 1 FROM pret p LEFT JOIN stream s ON s.id = p.id WHERE p.membre_id = m.id AND ${LATE('p')} AND p.id <> ${row}.id
      AND coalesce(s.instant, p.ouvert_le) < ${instant}))`;

/** A statement that moves nothing and lengthens nothing takes no lock. */
const onlyIf = (found: string): string => `IF NOT EXISTS (${found}) THEN RETURN NULL; END IF;`;

const body = (name: string, code: string): string =>
  `CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${code} RETURN NULL; END $$`;
const after = (name: string, event: 'INSERT' | 'UPDATE' | 'DELETE', table: string): string => {
  const tables = [...(event === 'INSERT' ? [] : ['OLD TABLE AS anciennes']), ...(event === 'DELETE' ? [] : ['NEW TABLE AS nouvelles'])];
  return `CREATE TRIGGER ${name} AFTER ${event} ON ${table} REFERENCING ${tables.join(' ')} FOR EACH STATEMENT EXECUTE FUNCTION ${name}()`;
};

const loanGuards: readonly string[] = [
  body(
    'pret_ouvert',
    `${onlyIf(`SELECT 1 FROM nouvelles n WHERE ${LIVES('n')}`)}
    ${refuseIf(
      'exemplaire_inconnu',
      `SELECT 1 FROM nouvelles n WHERE ${LIVES('n')} AND NOT EXISTS (SELECT 1 FROM exemplaire e WHERE e.id = n.exemplaire_id AND e.ouvrage_id = n.ouvrage_id)`,
    )}
    ${hold(`SELECT membre_id FROM nouvelles n WHERE ${LIVES('n')}`)}
    ${members(LIVES)}
    ${refuseIf(
      'membre_suspendu',
      `SELECT 1 FROM nouvelles n JOIN membre m ON m.id = n.membre_id WHERE ${LIVES('n')} AND (${suspended('n', 'n.ouvert_le')})`,
    )}
    ${move(loans(loan('nouvelles', '')))}`,
  ),
  // The rows are seen as the whole statement leaves them: a loan may be lengthened in the one that brings the late one back.
  // The instant is that of the loan's last fact, written before its row in the same commit: no server's clock has a say.
  body(
    'pret_change',
    `${onlyIf(`SELECT 1 FROM (${LOANS_MOVED}) c WHERE c.prets <> 0 OR c.retards <> 0 UNION ALL SELECT 1 FROM (${LONGER}) p`)}
    ${hold(`SELECT membre_id FROM nouvelles`)}
    ${refuseIf(
      'membre_suspendu',
      `SELECT 1 FROM (${LONGER}) l JOIN membre m ON m.id = l.membre_id
       WHERE l.tard OR ${suspended('l', 'coalesce((SELECT h.instant FROM stream h WHERE h.id = l.id), l.ouvert_le)')}`,
    )}
    ${move(LOANS_MOVED)}`,
  ),
  body(
    'pret_retire',
    `${onlyIf(`SELECT 1 FROM anciennes n WHERE ${LIVES('n')}`)} ${hold('SELECT membre_id FROM anciennes')} ${move(loans(loan('anciennes', '-')))}`,
  ),
  after('pret_ouvert', 'INSERT', 'pret'),
  after('pret_change', 'UPDATE', 'pret'),
  after('pret_retire', 'DELETE', 'pret'),
];

const holdGuards: readonly string[] = [
  body(
    'reservation_posee',
    `${onlyIf(`SELECT 1 FROM nouvelles n WHERE ${HOLDS('n')}`)}
    ${refuseIf('ouvrage_inconnu', `SELECT 1 FROM nouvelles n WHERE ${HOLDS('n')} AND NOT EXISTS (SELECT 1 FROM ouvrage o WHERE o.id = n.ouvrage_id)`)}
    ${hold(`SELECT membre_id FROM nouvelles n WHERE ${HOLDS('n')}`)}
    ${members(HOLDS)}
    ${move(holds(reserved('nouvelles', '')))}`,
  ),
  body(
    'reservation_changee',
    `${onlyIf(`SELECT 1 FROM nouvelles n JOIN anciennes a USING (ouvrage_id, rang) WHERE ${HOLDS('n')} <> ${HOLDS('a')}`)}
    ${hold('SELECT membre_id FROM nouvelles')}
    ${move(holds(`${reserved('nouvelles', '')} UNION ALL ${reserved('anciennes', '-')}`))}`,
  ),
  body(
    'reservation_retiree',
    `${onlyIf(`SELECT 1 FROM anciennes n WHERE ${HOLDS('n')}`)} ${hold('SELECT membre_id FROM anciennes')}
    ${move(holds(reserved('anciennes', '-')))}`,
  ),
  after('reservation_posee', 'INSERT', 'reservation'),
  after('reservation_changee', 'UPDATE', 'reservation'),
  after('reservation_retiree', 'DELETE', 'reservation'),
];

export const pretsGuards: readonly string[] = [...loanGuards, ...holdGuards, ...pretsRefusals];

/** Triggers that stand on a table of another migration go with their functions. */
export const pretsGuardsRemoved: readonly string[] = [
  'pret_ouvert',
  'pret_change',
  'pret_retire',
  'reservation_posee',
  'reservation_changee',
  'reservation_retiree',
  ...pretsRefusing,
].map((name) => `DROP FUNCTION ${name}() CASCADE`);
