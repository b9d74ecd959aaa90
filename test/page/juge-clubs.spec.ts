import { describe, expect, it } from 'vitest';
import { premiers } from '../../src/modules/reunions/file-attente.js';
import type { Decision, Demande, Fait, FaitDe, Planifiee } from '../../src/modules/reunions/seance.js';
import { isRefusal } from '../../src/runtime/aggregate/aggregate.js';
import { type Agregat, DEPART, type Pas } from '../support/histoires-de-seance.js';
import { ana, bo, desister, faireEntrer, GEL, inscrire, porterA, seance } from '../support/seances.js';
import { di, rouges, RUEE } from './ruee.js';
import { visiter } from './seance-relevee.js';

type MembreId = typeof ana;
type Faute = (decision: readonly Fait[], etat: Planifiee, quoi: Demande) => readonly Fait[];

/** Les vraies règles, et une faute dans ce qu’elles acceptent. */
const fautif = (faute: Faute): Agregat => ({
  ...seance,
  decide: (etat, quoi, instant) => {
    const decision = seance.decide(etat, quoi, instant);
    return isRefusal(decision) || etat === null ? decision : faute(decision, etat, quoi);
  },
});
const autrement = (un: (fait: Fait, etat: Planifiee) => Fait): Agregat => fautif((faits, etat) => faits.map((fait) => un(fait, etat)));

/** Les vraies règles, qui acceptent ce qu’elles devraient refuser. */
const laxiste = (refus: string, faits: (membreId: MembreId, etat: Planifiee, quoi: Demande) => readonly Fait[]): Agregat => ({
  ...seance,
  decide: (etat, quoi, instant): Decision => {
    const decision = seance.decide(etat, quoi, instant);
    const accepte = isRefusal(decision) && decision.refusal === refus && etat !== null;
    return accepte ? faits('membreId' in quoi ? quoi.membreId : ana, etat, quoi) : decision;
  },
});

const assis = (membreId: MembreId): Fait => ({ type: 'MembreInscrit', membreId, prixCentimes: 500 });
const attend = (membreId: MembreId, rang: number): Fait => ({ type: 'MembreMisEnAttente', membreId, rang, prixCentimes: 500 });
const monte = (etat: Planifiee, membreId: MembreId): FaitDe<'MembrePromu'> => ({
  type: 'MembrePromu',
  membreId,
  entree: etat.attente.entrees.get(membreId)!,
  prixCentimes: 500,
});

/** Ana a sa place. */
const UNE: readonly Pas[] = RUEE.slice(0, 2);
/** Les trois places sont prises, personne n’attend. */
const PLEINE: readonly Pas[] = RUEE.slice(0, 4);
/** Di, eve et flo attendent. */
const FILE: readonly Pas[] = RUEE.slice(0, 7);
/** Au gel, ana part : sa place reste libre, devant ceux qui attendent. */
const GELEE: readonly Pas[] = [...FILE, [GEL - DEPART, desister(ana)]];

interface Cas {
  readonly faute: string;
  readonly club: Agregat;
  readonly pas: readonly Pas[];
  readonly trouve: readonly string[];
}

/** Leurs lignes, leurs paiements et leurs avis concordent avec leurs faits : tout se tient, et c’est faux. */
const CLUBS: readonly Cas[] = [
  {
    faute: 'inscrit une personne de trop',
    club: autrement((fait) => (fait.type === 'MembreMisEnAttente' ? assis(fait.membreId) : fait)),
    pas: [...PLEINE, [0, inscrire(di)]],
    trouve: ['places'],
  },
  {
    faute: 'promeut deux personnes pour une place',
    club: fautif((faits, etat) =>
      faits.flatMap((fait): Fait[] => (fait.type === 'MembrePromu' ? premiers(etat.attente, 2).map((un) => ({ ...fait, ...un })) : [fait])),
    ),
    pas: [...FILE, [0, desister(bo)]],
    trouve: ['places'],
  },
  {
    faute: 'baisse les places sous les inscrits',
    club: laxiste('places_sous_inscrits', () => [{ type: 'PlacesModifiees', places: 2 }]),
    pas: [...PLEINE, [0, porterA(2)]],
    trouve: ['places'],
  },
  {
    faute: 'fait entrer, hors rang, dans une séance pleine',
    club: laxiste('seance_complete', (membreId, etat) => [{ ...monte(etat, membreId), horsRang: true }]),
    pas: [...FILE, [0, faireEntrer(di)]],
    trouve: ['places'],
  },
  {
    faute: 'donne une place de trop un instant, et la reprend',
    club: autrement((fait) => (fait.type === 'MembreMisEnAttente' ? assis(fait.membreId) : fait)),
    pas: [...PLEINE, [0, inscrire(di)], [0, desister(di)]],
    trouve: ['places'],
  },
  {
    faute: 'inscrit deux fois la même personne',
    club: laxiste('deja_inscrit', (membreId) => [assis(membreId)]),
    pas: [...UNE, [0, inscrire(ana)]],
    trouve: ['doublons', 'listes', 'paiements'],
  },
  {
    faute: 'fait attendre qui a déjà sa place',
    club: laxiste('deja_inscrit', (membreId, { dernierRang }) => [attend(membreId, dernierRang + 1)]),
    pas: [...PLEINE, [0, inscrire(ana)]],
    trouve: ['doublons'],
  },
  {
    faute: 'laisse partir deux fois',
    club: laxiste('pas_inscrit', (membreId) => [{ type: 'MembreDesiste', depuis: 'attente', membreId, entree: 2 }]),
    pas: [...UNE, [0, desister(ana)], [0, desister(ana)]],
    trouve: ['doublons'],
  },
  {
    faute: 'promeut la dernière arrivée',
    club: autrement((fait, { attente }) => (fait.type === 'MembrePromu' ? { ...fait, ...premiers(attente, Infinity).at(-1)! } : fait)),
    pas: [...FILE, [0, desister(bo)]],
    trouve: ['ordre'],
  },
  {
    faute: 'oublie de promouvoir quand une place se libère',
    club: fautif((faits) => faits.filter(({ type }) => type !== 'MembrePromu')),
    pas: [...FILE, [0, desister(bo)]],
    trouve: ['ordre'],
  },
  {
    faute: 'fait attendre devant une place libre',
    club: autrement((fait) => (fait.type === 'MembreInscrit' ? attend(fait.membreId, 1) : fait)),
    pas: UNE,
    trouve: ['ordre'],
  },
  {
    faute: 'laisse passer devant ceux qui attendent, pendant le gel',
    club: autrement((fait, { inscrits }) => (fait.type === 'MembreMisEnAttente' && inscrits.size < 3 ? assis(fait.membreId) : fait)),
    pas: [...GELEE, [0, inscrire(ana)]],
    trouve: ['ordre'],
  },
  {
    faute: 'promeut pendant le gel',
    club: fautif((faits, etat) => [...faits, ...faits.filter(({ type }) => type === 'MembreDesiste').map(() => monte(etat, di))]),
    pas: GELEE,
    trouve: ['ordre'],
  },
  {
    faute: 'donne pour rang la longueur de la file',
    club: autrement((fait, { attente }) => (fait.type === 'MembreMisEnAttente' ? { ...fait, rang: attente.entrees.size + 1 } : fait)),
    pas: RUEE,
    trouve: ['ordre'],
  },
  {
    faute: 'agit deux fois pour une demande',
    club: fautif((faits, _, quoi) => (quoi.type === 'inscrire' ? [...faits, assis(bo)] : faits)),
    pas: UNE,
    trouve: ['effets'],
  },
];

describe('le juge de la visite voit la faute d’un club qui', () => {
  it.each(CLUBS)('$faute', ({ club, pas, trouve }) => {
    expect(rouges(visiter(seance, pas))).toEqual([]);
    expect(rouges(visiter(club, pas))).toEqual(trouve);
  });
});
