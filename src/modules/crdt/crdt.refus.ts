import type { RefusalTable } from '../../http/catalogue.js';

export type RefusCompteur =
  | 'produit_inconnu'
  | 'mouvement_inconnu'
  | 'produit_existe'
  | 'mouvement_deja_annule'
  | 'droits_insuffisants'
  | 'ecriture_incomplete'
  | 'compteurs_indisponibles';

/** Ce que l'on répond quand un compteur ne compte pas. */
export const REFUS_COMPTEURS = {
  produit_inconnu: {
    status: 404,
    title: { fr: 'Produit inconnu', en: 'Unknown product' },
    detail: { fr: 'Aucun produit du club ne porte ce nom.', en: 'No product of the club has this name.' },
  },
  mouvement_inconnu: {
    status: 404,
    title: { fr: 'Mouvement inconnu', en: 'Unknown movement' },
    detail: {
      fr: 'Ce produit n’a pas de mouvement de cet identifiant ; l’instance que l’identifiant nomme les garde 30 jours.',
      en: 'This product has no movement with this id; the instance that the id names keeps them for 30 days.',
    },
  },
  produit_existe: {
    status: 409,
    title: { fr: 'Produit déjà là', en: 'Product already there' },
    detail: { fr: 'Le club compte déjà « {produit} ». Rien n’a changé.', en: 'The club already counts “{produit}”. Nothing changed.' },
    example: { produit: 'tote-bags' },
  },
  mouvement_deja_annule: {
    status: 409,
    title: { fr: 'Mouvement déjà annulé', en: 'Movement already undone' },
    detail: { fr: 'Un mouvement ne s’annule qu’une fois.', en: 'A movement is undone only once.' },
  },
  droits_insuffisants: {
    status: 409,
    title: { fr: 'Pas assez de droits', en: 'Not enough rights' },
    detail: {
      fr: 'Cette instance peut encore en retirer {droits}, et n’en a pas obtenu davantage des autres (valeur connue ici : {valeur}). Rien n’a été fait.',
      en: 'This instance may still take {droits}, and has obtained no more from the others (value known here: {valeur}). Nothing was done.',
    },
    example: { droits: '2', valeur: '9' },
  },
  ecriture_incomplete: {
    status: 503,
    title: { fr: 'Enregistré ici seulement', en: 'Recorded here only' },
    detail: {
      fr: 'Le mouvement {mouvementId} est enregistré par {replique}, mais pas encore par autant d’instances que demandé. Le même identifiant de demande attend de nouveau, sans recompter.',
      en: 'Movement {mouvementId} is recorded by {replique}, but not yet by as many instances as asked. The same demande id waits again, without counting again.',
    },
    example: { valeur: '42', mouvementId: 'mou_01jd3xq7r5t8v2w4y6z8a0b2c4_monclub-3001', replique: 'monclub-3001', etat: 'locale' },
  },
  compteurs_indisponibles: {
    status: 503,
    title: { fr: 'Compteurs indisponibles', en: 'Counters unavailable' },
    detail: {
      fr: 'Le magasin des compteurs de cette instance, ou l’instance que le mouvement nomme, ne répond pas. Réessayez après le délai indiqué, avec le même identifiant.',
      en: 'The store of this instance’s counters, or the instance that the movement names, does not answer. Try again after the delay given, with the same id.',
    },
    example: { etat: 'not_executed', demandeId: 'dem_01jd3xq7r5t8v2w4y6z8a0b2c4' },
  },
} satisfies RefusalTable<RefusCompteur>;
