// Attendre son tour quand tout est sorti, y renoncer, ne pas venir chercher.
import { refuse } from '../../runtime/aggregate/aggregate.js';
import { peutPretendre, remettreEnCirculation } from './circulation.js';
import type { Ouvrage } from './etat.js';
import type { Decision, DemandeDe, Regles } from './mots.js';

export function reserver({ reglement }: Regles, ouvrage: Ouvrage, { membre }: DemandeDe<'reserver'>): Decision {
  const { membreId, reservations } = membre;
  const { reservationsMax } = reglement;
  if (ouvrage.misesDeCote.has(membreId) || ouvrage.attente.rangs.has(membreId)) return refuse('deja_reserve');
  if (ouvrage.emprunteurs.has(membreId)) return refuse('deja_emprunte_par_vous');
  if (peutPretendre(ouvrage, membreId)) return refuse('exemplaire_disponible');
  if (reservations >= reservationsMax) return refuse('limite_reservations_atteinte', { reservationsMax });
  return [{ type: 'ReservationPosee', membreId, rang: ouvrage.dernierRang + 1 }];
}

export function annulerReservation(
  regles: Regles,
  ouvrage: Ouvrage,
  { membreId }: DemandeDe<'annulerReservation'>,
  instant: number,
): Decision {
  const rang = ouvrage.attente.rangs.get(membreId);
  if (rang !== undefined) return [{ type: 'ReservationAnnulee', membreId, rang }];
  const exemplaireId = ouvrage.misesDeCote.get(membreId);
  const place = ouvrage.exemplaires.get(exemplaireId ?? '');
  if (exemplaireId === undefined || place?.statut !== 'mis_de_cote') return refuse('reservation_inconnue');
  return [
    { type: 'ReservationAnnulee', exemplaireId, membreId, rang: place.rang },
    remettreEnCirculation(regles, ouvrage, exemplaireId, instant),
  ];
}

export function expirerRetrait(regles: Regles, ouvrage: Ouvrage, { exemplaireId }: DemandeDe<'expirerRetrait'>, instant: number): Decision {
  const place = ouvrage.exemplaires.get(exemplaireId);
  if (place?.statut !== 'mis_de_cote') return refuse('reservation_inconnue');
  if (instant < Date.parse(place.retraitAvant)) return [];
  const { membreId, rang } = place;
  return [{ type: 'RetraitExpire', exemplaireId, membreId, rang }, remettreEnCirculation(regles, ouvrage, exemplaireId, instant)];
}
