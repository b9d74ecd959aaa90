import type { RefusalTable } from '../../http/catalogue.js';

export type RefusMembre = 'membre_inconnu';
/** Ce que seule la porte des membres refuse. */
export type RefusEffacement = 'prets_en_cours';

export const REFUS_MEMBRES = {
  membre_inconnu: {
    status: 404,
    title: { fr: 'Membre inconnu', en: 'Unknown member' },
    detail: { fr: 'Aucun membre du club ne porte cet identifiant.', en: 'No member of the club has this id.' },
  },
  prets_en_cours: {
    status: 409,
    title: { fr: 'Prêts en cours', en: 'Loans under way' },
    detail: {
      fr: 'Ce membre a {prets} prêt(s) en cours : il s’efface une fois tout rendu ou déclaré perdu.',
      en: 'This member has {prets} loan(s) under way: erasing waits until all are back or declared lost.',
    },
    example: { prets: 2 },
  },
} satisfies RefusalTable<RefusMembre | RefusEffacement>;
