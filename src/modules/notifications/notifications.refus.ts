import type { RefusalTable } from '../../http/catalogue.js';
import type { Refus } from './avis.js';

/** Ce que l'on répond quand un avis ne peut être ni relancé ni abandonné. */
export const REFUS_NOTIFICATIONS = {
  notification_inconnue: {
    status: 404,
    title: { fr: 'Avis inconnu', en: 'Unknown notice' },
    detail: { fr: 'Aucun avis ne porte cet identifiant.', en: 'No notice has this id.' },
  },
  renvoi_inutile: {
    status: 409,
    title: { fr: 'Renvoi inutile', en: 'Nothing to send again' },
    detail: {
      fr: 'Cet avis est au statut « {statut} » : le relancer n’y changerait rien, ou l’enverrait deux fois.',
      en: 'This notice has the status “{statut}”: sending it again would change nothing, or send it twice.',
    },
    example: { statut: 'envoyee' },
  },
  abandon_inutile: {
    status: 409,
    title: { fr: 'Rien à abandonner', en: 'Nothing to discard' },
    detail: { fr: 'Cet avis est au statut « {statut} ».', en: 'This notice has the status “{statut}”.' },
    example: { statut: 'envoyee' },
  },
} satisfies RefusalTable<Refus>;
