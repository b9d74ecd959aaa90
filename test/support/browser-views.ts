import { vi } from 'vitest';
import type { DemoClub } from './browser-club.js';

/** One address of the page, and the title of its window in both languages. */
export interface Vue {
  readonly nom: string;
  readonly adresse: (club: DemoClub) => string | Promise<string>;
  readonly fr: string;
  readonly en: string;
  /** Nothing is there, and the page says so. */
  readonly absente?: boolean;
}

interface Fiche {
  readonly id: string;
  readonly titre: string;
}

const seance =
  (titre: string) =>
  async (club: DemoClub): Promise<string> => {
    const { elements } = (await club.ask('/seances?limite=100')) as { elements: Fiche[] };
    return `/seances/${elements.find((one) => one.titre.startsWith(titre))!.id}`;
  };

/** The first of a list, which may still be on its way: notices follow the facts. */
const premier =
  (liste: string, vue: string) =>
  (club: DemoClub): Promise<string> =>
    vi.waitUntil(
      async () => {
        const { elements } = (await club.ask(liste)) as { elements: Fiche[] };
        return elements[0] !== undefined && `${vue}/${elements[0].id}`;
      },
      { timeout: 10_000 },
    );

const vues = (fr: string, en: string, adresses: Readonly<Record<string, Vue['adresse']>>): Vue[] =>
  Object.entries(adresses).map(([nom, adresse]) => ({ nom, adresse, fr: `${fr} · MonClub`, en: `${en} · MonClub` }));

const EXPLOITATION = ['', '/arbre', '/propriete', '/reveils', '/convergence', '/boite-envoi', '/flux'];

/** Every address of the page, with what the demo club has to show there. */
export const VUES: readonly Vue[] = [
  ...vues('Agenda', 'Agenda', {
    'l’agenda': () => '/',
    'une séance presque pleine': seance('Soirée Polar'),
    'une séance pleine, avec une offre et des gens qui attendent': seance('Atelier Écriture'),
    'une séance passée': seance('Rencontre d’autrice'),
    'une séance annulée': seance('Balade littéraire'),
  }),
  {
    nom: 'une séance qui n’existe pas',
    adresse: () => '/seances/sea_absente',
    fr: 'Agenda · MonClub',
    en: 'Agenda · MonClub',
    absente: true,
  },
  ...vues('Prêts', 'Loans', {
    'les prêts': () => '/prets',
    'un prêt': premier('/prets?limite=1', '/prets'),
  }),
  { nom: 'un prêt qui n’existe pas', adresse: () => '/prets/pre_absent', fr: 'Prêts · MonClub', en: 'Loans · MonClub', absente: true },
  ...vues('Comptoir', 'Counter', { 'le comptoir': () => '/comptoir' }),
  ...vues('Courriers', 'Letters', {
    'les courriers': () => '/courriers',
    'un courrier': premier('/notifications?limite=1', '/courriers'),
  }),
  ...vues(
    'Exploitation',
    'Operations',
    Object.fromEntries(EXPLOITATION.map((sous) => [`/exploitation${sous}`, () => `/exploitation${sous}`])),
  ),
  ...vues('Visite guidée', 'Guided tour', { 'la visite': () => '/visite' }),
];
