// Un livre revient, se perd, se retrouve.
import { beside, refuse } from '../../runtime/aggregate/aggregate.js';
import { remettreEnCirculation } from './circulation.js';
import type { Etat, Ouvrage, Pret } from './etat.js';
import { dater, joursEntre } from './jours.js';
import type { Decision, DemandeDe, EtatDuLivre, ExemplaireId, FaitOuvrage, PretId, Regles } from './mots.js';

/** Le prêt que l'on nomme, s'il est de cet ouvrage. */
export function pretDe({ ouvrage, prets }: Etat, pretId: PretId): Pret | undefined {
  const pret = prets.get(pretId);
  return pret?.ouvrageId === ouvrage?.id ? pret : undefined;
}

export function enRetard({ echeance }: Pret, instant: number): boolean {
  return instant > Date.parse(echeance);
}

export function rendre(regles: Regles, etat: Etat, { pretId, etat: livre = 'bon' }: DemandeDe<'rendre'>, instant: number): Decision {
  const pret = pretDe(etat, pretId);
  if (pret === undefined) return refuse('pret_inconnu');
  switch (pret.statut) {
    case 'rendu':
      return [];
    case 'perdu':
      return retour(regles, etat.ouvrage!, pret, livre, instant);
    case 'en_cours': {
      const { exemplaireId } = pret;
      const abime = livre === 'abime' && { etat: livre };
      return [
        beside(pretId, { type: 'PretRendu', ...dateDeRetour(regles, pret, instant), ...abime }),
        rentrer(regles, etat.ouvrage!, exemplaireId, livre, instant),
      ];
    }
  }
}

export function declarerPerdu(etat: Etat, { pretId }: DemandeDe<'declarerPerdu'>): Decision {
  const pret = pretDe(etat, pretId);
  if (pret === undefined) return refuse('pret_inconnu');
  const { statut, ouvrageId, exemplaireId, membreId } = pret;
  if (statut === 'perdu') return refuse('deja_perdu');
  if (statut === 'rendu') return refuse('pret_clos');
  return [
    { type: 'ExemplaireDeclarePerdu', exemplaireId, pretId },
    beside(pretId, { type: 'PretDeclarePerdu', ouvrageId, exemplaireId, membreId }),
  ];
}

export function retrouverExemplaire(regles: Regles, etat: Etat, { pretId }: DemandeDe<'retrouverExemplaire'>, instant: number): Decision {
  const pret = pretDe(etat, pretId);
  if (pret === undefined) return refuse('pret_inconnu');
  if (pret.statut === 'rendu') return refuse('pret_clos');
  if (pret.statut === 'en_cours') return refuse('exemplaire_en_pret');
  return retour(regles, etat.ouvrage!, pret, 'bon', instant);
}

/** Ce qu'on croyait perdu revient ; si l'exemplaire a été retiré entre-temps, le prêt se clôt sans lui. */
function retour(regles: Regles, ouvrage: Ouvrage, pret: Pret, livre: EtatDuLivre, instant: number): Decision {
  const { id, exemplaireId } = pret;
  const clos = beside(id, { type: 'PretRetrouve' as const, ...dateDeRetour(regles, pret, instant) });
  if (!ouvrage.exemplaires.has(exemplaireId)) return [clos];
  return [{ type: 'ExemplaireRetrouve', exemplaireId }, clos, rentrer(regles, ouvrage, exemplaireId, livre, instant)];
}

function rentrer(regles: Regles, ouvrage: Ouvrage, exemplaireId: ExemplaireId, livre: EtatDuLivre, instant: number): FaitOuvrage {
  if (livre === 'abime') return { type: 'ExemplaireEnReparation', exemplaireId };
  return remettreEnCirculation(regles, ouvrage, exemplaireId, instant);
}

function dateDeRetour({ fuseau }: Regles, { echeance }: Pret, instant: number): { readonly renduLe: string; readonly retardJours: number } {
  return { renduLe: dater(instant, fuseau), retardJours: Math.max(0, joursEntre(Date.parse(echeance), instant, fuseau)) };
}
