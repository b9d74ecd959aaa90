import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ecart, horloge, instantDe, jour, jourPlus, soir } from '../../../test/support/calendrier-naif.js';
import { ECHEANCE, JOUR, lundi, regles } from '../../../test/support/prets.js';
import { runs } from '../../../test/support/runs.js';
import { dater, debutDuJour, joursEntre, matin, soirOuvert } from './jours.js';

const dans = (fuseau: string) => ({ ...regles, fuseau });
const ferme = (jours: number[], dates: string[] = []) => ({ ...regles, fermetures: { jours, dates } });
const PARIS = 'Europe/Paris';

describe('une échéance', () => {
  it('est la dernière seconde du jour dit', () => expect(soirOuvert(lundi, 21, regles)).toBe(ECHEANCE));
  it('compte des dates : prise à une minute de minuit, elle vaut un jour de moins', () => {
    expect(soirOuvert(Date.parse('2026-03-02T23:59:59.999+01:00'), 1, regles)).toBe('2026-03-03T23:59:59+01:00');
    expect(soirOuvert(Date.parse('2026-03-03T00:00:00+01:00'), 1, regles)).toBe('2026-03-04T23:59:59+01:00');
  });
  it.each([
    ['la nuit de vingt-trois heures', '2026-03-28T12:00:00+01:00', '2026-03-29T23:59:59+02:00'],
    ['la nuit de vingt-cinq heures', '2026-10-24T12:00:00+02:00', '2026-10-25T23:59:59+01:00'],
    ['le second deux heures et demie d’octobre', '2026-10-25T02:30:00+01:00', '2026-10-26T23:59:59+01:00'],
  ])('passe %s sans se tromper de jour', (_, depuis, attendue) => expect(soirOuvert(Date.parse(depuis), 1, regles)).toBe(attendue));
  it('tombe au second 23:59:59 quand l’horloge repasse minuit', () =>
    expect(soirOuvert(Date.parse('2026-10-23T12:00:00Z'), 1, dans('Asia/Beirut'))).toBe('2026-10-24T23:59:59+02:00'));
  it('reste le même jour quand minuit sonne deux fois', () =>
    expect(soirOuvert(Date.parse('2026-10-30T12:00:00Z'), 1, dans('America/Havana'))).toBe('2026-10-31T23:59:59-04:00'));
  it('passe au premier jour ouvert', () => {
    expect(soirOuvert(lundi, 21, ferme([1, 2]))).toBe('2026-03-25T23:59:59+01:00');
    expect(soirOuvert(lundi, 21, ferme([2], ['2026-03-23', '2026-03-25']))).toBe('2026-03-26T23:59:59+01:00');
  });
  it('passe une fermeture de deux mois', () => {
    const ete = Array.from({ length: 62 }, (_, i) => jourPlus('2026-07-01', i));
    expect(soirOuvert(Date.parse('2026-06-20T10:00:00Z'), 21, ferme([], ete))).toBe('2026-09-01T23:59:59+02:00');
  });
  it('garde le jour dit quand tout est fermé', () => expect(soirOuvert(lundi, 21, ferme([1, 2, 3, 4, 5, 6, 7]))).toBe(ECHEANCE));
});

describe('les jours du club', () => {
  it('commencent à minuit, ou à l’heure qui en tient lieu', () => {
    expect(dater(debutDuJour(Date.parse('2026-04-24T12:00:00Z'), 0, 'Africa/Cairo'), 'Africa/Cairo')).toBe('2026-04-24T01:00:00+03:00');
    expect(dater(debutDuJour(Date.parse('2026-11-01T12:00:00Z'), 0, 'America/Havana'), 'America/Havana')).toBe('2026-11-01T00:00:00-04:00');
  });
  it('ont leur matin à huit heures, avant comme après le changement d’heure', () => {
    expect(matin(Date.parse('2026-03-30T23:00:00+02:00'), -3, PARIS)).toBe('2026-03-27T08:00:00+01:00');
    expect(matin(Date.parse('2026-03-27T23:00:00+01:00'), 2, PARIS)).toBe('2026-03-29T08:00:00+02:00');
  });
  it('gardent les millièmes de l’instant', () => expect(dater(lundi + 7, PARIS)).toBe('2026-03-02T10:00:00.007+01:00'));
  it('s’accordent avec une autre horloge, dans tous les fuseaux', () => {
    const fuseaux = fc.constantFrom(
      PARIS,
      'UTC',
      'Australia/Lord_Howe',
      'America/Havana',
      'Africa/Cairo',
      'Asia/Beirut',
      'Pacific/Chatham',
    );
    const instants = fc.integer({ min: Date.parse('2026-01-01T00:00:00Z'), max: Date.parse('2028-01-01T00:00:00Z') });
    const jours = fc.integer({ min: 0, max: 60 });
    const fermetures = fc.record({ jours: fc.subarray([1, 2, 3, 4, 5, 6, 7]), dates: fc.constant(['2026-12-25']) });
    fc.assert(
      fc.property(fuseaux, instants, jours, fermetures, (fuseau, instant, n, clos) => {
        const alors = jourPlus(jour(instant, fuseau), n);
        const echeance = Date.parse(soirOuvert(instant, n, { ...regles, fuseau, fermetures: clos }));
        expect(echeance).toBe(soir(alors, clos, fuseau));
        expect(horloge(echeance, fuseau)).toMatch(/ 23:59:59$/);
        expect(Date.parse(matin(instant, n, fuseau))).toBe(instantDe(alors, '08:00:00', fuseau));
        expect(joursEntre(instant, echeance, fuseau)).toBe(ecart(jour(instant, fuseau), jour(echeance, fuseau)));
        const debut = debutDuJour(instant, n, fuseau);
        expect([jour(debut, fuseau), jour(debut - 1, fuseau)]).toEqual([alors, jourPlus(alors, -1)]);
        expect(joursEntre(instant + 2 * JOUR, instant, fuseau)).toBe(ecart(jour(instant + 2 * JOUR, fuseau), jour(instant, fuseau)));
      }),
      { numRuns: runs(150) },
    );
  });
});
