import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEPART, HEURE, histoire, type Agregat } from '../../../test/support/histoires-de-seance.js';
import { derouler } from '../../../test/support/recit-de-seance.js';
import { seance } from '../../../test/support/seances.js';
import { isRefusal } from '../../runtime/aggregate/aggregate.js';
import { premiers } from './file-attente.js';
import { creerSeance, type Demande, type Fait } from './seance.js';

/** Chaque faute classique, greffée sur les vraies règles : la propriété doit la voir. */
const decisions: Readonly<Record<string, Agregat['decide']>> = {
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
      (fait.type === 'MembrePromu' && !fait.horsRang) || fait.type === 'PlaceOfferte'
        ? { ...fait, ...premiers(etat!.attente, Infinity).at(-1)! }
        : fait,
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
  'promeut pendant le gel': creerSeance({ tardifHeures: 24, gelHeures: 0, delaiOffreHeures: 24 }).decide,
  'gèle trop tôt': creerSeance({ tardifHeures: 24, gelHeures: 6, delaiOffreHeures: 24 }).decide,
  'laisse passer devant la file pendant le gel': (etat, quoi, instant) =>
    remplacer(seance.decide(etat, quoi, instant), (fait) =>
      fait.type === 'MembreMisEnAttente' && etat!.fiche.places > etat!.inscrits.size + etat!.offertes.size
        ? { type: 'MembreInscrit', membreId: fait.membreId, prixCentimes: 300 }
        : fait,
    ),
  'oublie la suite d’un refus': sansPromotion('declinerOffre'),
  'oublie la suite d’une expiration': sansPromotion('expirerOffre'),
  'donne ce qu’il faudrait offrir': (etat, quoi, instant) =>
    remplacer(seance.decide(etat, quoi, instant), (fait) =>
      fait.type === 'PlaceOfferte'
        ? { type: 'MembrePromu', membreId: fait.membreId, entree: fait.entree, prixCentimes: fait.prixCentimes }
        : fait,
    ),
  'offre au-delà du gel': (etat, quoi, instant) =>
    remplacer(seance.decide(etat, quoi, instant), (fait) =>
      fait.type === 'PlaceOfferte' ? { ...fait, expireLe: new Date(instant + 24 * HEURE).toISOString() } : fait,
    ),
  'ne raccourcit pas les offres d’une séance avancée': (etat, quoi, instant) =>
    remplacer(seance.decide(etat, quoi, instant), (fait) =>
      fait.type === 'SeanceReportee' ? { type: 'SeanceReportee', debut: fait.debut, fin: fait.fin } : fait,
    ),
  'annule sans dire les offres': (etat, quoi, instant) =>
    remplacer(seance.decide(etat, quoi, instant), (fait) => (fait.type === 'SeanceAnnulee' ? { ...fait, offertes: [] } : fait)),
  'ne se clôt jamais': (etat, quoi, instant) => (quoi.type === 'cloturer' ? [] : seance.decide(etat, quoi, instant)),
  'laisse courir une offre échue': (etat, quoi, instant) => (quoi.type === 'expirerOffre' ? [] : seance.decide(etat, quoi, instant)),
};

const reveils: Readonly<Record<string, NonNullable<Agregat['timers']>>> = {
  'oublie d’armer les offres': (fait, ou) => (fait.type === 'PlaceOfferte' ? [] : seance.timers!(fait, ou)),
  'oublie de raccourcir le réveil': (fait, ou) => seance.timers!(fait.type === 'SeanceReportee' ? { ...fait, offres: [] } : fait, ou),
  'oublie d’éteindre une offre acceptée': (fait, ou) => (fait.type === 'OffreAcceptee' ? [] : seance.timers!(fait, ou)),
  'oublie d’éteindre une offre expirée': (fait, ou) => (fait.type === 'OffreExpiree' ? [] : seance.timers!(fait, ou)),
  'oublie de reporter sa clôture': (fait, ou) =>
    seance.timers!(fait, ou).filter((un) => fait.type !== 'SeanceReportee' || !('set' in un) || un.set !== 'cloture'),
  'oublie d’éteindre sa clôture': (fait, ou) => (fait.type === 'SeanceCloturee' ? [] : seance.timers!(fait, ou)),
};

const mutants: [string, Agregat, { reveils: boolean }?][] = [
  ...Object.entries(decisions).map(([nom, decide]): [string, Agregat] => [nom, { ...seance, decide }]),
  ...Object.entries(reveils).map(([nom, timers]): [string, Agregat] => [nom, { ...seance, timers }]),
  [
    'accepte une offre échue, quand personne ne s’est réveillé',
    {
      ...seance,
      decide: (etat, quoi, instant) => {
        const offre = quoi.type === 'accepterOffre' ? etat?.offertes.get(quoi.membreId) : undefined;
        return seance.decide(etat, quoi, offre === undefined ? instant : Math.min(instant, offre.expireMs - 1));
      },
    },
    { reveils: false },
  ],
];

function remplacer(decision: ReturnType<Agregat['decide']>, par: (fait: Fait) => Fait): ReturnType<Agregat['decide']> {
  return isRefusal(decision) ? decision : decision.map(par);
}

function sansPromotion(type: Demande['type']): Agregat['decide'] {
  return (etat, quoi, instant) => {
    const decision = seance.decide(etat, quoi, instant);
    return isRefusal(decision) || quoi.type !== type
      ? decision
      : decision.filter((fait) => fait.type !== 'MembrePromu' && fait.type !== 'PlaceOfferte');
  };
}

describe('la propriété voit la séance qui', () => {
  it.each(mutants)('%s', (_, agregat, comment) => {
    const verdict = fc.check(
      fc.property(histoire, (pas) => void derouler(agregat, pas, undefined, comment)),
      { numRuns: 5000, seed: 7, endOnFailure: true },
    );
    expect(verdict.failed).toBe(true);
    expect(String(verdict.errorInstance)).toMatch(/S[1-9]|FIFO|réveil/);
  });
});
