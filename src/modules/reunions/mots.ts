// Les mots d'une séance : ce que l'on demande, ce qui s'est passé, pourquoi non, ce dont on se souvient.
import type { Refusal } from '../../runtime/aggregate/aggregate.js';
import type { MembreId } from '../membres/membre-id.js';
import type { FileAttente } from './file-attente.js';

export interface Fiche {
  readonly id: string;
  readonly titre: string;
  readonly lieu: string | null;
  readonly debut: string;
  readonly fin: string;
  readonly fuseau: string;
  readonly places: number;
  readonly prixCentimes: number;
  readonly paiement: 'sur_place' | 'avant';
  readonly listeAttenteMax: number | null;
}

export interface Motif {
  readonly motifId: string;
  readonly motif: string;
}

export type Demande =
  | ({ readonly type: 'planifier' } & Fiche)
  | { readonly type: 'inscrire'; readonly membreId: MembreId; readonly siComplet: 'attendre' | 'refuser' }
  | { readonly type: 'desister'; readonly membreId: MembreId }
  | { readonly type: 'modifierPlaces'; readonly places: number }
  | ({ readonly type: 'ajouterPlacePour'; readonly membreId: MembreId } & Motif)
  | ({ readonly type: 'promouvoirHorsRang'; readonly membreId: MembreId } & Motif)
  | { readonly type: 'accepterOffre'; readonly membreId: MembreId }
  | { readonly type: 'declinerOffre'; readonly membreId: MembreId }
  | { readonly type: 'expirerOffre'; readonly membreId: MembreId }
  | { readonly type: 'fermerInscriptions' }
  | { readonly type: 'rouvrirInscriptions' }
  | { readonly type: 'reporter'; readonly debut: string; readonly fin: string }
  | ({ readonly type: 'annuler' } & Motif)
  | { readonly type: 'cloturer' }
  | { readonly type: 'constaterPresence'; readonly membreId: MembreId }
  | { readonly type: 'constaterAbsence'; readonly membreId: MembreId; readonly excusee?: boolean };

/** Une inscription porte, toute sa vie, le numéro du fait qui l'a ouverte. */
export interface Inscription {
  readonly membreId: MembreId;
  readonly entree: number;
}

/** Une place gardée pour quelqu'un jusqu'à `expireLe`, cet instant exclu. */
export interface PlaceGardee extends Inscription {
  readonly expireLe: string;
}

export type Fait =
  | ({ readonly type: 'SeancePlanifiee' } & Fiche)
  | { readonly type: 'MembreInscrit'; readonly membreId: MembreId; readonly prixCentimes: number }
  | { readonly type: 'MembreMisEnAttente'; readonly membreId: MembreId; readonly rang: number; readonly prixCentimes: number }
  | ({ readonly type: 'MembreDesiste'; readonly depuis: 'inscrits' | 'attente'; readonly tardif?: true } & Inscription)
  | ({ readonly type: 'MembrePromu'; readonly prixCentimes: number; readonly horsRang?: true; readonly motifId?: string } & Inscription)
  | ({ readonly type: 'PlaceOfferte'; readonly prixCentimes: number } & PlaceGardee)
  | ({ readonly type: 'OffreAcceptee'; readonly prixCentimes: number } & Inscription)
  | ({ readonly type: 'OffreDeclinee' } & Inscription)
  | ({ readonly type: 'OffreExpiree' } & Inscription)
  | { readonly type: 'PlacesModifiees'; readonly places: number; readonly motifId?: string }
  | { readonly type: 'InscriptionsFermees' }
  | { readonly type: 'InscriptionsRouvertes' }
  /** `offres` : celles que le nouveau gel raccourcit. */
  | { readonly type: 'SeanceReportee'; readonly debut: string; readonly fin: string; readonly offres?: readonly PlaceGardee[] }
  | {
      readonly type: 'SeanceAnnulee';
      readonly motifId: string;
      readonly inscrits: readonly Inscription[];
      readonly offertes?: readonly Inscription[];
      readonly enAttente: readonly Inscription[];
    }
  | { readonly type: 'SeanceCloturee' }
  | ({ readonly type: 'PresenceConstatee' } & Inscription)
  | ({ readonly type: 'AbsenceConstatee'; readonly excusee?: true } & Inscription);

export type Refus =
  | 'dates_incoherentes'
  | 'debut_passe'
  | 'deja_annulee'
  | 'deja_en_attente'
  | 'deja_inscrit'
  | 'inscriptions_fermees'
  | 'liste_attente_pleine'
  | 'membre_inconnu'
  | 'offre_expiree'
  | 'offre_inconnue'
  | 'pas_en_attente'
  | 'pas_inscrit'
  | 'place_deja_offerte'
  | 'places_invalides'
  | 'places_sous_inscrits'
  | 'seance_annulee'
  | 'seance_cloturee'
  | 'seance_commencee'
  | 'seance_complete'
  | 'seance_deja_planifiee'
  | 'seance_inconnue'
  | 'seance_pas_commencee'
  | 'seance_pas_terminee';

export interface Offre {
  readonly entree: number;
  readonly expireMs: number;
}

export type Presence = 'presente' | 'absente' | 'absence_excusee';

/**
 * Invariant : pas plus d'inscrits et de places offertes que de places ; un membre n'est qu'à un seul endroit ;
 * et avant le gel, personne n'attend devant une place libre.
 */
export interface Planifiee {
  fiche: Fiche;
  debutMs: number;
  finMs: number;
  statut: 'ouverte' | 'fermee' | 'annulee' | 'cloturee';
  version: number;
  dernierRang: number;
  readonly inscrits: Map<MembreId, number>;
  readonly offertes: Map<MembreId, Offre>;
  /** Ceux dont la dernière offre a expiré : on leur dit pourquoi il est trop tard. */
  readonly expirees: Set<MembreId>;
  readonly presences: Map<MembreId, Presence>;
  readonly attente: FileAttente;
}

export type Seance = Planifiee | null;

/** Les règles du moment. Les faits portent les échéances qu'elles ont données : une règle changée ne touche pas aux offres en cours. */
export interface Regles {
  readonly tardifHeures: number;
  /** Tant d'heures avant le début, plus personne n'est promu. */
  readonly gelHeures: number;
  readonly delaiOffreHeures: number;
}

export type DemandeDe<T extends Demande['type']> = Extract<Demande, { type: T }>;
export type FaitDe<T extends Fait['type']> = Extract<Fait, { type: T }>;
export type Decision = readonly Fait[] | Refusal<Refus>;
