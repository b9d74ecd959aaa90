import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEPART, derouler, HEURE, histoire, type Agregat } from '../../../test/support/histoires-de-seance.js';
import { seance } from '../../../test/support/seances.js';
import { isRefusal } from '../../runtime/aggregate/aggregate.js';
import { premiers } from './file-attente.js';
import type { Demande, Fait } from './seance.js';

/** Chaque faute classique, greffée sur les vraies règles : la propriété doit la voir. */
const mutants: Readonly<Record<string, Agregat['decide']>> = {
  'promeut quand quelqu’un quitte l’attente (kgrzybek)': (etat, quoi, instant) => {
    const decision = seance.decide(etat, quoi, instant);
    if (isRefusal(decision) || !decision.some((fait) => fait.type === 'MembreDesiste' && fait.depuis === 'attente')) return decision;
    const [suivant] = premiers(etat!.attente, 2).filter(({ membreId: m }) => quoi.type === 'desister' && m !== quoi.membreId);
    return suivant === undefined ? decision : [...decision, { type: 'MembrePromu', ...suivant, prixCentimes: 300 }];
  },
  'oublie de promouvoir quand une place se libère': sansPromotion('desister'),
  'oublie de promouvoir quand les places augmentent': sansPromotion('modifierPlaces'),
  'oublie de promouvoir au report': sansPromotion('reporter'),
  'promeut la dernière arrivée': (etat, quoi, instant) =>
    remplacer(seance.decide(etat, quoi, instant), (fait) =>
      fait.type === 'MembrePromu' && !fait.horsRang ? { ...fait, ...premiers(etat!.attente, Infinity).at(-1)! } : fait,
    ),
  'donne pour rang la longueur de la file': (etat, quoi, instant) =>
    remplacer(seance.decide(etat, quoi, instant), (fait) =>
      fait.type === 'MembreMisEnAttente' ? { ...fait, rang: etat!.attente.entrees.size + 1 } : fait,
    ),
  'inscrit une personne de trop': (etat, quoi, instant) =>
    remplacer(seance.decide(etat, quoi, instant), (fait) =>
      fait.type === 'MembreMisEnAttente' ? { type: 'MembreInscrit', membreId: fait.membreId, prixCentimes: 300 } : fait,
    ),
  'inscrit deux fois': (etat, quoi, instant) => {
    const decision = seance.decide(etat, quoi, instant);
    if (!isRefusal(decision) || decision.refusal !== 'deja_en_attente' || quoi.type !== 'inscrire') return decision;
    return [{ type: 'MembreMisEnAttente', membreId: quoi.membreId, rang: etat!.dernierRang + 1, prixCentimes: 300 }];
  },
  'oublie qu’elle est fermée ou annulée': (etat, quoi, instant) => seance.decide(etat && { ...etat, statut: 'ouverte' }, quoi, instant),
  'décide sans regarder l’heure': (etat, quoi) => seance.decide(etat, quoi, DEPART - HEURE),
};

function remplacer(decision: ReturnType<Agregat['decide']>, par: (fait: Fait) => Fait): ReturnType<Agregat['decide']> {
  return isRefusal(decision) ? decision : decision.map(par);
}

function sansPromotion(type: Demande['type']): Agregat['decide'] {
  return (etat, quoi, instant) => {
    const decision = seance.decide(etat, quoi, instant);
    return isRefusal(decision) || quoi.type !== type ? decision : decision.filter((fait) => fait.type !== 'MembrePromu');
  };
}

describe('la propriété voit la séance qui', () => {
  it.each(Object.entries(mutants))('%s', (_, decide) => {
    const verdict = fc.check(
      fc.property(histoire, (pas) => void derouler({ ...seance, decide }, pas)),
      { numRuns: 5000, seed: 7, endOnFailure: true },
    );
    expect(verdict.failed).toBe(true);
    expect(String(verdict.errorInstance)).toMatch(/S[1-8]|FIFO/);
  });
});
