import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { engines } from '../support/databases.js';
import { devient, entree, group, head, inscrit, openClub, planifiee, refusal, type Club } from './club.js';

const into = `INSERT INTO inscription (seance_id, entree, membre_id, statut, rang, instant) VALUES`;
const seance = `INSERT INTO seance (id, titre, debut, fin, debut_ms, fin_ms, fuseau, statut, places, prix_centimes, paiement, version, prises, en_attente)`;

/** Statements that a person might type against a full séance `s` (one place, taken by m1; m2 waits, m3 has left), and the name of the no. */
const attacks: [name: string, constraint: string, sql: string][] = [
  ['a seat too many', 'seance_complete', `${into} ('s', 10, 'm4', 'inscrite', NULL, 1)`],
  ['an offer too many', 'seance_complete', `${into} ('s', 10, 'm4', 'offerte', NULL, 1)`],
  ['a present one too many', 'seance_complete', `${into} ('s', 10, 'm4', 'presente', NULL, 1)`],
  ['several at once', 'seance_complete', `${into} ('s', 10, 'm4', 'en_attente', 9, 1), ('s', 11, 'm5', 'inscrite', NULL, 1)`],
  ['the promotion of a waiter', 'seance_complete', `UPDATE inscription SET statut = 'inscrite' WHERE seance_id = 's' AND entree = 3`],
  ['everyone promoted', 'seance_complete', `UPDATE inscription SET statut = 'presente' WHERE seance_id = 's' AND entree < 4`],
  ['the return of one who left', 'seance_complete', `UPDATE inscription SET statut = 'inscrite' WHERE seance_id = 's' AND entree = 4`],
  ['fewer places than taken', 'seance_complete', `UPDATE seance SET places = 0 WHERE id = 's'`],
  ['the counter set back', 'seance_comptes_tenus', `UPDATE seance SET prises = 0 WHERE id = 's'`],
  ['the counter set back with more places', 'seance_comptes_tenus', `UPDATE seance SET prises = 0, places = 9 WHERE id = 's'`],
  ['the counter of waiters set back', 'seance_comptes_tenus', `UPDATE seance SET en_attente = 0 WHERE id = 's'`],
  [
    'a séance born with seats taken',
    'seance_comptes_tenus',
    `${seance} VALUES ('x', 't', 'a', 'b', 1, 2, 'UTC', 'ouverte', 9, 0, 'avant', 1, -3, 0)`,
  ],
  ['the séance renamed', 'seance_comptes_tenus', `UPDATE seance SET id = 'elsewhere' WHERE id = 's'`],
  ['the séance deleted under its entries', 'seance_occupee', `DELETE FROM seance WHERE id = 's'`],
  [
    'an entry moved to a full séance',
    'inscription_deplacee',
    `UPDATE inscription SET seance_id = 's', entree = 20 WHERE seance_id = 'libre'`,
  ],
  ['an entry given to another member', 'inscription_deplacee', `UPDATE inscription SET membre_id = 'm5' WHERE entree = 2`],
  ['a second live entry', 'inscription_vivante', `${into} ('s', 10, 'm1', 'en_attente', 9, 1)`],
  ['a rank given twice', 'inscription_rang', `${into} ('s', 10, 'm4', 'en_attente', 3, 1)`],
  ['the same entry twice', 'inscription_pkey', `${into} ('s', 2, 'm4', 'annulee', NULL, 1)`],
  ['a status that does not exist', 'inscription_statut', `${into} ('s', 10, 'm4', 'assise', NULL, 1)`],
  ['an entry of nobody', 'membre_inconnu', `${into} ('s', 10, 'nobody', 'en_attente', 9, 1)`],
  ['an entry of an erased member', 'membre_inconnu', `${into} ('s', 10, 'm9', 'en_attente', 9, 1)`],
  ['the return of an erased member', 'membre_inconnu', `UPDATE inscription SET statut = 'en_attente', rang = 30 WHERE entree = 5`],
  ['an entry of no séance', 'seance_inconnue', `${into} ('nowhere', 1, 'm4', 'inscrite', NULL, 1)`],
  ['a dead entry of no séance', 'seance_inconnue', `${into} ('nowhere', 1, 'm4', 'annulee', NULL, 1)`],
];

const only: Record<string, [name: string, sql: string][]> = {
  sqlite: [
    [
      'a séance replaced by an empty one',
      `INSERT OR REPLACE ${seance.slice(7)} VALUES ('s', 't', 'a', 'b', 1, 2, 'UTC', 'ouverte', 9, 0, 'avant', 1, 0, 0)`,
    ],
    ['an entry replaced by a seat elsewhere', `INSERT OR REPLACE ${into.slice(7)} ('s', 3, 'm2', 'inscrite', NULL, 1)`],
    ['an update that replaces', `UPDATE OR REPLACE inscription SET statut = 'inscrite' WHERE seance_id = 's' AND entree = 4`],
  ],
  postgres: [
    ['all entries truncated', `TRUNCATE inscription`],
    [
      'an upsert that promotes',
      `${into} ('s', 3, 'm2', 'inscrite', NULL, 1) ON CONFLICT (seance_id, entree) DO UPDATE SET statut = excluded.statut`,
    ],
  ],
};

describe.each(engines)('The database itself, on %s,', (engine) => {
  let club: Club;
  beforeAll(async () => {
    club = await openClub(engine);
    const { storage, hand } = club;
    await storage.commit(planifiee('s', 1));
    await storage.commit(planifiee('libre', 5));
    await storage.commit(inscrit('s', 2, 'm1'));
    await storage.commit(inscrit('s', 3, 'm2', 'en_attente'));
    await storage.commit(inscrit('s', 4, 'm3', 'annulee'));
    await storage.commit(inscrit('s', 5, 'm9', 'annulee'));
    await storage.commit(inscrit('libre', 2, 'm6'));
    await hand.type(`UPDATE membre SET efface_le = 1, nom = NULL WHERE id = 'm9'`);
  });
  afterAll(() => club.end());

  const state = (): Promise<unknown> => club.hand.type('SELECT id, places, prises, en_attente FROM seance ORDER BY id');
  const truth = [
    { id: 'libre', places: 5, prises: 1, en_attente: 0 },
    { id: 's', places: 1, prises: 1, en_attente: 1 },
  ];
  beforeEach(async () => expect(await state()).toEqual(truth));

  it.each(attacks)('refuses %s, by name (%s)', async (_name, constraint, sql) => {
    const error = await refusal(club.hand.type(sql));
    const named = engine === 'sqlite' ? String(error) : (error as { constraint: string }).constraint;
    if (engine === 'postgres' || !/_pkey|_vivante|_rang/.test(constraint)) expect(named).toContain(constraint);
    expect(error).toBeInstanceOf(Error);
    expect(await state()).toEqual(truth);
  });

  it.each(only[engine] ?? [])('refuses %s', async (_name, sql) => {
    expect(await refusal(club.hand.type(sql))).toBeInstanceOf(Error);
    expect(await state()).toEqual(truth);
  });

  it('tells modules one name for one guard, whatever the engine says', async () => {
    const { storage } = club;
    const named = (rows: Record<string, string | number | null>) =>
      refusal(
        storage.transact((tx) =>
          tx.insert('inscription', [{ seance_id: 's', entree: 10, membre_id: 'm4', statut: 'en_attente', rang: 9, instant: 1, ...rows }]),
        ),
      );
    expect(await named({ membre_id: 'm1' })).toMatchObject({ constraint: 'inscription_vivante' });
    expect(await named({ rang: 3 })).toMatchObject({ constraint: 'inscription_rang' });
    expect(await named({ entree: 2 })).toMatchObject({ constraint: 'inscription_pkey' });
    expect(await named({ statut: 'inscrite' })).toMatchObject({ constraint: 'seance_complete' });
    expect(await named({ statut: 'assise' })).toMatchObject({ constraint: 'inscription_statut' });
    expect(await named({ membre_id: 'm9' })).toMatchObject({ constraint: 'membre_inconnu' });
    expect(await named({ seance_id: 'nowhere' })).toMatchObject({ constraint: 'seance_inconnue' });
    expect(await named({ instant: null })).toMatchObject({ constraint: 'inscription.instant' });
  });

  it('keeps its counts through every change of status, in batches too', async () => {
    const { storage, hand } = club;
    const statuts = ['inscrite', 'offerte', 'en_attente', 'annulee', 'expiree', 'presente', 'absente', 'absence_excusee'];
    await storage.commit(planifiee('comptes', 100));
    const batch = statuts.map((statut, i) => entree('comptes', i + 2, `m${i}`, statut, statut === 'en_attente' ? i : null));
    await storage.commit(group({ heads: [head('comptes', 1, 9)], tables: { inscription: { inserts: batch } } }));
    for (const statut of ['inscrite', 'annulee', 'absente']) {
      const updates = statuts.map((_, i) => devient('comptes', i + 2, statut));
      await storage.commit(group({ heads: [head('comptes', 9, 9)], tables: { inscription: { updates } } }));
      const [row] = await hand.type(`SELECT prises FROM seance WHERE id = 'comptes'`);
      expect(row).toEqual({ prises: statut === 'annulee' ? 0 : 8 });
    }
    await hand.type(`DELETE FROM inscription WHERE seance_id = 'comptes'`);
    expect(await hand.type(`SELECT prises, en_attente FROM seance WHERE id = 'comptes'`)).toEqual([{ prises: 0, en_attente: 0 }]);
    await hand.type(`DELETE FROM seance WHERE id = 'comptes'`);
  });
});
