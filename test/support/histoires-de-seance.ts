import fc from 'fast-check';
import { lireMembreId } from '../../src/modules/membres/membre-id.js';
import { type creerSeance, type Demande } from '../../src/modules/reunions/seance.js';

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
const fiche = { id: 'sea_1', titre: 'Colette', lieu: 'Salle 2', fuseau: 'UTC', prixCentimes: 300 };

const ouverture: fc.Arbitrary<Demande> = fc
  .record({
    places: fc.integer({ min: 1, max: 3 }),
    listeAttenteMax: fc.option(fc.integer({ min: 0, max: 3 })),
    paiement: fc.constantFrom('sur_place' as const, 'avant' as const),
    jours: fc.constantFrom(20, 60),
  })
  .map(({ jours, ...reste }) => ({ type: 'planifier', ...fiche, debut: iso(jours), fin: iso(jours + 2), ...reste }));

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
  { weight: 8, arbitrary: fc.record({ type: fc.constantFrom('accepterOffre' as const, 'declinerOffre' as const), membreId }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('expirerOffre' as const), membreId }) },
  { weight: 1, arbitrary: fc.constant<Demande>({ type: 'cloturer' }) },
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
  { weight: 30, arbitrary: fc.constant(0) },
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 12 * HEURE }) },
  // Jusqu’au gel d’une séance prévue dans vingt ou soixante heures, quand on part du début.
  { weight: 2, arbitrary: fc.constantFrom(18 * HEURE, 58 * HEURE) },
  { weight: 1, arbitrary: fc.constant(400 * HEURE) },
);
/** Une fois sur deux, du monde arrive d’abord : ce qui n’arrive qu’à une séance pleine arrive alors souvent. */
const foule = fc
  .constantFrom([], ['ana', 'bo', 'cy', 'di'])
  .map((noms) => noms.map((nom): Pas => [0, { type: 'inscrire', membreId: lireMembreId(`mem_${nom}`)!, siComplet: 'attendre' }]));
export const histoire = fc
  .tuple(ouverture, foule, fc.array(fc.tuple(delai, demande), { maxLength: 60, size: 'max' }))
  .map(([d, arrivees, suite]): Pas[] => [[0, d], ...arrivees, ...suite]);
