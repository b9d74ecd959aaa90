import { type Aujourdhui, le, MINUTE_MS, ouvert } from './dates.js';

/** Ce qu'un membre fait d'un ouvrage, tant de jours après le début de l'histoire. Il y est nommé par sa place dans la liste. */
export type Geste = readonly [
  jour: number,
  quoi: 'emprunte' | 'reserve' | 'renonce' | 'prolonge' | 'rend' | 'abime' | 'perd',
  membre: number,
];

export interface Histoire {
  /** Son premier jour, à partir d'aujourd'hui ; le club y est ouvert, deux jours plus tôt au besoin. */
  readonly depuis: number;
  readonly gestes: readonly Geste[];
}

export interface OuvrageDeDemo {
  readonly cle: string;
  readonly titre: string;
  readonly auteur: string;
  /** Celui d'une édition de poche ou courante ; aucun plutôt qu'un faux. */
  readonly isbn: string | null;
  readonly exemplaires: number;
  readonly histoire?: Histoire;
}

type Ligne = readonly [cle: string, titre: string, auteur: string, isbn?: string | null, exemplaires?: number, histoire?: Histoire];

/** On ne vient au comptoir que le même jour de la semaine, une semaine ou deux après : le club y est ouvert, et l'échéance ne glisse pas. */
const depuis = (jours: number, ...gestes: readonly Geste[]): Histoire => ({ depuis: -jours, gestes });

/**
 * Marie tarde : le rappel puis la première relance sont partis. Ce sont les gestes du 18e et du 24e jour, à la date où leur réveil était dû, qui les font
 * partir ce jour-là plutôt qu'aujourd'hui ; ils partent donc avec l'emprunt, avant que la machine ne les voie en retard.
 */
const MARIE = depuis(25, [0, 'emprunte', 4], [18, 'reserve', 14], [24, 'renonce', 14]);
/** Jean voudrait prolonger : deux autres attendent. */
const JEAN = depuis(15, [0, 'emprunte', 11], [4, 'reserve', 16], [9, 'reserve', 8]);
/** Aucune autre histoire ne commence plus tôt : rien n'y est encore dû, pas même un rappel. */
const RENDU_ET_MIS_DE_COTE = depuis(10, [0, 'emprunte', 2], [3, 'reserve', 19], [7, 'rend', 2]);
const PERDU = depuis(15, [0, 'emprunte', 17], [7, 'perd', 17]);
const ABIME = depuis(13, [0, 'emprunte', 20], [7, 'abime', 20]);
const PROLONGE = depuis(15, [0, 'emprunte', 0], [14, 'prolonge', 0]);
const DEUX_LECTEURS = depuis(12, [0, 'emprunte', 6], [7, 'emprunte', 22]);
const RENDU = depuis(14, [0, 'emprunte', 1], [7, 'rend', 1]);
const SORTI = (membre: number, jours: number): Histoire => depuis(jours, [0, 'emprunte', membre]);

const LIGNES: readonly Ligne[] = [
  ['rose', 'Le Nom de la Rose', 'Umberto Eco', '9782253033134', 1, MARIE],
  ['dune', 'Dune', 'Frank Herbert', '9782266320481', 1, JEAN],
  ['anomalie', 'L’Anomalie', 'Hervé Le Tellier', '9782072895098', 1, RENDU_ET_MIS_DE_COTE],
  ['servante', 'La Servante écarlate', 'Margaret Atwood', '9782221203323', 1, PERDU],
  ['horde', 'La Horde du Contrevent', 'Alain Damasio', '9782070342266', 2, ABIME],
  ['au-revoir', 'Au revoir là-haut', 'Pierre Lemaitre', '9782226249678', 1, PROLONGE],
  ['petit-prince', 'Le Petit Prince', 'Antoine de Saint-Exupéry', '9782070612758', 2, DEUX_LECTEURS],
  ['etranger', 'L’Étranger', 'Albert Camus', '9782070360024', 2, RENDU],
  ['chambre', 'Une chambre à soi', 'Virginia Woolf', null, 2, SORTI(9, 11)],
  ['persepolis', 'Persepolis', 'Marjane Satrapi', null, 1, SORTI(15, 8)],
  ['chanson', 'Chanson douce', 'Leïla Slimani', '9782070196678', 1, SORTI(12, 6)],
  ['fahrenheit', 'Fahrenheit 451', 'Ray Bradbury', '9782070415731', 1, SORTI(23, 5)],
  ['maus', 'Maus', 'Art Spiegelman', '9782080675347', 1, SORTI(5, 3)],
  ['germinal', 'Germinal', 'Émile Zola', '9782070411429', 2],
  ['peste', 'La Peste', 'Albert Camus', '9782070360420'],
  ['1984', '1984', 'George Orwell', '9782070368228', 2],
  ['bovary', 'Madame Bovary', 'Gustave Flaubert', '9782070413119'],
  ['herisson', 'L’Élégance du hérisson', 'Muriel Barbery', '9782070780938'],
  ['parfum', 'Le Parfum', 'Patrick Süskind', '9782253044901'],
  ['solitude', 'Cent ans de solitude', 'Gabriel García Márquez', '9782020238113'],
  ['fondation', 'Fondation', 'Isaac Asimov', '9782070415700'],
  ['ecume', 'L’Écume des jours', 'Boris Vian', '9782253140870'],
  ['dames', 'Au Bonheur des Dames', 'Émile Zola', '9782070409303'],
  ['lieues', 'Vingt mille lieues sous les mers', 'Jules Verne', '9782253006329'],
  ['tour', 'Le Tour du monde en quatre-vingts jours', 'Jules Verne', '9782253012696'],
  ['amant', 'L’Amant', 'Marguerite Duras', '9782707306951'],
  ['aube', 'La Promesse de l’aube', 'Romain Gary', '9782070363735'],
  ['hadrien', 'Mémoires d’Hadrien', 'Marguerite Yourcenar', '9782070369218'],
  ['petit-pays', 'Petit pays', 'Gaël Faye', '9782246857334'],
  ['vernon', 'Vernon Subutex, 1', 'Virginie Despentes', '9782246713517'],
  ['vivants', 'Réparer les vivants', 'Maylis de Kerangal', '9782070144136'],
  ['enfants', 'Leurs enfants après eux', 'Nicolas Mathieu', '9782330108717'],
  ['sorciers', 'Harry Potter à l’école des sorciers', 'J. K. Rowling', '9782070643028', 2],
  ['tristesse', 'Bonjour tristesse', 'Françoise Sagan'],
  ['miserables', 'Les Misérables', 'Victor Hugo'],
  ['comte', 'Le Comte de Monte-Cristo', 'Alexandre Dumas'],
  ['crime', 'Crime et Châtiment', 'Fiodor Dostoïevski'],
  ['orgueil', 'Orgueil et Préjugés', 'Jane Austen'],
  ['marguerite', 'Le Maître et Marguerite', 'Mikhaïl Boulgakov'],
  ['anneaux', 'Le Seigneur des anneaux', 'J. R. R. Tolkien'],
];

/** Quarante titres. */
export const RAYONS: readonly OuvrageDeDemo[] = LIGNES.map(([cle, titre, auteur, isbn = null, exemplaires = 1, histoire]) => ({
  cle,
  titre,
  auteur,
  isbn,
  exemplaires,
  ...(histoire && { histoire }),
}));

/** Quand tout fut mis en rayon : avant le premier geste. */
export function enRayon(aujourdhui: Aujourdhui): number {
  return le(aujourdhui, -28, 10);
}

/** L'instant du énième geste : passé, dans l'ordre, et l'après-midi, quand les réveils du matin ont sonné. */
export function instantDuGeste({ depuis: jours, gestes }: Histoire, n: number, aujourdhui: Aujourdhui): number {
  return le(aujourdhui, ouvert(aujourdhui, jours) + gestes[n]![0], 15) + n * MINUTE_MS;
}
