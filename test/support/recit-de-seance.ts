import { expect } from 'vitest';
import type { RessourceSeance } from '../../src/modules/reunions/reponses.js';
import type { Demande, Fait, FaitDe, Seance } from '../../src/modules/reunions/seance.js';
import { isRefusal } from '../../src/runtime/aggregate/aggregate.js';
import { DEPART, HEURE, type Agregat, type Pas } from './histoires-de-seance.js';
import { Reveils } from './reveils.js';

const GEL = 2 * HEURE;
const DELAI = 24 * HEURE;

/** Une lecture naïve du journal, qui ne partage rien avec l’agrégat. */
export interface Registre {
  places: number;
  listeAttenteMax: number;
  avant: boolean;
  debut: number;
  fin: number;
  fermee: boolean;
  finale: boolean;
  version: number;
  assis: Map<string, number>;
  offres: Map<string, { entree: number; expire: number }>;
  /** Les inscriptions à qui une place a été offerte : une fois chacune, au plus. */
  dejaOffertes: Set<number>;
  file: { membreId: string; entree: number; rang: number }[];
  rangs: number[];
}

const VIERGE = (): Registre => ({
  places: 0,
  listeAttenteMax: Infinity,
  avant: false,
  debut: 0,
  fin: Infinity,
  fermee: false,
  finale: false,
  version: 0,
  assis: new Map(),
  offres: new Map(),
  dejaOffertes: new Set(),
  file: [],
  rangs: [],
});

/** Une loi tenue ne coûte rien : ces histoires en vérifient des centaines de milliers. */
function loi(tenue: boolean, nom: string): void {
  if (!tenue) expect.fail(nom);
}

function lire(r: Registre, fait: Fait, quoi: Demande, instant: number): void {
  r.version += 1;
  const correction = fait.type === 'PresenceConstatee' || fait.type === 'AbsenceConstatee';
  // Ce que l’heure elle-même fait arriver peut arriver tard, quand personne n’était là.
  const dehors = fait.type === 'SeanceCloturee' || fait.type === 'OffreExpiree';
  if (!dehors) loi(instant < r.fin + (correction ? 14 * 24 : 12) * HEURE, `S6 ${fait.type}`);
  if (!correction) loi(!r.finale, `S6 ${fait.type}`);
  switch (fait.type) {
    case 'SeancePlanifiee':
      r.places = fait.places;
      r.listeAttenteMax = fait.listeAttenteMax ?? Infinity;
      r.avant = fait.paiement === 'avant';
      return dater(r, fait, instant);
    case 'SeanceReportee':
      return dater(r, fait, instant);
    case 'MembreInscrit':
      accueille(r, fait.membreId, instant);
      if (quoi.type === 'inscrire') loi(r.file.length === 0, 'FIFO');
      r.assis.set(fait.membreId, r.version);
      return;
    case 'MembreMisEnAttente':
      accueille(r, fait.membreId, instant);
      expect(r.file.length, 'liste').toBeLessThan(r.listeAttenteMax);
      expect(fait.rang, 'S4').toBeGreaterThan(r.rangs.at(-1) ?? 0);
      r.rangs.push(fait.rang);
      r.file.push({ membreId: fait.membreId, entree: r.version, rang: fait.rang });
      return;
    case 'MembreDesiste':
      expect(instant, 'S6').toBeLessThan(r.debut);
      expect(fait.tardif, 'tardif').toBe((fait.depuis === 'inscrits' && r.debut - instant < 24 * HEURE) || undefined);
      expect(fait.depuis === 'inscrits' ? r.assis.get(fait.membreId) : attend(r, fait.membreId)?.entree).toBe(fait.entree);
      r.assis.delete(fait.membreId);
      return sortir(r, fait.membreId);
    case 'MembrePromu':
      if (!fait.horsRang) {
        expect(r.avant, 'une place payée d’avance s’offre : S7').toBe(false);
        tete(r, fait, instant);
      }
      expect(attend(r, fait.membreId)?.entree).toBe(fait.entree);
      sortir(r, fait.membreId);
      r.assis.set(fait.membreId, fait.entree);
      return;
    case 'PlaceOfferte':
      expect(r.avant, 'S7').toBe(true);
      expect(r.dejaOffertes.has(fait.entree), 'S7').toBe(false);
      expect(Date.parse(fait.expireLe), 'S7').toBe(Math.min(instant + DELAI, r.debut - GEL));
      tete(r, fait, instant);
      sortir(r, fait.membreId);
      r.dejaOffertes.add(fait.entree);
      r.offres.set(fait.membreId, { entree: fait.entree, expire: Date.parse(fait.expireLe) });
      return;
    case 'OffreAcceptee':
      expect(instant, 'S7 trop tard').toBeLessThan(finDOffre(r, fait));
      r.assis.set(fait.membreId, fait.entree);
      return;
    case 'OffreDeclinee':
      expect(instant, 'S7 trop tard').toBeLessThan(finDOffre(r, fait));
      return;
    case 'OffreExpiree':
      expect(instant, 'S7 trop tôt').toBeGreaterThanOrEqual(finDOffre(r, fait));
      return;
    case 'PlacesModifiees':
      r.places = fait.places;
      return;
    case 'SeanceAnnulee':
      expect(new Map(fait.inscrits.map((i) => [i.membreId, i.entree]))).toEqual(new Map(r.assis));
      expect(fait.enAttente).toEqual(r.file.map(({ membreId, entree }) => ({ membreId, entree })));
      expect(fait.offertes ?? [], 'S7').toEqual([...r.offres].map(([membreId, { entree }]) => ({ membreId, entree })));
      r.finale = true;
      r.assis.clear();
      r.offres.clear();
      r.file = [];
      return;
    case 'SeanceCloturee':
      expect(instant, 'S6').toBeGreaterThanOrEqual(r.fin + 12 * HEURE);
      expect(r.offres.size, 'S7').toBe(0);
      r.finale = true;
      return;
    case 'PresenceConstatee':
    case 'AbsenceConstatee':
      expect(r.assis.get(fait.membreId)).toBe(fait.entree);
      expect(instant).toBeGreaterThanOrEqual(r.debut);
      return;
    case 'InscriptionsFermees':
    case 'InscriptionsRouvertes':
      r.fermee = fait.type === 'InscriptionsFermees';
      return;
  }
}

function dater(r: Registre, fait: FaitDe<'SeancePlanifiee' | 'SeanceReportee'>, instant: number): void {
  r.debut = Date.parse(fait.debut);
  r.fin = Date.parse(fait.fin);
  expect(r.debut, 'S5').toBeLessThan(r.fin);
  expect(r.debut, 'S5').toBeGreaterThan(instant);
  const limite = Math.max(r.debut - GEL, instant);
  for (const { membreId, entree, expireLe } of (fait.type === 'SeanceReportee' && fait.offres) || []) {
    const offre = r.offres.get(membreId)!;
    expect([offre.entree, Date.parse(expireLe)], 'S7').toEqual([entree, limite]);
    expect(offre.expire, 'S7 raccourcie').toBeGreaterThan(limite);
    offre.expire = limite;
  }
  for (const { expire } of r.offres.values()) loi(expire <= limite, 'S7 au gel');
}

function accueille(r: Registre, membre: string, instant: number): void {
  loi(!r.assis.has(membre) && !r.offres.has(membre) && attend(r, membre) === undefined, 'S2');
  loi(!r.fermee, 'S8');
  loi(instant < r.debut, 'S6');
}

function tete(r: Registre, { membreId, entree }: { membreId: string; entree: number }, instant: number): void {
  expect([membreId, entree], 'FIFO').toEqual([r.file[0]?.membreId, r.file[0]?.entree]);
  expect(instant, 'S8').toBeLessThan(r.debut - GEL);
}

function finDOffre(r: Registre, { membreId, entree }: { membreId: string; entree: number }): number {
  const offre = r.offres.get(membreId);
  expect(offre?.entree, 'S7').toBe(entree);
  r.offres.delete(membreId);
  return offre!.expire;
}

const attend = (r: Registre, membre: string) => r.file.find((autre) => autre.membreId === membre);
const sortir = (r: Registre, membre: string): void => void (r.file = r.file.filter((autre) => autre.membreId !== membre));
const prises = (r: Registre): number => r.assis.size + r.offres.size;

/**
 * Déroule l’histoire comme la machine, les réveils dus d’abord, en tenant S1 à S9 à chaque fait ; rend le journal et l’état.
 * Sans `reveils`, personne ne se réveille : ce qui est dû reste en suspens.
 */
export function derouler(
  agregat: Agregat,
  pas: readonly Pas[],
  apresFait: (fait: Fait, demande: Demande, instant: number) => void = () => {},
  { reveils: avecReveils = true } = {},
) {
  const r = VIERGE();
  const reveils = new Reveils<Demande>();
  const journal: Fait[] = [];
  let etat: Seance = agregat.initial();
  let instant = DEPART;

  const demander = (quoi: Demande): void => {
    const decision = agregat.decide(etat, quoi, instant);
    if (isRefusal(decision)) return;
    for (const fait of decision) {
      lire(r, fait, quoi, instant);
      loi(prises(r) <= r.places, 'S1');
      etat = agregat.evolve(etat, fait);
      reveils.noter(agregat.timers!(fait, { stream: 'sea_1', version: r.version, instant, demande: quoi }));
      journal.push(fait);
      apresFait(fait, quoi, instant);
    }
    if (instant < r.debut - GEL) loi(r.file.length === 0 || prises(r) === r.places, 'S3');
    const reponse = agregat.answer(etat, decision, quoi);
    loi(reponse.version === r.version, 'la réponse porte la version');
    if ('placesRestantes' in reponse) loi(reponse.placesRestantes === r.places - prises(r), 'la réponse dit les places restantes');
    const vue = agregat.view(etat) as RessourceSeance | undefined;
    if (vue === undefined) return loi(r.version === 0, 'on voit ce qui existe');
    loi(vue.inscrits === r.assis.size && vue.offertes === r.offres.size && vue.enAttente === r.file.length, 'on voit les bons chiffres');
  };

  for (const [delaiMs, quoi] of pas) {
    instant += delaiMs;
    for (let reveil = reveils.premier(instant); avecReveils && reveil !== undefined; reveil = reveils.premier(instant)) {
      demander(reveil.demande);
      reveils.sonne(reveil);
    }
    if (avecReveils) {
      for (const { expire } of r.offres.values()) loi(expire > instant, 'S9');
      if (r.version > 0 && !r.finale) loi(r.fin + 12 * HEURE > instant, 'S9');
    }
    demander(quoi);
  }
  return { journal, etat, registre: r, reveils };
}
