import type { Engine, Hand } from '../support/databases.js';

/** What a person would type about loans, and the same database without one of its guards. */

const INTO_PRET =
  'INTO pret (id, ouvrage_id, exemplaire_id, membre_id, statut, ouvert_le, echeance, prolongations, relance, version) VALUES';
const INTO_RESERVATION = 'INTO reservation (ouvrage_id, rang, membre_id, statut, exemplaire_id, retrait_avant, posee_le) VALUES';

type Pret = {
  readonly statut?: string;
  readonly relance?: number;
  readonly ouvertLe?: number;
  readonly insert?: string;
  readonly ouvrage?: string;
};

/** A loan of the copy `exemplaire` to `membre`, opened at 1000 and due at 2000 unless said otherwise. */
export function pret(id: string, exemplaire: string, membre: string, plus: Pret = {}): string {
  const { statut = 'en_cours', relance = 0, ouvertLe = 1000, insert = 'INSERT', ouvrage = 'o' } = plus;
  return `${insert} ${INTO_PRET} ('${id}', '${ouvrage}', '${exemplaire}', '${membre}', '${statut}', ${ouvertLe}, 2000, 0, ${relance}, 1)`;
}

type Reservation = { readonly ouvrage?: string; readonly statut?: string; readonly exemplaire?: string; readonly insert?: string };

export function reservation(rang: number, membre: string, plus: Reservation = {}): string {
  const { ouvrage = 'o', statut = 'en_attente', exemplaire, insert = 'INSERT' } = plus;
  const copie = exemplaire === undefined ? 'NULL' : `'${exemplaire}'`;
  return `${insert} ${INTO_RESERVATION} ('${ouvrage}', ${rang}, '${membre}', '${statut}', ${copie}, NULL, 1)`;
}

/** Titles o, a, b, c and d, twelve copies of o, members m0 to m9; the rules as the migration leaves them. */
export async function rayon(hand: Hand): Promise<void> {
  const list = (from: number, to: number, row: (i: number) => string): string => {
    return Array.from({ length: to - from + 1 }, (_, i) => row(from + i)).join(', ');
  };
  await hand.type(
    `INSERT INTO ouvrage (id, titre, cree_le, version) VALUES ${['o', 'a', 'b', 'c', 'd'].map((id) => `('${id}', 'Titre', 1, 1)`).join(', ')}`,
  );
  await hand.type(
    `INSERT INTO exemplaire (id, ouvrage_id, numero, statut) VALUES ${list(1, 12, (i) => `('e${i}', 'o', ${i}, 'disponible')`)}`,
  );
  await hand.type(`INSERT INTO membre (id, nom, cree_le, version) VALUES ${list(0, 9, (i) => `('m${i}', 'Nom', 1, 1)`)}`);
}

/** The counters of every member who has any, and their version. */
export async function comptes(hand: Hand): Promise<unknown> {
  const rows = await hand.type('SELECT id, prets, reservations, retards, version FROM membre ORDER BY id');
  return Object.fromEntries(
    rows
      .filter((row) => row['prets'] !== 0 || row['reservations'] !== 0 || row['version'] !== 1)
      .map(({ id, ...row }) => [String(id), Object.values(row).join(' ')]),
  );
}

/** What takes the guard `name` out of this database: its refusals, its index, its CHECK. A mutant that changes nothing throws. */
export async function sans(engine: Engine, hand: Hand, name: string): Promise<string[]> {
  const statements = engine === 'sqlite' ? await sansSqlite(hand, name) : await sansPostgres(hand, name);
  if (statements.length === 0) throw new Error(`the mutant finds nothing to take out: ${name}`);
  return statements;
}

async function sansSqlite(hand: Hand, name: string): Promise<string[]> {
  const triggers = await hand.type(`SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND sql LIKE '%''${name}''%'`);
  const index = await hand.type(`SELECT name FROM sqlite_schema WHERE type = 'index' AND name = '${name}'`);
  const check = await hand.type(`SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE '%CONSTRAINT ${name} CHECK%'`);
  return [
    ...triggers.flatMap((one) => [`DROP TRIGGER ${String(one['name'])}`, String(one['sql']).replaceAll(`RAISE(ABORT, '${name}')`, 'NULL')]),
    ...index.map(() => `DROP INDEX ${name}`),
    ...check.map(() => 'PRAGMA ignore_check_constraints = ON'),
  ];
}

async function sansPostgres(hand: Hand, name: string): Promise<string[]> {
  const raise = `RAISE EXCEPTION '${name}' USING ERRCODE = 'check_violation', CONSTRAINT = '${name}';`;
  const functions = await hand.type(
    `SELECT pg_get_functiondef(p.oid) AS sql FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
     WHERE l.lanname = 'plpgsql' AND p.prosrc LIKE '%EXCEPTION ''${name}''%'`,
  );
  const index = await hand.type(`SELECT 1 FROM pg_class WHERE relkind = 'i' AND relname = '${name}' AND relname NOT LIKE '%_pkey'`);
  const check = await hand.type(`SELECT conrelid::regclass::text AS of FROM pg_constraint WHERE contype = 'c' AND conname = '${name}'`);
  const rows = { true: 'RETURN coalesce(NEW, OLD);', false: 'NULL;' };
  return [
    // A function that does nothing but refuse lets the row pass; one that goes on goes on.
    ...functions.map(({ sql }) => String(sql)).map((sql) => sql.replaceAll(raise, rows[`${!sql.includes('RETURN ')}`])),
    ...index.map(() => `DROP INDEX ${name}`),
    ...check.map((one) => `ALTER TABLE ${String(one['of'])} DROP CONSTRAINT ${name}`),
  ];
}

/** The name by which the database refused, or undefined. */
export async function refus(promise: Promise<unknown>): Promise<string | undefined> {
  try {
    await promise;
    return undefined;
  } catch (error) {
    const { constraint, message } = error as Error & { constraint?: string };
    return constraint ?? message.replace(/^SQLITE_CONSTRAINT: (?:CHECK constraint failed: )?/, '');
  }
}
