import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { livrer, publies } from '../../../test/support/ecoute.js';
import { histoire } from '../../../test/support/histoires-de-seance.js';
import { derouler } from '../../../test/support/recit-de-seance.js';
import { MemoryRows } from '../../../test/support/memory-rows.js';
import {
  acceptee,
  ana,
  bo,
  declinee,
  enAttente,
  enOffre,
  expiree,
  inscrit,
  parti,
  promu,
  seance,
  uneSeanceDe,
} from '../../../test/support/seances.js';
import type { Fait } from '../reunions/seance.js';
import { ecouterLesSeances } from './paiements.listener.js';
import { runs } from '../../../test/support/runs.js';

const caisse = (): MemoryRows => new MemoryRows({ paiement: [['id'], ['seance_id', 'entree']] });
const etats = (rows: MemoryRows) =>
  rows.rows('paiement').map(({ entree, membre_id, montant_centimes, statut }) => [entree, membre_id, montant_centimes, statut]);
const encaisser = (rows: MemoryRows, entree: number) => rows.update('paiement', { statut: 'encaisse' }, { entree, statut: 'du' });

/** Étant donné ces faits, tous encaissés si on le dit, puis celui-là. */
async function apres(faits: readonly Fait[], dernier: Fait, encaisses = false): Promise<unknown[]> {
  const rows = caisse();
  const tous = publies([...faits, dernier]);
  await livrer(rows, ecouterLesSeances, tous.slice(0, -1));
  if (encaisses) for (const { entree } of rows.rows('paiement')) await encaisser(rows, Number(entree));
  await livrer(rows, ecouterLesSeances, tous.slice(-1));
  return etats(rows);
}

const complete = [uneSeanceDe(1), inscrit(ana), enAttente(bo, 1)];
const annulee: Fait = {
  type: 'SeanceAnnulee',
  motifId: 'mot_1',
  inscrits: [{ membreId: ana, entree: 2 }],
  enAttente: [{ membreId: bo, entree: 3 }],
};
const tardif: Fait = { ...parti(ana, 2, 'inscrits'), tardif: true };

describe('ce que doit un membre', () => {
  it('une inscription à une séance payante est due', async () =>
    expect(await apres([uneSeanceDe(1)], inscrit(ana))).toEqual([[2, ana, 500, 'du']]));
  it('une inscription gratuite ne doit rien', async () =>
    expect(await apres([uneSeanceDe(1)], { type: 'MembreInscrit', membreId: ana, prixCentimes: 0 })).toEqual([]));
  it('attendre ne coûte rien', async () => expect(await apres(complete.slice(0, 2), enAttente(bo, 1))).toEqual([[2, ana, 500, 'du']]));
  it('une promotion est due, au nom de l’entrée en liste d’attente', async () =>
    expect(await apres([...complete, parti(ana, 2, 'inscrits')], promu(bo, 3))).toEqual([
      [2, ana, 500, 'annule'],
      [3, bo, 500, 'du'],
    ]));
  it('une place offerte n’est due qu’une fois acceptée, au nom de l’entrée en liste d’attente', async () => {
    const [offre] = enOffre.slice(-1);
    expect(await apres(enOffre.slice(0, -1), offre!)).toEqual([[2, ana, 500, 'annule']]);
    expect(await apres(enOffre, acceptee(bo, 3))).toEqual([
      [2, ana, 500, 'annule'],
      [3, bo, 500, 'du'],
    ]);
  });
  it.each([declinee(bo, 3), expiree(bo, 3)])('une offre qui n’est pas acceptée n’a rien coûté : %o', async (fin) =>
    expect(await apres(enOffre, fin)).toEqual([[2, ana, 500, 'annule']]),
  );
  it('une offre acceptée sans prix ne doit rien', async () =>
    expect(await apres([uneSeanceDe(1)], { type: 'OffreAcceptee', membreId: bo, entree: 3, prixCentimes: 0 })).toEqual([]));
  it('quitter sa place annule ce qui était dû', async () =>
    expect(await apres(complete, parti(ana, 2, 'inscrits'))).toEqual([[2, ana, 500, 'annule']]));
  it('même tard', async () => expect(await apres(complete, tardif)).toEqual([[2, ana, 500, 'annule']]));
  it('quitter sa place rend à rembourser ce qui était encaissé', async () =>
    expect(await apres(complete, parti(ana, 2, 'inscrits'), true)).toEqual([[2, ana, 500, 'a_rembourser']]));
  it('mais trop tard, c’est conservé', async () => expect(await apres(complete, tardif, true)).toEqual([[2, ana, 500, 'conserve']]));
  it('quitter la liste d’attente ne touche à rien', async () =>
    expect(await apres(complete, parti(bo, 3, 'attente'), true)).toEqual([[2, ana, 500, 'encaisse']]));
  it('une séance annulée ne doit plus rien', async () => expect(await apres(complete, annulee)).toEqual([[2, ana, 500, 'annule']]));
  it('une séance annulée rembourse ce qui était encaissé', async () =>
    expect(await apres(complete, annulee, true)).toEqual([[2, ana, 500, 'a_rembourser']]));
  it('une séance annulée laisse à qui était parti tard ce qu’il a laissé', async () => {
    const rows = caisse();
    const faits = publies([uneSeanceDe(1), inscrit(ana), tardif, { ...annulee, inscrits: [] }]);
    await livrer(rows, ecouterLesSeances, faits.slice(0, 2));
    await encaisser(rows, 2);
    await livrer(rows, ecouterLesSeances, faits.slice(2));
    expect(etats(rows)).toEqual([[2, ana, 500, 'conserve']]);
  });
  it('annuler une séance ne coûte pas plus quand elle a plus d’inscrits', () => {
    const beaucoup = Array.from({ length: 10_000 }, (_, i) => ({ membreId: ana, entree: i + 2 }));
    const [fait] = publies([{ ...annulee, inscrits: beaucoup }]);
    expect(ecouterLesSeances.react(fait!, { now: 0, newId: String })).toHaveLength(2);
  });
});

/** Une lecture naïve : ce que chaque inscription doit être à la fin, si la personne à la caisse a encaissé celles-là dès qu’elles étaient dues. */
function attendu(journal: readonly Fait[], encaisse: (entree: number) => boolean): Map<number, string> {
  const statuts = new Map<number, string>();
  const quitte = (entree: number, tard: boolean): void => {
    if (!statuts.has(entree)) return;
    statuts.set(entree, !encaisse(entree) ? 'annule' : tard ? 'conserve' : 'a_rembourser');
  };
  journal.forEach((fait, i) => {
    if (fait.type === 'MembreInscrit') statuts.set(i + 1, encaisse(i + 1) ? 'encaisse' : 'du');
    if (fait.type === 'MembrePromu' || fait.type === 'OffreAcceptee') statuts.set(fait.entree, encaisse(fait.entree) ? 'encaisse' : 'du');
    if (fait.type === 'MembreDesiste' && fait.depuis === 'inscrits') quitte(fait.entree, fait.tardif ?? false);
    if (fait.type === 'SeanceAnnulee') for (const { entree } of fait.inscrits) quitte(entree, false);
  });
  return statuts;
}

const parEntree = (rows: MemoryRows) => new Map(rows.rows('paiement').map((row) => [row['entree'], row['statut']]));

describe('quoi qu’il arrive à la séance', () => {
  it('chaque inscription a au plus un paiement, et le bon statut à la fin, encaissée ou non, tout fait pouvant être redonné', () =>
    fc.assert(
      fc.asyncProperty(histoire, fc.infiniteStream(fc.nat({ max: 4 })), fc.nat(), async (pas, reculs, graine) => {
        const { journal } = derouler(seance, pas);
        const faits = publies(journal);
        const encaisse = (entree: number): boolean => ((entree * 2654435761 + graine) >>> 7) % 2 === 0;
        const rows = caisse();
        for (const [i, fait] of faits.entries()) {
          await livrer(rows, ecouterLesSeances, [fait]);
          for (const { entree } of rows.rows('paiement')) if (encaisse(Number(entree))) await encaisser(rows, Number(entree));
          await livrer(rows, ecouterLesSeances, faits.slice(Math.max(0, i - reculs.next().value), i + 1));
        }
        expect(parEntree(rows)).toEqual(attendu(journal, encaisse));
      }),
      { numRuns: runs(200) },
    ));

  it('les lots dans lesquels les faits arrivent n’y changent rien', () =>
    fc.assert(
      fc.asyncProperty(histoire, fc.infiniteStream(fc.integer({ min: 1, max: 6 })), async (pas, tailles) => {
        const { journal } = derouler(seance, pas);
        const faits = publies(journal);
        const rows = caisse();
        for (let de = 0, taille = 0; de < faits.length; de += taille) {
          taille = tailles.next().value;
          await livrer(rows, ecouterLesSeances, faits.slice(de, de + taille));
        }
        expect(parEntree(rows)).toEqual(attendu(journal, () => false));
      }),
      { numRuns: runs(200) },
    ));
});
