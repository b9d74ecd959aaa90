/** The statements of the local store. Everything that is many comes as one JSON text. */

/** Raised with every change of the tables; a file of a higher one is not touched. */
export const SCHEMA = 1;

/**
 * Numbers that may pass 64 bits are decimal text; `given` is a JSON object, slot → decimal text, or NULL. A movement is written thousands of
 * times a second and read rarely: what is never searched for is one JSON list, `what` (see store-rows.sqlite.ts; its first item is the instant).
 */
export const TABLES = `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE slot (
    slot TEXT PRIMARY KEY, replica TEXT NOT NULL, version INTEGER NOT NULL, own INTEGER NOT NULL,
    archived INTEGER NOT NULL DEFAULT 0, doubt TEXT
  ) WITHOUT ROWID;
  CREATE TABLE tally (
    slot TEXT NOT NULL, product TEXT NOT NULL, plus TEXT NOT NULL, minus TEXT NOT NULL, given TEXT, changed INTEGER NOT NULL,
    PRIMARY KEY (slot, product)
  ) WITHOUT ROWID;
  CREATE TABLE product (
    produit TEXT PRIMARY KEY, nom TEXT NOT NULL, unite TEXT, seuil TEXT, borne INTEGER NOT NULL, cree_le INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE movement (
    n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, demande TEXT NOT NULL UNIQUE, product TEXT NOT NULL, what TEXT NOT NULL, undone_by TEXT
  );
  CREATE INDEX movement_product ON movement (product);
  PRAGMA user_version = ${SCHEMA};`;

export const WRITE = {
  slots: `
    INSERT INTO slot (slot, replica, version, own, doubt)
    SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each(?) WHERE true
    ON CONFLICT (slot) DO UPDATE SET
      version = max(version, excluded.version), own = max(own, excluded.own), doubt = coalesce(doubt, excluded.doubt)`,
  entries: `
    INSERT INTO tally (slot, product, plus, minus, given, changed)
    SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5 FROM json_each(?) WHERE true
    ON CONFLICT (slot, product) DO UPDATE SET
      plus = excluded.plus, minus = excluded.minus, given = excluded.given, changed = excluded.changed`,
  movements: `
    INSERT INTO movement (id, demande, product, what)
    SELECT value ->> 0, value ->> 1, value ->> 2, value -> 3 FROM json_each(?)`,
  undone: `UPDATE movement SET undone_by = j.value ->> 1 FROM json_each(?) j WHERE movement.id = j.value ->> 0`,
  products: `
    INSERT INTO product (produit, nom, unite, seuil, borne, cree_le)
    SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5 FROM json_each(?) WHERE true
    ON CONFLICT (produit) DO UPDATE SET nom = excluded.nom, unite = excluded.unite, seuil = excluded.seuil`,
} as const;

const MOVEMENT = 'm.id, m.product, m.what, m.undone_by';
/** Products whose entries may leave memory. Of those that are not known it cannot be said. */
const UNBOUNDED = '(SELECT produit FROM product WHERE borne = 0)';

/** A sum of decimal texts of up to 48 digits, in four sums of 12 digits each, lowest first: each stays within 64 bits. */
function sums(column: string): string {
  const piece = (at: number): string => `CAST(substr(t.${column}, ${-12 * (at + 1)}, 12) AS INTEGER)`;
  return [0, 1, 2, 3].map((at) => `CAST(sum(${piece(at)}) AS TEXT) AS ${column}${at}`).join(', ');
}

export const READ = {
  answered: `SELECT ${MOVEMENT} FROM json_each(?) j CROSS JOIN movement m ON m.demande = j.value`,
  named: `SELECT ${MOVEMENT} FROM json_each(?) j CROSS JOIN movement m ON m.id = j.value`,
  newest: `SELECT ${MOVEMENT} FROM movement m WHERE m.product = ? ORDER BY m.n DESC LIMIT ?`,
  older: `
    SELECT ${MOVEMENT} FROM movement m
    WHERE m.product = ? AND m.n < (SELECT n FROM movement WHERE id = ?) ORDER BY m.n DESC LIMIT ?`,
  last: `
    SELECT ${MOVEMENT} FROM product p CROSS JOIN movement m ON m.n = (SELECT max(n) FROM movement WHERE product = p.produit)`,
  rowsOf: `SELECT slot, product, plus, minus, given, changed FROM tally WHERE slot = ?`,
  products: `SELECT produit, nom, unite, seuil, borne, cree_le FROM product`,
  slot: `SELECT 1 FROM slot WHERE slot = ?`,
  slots: `SELECT slot, replica, version, own, archived, doubt FROM slot`,
  entries: `
    SELECT t.slot, t.product, t.plus, t.minus, t.given, t.changed, s.replica FROM slot s JOIN tally t ON t.slot = s.slot
    WHERE s.archived = 0 OR t.product NOT IN ${UNBOUNDED}`,
  archived: `
    SELECT t.product, s.replica, ${sums('plus')}, ${sums('minus')} FROM slot s JOIN tally t ON t.slot = s.slot
    WHERE s.archived = 1 AND t.product IN ${UNBOUNDED} GROUP BY t.product, s.replica`,
  meta: `SELECT name, value FROM meta`,
} as const;

export const SET = {
  archived: `UPDATE slot SET archived = ? WHERE slot = ?`,
  doubt: `UPDATE slot SET doubt = coalesce(doubt, ?) WHERE own = 1 AND replica = ?`,
  meta: `INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
  pruned: `
    DELETE FROM movement WHERE n IN (SELECT n FROM (SELECT n, what ->> 0 AS at FROM movement ORDER BY n LIMIT ?) WHERE at < ?)`,
} as const;
