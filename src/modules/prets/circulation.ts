// Où va un exemplaire que l'on a en main, et qui peut emporter ceux qui sont en rayon.
import type { MembreId } from '../membres/membre-id.js';
import type { Ouvrage } from './etat.js';
import { premiers } from './file-attente.js';
import { soirOuvert } from './jours.js';
import type { ExemplaireId, FaitOuvrage, Regles } from './mots.js';

/** Revenu, réparé, retrouvé ou délaissé : il va à qui attend depuis le plus longtemps, sinon en rayon. Toute cause passe par ici. */
export function remettreEnCirculation(regles: Regles, ouvrage: Ouvrage, exemplaireId: ExemplaireId, instant: number): FaitOuvrage {
  const [attente] = premiers(ouvrage.attente, 1);
  if (attente === undefined) return { type: 'ExemplaireRemisEnRayon', exemplaireId };
  // Un jour au moins, ou l'expiration d'un retrait tomberait sur elle-même.
  const jours = Math.max(1, regles.reglement.retraitJours);
  return { type: 'ExemplaireMisDeCote', exemplaireId, ...attente, retraitAvant: soirOuvert(instant, jours, regles) };
}

/** Les exemplaires en rayon vont d'abord à la file, un chacun : en reste-t-il un pour ce membre ? */
export function peutPretendre({ libres, attente }: Ouvrage, membreId: MembreId): boolean {
  return libres.size > attente.rangs.size || premiers(attente, libres.size).some((autre) => autre.membreId === membreId);
}

export function premierLibre({ libres }: Ouvrage): ExemplaireId | undefined {
  return libres.values().next().value;
}
