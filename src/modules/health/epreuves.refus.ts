import type { RefusalTable } from '../../http/catalogue.js';

export type RefusEpreuves = 'noeud_inconnu' | 'noeud_injoignable' | 'isolement_en_cours';

export const REFUS_EPREUVES = {
  noeud_inconnu: {
    status: 404,
    title: { fr: 'Instance inconnue', en: 'Unknown instance' },
    detail: {
      fr: 'Aucune instance vivante de la grappe ne porte ce nom. Voir GET /api/v1/grappe.',
      en: 'No living instance of the cluster has this name. See GET /api/v1/grappe.',
    },
  },
  noeud_injoignable: {
    status: 503,
    title: { fr: 'Instance injoignable', en: 'Instance out of reach' },
    detail: {
      fr: 'Aucune connexion avec cette instance en ce moment : rien n’a pu lui être dit. Réessayez après le délai indiqué.',
      en: 'No connection to that instance at the moment: nothing could be said to it. Try again after the delay given.',
    },
  },
  isolement_en_cours: {
    status: 409,
    title: { fr: 'Déjà coupée des autres', en: 'Cut off already' },
    detail: {
      fr: 'Cette instance est déjà coupée des autres. Elle les retrouvera d’elle-même.',
      en: 'This instance is cut off from the others already. It will meet them again by itself.',
    },
  },
} satisfies RefusalTable<RefusEpreuves>;
