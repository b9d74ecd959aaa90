// Qui peut emporter un exemplaire, et lequel.
import { beside, refuse } from '../../runtime/aggregate/aggregate.js';
import type { MembreId } from '../membres/membre-id.js';
import { peutPretendre, premierLibre, remettreEnCirculation } from './circulation.js';
import type { Ouvrage } from './etat.js';
import { dater, soirOuvert } from './jours.js';
import type { Decision, DemandeDe, Emprunt, ExemplaireId, FaitDe, Refus, Regles } from './mots.js';
import { premierReveil } from './relances.js';

export function emprunter(regles: Regles, ouvrage: Ouvrage, demande: DemandeDe<'emprunter'>, instant: number): Decision {
  const { pretId, membre } = demande;
  const { membreId } = membre;
  const { pretsMax } = regles.reglement;
  if (demande.exemplaireId !== undefined && !ouvrage.exemplaires.has(demande.exemplaireId)) return refuse('exemplaire_inconnu');
  if (membre.suspendu) return refuse('membre_suspendu');
  if (membre.prets >= pretsMax) return refuse('limite_prets_atteinte', { pretsMax });

  const reserve = ouvrage.misesDeCote.get(membreId);
  const exemplaireId = demande.exemplaireId ?? reserve ?? premierLibre(ouvrage);
  if (exemplaireId === undefined) return refuse('exemplaire_indisponible');
  const obstacle = obstacleALEmprunt(ouvrage, membreId, exemplaireId);
  if (obstacle) return refuse(obstacle);

  const laisse = reserve === exemplaireId ? undefined : reserve;
  return [
    { type: 'ExemplairePrete', exemplaireId, pretId, membreId, ...honore(ouvrage, membreId), ...(laisse !== undefined && { laisse }) },
    beside(pretId, ouverture(regles, { ouvrageId: ouvrage.id, exemplaireId, membreId }, instant)),
    ...(laisse === undefined ? [] : [remettreEnCirculation(regles, ouvrage, laisse, instant)]),
  ];
}

/** Ce que la file et les mises de côté retiennent ne change pas de mains parce qu'on le nomme. */
function obstacleALEmprunt(ouvrage: Ouvrage, membreId: MembreId, exemplaireId: ExemplaireId): Refus | null {
  const place = ouvrage.exemplaires.get(exemplaireId)!;
  if (place.statut === 'mis_de_cote') return place.membreId === membreId ? null : 'exemplaire_mis_de_cote';
  if (place.statut !== 'disponible') return 'exemplaire_indisponible';
  return ouvrage.misesDeCote.has(membreId) || peutPretendre(ouvrage, membreId) ? null : 'ouvrage_reserve';
}

/** Emprunter honore la réservation du lecteur, qu'elle attende ou qu'elle soit prête. */
function honore({ misesDeCote, exemplaires, attente }: Ouvrage, membreId: MembreId): { readonly rang?: number } {
  const place = exemplaires.get(misesDeCote.get(membreId) ?? '');
  const rang = place?.statut === 'mis_de_cote' ? place.rang : attente.rangs.get(membreId);
  return rang === undefined ? {} : { rang };
}

function ouverture(regles: Regles, emprunt: Emprunt, instant: number): FaitDe<'PretOuvert'> {
  const echeance = soirOuvert(instant, regles.reglement.dureeJours, regles);
  return {
    type: 'PretOuvert',
    ...emprunt,
    ouvertLe: dater(instant, regles.fuseau),
    echeance,
    reveil: premierReveil(regles, echeance, instant),
  };
}
