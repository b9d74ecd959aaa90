// Un avis dit à un membre ce qu'un fait change pour lui. Il ne garde que des identifiants et des nombres : aucun nom, aucun texte.
import { type ContenuDePret, GABARITS_DE_PRET } from './avis-prets.js';

export const STATUTS = [
  'a_envoyer',
  'en_envoi',
  'envoyee',
  'affichee',
  'morte',
  'sans_adresse',
  'abandonnee',
  /** Attend le récapitulatif du membre. */
  'a_grouper',
  /** Dit par un récapitulatif, dont il partage le sort. */
  'groupee',
  /** Ce qu'il disait n'était plus vrai au moment de partir. */
  'sans_objet',
] as const;
export type Statut = (typeof STATUTS)[number];

/** Le statut d'un travail : un fait qui concerne tous les inscrits, dont les avis restent à écrire. Jamais montré. */
export const A_DEVELOPPER = 'a_developper';

export type ContenuDeSeance =
  | { readonly gabarit: 'inscription'; readonly donnees: { readonly prixCentimes: number } }
  | { readonly gabarit: 'attente'; readonly donnees: { readonly rang: number } }
  | { readonly gabarit: 'promotion'; readonly donnees: { readonly prixCentimes: number } }
  | { readonly gabarit: 'offre'; readonly donnees: { readonly prixCentimes: number; readonly expireLe: string } }
  | { readonly gabarit: 'offre_raccourcie'; readonly donnees: { readonly debut: string; readonly expireLe: string } }
  | { readonly gabarit: 'offre_expiree'; readonly donnees: Readonly<Record<string, never>> }
  | { readonly gabarit: 'desistement'; readonly donnees: { readonly depuis: 'inscrits' | 'attente' | 'offre'; readonly tardif: boolean } }
  | { readonly gabarit: 'annulation'; readonly donnees: { readonly depuis: 'inscrits' | 'attente'; readonly motifId: string } }
  | { readonly gabarit: 'report'; readonly donnees: { readonly debut: string } };

export type Contenu = ContenuDeSeance | ContenuDePret;

export const GABARITS = [
  'inscription',
  'attente',
  'promotion',
  'offre',
  'offre_raccourcie',
  'offre_expiree',
  'desistement',
  'annulation',
  'report',
  ...GABARITS_DE_PRET,
] as const satisfies readonly Contenu['gabarit'][];

export type Avis = Contenu & {
  readonly id: string;
  /** Ce dont parle l'avis : une séance, un ouvrage, un prêt ; d'un récapitulatif, le membre. */
  readonly stream: string;
  readonly membreId: string;
  readonly essais: number;
};

export type Refus = 'notification_inconnue' | 'renvoi_inutile' | 'abandon_inutile';

/** Essais avant d'en appeler à une personne : deux jours en tout, donc au-delà d'une panne de 24 h chez le membre. */
export const ESSAIS = 17;
const MINUTE_MS = 60_000;

/** Après le n-ième échec : 1, 2, 4 … minutes, six heures au plus. */
export function delaiApres(essais: number): number {
  return Math.min(MINUTE_MS * 2 ** (essais - 1), 360 * MINUTE_MS);
}

/** Relancer à la main ce qui est parti, ou part en ce moment, enverrait deux fois le même courriel. */
export function renvoyable(statut: Statut, courrier: boolean): boolean {
  switch (statut) {
    case 'a_envoyer':
    case 'morte':
    case 'sans_adresse':
    case 'abandonnee':
    case 'a_grouper':
    case 'sans_objet':
      return true;
    case 'affichee':
      return courrier;
    case 'groupee':
    case 'en_envoi':
    case 'envoyee':
      return false;
  }
}

export function abandonnable(statut: Statut): boolean {
  switch (statut) {
    case 'a_envoyer':
    case 'morte':
    case 'sans_adresse':
    case 'a_grouper':
      return true;
    case 'affichee':
    case 'abandonnee':
    case 'groupee':
    case 'sans_objet':
    case 'en_envoi':
    case 'envoyee':
      return false;
  }
}
