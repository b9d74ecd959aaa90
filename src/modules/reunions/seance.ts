// Une séance offre des places. Passé la dernière, on entre en liste d'attente ;
// dès qu'une place se libère, la personne qui attend depuis le plus longtemps la prend.
import { refuse, type Aggregate, type Refusal } from '../../runtime/aggregate/aggregate.js';
import type { MembreId } from '../membres/membre-id.js';
import { encoder, decoder, evoluer, faitsEntreCliches } from './etat.js';
import { annuler, fermerInscriptions, planifier, reporter, rouvrirInscriptions } from './deroulement.js';
import type { FileAttente } from './file-attente.js';
import { ajouterPlacePour, desister, inscrire, modifierPlaces, promouvoirHorsRang } from './places.js';
import { constaterAbsence, constaterPresence } from './presences.js';
import { repondre, ressource, type Reponse } from './reponses.js';
import { lignes } from './seance.rows.js';

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
  | { readonly type: 'fermerInscriptions' }
  | { readonly type: 'rouvrirInscriptions' }
  | { readonly type: 'reporter'; readonly debut: string; readonly fin: string }
  | ({ readonly type: 'annuler' } & Motif)
  | { readonly type: 'constaterPresence'; readonly membreId: MembreId }
  | { readonly type: 'constaterAbsence'; readonly membreId: MembreId; readonly excusee?: boolean };

/** Une inscription porte, toute sa vie, le numéro du fait qui l'a ouverte. */
export interface Inscription {
  readonly membreId: MembreId;
  readonly entree: number;
}

export type Fait =
  | ({ readonly type: 'SeancePlanifiee' } & Fiche)
  | { readonly type: 'MembreInscrit'; readonly membreId: MembreId; readonly prixCentimes: number }
  | { readonly type: 'MembreMisEnAttente'; readonly membreId: MembreId; readonly rang: number; readonly prixCentimes: number }
  | ({ readonly type: 'MembreDesiste'; readonly depuis: 'inscrits' | 'attente'; readonly tardif?: true } & Inscription)
  | ({ readonly type: 'MembrePromu'; readonly prixCentimes: number; readonly horsRang?: true; readonly motifId?: string } & Inscription)
  | { readonly type: 'PlacesModifiees'; readonly places: number; readonly motifId?: string }
  | { readonly type: 'InscriptionsFermees' }
  | { readonly type: 'InscriptionsRouvertes' }
  | { readonly type: 'SeanceReportee'; readonly debut: string; readonly fin: string }
  | {
      readonly type: 'SeanceAnnulee';
      readonly motifId: string;
      readonly inscrits: readonly Inscription[];
      readonly enAttente: readonly Inscription[];
    }
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
  | 'paiement_invalide'
  | 'pas_en_attente'
  | 'pas_inscrit'
  | 'places_invalides'
  | 'places_sous_inscrits'
  | 'seance_annulee'
  | 'seance_cloturee'
  | 'seance_commencee'
  | 'seance_complete'
  | 'seance_deja_planifiee'
  | 'seance_inconnue'
  | 'seance_pas_commencee';

export type Presence = 'presente' | 'absente' | 'absence_excusee';

/**
 * Invariant : pas plus d'inscrits que de places ; un membre n'est qu'à un seul endroit ;
 * et avant le début, personne n'attend devant une place libre.
 */
export interface Planifiee {
  fiche: Fiche;
  debutMs: number;
  finMs: number;
  statut: 'ouverte' | 'fermee' | 'annulee' | 'cloturee';
  version: number;
  dernierRang: number;
  readonly inscrits: Map<MembreId, number>;
  readonly presences: Map<MembreId, Presence>;
  readonly attente: FileAttente;
}

export type Seance = Planifiee | null;

export interface Regles {
  readonly tardifHeures: number;
}

export type DemandeDe<T extends Demande['type']> = Extract<Demande, { type: T }>;
export type FaitDe<T extends Fait['type']> = Extract<Fait, { type: T }>;
export type Decision = readonly Fait[] | Refusal<Refus>;

export function creerSeance(regles: Regles): Aggregate<Seance, Demande, Fait, Refus, Reponse> {
  return {
    kind: 'seance',
    opens: 'planifier',
    initial: () => null,
    decide: (seance, demande, instant) => decider(regles, seance, demande, instant),
    evolve: evoluer,
    answer: repondre,
    view: (seance) => (seance === null ? undefined : ressource(seance)),
    rows: lignes,
    guards: {
      seance_complete: 'seance_complete',
      inscription_vivante: 'deja_inscrit',
      membre_inconnu: 'membre_inconnu',
      places_invalides: 'places_invalides',
    },
    snapshot: { format: 1, every: faitsEntreCliches, encode: encoder, decode: decoder },
    factFormat: 1,
  };
}

function decider(regles: Regles, seance: Seance, demande: Demande, instant: number): Decision {
  if (demande.type === 'planifier') return seance === null ? planifier(demande, instant) : refuse('seance_deja_planifiee');
  if (seance === null) return refuse('seance_inconnue');
  switch (demande.type) {
    case 'inscrire':
      return inscrire(seance, demande, instant);
    case 'desister':
      return desister(regles, seance, demande, instant);
    case 'modifierPlaces':
      return modifierPlaces(seance, demande, instant);
    case 'ajouterPlacePour':
      return ajouterPlacePour(seance, demande, instant);
    case 'promouvoirHorsRang':
      return promouvoirHorsRang(seance, demande, instant);
    case 'fermerInscriptions':
      return fermerInscriptions(seance, instant);
    case 'rouvrirInscriptions':
      return rouvrirInscriptions(seance, instant);
    case 'reporter':
      return reporter(seance, demande, instant);
    case 'annuler':
      return annuler(seance, demande, instant);
    case 'constaterPresence':
      return constaterPresence(seance, demande, instant);
    case 'constaterAbsence':
      return constaterAbsence(seance, demande, instant);
  }
}
