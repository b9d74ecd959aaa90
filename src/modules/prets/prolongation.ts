// Garder un livre plus longtemps, si rien ni personne ne s'y oppose.
import { beside, refuse } from '../../runtime/aggregate/aggregate.js';
import type { Etat } from './etat.js';
import { debutDuJour, soirOuvert } from './jours.js';
import type { Decision, DemandeDe, Regles } from './mots.js';
import { premierReveil } from './relances.js';
import { enRetard, pretDe } from './retours.js';

export function prolonger(regles: Regles, etat: Etat, { pretId, membre }: DemandeDe<'prolonger'>, instant: number): Decision {
  const { prolongations: permises, prolongationJours, prolongationDesJours } = regles.reglement;
  const pret = pretDe(etat, pretId);
  if (pret === undefined) return refuse('pret_inconnu');
  const echeanceMs = Date.parse(pret.echeance);
  if (pret.statut !== 'en_cours') return refuse('pret_clos');
  if (membre.suspendu) return refuse('membre_suspendu');
  if (enRetard(pret, instant)) return refuse('pret_en_retard');
  if (etat.ouvrage!.attente.rangs.size > 0) return refuse('ouvrage_reserve');
  if (pret.prolongations >= permises) return refuse('prolongations_epuisees', { prolongations: permises });
  if (instant < debutDuJour(echeanceMs, -prolongationDesJours, regles.fuseau))
    return refuse('prolongation_trop_tot', { prolongationDesJours });
  const echeance = soirOuvert(echeanceMs, prolongationJours, regles);
  if (Date.parse(echeance) <= echeanceMs) return refuse('echeance_inchangee');

  const reveil = premierReveil(regles, echeance, instant);
  return [beside(pretId, { type: 'PretProlonge', echeance, prolongations: pret.prolongations + 1, reveil })];
}
