// Ce que l'on répond à qui demande.
import type { MembreId } from '../membres/membre-id.js';
import { placesRestantes } from './attributions.js';
import type { Demande, Fait, Fiche, Planifiee, Regles, Seance } from './mots.js';
import { gel, iso } from './temps.js';

export interface RessourceSeance extends Fiche {
  readonly statut: Planifiee['statut'];
  /** Dès cet instant, les places qui se libèrent ne sont plus données à qui attend. */
  readonly gel: string;
  readonly placesRestantes: number;
  readonly inscrits: number;
  readonly offertes: number;
  readonly enAttente: number;
  readonly version: number;
}

export interface ReponseInscription {
  readonly statut: 'inscrite' | 'en_attente';
  readonly rang?: number;
  readonly position?: number;
  readonly placesRestantes: number;
  readonly version: number;
}

export interface ReponseDesistement {
  readonly promu: MembreId | null;
  /** À qui la place est offerte, quand il faut payer d'avance. */
  readonly offerteA?: MembreId;
  readonly placesRestantes: number;
  readonly version: number;
}

export type Reponse = RessourceSeance | ReponseInscription | ReponseDesistement;

export function repondre(regles: Regles, seance: Seance, faits: readonly Fait[], demande: Demande): Reponse {
  if (seance === null) throw new Error(`${demande.type} acceptée sans séance`);
  switch (demande.type) {
    case 'inscrire':
      return reponseInscription(seance, faits);
    case 'desister':
      return reponseDesistement(seance, faits);
    case 'planifier':
    case 'modifierPlaces':
    case 'ajouterPlacePour':
    case 'promouvoirHorsRang':
    case 'accepterOffre':
    case 'declinerOffre':
    case 'expirerOffre':
    case 'fermerInscriptions':
    case 'rouvrirInscriptions':
    case 'reporter':
    case 'annuler':
    case 'cloturer':
    case 'constaterPresence':
    case 'constaterAbsence':
      return ressource(regles, seance);
  }
}

/** Champ par champ : `...fiche` coûterait vingt fois cela, à chaque fait de chaque séance. */
export function ressource(regles: Regles, seance: Planifiee): RessourceSeance {
  const { statut, version, inscrits, offertes, attente } = seance;
  const { id, titre, lieu, debut, fin, fuseau, places, prixCentimes, paiement, listeAttenteMax } = seance.fiche;
  return {
    id,
    titre,
    lieu,
    debut,
    fin,
    fuseau,
    places,
    prixCentimes,
    paiement,
    listeAttenteMax,
    statut,
    gel: iso(gel(regles, seance)),
    placesRestantes: placesRestantes(seance),
    inscrits: inscrits.size,
    offertes: offertes.size,
    enAttente: attente.entrees.size,
    version,
  };
}

/** Pourquoi l'on attend : tout est pris, une place est offerte à quelqu'un d'autre, ou plus personne n'est promu. */
export const RAISONS = ['complete', 'offre_en_cours', 'gel', 'cloture'] as const;
export type Raison = (typeof RAISONS)[number];

export function raisonDAttendre({ statut, gel, offertes }: RessourceSeance, instant: number): Raison {
  if (statut === 'cloturee') return 'cloture';
  if (instant >= Date.parse(gel)) return 'gel';
  return offertes > 0 ? 'offre_en_cours' : 'complete';
}

function reponseInscription(seance: Planifiee, faits: readonly Fait[]): ReponseInscription {
  const fin = { placesRestantes: placesRestantes(seance), version: seance.version };
  const attente = faits.find((fait) => fait.type === 'MembreMisEnAttente');
  if (attente === undefined) return { statut: 'inscrite', ...fin };
  return { statut: 'en_attente', rang: attente.rang, position: seance.attente.entrees.size, ...fin };
}

function reponseDesistement(seance: Planifiee, faits: readonly Fait[]): ReponseDesistement {
  const promotion = faits.find((fait) => fait.type === 'MembrePromu');
  const offre = faits.find((fait) => fait.type === 'PlaceOfferte');
  return {
    promu: promotion?.membreId ?? null,
    ...(offre && { offerteA: offre.membreId }),
    placesRestantes: placesRestantes(seance),
    version: seance.version,
  };
}
