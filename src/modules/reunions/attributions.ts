// Ce qu'une place libre devient : à qui elle va, et s'il faut d'abord qu'on l'accepte.
import { premiers } from './file-attente.js';
import type { Fait, FaitDe, Inscription, Planifiee, Regles } from './mots.js';
import { gel, HEURE_MS, iso } from './temps.js';

export function prises({ inscrits, offertes }: Planifiee): number {
  return inscrits.size + offertes.size;
}

export function placesRestantes(seance: Planifiee): number {
  return seance.fiche.places - prises(seance);
}

/** Toute place qui se libère passe par ici, quelle qu'en soit la cause. La plus ancienne attente d'abord ; plus rien dès le gel. */
export function attribuer(
  regles: Regles,
  seance: Planifiee,
  instant: number,
  { places = seance.fiche.places, occupees = prises(seance), debutMs = seance.debutMs },
): Fait[] {
  const limite = gel(regles, { debutMs });
  if (instant >= limite) return [];
  const suivants = premiers(seance.attente, places - occupees);
  if (seance.fiche.paiement === 'sur_place') return suivants.map((attente) => promotion(seance, attente));

  const expireLe = iso(Math.min(instant + regles.delaiOffreHeures * HEURE_MS, limite));
  const { prixCentimes } = seance.fiche;
  return suivants.map((attente) => ({ type: 'PlaceOfferte', ...attente, prixCentimes, expireLe }));
}

export function promotion(seance: Planifiee, attente: Inscription): FaitDe<'MembrePromu'> {
  return { type: 'MembrePromu', ...attente, prixCentimes: seance.fiche.prixCentimes };
}
