// Un avis dit à un membre ce qu'un fait change pour lui. Il ne garde que des identifiants et des nombres : aucun nom, aucun texte.

export const STATUTS = ['a_envoyer', 'en_envoi', 'envoyee', 'affichee', 'morte', 'sans_adresse', 'abandonnee'] as const;
export type Statut = (typeof STATUTS)[number];

/** Le statut d'un travail : un fait qui concerne tous les inscrits, dont les avis restent à écrire. Jamais montré. */
export const A_DEVELOPPER = 'a_developper';

export type Contenu =
  | { readonly gabarit: 'inscription'; readonly donnees: { readonly prixCentimes: number } }
  | { readonly gabarit: 'attente'; readonly donnees: { readonly rang: number } }
  | { readonly gabarit: 'promotion'; readonly donnees: { readonly prixCentimes: number } }
  | { readonly gabarit: 'desistement'; readonly donnees: { readonly depuis: 'inscrits' | 'attente'; readonly tardif: boolean } }
  | { readonly gabarit: 'annulation'; readonly donnees: { readonly depuis: 'inscrits' | 'attente'; readonly motifId: string } }
  | { readonly gabarit: 'report'; readonly donnees: { readonly debut: string } };

export const GABARITS = [
  'inscription',
  'attente',
  'promotion',
  'desistement',
  'annulation',
  'report',
] as const satisfies readonly Contenu['gabarit'][];

export type Avis = Contenu & {
  readonly id: string;
  /** La séance dont parle l'avis. */
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
      return true;
    case 'affichee':
      return courrier;
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
      return true;
    case 'affichee':
    case 'abandonnee':
    case 'en_envoi':
    case 'envoyee':
      return false;
  }
}
