// Qui prend une place, qui la rend, et à qui elle revient.
import { refuse } from '../../runtime/aggregate/aggregate.js';
import type { MembreId } from '../membres/membre-id.js';
import { attribuer, placesRestantes, prises, promotion } from './attributions.js';
import { declinerOffre } from './offres.js';
import type { Decision, DemandeDe, Planifiee, Refus, Regles } from './mots.js';
import { arretee, finie, HEURE_MS } from './temps.js';

const PLACES_MAX = 100_000;
const ATTENTE_MAX = 1_000_000;

export function placesValides(places: number): boolean {
  return Number.isInteger(places) && places >= 1 && places <= PLACES_MAX;
}

export function inscrire(seance: Planifiee, { membreId, siComplet }: DemandeDe<'inscrire'>, instant: number): Decision {
  const { places, prixCentimes, listeAttenteMax } = seance.fiche;
  const obstacle = obstacleAInscription(seance, membreId, instant);
  if (obstacle) return refuse(obstacle);
  // Pendant le gel, une place peut être libre devant des gens qui attendent : nul ne passe devant eux.
  if (placesRestantes(seance) > 0 && seance.attente.entrees.size === 0) return [{ type: 'MembreInscrit', membreId, prixCentimes }];
  if (siComplet === 'refuser') return refuse('seance_complete', { places });

  const limite = Math.min(listeAttenteMax ?? ATTENTE_MAX, ATTENTE_MAX);
  if (seance.attente.entrees.size >= limite) return refuse('liste_attente_pleine', { listeAttenteMax: limite });
  return [{ type: 'MembreMisEnAttente', membreId, rang: seance.dernierRang + 1, prixCentimes }];
}

export function desister(regles: Regles, seance: Planifiee, { membreId }: DemandeDe<'desister'>, instant: number): Decision {
  if (seance.offertes.has(membreId)) return declinerOffre(regles, seance, { membreId }, instant);
  const place = seance.inscrits.get(membreId);
  const entree = place ?? seance.attente.entrees.get(membreId);
  if (entree === undefined) return refuse('pas_inscrit');
  const arret = arretee(seance, instant);
  if (arret) return refuse(arret);
  if (place === undefined) return [{ type: 'MembreDesiste', depuis: 'attente', membreId, entree }];

  const tardif = seance.debutMs - instant < regles.tardifHeures * HEURE_MS;
  return [
    { type: 'MembreDesiste', depuis: 'inscrits', membreId, entree, ...(tardif && { tardif }) },
    ...attribuer(regles, seance, instant, { occupees: prises(seance) - 1 }),
  ];
}

export function modifierPlaces(regles: Regles, seance: Planifiee, { places }: DemandeDe<'modifierPlaces'>, instant: number): Decision {
  const fin = finie(seance, instant);
  if (fin) return refuse(fin);
  if (!placesValides(places)) return refuse('places_invalides');
  if (places < prises(seance)) return refuse('places_sous_inscrits', { inscrits: seance.inscrits.size, offertes: seance.offertes.size });
  if (places === seance.fiche.places) return [];
  return [{ type: 'PlacesModifiees', places }, ...attribuer(regles, seance, instant, { places })];
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

function obstacleAInscription(seance: Planifiee, membreId: MembreId, instant: number): Refus | null {
  const arret = arretee(seance, instant);
  if (arret) return arret;
  if (seance.inscrits.has(membreId)) return 'deja_inscrit';
  if (seance.offertes.has(membreId)) return 'place_deja_offerte';
  if (seance.attente.entrees.has(membreId)) return 'deja_en_attente';
  return seance.statut === 'fermee' ? 'inscriptions_fermees' : null;
}
