import type { RefusalTable } from '../../http/catalogue.js';

export type RefusMembre = 'membre_inconnu';

export const REFUS_MEMBRES = {
  membre_inconnu: {
    status: 404,
    title: { fr: 'Membre inconnu', en: 'Unknown member' },
    detail: { fr: 'Aucun membre du club ne porte cet identifiant.', en: 'No member of the club has this id.' },
  },
} satisfies RefusalTable<RefusMembre>;
