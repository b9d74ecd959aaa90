import type { RefusalTable } from '../http/catalogue.js';

export type RefusTableau = 'processus_inconnu';

export const REFUS_TABLEAU = {
  processus_inconnu: {
    status: 404,
    title: { fr: 'Processus inconnu', en: 'Unknown process' },
    detail: {
      fr: 'Aucun processus vivant de cette instance ne se trouve à ce chemin. Voir GET /api/v1/supervision.',
      en: 'No living process of this instance stands at this path. See GET /api/v1/supervision.',
    },
  },
} satisfies RefusalTable<RefusTableau>;
