import fc from 'fast-check';
import { expect } from 'vitest';
import { lireMembreId } from '../../src/modules/membres/membre-id.js';
import { creerSeance, type Demande, type Fait, type Seance } from '../../src/modules/reunions/seance.js';
import { isRefusal } from '../../src/runtime/aggregate/aggregate.js';

export type Agregat = ReturnType<typeof creerSeance>;
export type Pas = readonly [delaiMs: number, demande: Demande];

export const HEURE = 3_600_000;
export const DEPART = Date.parse('2026-03-01T12:00:00Z');
const iso = (heures: number) => new Date(DEPART + heures * HEURE).toISOString().replace('Z', '+00:00');

const membreId = fc.constantFrom(...['ana', 'bo', 'cy', 'di', 'eve', 'flo'].map((nom) => lireMembreId(`mem_${nom}`)!));
const motif = fc.nat().map((n) => ({ motifId: `mot_${n}`, motif: 'parce que' }));
const places = fc.integer({ min: 0, max: 5 });
const dates = fc
  .tuple(fc.integer({ min: 0, max: 80 }), fc.integer({ min: 0, max: 3 }))
  .map(([h, d]) => ({ debut: iso(h), fin: iso(h + d) }));
const fiche = { id: 'sea_1', titre: 'Colette', lieu: 'Salle 2', fuseau: 'UTC', prixCentimes: 300, paiement: 'sur_place' as const };

const ouverture: fc.Arbitrary<Demande> = fc
  .record({ places: fc.integer({ min: 1, max: 3 }), listeAttenteMax: fc.option(fc.integer({ min: 0, max: 3 })) })
  .map((limites) => ({ type: 'planifier', ...fiche, debut: iso(20), fin: iso(22), ...limites }));

const demande: fc.Arbitrary<Demande> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      type: fc.constant('inscrire' as const),
      membreId,
      siComplet: fc.constantFrom('attendre', 'attendre', 'refuser'),
    }),
  },
  { weight: 8, arbitrary: fc.record({ type: fc.constant('desister' as const), membreId }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('modifierPlaces' as const), places }) },
  { weight: 1, arbitrary: fc.tuple(membreId, motif).map(([m, x]) => ({ type: 'ajouterPlacePour' as const, membreId: m, ...x })) },
  { weight: 1, arbitrary: fc.tuple(membreId, motif).map(([m, x]) => ({ type: 'promouvoirHorsRang' as const, membreId: m, ...x })) },
  { weight: 2, arbitrary: fc.constantFrom<Demande>({ type: 'fermerInscriptions' }, { type: 'rouvrirInscriptions' }) },
  { weight: 2, arbitrary: dates.map((d) => ({ type: 'reporter' as const, ...d })) },
  { weight: 1, arbitrary: motif.map((x) => ({ type: 'annuler' as const, ...x })) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('constaterPresence' as const), membreId }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('constaterAbsence' as const), membreId, excusee: fc.boolean() }) },
);
const delai = fc.oneof(
  { weight: 12, arbitrary: fc.constant(0) },
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 12 * HEURE }) },
  { weight: 1, arbitrary: fc.constant(400 * HEURE) },
);
export const histoire = fc
  .tuple(ouverture, fc.array(fc.tuple(delai, demande), { maxLength: 60, size: 'max' }))
  .map(([d, suite]): Pas[] => [[0, d], ...suite.map(([ms, autre]): Pas => [ms, autre])]);

/** Une lecture naïve du journal, qui ne partage rien avec l’agrégat. */
interface Registre {
  places: number;
  listeAttenteMax: number;
  debut: number;
  fin: number;
  fermee: boolean;
  finale: boolean;
  version: number;
  assis: Map<string, number>;
  file: { membreId: string; entree: number; rang: number }[];
  rangs: number[];
}

function lire(r: Registre, fait: Fait, instant: number): void {
  r.version += 1;
  const correction = fait.type === 'PresenceConstatee' || fait.type === 'AbsenceConstatee';
  expect(instant, `S6 ${fait.type}`).toBeLessThan(r.fin + (correction ? 14 * 24 : 12) * HEURE);
  if (!correction) expect(r.finale, `S6 ${fait.type}`).toBe(false);
  switch (fait.type) {
    case 'SeancePlanifiee':
    case 'SeanceReportee':
      r.debut = Date.parse(fait.debut);
      r.fin = Date.parse(fait.fin);
      expect(r.debut, 'S5').toBeLessThan(r.fin);
      expect(r.debut, 'S5').toBeGreaterThan(instant);
      if (fait.type === 'SeanceReportee') return;
      r.places = fait.places;
      r.listeAttenteMax = fait.listeAttenteMax ?? Infinity;
      return;
    case 'MembreInscrit':
      accueille(r, fait.membreId, instant);
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
      r.file = r.file.filter((autre) => autre.membreId !== fait.membreId);
      return;
    case 'MembrePromu':
      expect(attend(r, fait.membreId)?.entree).toBe(fait.entree);
      if (!fait.horsRang) {
        expect(fait.membreId, 'FIFO').toBe(r.file[0]!.membreId);
        expect(instant, 'S3').toBeLessThan(r.debut);
      }
      r.file = r.file.filter((autre) => autre.membreId !== fait.membreId);
      r.assis.set(fait.membreId, fait.entree);
      return;
    case 'PlacesModifiees':
      r.places = fait.places;
      return;
    case 'SeanceAnnulee':
      expect(new Map(fait.inscrits.map((i) => [i.membreId, i.entree]))).toEqual(new Map(r.assis));
      expect(fait.enAttente).toEqual(r.file.map(({ membreId, entree }) => ({ membreId, entree })));
      r.finale = true;
      r.assis.clear();
      r.file = [];
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
function accueille(r: Registre, membre: string, instant: number): void {
  expect(present(r, membre), 'S2').toBe(false);
  expect(r.fermee, 'S8').toBe(false);
  expect(instant, 'S6').toBeLessThan(r.debut);
}
const attend = (r: Registre, membre: string) => r.file.find((autre) => autre.membreId === membre);
const present = (r: Registre, membre: string) => r.assis.has(membre) || attend(r, membre) !== undefined;

/** Déroule l’histoire en tenant S1 à S6 à chaque fait ; rend le journal et l’état. */
export function derouler(
  agregat: Agregat,
  pas: readonly Pas[],
  apresFait: (fait: Fait, demande: Demande, instant: number) => void = () => {},
) {
  const r: Registre = {
    places: 0,
    listeAttenteMax: Infinity,
    debut: 0,
    fin: Infinity,
    fermee: false,
    finale: false,
    version: 0,
    assis: new Map(),
    file: [],
    rangs: [],
  };
  const journal: Fait[] = [];
  let etat: Seance = agregat.initial();
  let instant = DEPART;
  for (const [delaiMs, quoi] of pas) {
    instant += delaiMs;
    const decision = agregat.decide(etat, quoi, instant);
    if (isRefusal(decision)) continue;
    for (const fait of decision) {
      lire(r, fait, instant);
      expect(r.assis.size, 'S1').toBeLessThanOrEqual(r.places);
      etat = agregat.evolve(etat, fait);
      journal.push(fait);
      apresFait(fait, quoi, instant);
    }
    if (instant < r.debut) expect(r.file.length === 0 || r.assis.size === r.places, 'S3').toBe(true);
    expect(agregat.answer(etat, decision, quoi)).toMatchObject({ placesRestantes: r.places - r.assis.size, version: r.version });
    if (r.version > 0) expect(agregat.view(etat)).toMatchObject({ inscrits: r.assis.size, enAttente: r.file.length });
  }
  return { journal, etat, registre: r };
}
