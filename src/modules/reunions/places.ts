// Qui prend une place, qui la rend, et à qui elle revient.
import { refuse } from '../../runtime/aggregate/aggregate.js';
import type { MembreId } from '../membres/membre-id.js';
import { premiers } from './file-attente.js';
import type { Decision, DemandeDe, Fait, FaitDe, Inscription, Planifiee, Refus, Regles } from './seance.js';
import { arretee, commencee, finie, HEURE_MS } from './temps.js';

const PLACES_MAX = 100_000;
const ATTENTE_MAX = 1_000_000;

export function placesValides(places: number): boolean {
  return Number.isInteger(places) && places >= 1 && places <= PLACES_MAX;
}

export function placesRestantes(seance: Planifiee): number {
  return seance.fiche.places - seance.inscrits.size;
}

export function inscrire(seance: Planifiee, { membreId, siComplet }: DemandeDe<'inscrire'>, instant: number): Decision {
  const { places, prixCentimes, listeAttenteMax } = seance.fiche;
  const obstacle = obstacleAInscription(seance, membreId, instant);
  if (obstacle) return refuse(obstacle);
  if (placesRestantes(seance) > 0) return [{ type: 'MembreInscrit', membreId, prixCentimes }];
  if (siComplet === 'refuser') return refuse('seance_complete', { places });

  const limite = Math.min(listeAttenteMax ?? ATTENTE_MAX, ATTENTE_MAX);
  if (seance.attente.entrees.size >= limite) return refuse('liste_attente_pleine', { listeAttenteMax: limite });
  return [{ type: 'MembreMisEnAttente', membreId, rang: seance.dernierRang + 1, prixCentimes }];
}

export function desister(regles: Regles, seance: Planifiee, { membreId }: DemandeDe<'desister'>, instant: number): Decision {
  const place = seance.inscrits.get(membreId);
  const entree = place ?? seance.attente.entrees.get(membreId);
  if (entree === undefined) return refuse('pas_inscrit');
  const arret = arretee(seance, instant);
  if (arret) return refuse(arret);
  if (place === undefined) return [{ type: 'MembreDesiste', depuis: 'attente', membreId, entree }];

  const tardif = seance.debutMs - instant < regles.tardifHeures * HEURE_MS;
  return [
    { type: 'MembreDesiste', depuis: 'inscrits', membreId, entree, ...(tardif && { tardif }) },
    ...promotions(seance, instant, { occupees: seance.inscrits.size - 1 }),
  ];
}

export function modifierPlaces(seance: Planifiee, { places }: DemandeDe<'modifierPlaces'>, instant: number): Decision {
  const fin = finie(seance, instant);
  if (fin) return refuse(fin);
  if (!placesValides(places)) return refuse('places_invalides');
  if (places < seance.inscrits.size) return refuse('places_sous_inscrits', { inscrits: seance.inscrits.size });
  if (places === seance.fiche.places) return [];
  return [{ type: 'PlacesModifiees', places }, ...promotions(seance, instant, { places })];
}

export function ajouterPlacePour(seance: Planifiee, demande: DemandeDe<'ajouterPlacePour'>, instant: number): Decision {
  const { membreId, motifId } = demande;
  const obstacle = obstacleAInscription(seance, membreId, instant);
  if (obstacle) return refuse(obstacle);
  const places = seance.fiche.places + 1;
  if (!placesValides(places)) return refuse('places_invalides');
  return [
    { type: 'PlacesModifiees', places, motifId },
    { type: 'MembreInscrit', membreId, prixCentimes: seance.fiche.prixCentimes },
  ];
}

export function promouvoirHorsRang(seance: Planifiee, demande: DemandeDe<'promouvoirHorsRang'>, instant: number): Decision {
  const { membreId, motifId } = demande;
  const fin = finie(seance, instant);
  if (fin) return refuse(fin);
  const entree = seance.attente.entrees.get(membreId);
  if (entree === undefined) return refuse('pas_en_attente');
  if (placesRestantes(seance) < 1) return refuse('seance_complete', { places: seance.fiche.places });
  return [{ ...promotion(seance, { membreId, entree }), horsRang: true, motifId }];
}

/** Toute place qui se libère passe par ici, quelle qu'en soit la cause. La plus ancienne attente d'abord. */
export function promotions(
  seance: Planifiee,
  instant: number,
  { places = seance.fiche.places, occupees = seance.inscrits.size, debutMs = seance.debutMs },
): Fait[] {
  if (commencee({ debutMs }, instant)) return [];
  return premiers(seance.attente, places - occupees).map((attente) => promotion(seance, attente));
}

function promotion(seance: Planifiee, attente: Inscription): FaitDe<'MembrePromu'> {
  return { type: 'MembrePromu', ...attente, prixCentimes: seance.fiche.prixCentimes };
}

function obstacleAInscription(seance: Planifiee, membreId: MembreId, instant: number): Refus | null {
  const arret = arretee(seance, instant);
  if (arret) return arret;
  if (seance.inscrits.has(membreId)) return 'deja_inscrit';
  if (seance.attente.entrees.has(membreId)) return 'deja_en_attente';
  return seance.statut === 'fermee' ? 'inscriptions_fermees' : null;
}
