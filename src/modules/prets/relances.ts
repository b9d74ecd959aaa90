// Rappeler avant l'échéance, relancer après : un cran à la fois, un par jour au plus, et plus rien dès que le prêt est clos.
import { beside, refuse } from '../../runtime/aggregate/aggregate.js';
import type { Etat, Pret } from './etat.js';
import { joursEntre, matin } from './jours.js';
import type { Decision, DemandeDe, Emprunt, Niveau, Regles, Reveil } from './mots.js';
import { enRetard, pretDe } from './retours.js';

/** Pour une échéance toute neuve : le rappel, ou la première relance quand l'heure du rappel est déjà passée. */
export function premierReveil(regles: Regles, echeance: string, instant: number): Reveil {
  const { fuseau, reglement } = regles;
  const le = matin(Date.parse(echeance), -reglement.rappelJours, fuseau);
  return Date.parse(le) > instant ? { niveau: 0, le } : relancePrevue(regles, echeance, 1);
}

export function rappelerEcheance(regles: Regles, etat: Etat, { pretId }: DemandeDe<'rappelerEcheance'>): Decision {
  const pret = pretDe(etat, pretId);
  if (pret === undefined) return refuse('pret_inconnu');
  if (pret.statut !== 'en_cours') return refuse('pret_clos');
  if (pret.rappele || pret.relance > 0) return refuse('relance_hors_ordre');
  const { echeance } = pret;
  return [beside(pretId, { type: 'EcheanceRappelee', echeance, ...empruntDe(pret), reveil: relancePrevue(regles, echeance, 1) })];
}

export function relancer(regles: Regles, etat: Etat, demande: DemandeDe<'relancer'>, instant: number): Decision {
  const { pretId } = demande;
  const pret = pretDe(etat, pretId);
  if (pret === undefined) return refuse('pret_inconnu');
  if (pret.statut !== 'en_cours') return refuse('pret_clos');
  if (!enRetard(pret, instant)) return refuse('pret_pas_en_retard');

  const { niveau = pret.relance + 1 } = demande;
  const retardJours = joursEntre(Date.parse(pret.echeance), instant, regles.fuseau);
  if (!suivante(pret, niveau) || dejaRelance(pret, retardJours, instant)) return refuse('relance_hors_ordre', { relance: pret.relance });
  const reveil = niveau === 3 ? {} : { reveil: relanceApres(regles, pret.echeance, niveau, instant) };
  return [beside(pretId, { type: 'RelanceEnvoyee', niveau, retardJours, ...empruntDe(pret), ...reveil })];
}

function suivante({ relance }: Pret, niveau: number): niveau is Niveau {
  return niveau <= 3 && niveau === relance + 1;
}

/** Une relance dont le réveil sonne n'est jamais de trop, même si le club a changé de fuseau entre-temps. */
function dejaRelance({ retardRelance, reveil }: Pret, retardJours: number, instant: number): boolean {
  const sonne = reveil !== null && Date.parse(reveil.le) <= instant;
  return !sonne && retardRelance !== null && retardJours <= retardRelance;
}

function relanceApres(regles: Regles, echeance: string, niveau: 1 | 2, instant: number): Reveil {
  const prevue = relancePrevue(regles, echeance, niveau === 1 ? 2 : 3);
  const demain = matin(instant, 1, regles.fuseau);
  return Date.parse(prevue.le) > Date.parse(demain) ? prevue : { ...prevue, le: demain };
}

function relancePrevue({ reglement, fuseau }: Regles, echeance: string, niveau: Niveau): Reveil {
  const jours = Math.max(1, reglement.relancesJours[niveau - 1]!);
  return { niveau, le: matin(Date.parse(echeance), jours, fuseau) };
}

function empruntDe({ ouvrageId, exemplaireId, membreId }: Pret): Emprunt {
  return { ouvrageId, exemplaireId, membreId };
}
