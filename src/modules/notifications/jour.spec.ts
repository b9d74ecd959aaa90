import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jourDe, matin, tropTot } from './jour.js';

const HEURE = 3_600_000;
const fuseaux = fc.constantFrom('Europe/Paris', 'America/New_York', 'Pacific/Auckland', 'Asia/Kolkata', 'UTC', 'Australia/Lord_Howe');
const instants = fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2040, 0, 1) });

describe('les jours du club', () => {
  it('le matin est à huit heures du jour voulu, changements d’heure compris', () =>
    fc.assert(
      fc.property(instants, fuseaux, fc.integer({ min: -30, max: 30 }), (instant, fuseau, jours) => {
        const quand = matin(instant, jours, fuseau);
        expect(jourDe(quand, fuseau)).toBe(jourDe(instant, fuseau) + jours);
        expect([tropTot(quand, fuseau), tropTot(quand - 1, fuseau)]).toEqual([false, true]);
      }),
    ));

  it('le jour change à minuit au club', () => {
    const minuit = Date.UTC(2027, 6, 13, 22);
    expect(jourDe(minuit, 'Europe/Paris') - jourDe(minuit - 1, 'Europe/Paris')).toBe(1);
    expect(jourDe(minuit, 'UTC')).toBe(jourDe(minuit - 12 * HEURE, 'UTC'));
  });
});
