import { expect } from 'vitest';
import { lireMembreId, type MembreId } from '../../src/modules/membres/membre-id.js';
import type { Etat } from '../../src/modules/prets/etat.js';
import type { Demande, DemandeDe, Emprunt, Fait, FaitDe, FaitOuvrage, FaitPret } from '../../src/modules/prets/mots.js';
import type { Refus, Regles, Reponse, Reglement, SituationDuMembre } from '../../src/modules/prets/mots.js';
import { creerOuvrage } from '../../src/modules/prets/ouvrage.js';
import { beside, isBeside, isRefusal, type Beside } from '../../src/runtime/aggregate/aggregate.js';

/** Les mots dont les récits de prêts sont faits. */
export const ana = lireMembreId('mem_ana')!;
export const bo = lireMembreId('mem_bo')!;
export const cy = lireMembreId('mem_cy')!;

export const usages: Reglement = {
  dureeJours: 21,
  prolongations: 1,
  prolongationJours: 21,
  prolongationDesJours: 7,
  retraitJours: 7,
  rappelJours: 3,
  relancesJours: [3, 10, 21],
  pretsMax: 5,
  reservationsMax: 3,
};
export const regles: Regles = { fuseau: 'Europe/Paris', reglement: usages, fermetures: { jours: [], dates: [] } };
export const ouvrage = creerOuvrage({ regles: () => regles });

export const HEURE = 3_600_000;
export const JOUR = 24 * HEURE;
/** Un lundi ; le changement d’heure tombe le 29. */
export const lundi = Date.parse('2026-03-02T10:00:00+01:00');
export const ECHEANCE = '2026-03-23T23:59:59+01:00';
export const PROLONGEE = '2026-04-13T23:59:59+02:00';
export const RETRAIT = '2026-03-09T23:59:59+01:00';
export const RELANCE_1 = { niveau: 1, le: '2026-03-26T08:00:00+01:00' } as const;
export const aLaVeille = Date.parse('2026-03-22T10:00:00+01:00');
export const enRetardDe = (jours: number) => Date.parse('2026-03-23T10:00:00+01:00') + jours * JOUR;

export const fiche = { titre: 'Germinal', auteur: 'Émile Zola', isbn: '9782070411429' };
export const ajoute = (...exemplaires: string[]): FaitOuvrage => ({ type: 'OuvrageAjoute', ...fiche, exemplaires });
export const prete = (pretId: string, exemplaireId: string, membreId: MembreId, reste: object = {}): FaitDe<'ExemplairePrete'> => ({
  type: 'ExemplairePrete',
  exemplaireId,
  pretId,
  membreId,
  ...reste,
});
export const emprunt = (exemplaireId: string, membreId: MembreId): Emprunt => ({ ouvrageId: 'ouv_1', exemplaireId, membreId });
export const ouvert = (pretId: string, exemplaireId: string, membreId: MembreId): Beside<FaitPret> =>
  beside(pretId, {
    type: 'PretOuvert',
    ...emprunt(exemplaireId, membreId),
    ouvertLe: '2026-03-02T10:00:00+01:00',
    echeance: ECHEANCE,
    reveil: { niveau: 0, le: '2026-03-20T08:00:00+01:00' },
  });
export const sorti = (pretId: string, exemplaireId: string, membreId: MembreId) => [
  prete(pretId, exemplaireId, membreId),
  ouvert(pretId, exemplaireId, membreId),
];
export const attend = (membreId: MembreId, rang: number): FaitOuvrage => ({ type: 'ReservationPosee', membreId, rang });
export const misDeCote = (exemplaireId: string, membreId: MembreId, rang: number): FaitOuvrage => ({
  type: 'ExemplaireMisDeCote',
  exemplaireId,
  membreId,
  rang,
  retraitAvant: RETRAIT,
});
export const enRayon = (exemplaireId: string): FaitOuvrage => ({ type: 'ExemplaireRemisEnRayon', exemplaireId });
export const enReparation = (exemplaireId: string): FaitOuvrage => ({ type: 'ExemplaireEnReparation', exemplaireId });
export const rendu = (pretId: string, renduLe: string, retardJours = 0): Beside<FaitDe<'PretRendu'>> =>
  beside(pretId, { type: 'PretRendu', renduLe, retardJours });
export const perdu = (pretId: string, exemplaireId: string, membreId: MembreId) => [
  { type: 'ExemplaireDeclarePerdu', exemplaireId, pretId } as const,
  beside(pretId, { type: 'PretDeclarePerdu', ...emprunt(exemplaireId, membreId) } as const),
];
export const relance = (pretId: string, niveau: 1 | 2 | 3, retardJours: number): Beside<FaitPret> =>
  beside(pretId, { type: 'RelanceEnvoyee', niveau, retardJours, ...emprunt('exe_1', ana) });

/** Un exemplaire, chez Ana ; Bo puis Cy l’attendent. */
export const chezAna = [ajoute('exe_1'), ...sorti('pre_1', 'exe_1', ana)];
export const attendu = [...chezAna, attend(bo, 1), attend(cy, 2)];

const situation = (membreId: MembreId, reste: Partial<SituationDuMembre>) => ({
  membre: { membreId, prets: 0, reservations: 0, suspendu: false, ...reste },
});
export const emprunter = (membreId: MembreId, exemplaireId?: string, reste: Partial<SituationDuMembre> = {}): DemandeDe<'emprunter'> => ({
  type: 'emprunter',
  pretId: 'pre_neuf',
  ...(exemplaireId !== undefined && { exemplaireId }),
  ...situation(membreId, reste),
});
export const prolonger = (suspendu = false): Demande => ({ type: 'prolonger', pretId: 'pre_1', ...situation(ana, { suspendu }) });
export const reserver = (membreId: MembreId, reservations = 0): Demande => ({ type: 'reserver', ...situation(membreId, { reservations }) });
export const rendre = (pretId = 'pre_1', etat?: 'bon' | 'abime'): Demande => ({ type: 'rendre', pretId, ...(etat && { etat }) });
export const annuler = (membreId: MembreId): Demande => ({ type: 'annulerReservation', membreId });
export const expirer: Demande = { type: 'expirerRetrait', exemplaireId: 'exe_1' };
export const rappeler: Demande = { type: 'rappelerEcheance', pretId: 'pre_1' };
export const relancer = (niveau?: 1 | 2 | 3): Demande => ({ type: 'relancer', pretId: 'pre_1', ...(niveau && { niveau }) });
export const perdre: Demande = { type: 'declarerPerdu', pretId: 'pre_1' };
export const retrouver: Demande = { type: 'retrouverExemplaire', pretId: 'pre_1' };

type Dit = Fait | Beside<Fait>;
export const raconter = (faits: readonly Dit[], etat: Etat = ouvrage.initial()): Etat =>
  faits.reduce((suite, dit) => (isBeside(dit) ? ouvrage.evolve(suite, dit.fact, dit.beside) : ouvrage.evolve(suite, dit, 'ouv_1')), etat);

/** Étant donné ces faits, quand on demande sous ces règles, alors ces faits, ce refus ou cette réponse. */
export function donne(...passe: readonly Dit[]) {
  return {
    quand(demande: Demande, instant: number, changees: Partial<Regles> = {}) {
      const etat = raconter(passe);
      const decision = creerOuvrage({ regles: () => ({ ...regles, ...changees }) }).decide(etat, demande, instant);
      expect(etat, 'decide ne touche pas à l’état').toEqual(raconter(passe));
      return {
        alors: (...faits: readonly Dit[]) => expect(decision).toEqual(faits),
        refuse: (refusal: Refus, data?: Readonly<Record<string, unknown>>) =>
          expect(decision).toEqual(data === undefined ? { refusal } : { refusal, data }),
        /** Sans regarder les chiffres qui l’expliquent. */
        refuseSeulement: (refusal: Refus) => expect(decision).toMatchObject({ refusal }),
        repond(reponse: Reponse) {
          if (isRefusal<Refus>(decision)) throw new Error(`refusé : ${decision.refusal}`);
          expect(ouvrage.answer(raconter(decision, etat), [], demande)).toEqual(reponse);
        },
      };
    },
  };
}
