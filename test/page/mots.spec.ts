import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Fait as FaitDOuvrageOuDePret } from '../../src/modules/prets/mots.js';
import type { Fait as FaitDeSeance } from '../../src/modules/reunions/mots.js';
import type * as Langue from '../../web/state/langue';
import type { Word } from '../../web/state/langue';

const WEB = join(import.meta.dirname, '../../web');
const FICHIERS = readdirSync(join(WEB, 'words')).map((nom) => nom.replace('.ts', ''));

/** Every type of fact that the club writes down: one more in its unions, or one less, does not compile here. */
const ECRITS: Readonly<Record<(FaitDeSeance | FaitDOuvrageOuDePret)['type'], true>> = {
  SeancePlanifiee: true,
  MembreInscrit: true,
  MembreMisEnAttente: true,
  MembreDesiste: true,
  MembrePromu: true,
  PlaceOfferte: true,
  OffreAcceptee: true,
  OffreDeclinee: true,
  OffreExpiree: true,
  PlacesModifiees: true,
  InscriptionsFermees: true,
  InscriptionsRouvertes: true,
  SeanceReportee: true,
  SeanceAnnulee: true,
  SeanceCloturee: true,
  PresenceConstatee: true,
  AbsenceConstatee: true,
  OuvrageAjoute: true,
  ExemplaireAjoute: true,
  ExemplaireRetire: true,
  ExemplairePrete: true,
  ExemplaireRemisEnRayon: true,
  ExemplaireMisDeCote: true,
  ExemplaireEnReparation: true,
  ExemplaireDeclarePerdu: true,
  ExemplaireRetrouve: true,
  ReservationPosee: true,
  ReservationAnnulee: true,
  RetraitExpire: true,
  PretOuvert: true,
  PretProlonge: true,
  PretRendu: true,
  EcheanceRappelee: true,
  RelanceEnvoyee: true,
  PretDeclarePerdu: true,
  PretRetrouve: true,
};

interface Mot {
  readonly nom: string;
  readonly mot: Word;
}

let mots: Mot[];
let langue: typeof Langue;
let faits: typeof import('../../web/words/faits');
let constats: typeof import('../../web/words/visite-constats');

beforeAll(async () => {
  vi.stubGlobal('document', { documentElement: {} });
  vi.stubGlobal('navigator', { languages: ['fr-FR'] });
  langue = await import('../../web/state/langue');
  faits = await import('../../web/words/faits');
  constats = await import('../../web/words/visite-constats');
  const fichiers = await Promise.all(FICHIERS.map((nom) => import(`../../web/words/${nom}.ts`)));
  mots = fichiers.flatMap((contenu, i) => [...trouver(FICHIERS[i]!, contenu)]);
});

afterAll(() => void vi.unstubAllGlobals());

/** Tout ce qui se dit, où que ce soit dans ce qu’un fichier donne. */
function* trouver(nom: string, valeur: unknown): Generator<Mot> {
  if (typeof valeur !== 'object' || valeur === null) return;
  if ('fr' in valeur || 'en' in valeur) return yield { nom, mot: valeur as Word };
  for (const [cle, une] of Object.entries(valeur)) yield* trouver(`${nom}.${cle}`, une);
}

const formes = (texte: Word['fr']): string[] => (typeof texte === 'string' ? [texte] : Object.values(texte));
const valeurs = (texte: string): string[] => [...new Set(texte.match(/\{\w+\}/g))].toSorted();
const fautifs = (faute: (mot: Word) => boolean): string[] => mots.filter(({ mot }) => faute(mot)).map(({ nom }) => nom);

describe('ce que la page dit', () => {
  it('tient dans un seul catalogue, que l’on trouve', () => {
    expect(FICHIERS).toContain('agenda');
    for (const fichier of FICHIERS) expect(mots.filter(({ nom }) => nom.startsWith(`${fichier}.`)).length, fichier).toBeGreaterThan(0);
  });

  it('se dit en français et en anglais, et rien d’autre', () =>
    expect(fautifs((mot) => Object.keys(mot).toSorted().join() !== 'en,fr')).toEqual([]));

  it('n’est jamais vide', () =>
    expect(fautifs(({ fr, en }) => [...formes(fr), ...formes(en)].some((texte) => texte.trim() === ''))).toEqual([]));

  it('compte de deux façons dès qu’il compte, dans les deux langues', () => {
    const complet = (texte: Word['fr']): boolean => typeof texte === 'string' || Object.keys(texte).join() === 'one,other';
    expect(fautifs(({ fr, en }) => !complet(fr) || !complet(en))).toEqual([]);
    expect(fautifs(({ fr, en }) => [fr, en].some((texte) => typeof texte !== 'string' && !texte.other.includes('{n}')))).toEqual([]);
  });

  it('cite les mêmes valeurs dans les deux langues et au pluriel ; une seule chose peut se passer de nombre', () => {
    const sansNombre = (texte: string): string =>
      valeurs(texte)
        .filter((une) => une !== '{n}')
        .join();
    const citees = (texte: Word['fr']): string => valeurs(typeof texte === 'string' ? texte : texte.other).join();
    expect(fautifs(({ fr, en }) => citees(fr) !== citees(en))).toEqual([]);
    expect(fautifs(({ fr, en }) => new Set([...formes(fr), ...formes(en)].map(sansNombre)).size > 1)).toEqual([]);
  });

  it('a de vraies apostrophes', () =>
    expect(fautifs(({ fr, en }) => [...formes(fr), ...formes(en)].some((texte) => texte.includes("'")))).toEqual([]));
});

describe('une phrase', () => {
  const PLACES: Word = { fr: { one: '{n} place', other: '{n} places' }, en: { one: '{n} seat', other: '{n} seats' } };

  it('suit la langue et le nombre : en français zéro est au singulier, en anglais au pluriel', () => {
    const dire = (une: Langue.Langue): string[] => {
      langue.langue.value = une;
      return [0, 1, 2, 1_500].map((n) => langue.say(PLACES, { n }));
    };
    expect(dire('en')).toEqual(['0 seats', '1 seat', '2 seats', '1,500 seats']);
    expect(dire('fr')).toEqual(['0 place', '1 place', '2 places', '1\u202f500 places']);
  });

  it.each(['fr', 'en'] as const)('n’a plus de trou quand on lui donne ses valeurs (%s)', (une) => {
    langue.langue.value = une;
    for (const { nom, mot } of mots)
      for (const n of [1, 2]) {
        const tout = Object.fromEntries([...formes(mot.fr), ...formes(mot.en)].flatMap(valeurs).map((v) => [v.slice(1, -1), 'x']));
        expect(langue.say(mot, { ...tout, n }), nom).not.toMatch(/[{}]/);
      }
  });
});

describe('l’histoire du club', () => {
  it('a une phrase pour chaque fait qui s’écrit, et pour aucun autre', () => {
    expect(Object.keys(faits.FAITS).toSorted()).toEqual(Object.keys(ECRITS).toSorted());
    expect([...faits.TYPES_DE_FAITS].toSorted()).toEqual(Object.keys(ECRITS).toSorted());
  });
});

describe('la visite', () => {
  it('a des mots pour chaque constat qu’elle fait, et pour aucun autre', () => {
    const dossier = join(WEB, 'views/visite');
    const sources = readdirSync(dossier).map((nom) => readFileSync(join(dossier, nom), 'utf8'));
    const faits = sources.flatMap((source) => [...source.matchAll(/\bquoi: '(\w+)'/g)].map(([, quoi]) => quoi!));
    expect(Object.keys(constats.CONSTATS).toSorted()).toEqual([...new Set(faits)].toSorted());
  });
});
