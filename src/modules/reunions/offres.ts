// Une place offerte attend une réponse jusqu'à son échéance. Elle finit une fois : acceptée, déclinée ou expirée.
import { refuse, type Refusal } from '../../runtime/aggregate/aggregate.js';
import type { MembreId } from '../membres/membre-id.js';
import { attribuer, prises } from './attributions.js';
import type { Decision, DemandeDe, Fait, Inscription, PlaceGardee, Planifiee, Refus, Regles } from './mots.js';
import { gel, iso } from './temps.js';

export function accepterOffre(seance: Planifiee, { membreId }: DemandeDe<'accepterOffre'>, instant: number): Decision {
  const offre = offreOuverte(seance, membreId, instant);
  if ('refusal' in offre) return offre;
  return [{ type: 'OffreAcceptee', ...offre, prixCentimes: seance.fiche.prixCentimes }];
}

export function declinerOffre(
  regles: Regles,
  seance: Planifiee,
  demande: Pick<DemandeDe<'declinerOffre'>, 'membreId'>,
  instant: number,
): Decision {
  const offre = offreOuverte(seance, demande.membreId, instant);
  if ('refusal' in offre) return offre;
  return [{ type: 'OffreDeclinee', ...offre }, ...suite(regles, seance, instant)];
}

/** Une offre qui n'est plus, ou dont l'heure n'est pas venue, n'a pas à finir. */
export function expirerOffre(regles: Regles, seance: Planifiee, { membreId }: DemandeDe<'expirerOffre'>, instant: number): Decision {
  const offre = seance.offertes.get(membreId);
  if (offre === undefined || instant < offre.expireMs) return [];
  return [{ type: 'OffreExpiree', membreId, entree: offre.entree }, ...suite(regles, seance, instant)];
}

/** Les offres en cours qui finiraient après le gel d'une séance avancée à `debutMs` : elles finissent avec lui, ou tout de suite. */
export function offresRaccourcies(regles: Regles, { offertes }: Planifiee, debutMs: number, instant: number): PlaceGardee[] {
  const limite = Math.max(gel(regles, { debutMs }), instant);
  return [...offertes].flatMap(([membreId, { entree, expireMs }]) =>
    expireMs > limite ? [{ membreId, entree, expireLe: iso(limite) }] : [],
  );
}

function offreOuverte(seance: Planifiee, membreId: MembreId, instant: number): Inscription | Refusal<Refus> {
  const offre = seance.offertes.get(membreId);
  if (offre === undefined) return refuse(seance.expirees.has(membreId) ? 'offre_expiree' : 'offre_inconnue');
  return instant < offre.expireMs ? { membreId, entree: offre.entree } : refuse('offre_expiree');
}

function suite(regles: Regles, seance: Planifiee, instant: number): Fait[] {
  return attribuer(regles, seance, instant, { occupees: prises(seance) - 1 });
}
