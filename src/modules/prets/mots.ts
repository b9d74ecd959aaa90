// Les mots du prêt : ce que l'on demande, ce qui s'est passé, pourquoi non, ce dont on se souvient.
import type { Beside, Refusal } from '../../runtime/aggregate/aggregate.js';
import type { MembreId } from '../membres/membre-id.js';

export type OuvrageId = string;
export type ExemplaireId = string;
export type PretId = string;

export interface FicheOuvrage {
  readonly titre: string;
  readonly auteur: string | null;
  /** Treize chiffres, sans tirets. */
  readonly isbn: string | null;
}

/** Ce que la porte sait du membre au moment où il demande ; la base a le dernier mot dans la transaction. */
export interface SituationDuMembre {
  readonly membreId: MembreId;
  /** Prêts vivants, tous ouvrages confondus. */
  readonly prets: number;
  /** Réservations vivantes (en attente ou mises de côté). */
  readonly reservations: number;
  readonly suspendu: boolean;
}

export type Niveau = 1 | 2 | 3;
export type EtatDuLivre = 'bon' | 'abime';

export type Demande =
  | ({ readonly type: 'ajouterOuvrage'; readonly exemplaires: readonly ExemplaireId[] } & FicheOuvrage)
  | { readonly type: 'ajouterExemplaire'; readonly exemplaireId: ExemplaireId }
  | { readonly type: 'retirerExemplaire'; readonly exemplaireId: ExemplaireId }
  | { readonly type: 'remettreEnRayon'; readonly exemplaireId: ExemplaireId }
  | { readonly type: 'emprunter'; readonly pretId: PretId; readonly exemplaireId?: ExemplaireId; readonly membre: SituationDuMembre }
  | { readonly type: 'rendre'; readonly pretId: PretId; readonly etat?: EtatDuLivre }
  | { readonly type: 'prolonger'; readonly pretId: PretId; readonly membre: SituationDuMembre }
  | { readonly type: 'reserver'; readonly membre: SituationDuMembre }
  | { readonly type: 'annulerReservation'; readonly membreId: MembreId }
  | { readonly type: 'expirerRetrait'; readonly exemplaireId: ExemplaireId }
  | { readonly type: 'rappelerEcheance'; readonly pretId: PretId }
  /** Sans niveau : le suivant. */
  | { readonly type: 'relancer'; readonly pretId: PretId; readonly niveau?: Niveau }
  | { readonly type: 'declarerPerdu'; readonly pretId: PretId }
  | { readonly type: 'retrouverExemplaire'; readonly pretId: PretId };

/** Ce qui arrive à l'ouvrage. */
export type FaitOuvrage =
  | ({ readonly type: 'OuvrageAjoute'; readonly exemplaires: readonly ExemplaireId[] } & FicheOuvrage)
  | { readonly type: 'ExemplaireAjoute'; readonly exemplaireId: ExemplaireId; readonly numero: number }
  | { readonly type: 'ExemplaireRetire'; readonly exemplaireId: ExemplaireId; readonly rendALaFile?: Attente }
  | {
      readonly type: 'ExemplairePrete';
      readonly exemplaireId: ExemplaireId;
      readonly pretId: PretId;
      readonly membreId: MembreId;
      /** La réservation que ce prêt honore. */
      readonly rang?: number;
      /** L'exemplaire mis de côté pour lui, quand il en emporte un autre. */
      readonly laisse?: ExemplaireId;
    }
  | { readonly type: 'ExemplaireRemisEnRayon'; readonly exemplaireId: ExemplaireId }
  | ({ readonly type: 'ExemplaireMisDeCote'; readonly exemplaireId: ExemplaireId; readonly retraitAvant: string } & Attente)
  | { readonly type: 'ExemplaireEnReparation'; readonly exemplaireId: ExemplaireId }
  | { readonly type: 'ExemplaireDeclarePerdu'; readonly exemplaireId: ExemplaireId; readonly pretId: PretId }
  | { readonly type: 'ExemplaireRetrouve'; readonly exemplaireId: ExemplaireId }
  | ({ readonly type: 'ReservationPosee' } & Attente)
  | ({ readonly type: 'ReservationAnnulee'; readonly exemplaireId?: ExemplaireId } & Attente)
  | ({ readonly type: 'RetraitExpire'; readonly exemplaireId: ExemplaireId } & Attente);

/** Une attente est nommée par son rang, donné par l'ouvrage et jamais repris. */
export interface Attente {
  readonly membreId: MembreId;
  readonly rang: number;
}

/** Ce qui arrive au prêt. Les avis disent de qui et de quoi ils parlent ; chaque fait dit quand le prêt se réveillera, ou se tait : jamais. */
export type FaitPret =
  | ({ readonly type: 'PretOuvert'; readonly ouvertLe: string; readonly echeance: string; readonly reveil: Reveil } & Emprunt)
  /** La combientième prolongation. */
  | { readonly type: 'PretProlonge'; readonly echeance: string; readonly prolongations: number; readonly reveil: Reveil }
  | { readonly type: 'PretRendu'; readonly renduLe: string; readonly retardJours: number; readonly etat?: 'abime' }
  | ({ readonly type: 'EcheanceRappelee'; readonly echeance: string; readonly reveil: Reveil } & Emprunt)
  | ({ readonly type: 'RelanceEnvoyee'; readonly niveau: Niveau; readonly retardJours: number; readonly reveil?: Reveil } & Emprunt)
  | ({ readonly type: 'PretDeclarePerdu' } & Emprunt)
  | { readonly type: 'PretRetrouve'; readonly renduLe: string; readonly retardJours: number };

/** Niveau 0 : le rappel de l'échéance. */
export interface Reveil {
  readonly niveau: 0 | Niveau;
  readonly le: string;
}

export interface Emprunt {
  readonly ouvrageId: OuvrageId;
  readonly exemplaireId: ExemplaireId;
  readonly membreId: MembreId;
}

export type Fait = FaitOuvrage | FaitPret;

export type Refus =
  | 'deja_emprunte_par_vous'
  | 'deja_perdu'
  | 'deja_reserve'
  | 'echeance_inchangee'
  | 'exemplaire_disponible'
  | 'exemplaire_en_pret'
  | 'exemplaire_inconnu'
  | 'exemplaire_indisponible'
  | 'exemplaire_mis_de_cote'
  | 'isbn_invalide'
  | 'limite_prets_atteinte'
  | 'limite_reservations_atteinte'
  | 'membre_inconnu'
  | 'membre_suspendu'
  | 'ouvrage_deja_ajoute'
  | 'ouvrage_inconnu'
  | 'ouvrage_reserve'
  | 'pret_clos'
  | 'pret_en_retard'
  | 'pret_inconnu'
  | 'pret_pas_en_retard'
  | 'prolongation_trop_tot'
  | 'prolongations_epuisees'
  | 'relance_hors_ordre'
  | 'reservation_inconnue';

export type StatutExemplaire = 'disponible' | 'prete' | 'mis_de_cote' | 'en_reparation' | 'perdu' | 'retire';
export type StatutPret = 'en_cours' | 'rendu' | 'perdu';

/** Ce que le club a décidé pour ses prêts ; les jours sont ceux du club, dans son fuseau. */
export interface Reglement {
  readonly dureeJours: number;
  readonly prolongations: number;
  readonly prolongationJours: number;
  /** On prolonge à partir de tant de jours avant l'échéance. */
  readonly prolongationDesJours: number;
  readonly retraitJours: number;
  /** Jours avant l'échéance. */
  readonly rappelJours: number;
  /** Jours après l'échéance, niveau par niveau, croissants. */
  readonly relancesJours: readonly [number, number, number];
  readonly pretsMax: number;
  readonly reservationsMax: number;
}

/** Jours où le club est fermé : 1 = lundi … 7 = dimanche ; dates `AAAA-MM-JJ`. Jamais les sept jours. */
export interface Fermetures {
  readonly jours: readonly number[];
  readonly dates: readonly string[];
}

/** Les règles du moment, telles que l'instance les connaît. Les faits en portent le résultat : les relire ne dépend pas d'elles. */
export interface Regles {
  readonly fuseau: string;
  readonly reglement: Reglement;
  readonly fermetures: Fermetures;
}

/** Ce qui arrive à un prêt ne se dit qu'à côté de son ouvrage. */
export type Decision = readonly (FaitOuvrage | Beside<FaitPret>)[] | Refusal<Refus>;
export type DemandeDe<T extends Demande['type']> = Extract<Demande, { type: T }>;
export type FaitDe<T extends Fait['type']> = Extract<Fait, { type: T }>;

/** Un prêt, comme son GET le montre (avec les dates en plus, tirées de la table). `version` est celle du prêt. */
export interface RessourcePret extends Emprunt {
  readonly id: PretId;
  readonly statut: StatutPret;
  readonly ouvertLe: string;
  readonly echeance: string;
  readonly prolongations: number;
  readonly relance: 0 | Niveau;
  readonly renduLe: string | null;
  readonly retardJours: number | null;
  readonly version: number;
}

/** Un ouvrage, comme son GET le montre ; de la file, les cent premières attentes. */
export interface RessourceOuvrage extends FicheOuvrage {
  readonly id: OuvrageId;
  readonly exemplaires: readonly {
    readonly id: ExemplaireId;
    readonly statut: StatutExemplaire;
    readonly pretId?: PretId;
    readonly pourMembreId?: MembreId;
    readonly retraitAvant?: string;
  }[];
  readonly disponibles: number;
  readonly reservations: readonly (Attente & { readonly statut: 'en_attente' | 'mise_de_cote'; readonly position?: number })[];
  readonly version: number;
}

/** Une demande sur un prêt répond le prêt, `emprunter` aussi ; `reserver` la réservation ; le reste l'ouvrage. */
export interface ReponseReservation extends Attente {
  readonly position: number;
  readonly version: number;
}
export type Reponse = RessourcePret | RessourceOuvrage | ReponseReservation;
