import type { RefusalTable } from '../../http/catalogue.js';

export type RefusExploitation = 'plantage_desactive' | 'plantage_interdit' | 'processus_arrete' | 'lettre_inconnue';

export const REFUS_EXPLOITATION = {
  plantage_desactive: {
    status: 409,
    title: { fr: 'Plantages désactivés', en: 'Crash controls disabled' },
    detail: {
      fr: 'Cette instance n’accepte pas que l’on fasse planter ses processus. Voir DEMO.',
      en: 'This instance does not let its processes be crashed. See DEMO.',
    },
  },
  plantage_interdit: {
    status: 409,
    title: { fr: 'La racine ne plante pas', en: 'The root does not crash' },
    detail: {
      fr: 'Au-dessus de la racine personne ne relance rien : ce serait la fin de l’instance.',
      en: 'Above the root nobody restarts anything: that would be the end of the instance.',
    },
  },
  processus_arrete: {
    status: 409,
    title: { fr: 'Processus arrêté', en: 'Process not running' },
    detail: {
      fr: 'Ce processus ne tourne pas en ce moment : il n’y a rien à faire planter.',
      en: 'This process is not running at the moment: there is nothing to crash.',
    },
  },
  lettre_inconnue: {
    status: 404,
    title: { fr: 'Lettre inconnue', en: 'Unknown letter' },
    detail: {
      fr: 'Rien n’est retenu sous cet identifiant : la lettre a été rejouée, abandonnée, ou n’a jamais été.',
      en: 'Nothing is held back under this id: the letter was replayed, discarded, or never was.',
    },
  },
} satisfies RefusalTable<RefusExploitation>;
