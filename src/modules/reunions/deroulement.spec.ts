import { describe, it } from 'vitest';
import {
  DEBUT,
  ailleurs,
  ana,
  annulee,
  annuler,
  bo,
  complete,
  cy,
  donne,
  fermees,
  fermer,
  fiche,
  inscrire,
  lendemain,
  pendant,
  planifier,
  portee,
  promu,
  reporter,
  rouvertes,
  rouvrir,
  uneSeanceDe,
  veille,
} from '../../../test/support/seances.js';
import type { DemandeDe, Fait, Fiche, Refus } from './seance.js';

describe('planifier', () => {
  it('ouvre une séance à venir', () => donne().quand(planifier(), veille).alors(uneSeanceDe(1)));
  it.each<[Refus, Partial<Fiche>]>([
    ['dates_incoherentes', { fin: fiche.debut }],
    ['dates_incoherentes', { debut: 'bientôt' }],
    ['places_invalides', { places: 0 }],
    ['places_invalides', { places: 1.5 }],
    ['places_invalides', { places: 100_001 }],
  ])('refuse %s pour %o', (refus, reste) => donne().quand(planifier(reste), veille).refuse(refus));
  it('refuse un début passé', () => donne().quand(planifier(), DEBUT).refuse('debut_passe'));
  it('accepte une séance payée d’avance', () =>
    donne()
      .quand(planifier({ paiement: 'avant' }), veille)
      .alors(uneSeanceDe(1, { paiement: 'avant' })));
  it('ne se fait qu’une fois', () => donne(uneSeanceDe(1)).quand(planifier(), veille).refuse('seance_deja_planifiee'));
  it('précède tout le reste', () => donne().quand(inscrire(ana), veille).refuse('seance_inconnue'));
  it('ne retient que la fiche', () => {
    const bavarde = { ...planifier(), note: 'ne doit pas entrer dans un fait' };
    donne().quand(bavarde, veille).alors(uneSeanceDe(1));
  });
});

describe('fermer, rouvrir, reporter, annuler', () => {
  it('ferme', () => donne(uneSeanceDe(1)).quand(fermer, veille).alors(fermees));
  it('fermer deux fois ne change rien', () => donne(uneSeanceDe(1), fermees).quand(fermer, veille).alors());
  it('rouvre', () => donne(uneSeanceDe(1), fermees).quand(rouvrir, veille).alors(rouvertes));
  it('rouvrir deux fois ne change rien', () => donne(uneSeanceDe(1)).quand(rouvrir, veille).alors());
  it.each<[Refus, Fait[], number]>([
    ['seance_annulee', [annulee], veille],
    ['seance_cloturee', [], lendemain],
    ['seance_commencee', [], pendant],
  ])('ne ferme ni ne rouvre : %s', (refus, suite, instant) => {
    donne(uneSeanceDe(1), ...suite)
      .quand(fermer, instant)
      .refuse(refus);
    donne(uneSeanceDe(1), ...suite)
      .quand(rouvrir, instant)
      .refuse(refus);
  });

  it('reporte', () =>
    donne(...complete)
      .quand(reporter(), veille)
      .alors({ type: 'SeanceReportee', ...ailleurs }));
  it('reporter au même moment ne change rien', () =>
    donne(...complete)
      .quand(reporter({ debut: fiche.debut, fin: fiche.fin }), veille)
      .alors());
  it('comble les places restées libres quand le report rend les promotions possibles', () =>
    donne(...complete, portee(2))
      .quand(reporter(), pendant)
      .alors({ type: 'SeanceReportee', ...ailleurs }, promu(bo, 3)));
  it.each<[Refus, Fait[], Partial<DemandeDe<'reporter'>>, number]>([
    ['seance_annulee', [annulee], {}, veille],
    ['seance_cloturee', [], {}, lendemain],
    ['dates_incoherentes', [], { fin: ailleurs.debut }, veille],
    ['dates_incoherentes', [], { debut: '' }, veille],
    ['debut_passe', [], { debut: fiche.debut }, DEBUT],
  ])('ne reporte pas : %s', (refus, suite, dates, instant) =>
    donne(...complete, ...suite)
      .quand(reporter(dates), instant)
      .refuse(refus),
  );

  it('annuler met fin à toutes les inscriptions', () =>
    donne(...complete)
      .quand(annuler, veille)
      .alors({
        type: 'SeanceAnnulee',
        motifId: 'mot_1',
        inscrits: [{ membreId: ana, entree: 2 }],
        enAttente: [
          { membreId: bo, entree: 3 },
          { membreId: cy, entree: 4 },
        ],
      }));
  it('annuler deux fois est refusé', () => donne(uneSeanceDe(1), annulee).quand(annuler, veille).refuse('deja_annulee'));
  it('une séance close ne s’annule plus', () => donne(uneSeanceDe(1)).quand(annuler, lendemain).refuse('seance_cloturee'));
});
