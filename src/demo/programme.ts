import { type Aujourdhui, HEURE_MS, le, MINUTE_MS } from './dates.js';

/** Une séance du club de démonstration, datée en jours à partir d'aujourd'hui. Les membres y sont nommés par leur place dans la liste. */
export interface SeanceDeDemo {
  readonly cle: string;
  readonly titre: string;
  readonly lieu: string;
  readonly jour: number;
  readonly heure: number;
  readonly minutes: number;
  readonly places: number;
  readonly prixCentimes: number;
  /** Sur place, sauf mention. */
  readonly paiement?: 'avant';
  /** Dans l'ordre d'arrivée : passé la dernière place, on attend. */
  readonly arrivees: readonly number[];
  /** Qui s'est désisté il y a deux heures : sa place est offerte au premier qui attend. */
  readonly departs?: readonly number[];
  /** Pour une séance passée : qui n'est pas venu, et qui s'en était excusé. */
  readonly absents?: readonly { readonly membre: number; readonly excusee: boolean }[];
  /** Pour une séance annulée. */
  readonly motif?: string;
}

export const PROGRAMME: readonly SeanceDeDemo[] = [
  {
    cle: 'rencontre',
    titre: 'Rencontre d’autrice : Une chambre à soi, cent ans après',
    lieu: 'Librairie du Canal',
    jour: -5,
    heure: 19,
    minutes: 120,
    places: 15,
    prixCentimes: 0,
    arrivees: [4, 0, 9, 13, 2, 22, 17, 11, 6, 19],
    absents: [
      { membre: 13, excusee: false },
      { membre: 11, excusee: true },
    ],
  },
  {
    cle: 'polar',
    titre: 'Soirée Polar',
    lieu: 'Café Le Marque-Page',
    jour: 3,
    heure: 19,
    minutes: 150,
    places: 12,
    prixCentimes: 500,
    arrivees: [1, 6, 12, 3, 20, 4, 15, 23, 10, 18, 7],
  },
  {
    cle: 'balade',
    titre: 'Balade littéraire',
    lieu: 'Parc des Buttes',
    jour: 4,
    heure: 10,
    minutes: 120,
    places: 10,
    prixCentimes: 0,
    arrivees: [14, 5, 21, 8, 16, 0, 2],
    motif: 'Vigilance orange : des orages sont annoncés.',
  },
  {
    cle: 'manga',
    titre: 'Club Manga',
    lieu: 'Médiathèque, salle 2',
    jour: 5,
    heure: 14,
    minutes: 120,
    places: 20,
    prixCentimes: 0,
    arrivees: [15, 8, 2, 20, 16, 23],
  },
  {
    cle: 'ecriture',
    titre: 'Atelier Écriture',
    lieu: 'Salle George-Sand',
    jour: 6,
    heure: 18,
    minutes: 120,
    places: 8,
    prixCentimes: 600,
    paiement: 'avant',
    arrivees: [19, 17, 0, 22, 14, 5, 9, 12, 1, 21, 7],
    departs: [14],
  },
  {
    cle: 'nuit',
    titre: 'Nuit de la lecture',
    lieu: 'Grande salle',
    jour: 12,
    heure: 20,
    minutes: 300,
    places: 60,
    prixCentimes: 0,
    arrivees: [4, 1, 18, 13, 6, 10, 3, 22, 7, 16, 11, 20, 0, 9],
  },
];

interface Dates {
  readonly debut: string;
  readonly fin: string;
}

/** Les instants d'une séance de démonstration, en millisecondes, tous passés ; et ses dates. */
export interface Moments {
  readonly dates: Dates;
  /** Le début et la fin d'abord annoncés : un mois plus tard pour une séance passée, qui se clorait sinon avant que l'on y arrive. */
  readonly annonce: Dates;
  readonly reportee: number;
  readonly planifiee: number;
  readonly arrivee: (n: number) => number;
  /** Il y a peu : l'offre qui en vient court encore. */
  readonly depart: number;
  readonly annulee: number;
  readonly constat: (n: number) => number;
}

function dates(debut: number, minutes: number): Dates {
  return { debut: new Date(debut).toISOString(), fin: new Date(debut + minutes * MINUTE_MS).toISOString() };
}

/** Rien n'est vieux de plus de trente jours : au-delà, la machine oublie les demandes, et une reprise pourrait les refaire. */
export function momentsDe({ jour, heure, minutes }: SeanceDeDemo, aujourdhui: Aujourdhui): Moments {
  const debut = le(aujourdhui, jour, heure);
  const premiere = le(aujourdhui, -15, 9);
  return {
    dates: dates(debut, minutes),
    annonce: dates(le(aujourdhui, jour < 0 ? jour + 30 : jour, heure), minutes),
    reportee: le(aujourdhui, -9, 10),
    planifiee: le(aujourdhui, -20, 12),
    arrivee: (n) => premiere + n * 407 * MINUTE_MS,
    depart: aujourdhui.instant - 2 * HEURE_MS,
    annulee: le(aujourdhui, -1, 8),
    constat: (n) => debut + (10 + n) * MINUTE_MS,
  };
}

/** Toutes les deux heures, il y a quatre semaines : avant tout emprunt. */
export function adhesion(n: number, { instant }: Aujourdhui): number {
  return instant - (28 * 24 - n * 2) * HEURE_MS;
}
