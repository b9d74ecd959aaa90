import { describe, expect, it } from 'vitest';
import { REFUS_TABLEAU } from '../dashboard/dashboard.refus.js';
import { REFUS_MEMBRES } from '../modules/membres/membres.refus.js';
import { REFUS_NOTIFICATIONS } from '../modules/notifications/notifications.refus.js';
import { REFUS_PAIEMENTS } from '../modules/paiements/paiements.refus.js';
import { REFUS_REUNIONS } from '../modules/reunions/reunions.refus.js';
import { Catalogue, type RefusalEntry, type RefusalTable } from './catalogue.js';
import { languageOf } from './language.js';
import { MACHINE_REFUSALS } from './machine.refus.js';

const CLUB: RefusalTable<string>[] = [REFUS_MEMBRES, REFUS_REUNIONS, REFUS_PAIEMENTS, REFUS_NOTIFICATIONS, REFUS_TABLEAU];
const catalogue = new Catalogue(MACHINE_REFUSALS, ...CLUB);
const all = catalogue.codes().map((code) => [code, catalogue.entry(code)!] as const);

/** The status that a code of the club must have, by its name. */
function statusOf(code: string): number {
  if (/_inconnue?$/.test(code)) return 404;
  return /_invalides?$/.test(code) || code === 'dates_incoherentes' || code === 'debut_passe' ? 422 : 409;
}

describe('le catalogue des refus', () => {
  it.each(CLUB.flatMap((table) => Object.entries<RefusalEntry>(table)))('%s a le statut que dit son nom', (code, entry) => {
    expect(entry.status).toBe(statusOf(code));
  });

  it.each(all)('%s se dit en français et en anglais, et son exemple remplit son texte', (code, entry) => {
    for (const language of ['fr', 'en'] as const) {
      const document = catalogue.example(code, language);
      expect(document).toMatchObject({ code, status: entry.status, type: `/erreurs/${code}` });
      expect(document.title.length * document.detail.length).toBeGreaterThan(0);
      expect(document.detail).not.toMatch(/[{}?]/);
    }
    expect(entry.title.fr).not.toBe(entry.title.en);
  });

  it('un code n’a qu’une entrée', () => {
    expect(() => new Catalogue(MACHINE_REFUSALS).add({ surcharge: MACHINE_REFUSALS.surcharge })).toThrow('surcharge');
  });

  it('un code que personne n’a décrit est une erreur de notre fait', () => {
    expect(catalogue.problem('jamais_dit', 'fr', { secret: 1 })).toMatchObject({ code: 'erreur_interne', status: 500 });
    expect(catalogue.problem('jamais_dit', 'fr', { secret: 1 })).not.toHaveProperty('secret');
  });

  it('les données ne peuvent pas se faire passer pour le document', () => {
    const data = { code: 'faux', status: 200, type: 'x', title: 'x', detail: 'x', places: 3 };
    expect(catalogue.problem('seance_complete', 'en', data, 'demande-1')).toEqual({
      type: '/erreurs/seance_complete',
      title: 'Séance full',
      status: 409,
      detail: 'All 3 places are taken.',
      code: 'seance_complete',
      instance: 'demande-1',
      places: 3,
    });
  });
});

describe('la langue de l’appelant', () => {
  it.each([
    [undefined, 'fr'],
    ['', 'fr'],
    ['en', 'en'],
    ['en-US,en;q=0.9', 'en'],
    ['de', 'fr'],
    ['de,en;q=0.5,fr;q=0.4', 'en'],
    ['fr;q=0.2, en;q=0.8', 'en'],
    ['*', 'fr'],
    ['en;q=0', 'fr'],
    ['en;q=zut', 'fr'],
    ['EN', 'en'],
    ['x'.repeat(10_000), 'fr'],
  ])('%s : %s', (header, language) => expect(languageOf(header)).toBe(language));
});
