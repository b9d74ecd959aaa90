import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type DemoClub, demoClub, settled } from '../support/browser-club.js';
import { overflowing, violations } from '../support/browser-rules.js';
import { VUES } from '../support/browser-views.js';

const LARGEURS = [320, 390, 768, 1280, 1920];
/** All of the widths and both schemes in one language; in the other, where its words are the most in need of room. */
const LANGUES = [
  ['fr', 'fr-FR', LARGEURS],
  ['en', 'en-GB', [320]],
] as const;

let club: DemoClub;
beforeAll(async () => {
  club = await demoClub();
}, 600_000);
afterEach(() => club.leaveAll());
afterAll(() => club.end());

const JS_OCTETS = 60_000;
/** What the code of this address weighed on the wire, all that it loaded by and by included. */
const POIDS = `(() => {
  const pieces = performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('.js'));
  // What is announced and then imported stands there twice.
  return [...new Map(pieces.map((one) => [one.name, one.encodedBodySize])).values()].reduce((sum, one) => sum + one, 0);
})()`;

/** What no reader should ever see. */
const RATE = /undefined|\bNaN\b|\[object|\{\w+\}|Invalid Date/;

describe.each(VUES.map((vue) => [vue.nom, vue] as const))('%s', (_nom, { adresse, fr, en, absente = false }) => {
  it.each(LANGUES)('se montre sans faute, accessible, dans chaque largeur, en %s', async (langue, locale, largeurs) => {
    const { page, wrong } = await club.visit(await adresse(club), { locale });
    await expect.poll(() => page.title()).toBe(langue === 'fr' ? fr : en);
    expect(await page.locator('html').getAttribute('lang')).toBe(langue);
    const titres = await page.getByRole('heading', { level: 1 }).allInnerTexts();
    expect([titres.length, titres[0]!.trim()]).toEqual([1, expect.stringMatching(/./)]);
    expect(await page.getByRole('main').innerText()).not.toMatch(RATE);
    const poids = await page.evaluate<number>(POIDS);
    expect(poids).toBeGreaterThan(5_000);
    expect(poids).toBeLessThanOrEqual(JS_OCTETS);
    if (langue === 'fr') expect.soft(await violations(page), 'by day').toEqual([]);
    for (const largeur of largeurs) expect.soft(await overflowing(page, largeur), `at ${largeur} px`).toEqual([]);
    await page.setViewportSize({ width: 390, height: 844 });
    await page.emulateMedia({ colorScheme: 'dark' });
    expect.soft(await violations(page), 'by night, on a phone').toEqual([]);
    // The browser itself writes down a 404 that the page has asked for.
    expect.soft(wrong.filter((one) => !(absente && /status of 404/.test(one)))).toEqual([]);
  });
});

describe('les liens', () => {
  it('mènent tous quelque part', async () => {
    const { page } = await club.visit('/');
    const origine = new URL(page.url()).origin;
    const [vus, restent] = [new Set<string>(), ['/']];
    for (let chemin = restent.pop(); chemin !== undefined; chemin = restent.pop()) {
      const genre = chemin.replace(/_[a-z0-9]{20,}/, '_…');
      if (vus.has(genre)) continue;
      vus.add(genre);
      const reponse = await fetch(origine + chemin);
      expect([chemin, reponse.status]).toEqual([chemin, 200]);
      if (/^\/(api|erreurs|health|metrics)(\/|$)/.test(chemin)) continue;
      await page.goto(origine + chemin);
      await settled(page);
      expect([chemin, await page.getByText('Cette page n’existe pas.').count()]).toEqual([chemin, 0]);
      const liens = await page.evaluate<string[]>(`[...document.querySelectorAll('a[href]')].map(({ href }) => href)`);
      for (const lien of liens) {
        expect(new URL(lien).origin).toBe(origine);
        restent.push(new URL(lien).pathname);
      }
    }
    const montrees = await Promise.all(VUES.filter(({ absente }) => absente !== true).map(async ({ adresse }) => adresse(club)));
    const pages = [...vus].filter((chemin) => !/^\/(api|erreurs|health|metrics)(\/|$)/.test(chemin));
    // Nothing that a link leads to is left without the tests above.
    const genres = new Set(montrees.map((chemin) => chemin.replace(/_[a-z0-9]{20,}/, '_…')));
    expect(pages.filter((chemin) => !genres.has(chemin))).toEqual([]);
  });
});
