// La vie de la séance elle-même : prévue, fermée, rouverte, reportée, annulée, close.
import { refuse } from '../../runtime/aggregate/aggregate.js';
import { attribuer } from './attributions.js';
import { ficheDe } from './etat.js';
import { premiers } from './file-attente.js';
import { offresRaccourcies } from './offres.js';
import { placesValides } from './places.js';
import type { Decision, DemandeDe, Inscription, Planifiee, Refus, Regles } from './mots.js';
import { arretee, cloture, cloturee, finie } from './temps.js';

export function planifier(demande: DemandeDe<'planifier'>, instant: number): Decision {
  const { debut, fin, places } = demande;
  if (!(Date.parse(debut) < Date.parse(fin))) return refuse('dates_incoherentes');
  if (!placesValides(places)) return refuse('places_invalides');
  if (Date.parse(debut) <= instant) return refuse('debut_passe');
  return [{ type: 'SeancePlanifiee', ...ficheDe(demande) }];
}

export function fermerInscriptions(seance: Planifiee, instant: number): Decision {
  const arret = arretee(seance, instant);
  if (arret) return refuse(arret);
  return seance.statut === 'fermee' ? [] : [{ type: 'InscriptionsFermees' }];
}

export function rouvrirInscriptions(seance: Planifiee, instant: number): Decision {
  const arret = arretee(seance, instant);
  if (arret) return refuse(arret);
  return seance.statut === 'ouverte' ? [] : [{ type: 'InscriptionsRouvertes' }];
}

export function reporter(regles: Regles, seance: Planifiee, { debut, fin }: DemandeDe<'reporter'>, instant: number): Decision {
  const obstacle = finie(seance, instant) ?? datesRefusees(debut, fin, instant);
  if (obstacle) return refuse(obstacle);
  if (debut === seance.fiche.debut && fin === seance.fiche.fin) return [];
  const debutMs = Date.parse(debut);
  const offres = offresRaccourcies(regles, seance, debutMs, instant);
  return [{ type: 'SeanceReportee', debut, fin, ...(offres.length > 0 && { offres }) }, ...attribuer(regles, seance, instant, { debutMs })];
}

export function annuler(seance: Planifiee, { motifId }: DemandeDe<'annuler'>, instant: number): Decision {
  if (seance.statut === 'annulee') return refuse('deja_annulee');
  if (cloturee(seance, instant)) return refuse('seance_cloturee');
  const inscrits = Array.from(seance.inscrits, ([membreId, entree]) => ({ membreId, entree }));
  const offertes = Array.from(seance.offertes, ([membreId, { entree }]): Inscription => ({ membreId, entree }));
  const enAttente = premiers(seance.attente, seance.attente.entrees.size);
  return [{ type: 'SeanceAnnulee', motifId, inscrits, ...(offertes.length > 0 && { offertes }), enAttente }];
}

export function cloturer(seance: Planifiee, instant: number): Decision {
  if (seance.statut === 'annulee') return refuse('seance_annulee');
  if (seance.statut === 'cloturee') return refuse('seance_cloturee');
  return instant < cloture(seance.finMs) ? refuse('seance_pas_terminee') : [{ type: 'SeanceCloturee' }];
}

function datesRefusees(debut: string, fin: string, instant: number): Refus | null {
  if (!(Date.parse(debut) < Date.parse(fin))) return 'dates_incoherentes';
  return Date.parse(debut) <= instant ? 'debut_passe' : null;
}
