import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { engines, newDatabase, type Hand, type TestDatabase } from '../support/databases.js';
import { comptes, pret, rayon, refus, reservation, sans } from './prets-a-la-main.js';

const into = 'INSERT INTO exemplaire (id, ouvrage_id, numero, statut) VALUES';

/**
 * Statements that a person might type, and the name of the no. m1 has five loans (e1 … e5), m2 one that is at its third reminder (e6),
 * m3 one and is suspended until 5000 (e7), m4 one that is fine (e8); m5 has three holds, of which one set aside (e9);
 * m8 has one; m9 is erased.
 */
const attacks: [name: string, guard: string, sql: string][] = [
  ['a loan too many', 'limite_prets_atteinte', pret('x', 'e10', 'm1')],
  ['a hold too many', 'limite_reservations_atteinte', reservation(10, 'm5', { ouvrage: 'd' })],
  ['a copy lent twice', 'pret_vivant', pret('x', 'e1', 'm4')],
  ['a loan to a late reader', 'membre_suspendu', pret('x', 'e10', 'm2')],
  ['a loan to a suspended reader', 'membre_suspendu', pret('x', 'e10', 'm3', { ouvertLe: 4999 })],
  ['a loan that is late at once', 'limite_prets_atteinte', pret('x', 'e10', 'm1', { relance: 3 })],
  ['a late loan made longer', 'membre_suspendu', `UPDATE pret SET echeance = 3000 WHERE id = 'p6'`],
  ['a loan of a suspended reader made longer', 'membre_suspendu', `UPDATE pret SET echeance = 3000 WHERE id = 'p7'`],
  ['a loan to nobody', 'membre_inconnu', pret('x', 'e10', 'nobody')],
  ['a loan to an erased member', 'membre_inconnu', pret('x', 'e10', 'm9')],
  ['a hold of an erased member', 'membre_inconnu', reservation(10, 'm9')],
  ['a loan of no copy', 'exemplaire_inconnu', pret('x', 'nothing', 'm4')],
  ['a loan of a copy of another title', 'exemplaire_inconnu', pret('x', 'e10', 'm4', { ouvrage: 'a' })],
  ['a hold of no title', 'ouvrage_inconnu', reservation(1, 'm4', { ouvrage: 'nothing' })],
  ['a copy of no title', 'ouvrage_inconnu', `${into} ('x', 'nothing', 1, 'disponible')`],
  ['a second live hold of one title', 'reservation_vivante', reservation(10, 'm8', { ouvrage: 'a' })],
  ['a copy set aside twice', 'reservation_exemplaire', reservation(10, 'm4', { statut: 'mise_de_cote', exemplaire: 'e9' })],
  [
    'the copy of another reader, set aside',
    'reservation_exemplaire',
    `UPDATE reservation SET statut = 'mise_de_cote', exemplaire_id = 'e9' WHERE ouvrage_id = 'b' AND membre_id = 'm5'`,
  ],
  ['a closed loan brought back to life', 'pret_clos', `UPDATE pret SET statut = 'en_cours' WHERE id = 'rendu'`],
  [
    'a closed hold brought back to life',
    'reservation_close',
    `UPDATE reservation SET statut = 'en_attente' WHERE ouvrage_id = 'c' AND rang = 1`,
  ],
  ['a loan given to another member', 'pret_deplace', `UPDATE pret SET membre_id = 'm4' WHERE id = 'p1'`],
  ['a loan of another copy', 'pret_deplace', `UPDATE pret SET exemplaire_id = 'e11' WHERE id = 'p1'`],
  ['a hold given to another member', 'reservation_deplacee', `UPDATE reservation SET membre_id = 'm4' WHERE ouvrage_id = 'a' AND rang = 1`],
  ['a hold moved up', 'reservation_deplacee', `UPDATE reservation SET rang = 7 WHERE ouvrage_id = 'a' AND rang = 1`],
  ['a copy moved to another title', 'exemplaire_deplace', `UPDATE exemplaire SET ouvrage_id = 'a' WHERE id = 'e1'`],
  ['a copy with a history deleted', 'exemplaire_occupe', `DELETE FROM exemplaire WHERE id = 'e1'`],
  ['a title renamed', 'ouvrage_deplace', `UPDATE ouvrage SET id = 'elsewhere' WHERE id = 'd'`],
  ['a title with copies deleted', 'ouvrage_occupe', `DELETE FROM ouvrage WHERE id = 'o'`],
  ['a title with holds deleted', 'ouvrage_occupe', `DELETE FROM ouvrage WHERE id = 'a'`],
  ['a reader with loans erased', 'prets_en_cours', `UPDATE membre SET efface_le = 1 WHERE id = 'm4'`],
  ['a reader with loans deleted', 'membre_occupe', `DELETE FROM membre WHERE id = 'm4'`],
  ['a reader with holds deleted', 'membre_occupe', `DELETE FROM membre WHERE id = 'm5'`],
  ['the counter of loans set back', 'membre_comptes_tenus', `UPDATE membre SET prets = 0 WHERE id = 'm1'`],
  ['the counter of holds set back', 'membre_comptes_tenus', `UPDATE membre SET reservations = 0 WHERE id = 'm5'`],
  ['a late reader washed clean', 'membre_comptes_tenus', `UPDATE membre SET retards = 0 WHERE id = 'm2'`],
  ['a member renamed', 'membre_comptes_tenus', `UPDATE membre SET id = 'other' WHERE id = 'm8'`],
  [
    'a member born with credit',
    'membre_comptes_tenus',
    `INSERT INTO membre (id, nom, cree_le, version, prets) VALUES ('x', 'Nom', 1, 1, 2)`,
  ],
  ['a status of loans that does not exist', 'pret_statut', `UPDATE pret SET statut = 'vole' WHERE id = 'rendu'`],
  ['a fourth reminder', 'pret_relance', `UPDATE pret SET relance = 4 WHERE id = 'rendu'`],
  [
    'a status of holds that does not exist',
    'reservation_statut',
    `UPDATE reservation SET statut = 'vole' WHERE ouvrage_id = 'c' AND rang = 1`,
  ],
  ['a status of copies that does not exist', 'exemplaire_statut', `UPDATE exemplaire SET statut = 'vole' WHERE id = 'e1'`],
  ['no rules at all', 'reglement_seul', `DELETE FROM reglement`],
  ['a second calendar', 'calendrier_seul', `INSERT INTO calendrier (id) VALUES (2)`],
  ['reminders in disorder', 'reglement_relances', `UPDATE reglement SET relance2_jours = 3`],
];

/** What only one engine can be asked: a replacing insert, a truncation. Refused by whatever name. */
const only: Record<string, [name: string, sql: string][]> = {
  sqlite: [
    ['a loan replaced', pret('p1', 'e10', 'm4', { insert: 'INSERT OR REPLACE' })],
    ['a loan that replaces the live one', pret('x', 'e1', 'm4', { insert: 'INSERT OR REPLACE' })],
    ['a hold replaced', reservation(1, 'm4', { ouvrage: 'a', insert: 'INSERT OR REPLACE' })],
    ['a hold that replaces the live one', reservation(9, 'm5', { ouvrage: 'a', insert: 'INSERT OR REPLACE' })],
    ['a member replaced', `INSERT OR REPLACE INTO membre (id, nom, cree_le, version) VALUES ('m1', 'Nom', 1, 1)`],
    [
      'a set-aside copy taken by replacing',
      `UPDATE OR REPLACE reservation SET statut = 'mise_de_cote', exemplaire_id = 'e9' WHERE ouvrage_id = 'b' AND membre_id = 'm5'`,
    ],
  ],
  postgres: [
    ...['pret', 'reservation', 'exemplaire', 'ouvrage', 'reglement', 'calendrier'].map((table): [string, string] => [
      `${table} truncated`,
      `TRUNCATE ${table}`,
    ]),
    ['an upsert that revives', `${pret('rendu', 'e12', 'm4')} ON CONFLICT (id) DO UPDATE SET statut = excluded.statut`],
  ],
};

describe.each(engines)('The database itself, on %s,', (engine) => {
  let db: TestDatabase;
  let hand: Hand;
  beforeAll(async () => {
    db = await newDatabase(engine);
    hand = await db.hand();
    await rayon(hand);
    for (let i = 1; i <= 5; i++) await hand.type(pret(`p${i}`, `e${i}`, 'm1'));
    await hand.type(pret('p6', 'e6', 'm2', { ouvertLe: 500 }));
    await hand.type(`UPDATE pret SET relance = 3 WHERE id = 'p6'`);
    await hand.type(pret('p7', 'e7', 'm3'));
    await hand.type(`UPDATE membre SET suspendu_jusqua = 5000 WHERE id = 'm3'`);
    await hand.type(pret('p8', 'e8', 'm4'));
    for (const ouvrage of ['a', 'b']) await hand.type(reservation(1, 'm5', { ouvrage }));
    await hand.type(reservation(1, 'm5', { statut: 'mise_de_cote', exemplaire: 'e9' }));
    await hand.type(reservation(2, 'm8', { ouvrage: 'a' }));
    await hand.type(pret('rendu', 'e12', 'm7', { statut: 'rendu' }));
    await hand.type(reservation(1, 'm7', { ouvrage: 'c', statut: 'annulee' }));
    await hand.type(`UPDATE membre SET efface_le = 1, nom = NULL WHERE id = 'm9'`);
  });
  afterAll(() => db.drop());

  const truth = { m1: '5 0 0 1', m2: '1 0 1 2', m3: '1 0 0 1', m4: '1 0 0 1', m5: '0 3 0 1', m8: '0 1 0 1' };
  beforeEach(async () => expect(await comptes(hand)).toEqual(truth));

  /** Types `statements` in a transaction that is always rolled back. */
  const essai = async (...statements: string[]): Promise<string | undefined> => {
    await hand.type('BEGIN');
    try {
      for (const statement of statements.slice(0, -1)) await hand.type(statement);
      return await refus(hand.type(statements.at(-1)!));
    } finally {
      await hand.type('ROLLBACK');
      if (engine === 'sqlite') await hand.type('PRAGMA ignore_check_constraints = OFF');
    }
  };

  it.each(attacks)('refuses %s, by name (%s); without that guard it would pass', async (_name, guard, sql) => {
    expect(await refus(hand.type(sql))).toBe(guard);
    expect(await comptes(hand)).toEqual(truth);
    expect(await essai(...(await sans(engine, hand, guard)), sql)).toBeUndefined();
  });

  it.each(only[engine] ?? [])('refuses %s', async (_name, sql) => {
    expect(await refus(hand.type(sql))).toBeDefined();
    expect(await comptes(hand)).toEqual(truth);
  });

  it('keeps its counters through the life of loans and holds, and moves a version when a reader becomes late', async () => {
    const vie: [sql: string, m6: string | undefined][] = [
      [pret('v1', 'e10', 'm6'), '1 0 0 1'],
      [reservation(5, 'm6', { ouvrage: 'b' }), '1 1 0 1'],
      [`UPDATE pret SET echeance = 3000, prolongations = 1 WHERE id = 'v1'`, '1 1 0 1'],
      [`UPDATE pret SET relance = 2 WHERE id = 'v1'`, '1 1 0 1'],
      [`UPDATE pret SET relance = 3 WHERE id = 'v1'`, '1 1 1 2'],
      [`UPDATE reservation SET statut = 'mise_de_cote', exemplaire_id = 'e11' WHERE membre_id = 'm6'`, '1 1 1 2'],
      [`UPDATE reservation SET statut = 'en_attente' WHERE membre_id = 'm6'`, '1 1 1 2'],
      [`UPDATE pret SET statut = 'rendu', rendu_le = 9000 WHERE id = 'v1'`, '0 1 0 3'],
      [`UPDATE reservation SET statut = 'honoree' WHERE membre_id = 'm6'`, '0 0 0 3'],
      [pret('v2', 'e10', 'm6'), '1 0 0 3'],
      [`UPDATE pret SET statut = 'perdu' WHERE id = 'v2'`, '0 0 0 3'],
      [`UPDATE pret SET statut = 'rendu' WHERE id = 'v2'`, '0 0 0 3'],
      [pret('v3', 'e10', 'm6', { relance: 3 }), '1 0 1 4'],
      [`DELETE FROM pret WHERE id = 'v3'`, '0 0 0 5'],
      [reservation(6, 'm6', { ouvrage: 'b' }), '0 1 0 5'],
      [`DELETE FROM reservation WHERE membre_id = 'm6'`, '0 0 0 5'],
    ];
    for (const [sql, m6] of vie) {
      await hand.type(sql);
      expect(await comptes(hand), sql).toEqual({ ...truth, m6 });
    }
    await hand.type(`DELETE FROM pret WHERE membre_id = 'm6'`);
    await hand.type(`UPDATE membre SET version = 1 WHERE id = 'm6'`);
  });

  it('compares with the rules of the day, and takes nothing back when they shrink', async () => {
    const seize = [pret('q1', 'e10', 'm1'), `UPDATE reglement SET prets_max = 6`] as const;
    expect(await essai(seize[1], seize[0])).toBeUndefined();
    expect(await essai(`UPDATE reglement SET prets_max = 2`, `UPDATE pret SET statut = 'rendu' WHERE id = 'p1'`)).toBeUndefined();
    expect(await essai(`UPDATE reglement SET prets_max = 2`, `UPDATE pret SET statut = 'rendu' WHERE id = 'p1'`, seize[0])).toBe(
      'limite_prets_atteinte',
    );
    expect(await essai(`UPDATE reglement SET reservations_max = 4`, reservation(10, 'm5', { ouvrage: 'd' }))).toBeUndefined();
  });

  it('judges by the instant of the rows: a suspension that is over when the loan opens, or is lengthened, counts no more', async () => {
    expect(await essai(pret('x', 'e10', 'm3', { ouvertLe: 5000 }))).toBeUndefined();
    const fait = (instant: number) => `INSERT INTO stream (id, kind, version, instant) VALUES ('p7', 'pret', 2, ${instant})`;
    const plusLong = `UPDATE pret SET echeance = 9000 WHERE id = 'p7'`;
    expect(await essai(fait(5000), plusLong)).toBeUndefined();
    expect(await essai(fait(4999), plusLong)).toBe('membre_suspendu');
    expect(await essai(`UPDATE pret SET echeance = 1500 WHERE id = 'p7'`)).toBeUndefined();
  });

  it('takes in one statement what each row alone could be', async () => {
    const rows = (...sql: string[]): string => sql.map((one, i) => (i === 0 ? one : one.replace(/^.*VALUES /, ''))).join(', ');
    expect(await essai(rows(pret('x1', 'e10', 'm6'), pret('x2', 'e11', 'm6'), pret('x3', 'e12', 'm8')))).toBeUndefined();
    expect(await essai(rows(pret('x1', 'e10', 'm6'), pret('x2', 'e11', 'm1')))).toBe('limite_prets_atteinte');
    expect(await essai(`UPDATE pret SET statut = 'rendu' WHERE statut = 'en_cours'`)).toBeUndefined();
    expect(await essai(`DELETE FROM pret`)).toBeUndefined();
  });
});
