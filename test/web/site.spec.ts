import { readdirSync, readFileSync } from 'node:fs';
import { get, type IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newDatabase, type TestDatabase } from '../support/databases.js';
import { builtApp, type RealPlace, realPlace } from '../support/real-instance.js';

const ENTREE_OCTETS = 45_000;
const CSS_OCTETS = 15_000;
const ADRESSES = [
  '/',
  '/seances/sea_01jd3xq7r5t8v2w4y6z8a0b2c4',
  '/prets',
  '/prets/pre_01jd3xq7r5t8v2w4y6z8a0b2c4',
  '/comptoir',
  '/courriers',
  '/courriers/not_01jd3xq7r5t8v2w4y6z8a0b2c4',
  '/exploitation',
  '/exploitation/flux',
  '/visite',
];

let database: TestDatabase;
let place: RealPlace;
let page: string;
let morceaux: { readonly nom: string; readonly contenu: Buffer }[];

beforeAll(async () => {
  database = await newDatabase('sqlite');
  place = await realPlace(database);
  const dossier = join(await builtApp(), 'web');
  page = readFileSync(join(dossier, 'index.html'), 'utf8');
  morceaux = readdirSync(join(dossier, 'assets')).map((nom) => ({ nom, contenu: readFileSync(join(dossier, 'assets', nom)) }));
  await place.start().ready();
}, 240_000);
afterAll(async () => {
  await place.clear();
  await database.drop();
});

interface Reponse {
  readonly statut: number;
  readonly entetes: IncomingHttpHeaders;
  readonly corps: Buffer;
}

/** Ce qui vient par le fil, sans que rien ne le décompresse. */
function lire(chemin: string, entetes: Record<string, string> = {}): Promise<Reponse> {
  return new Promise((resolve, reject) => {
    get(place.url + chemin, { headers: entetes, agent: false }, (reponse) => {
      const corps: Buffer[] = [];
      reponse.on('data', (morceau: Buffer) => corps.push(morceau));
      reponse.on('end', () => resolve({ statut: reponse.statusCode ?? 0, entetes: reponse.headers, corps: Buffer.concat(corps) }));
    }).on('error', reject);
  });
}
const GZIP = { 'accept-encoding': 'gzip, br' };

describe('le site', () => {
  it.each(ADRESSES)('%s donne la page, à redemander chaque fois', async (adresse) => {
    const { statut, entetes, corps } = await lire(adresse);
    expect([statut, entetes['content-type'], entetes['cache-control']]).toEqual([200, 'text/html; charset=utf-8', 'no-cache']);
    expect(corps.toString()).toBe(page);
  });

  it('compresse la page pour qui le veut, et pour lui seul', async () => {
    const [compressee, brute] = [await lire('/', GZIP), await lire('/')];
    expect([compressee.entetes['content-encoding'], brute.entetes['content-encoding']]).toEqual(['gzip', undefined]);
    expect(compressee.entetes['vary']).toMatch(/accept-encoding/i);
    expect(gunzipSync(compressee.corps)).toEqual(brute.corps);
  });

  it('donne chaque morceau sous un nom qui change avec lui, pour toujours, et compressé', async () => {
    expect(morceaux.length).toBeGreaterThan(1);
    for (const { nom, contenu } of morceaux) {
      expect(nom).toMatch(/-[\w-]{8}\.(js|css|svg)$/);
      const { statut, entetes, corps } = await lire(`/assets/${nom}`, GZIP);
      expect([statut, entetes['content-encoding'], entetes['cache-control']]).toEqual([200, 'gzip', 'public, max-age=31536000, immutable']);
      expect(entetes['content-type']).toMatch(/^(text\/(javascript|css); charset=utf-8|image\/svg\+xml)$/);
      expect(gunzipSync(corps)).toEqual(contenu);
    }
  });

  it('ne connaît que les morceaux et les pages qu’il a', async () => {
    for (const chemin of [
      '/assets/inconnu-00000000.js',
      '/assets/',
      '/assets/..%2findex.html',
      '/assets/%2e%2e/index.html',
      '/nulle-part',
      '/exploitation/nulle-part',
    ]) {
      const { statut, entetes } = await lire(chemin);
      expect([chemin, statut, entetes['content-type']]).toEqual([chemin, 404, expect.stringContaining('application/problem+json')]);
    }
  });

  it('ne laisse rien venir d’ailleurs, ni rien s’écrire dans la page', async () => {
    for (const chemin of ['/', `/assets/${morceaux[0]!.nom}`]) {
      const { entetes } = await lire(chemin);
      const regles = String(entetes['content-security-policy']).split('; ');
      expect(regles).toEqual(
        expect.arrayContaining(["default-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"]),
      );
      expect(regles.filter((regle) => /unsafe|https?:|\*|script-src|style-src|connect-src/.test(regle))).toEqual([]);
      expect([entetes['x-content-type-options'], entetes['referrer-policy']]).toEqual(['nosniff', 'no-referrer']);
    }
  });

  it('n’a dans sa page ni script, ni style, ni écouteur écrits sur place', () => {
    expect([...page.matchAll(/<script(?![^>]*\ssrc=)[^>]*>|<style|\sstyle=|\son\w+=|javascript:/gi)].map(String)).toEqual([]);
    const sources = [...page.matchAll(/\s(?:src|href)="([^"]+)"/g)].map(([, adresse]) => adresse!);
    expect(sources.filter((adresse) => !/^\/assets\/[\w.-]+$/.test(adresse))).toEqual([]);
    expect(sources.length).toBeGreaterThanOrEqual(3);
  });

  it('ne nomme aucune adresse d’ailleurs', () => {
    // Names of vocabularies, which nobody fetches.
    const vocabulaire =
      /^http:\/\/www\.w3\.org\/(2000\/svg|1999\/xhtml|1999\/xlink|1998\/Math\/MathML|XML\/1998\/namespace|2000\/xmlns\/?)$/;
    const textes = [page, ...morceaux.map(({ contenu }) => contenu.toString())];
    const nommees = textes.flatMap((texte) =>
      [...texte.matchAll(/(?:https?:|wss?:)?\/\/[a-z0-9][\w.-]*\.[a-z]{2,}[^\s"'`)<>]*/gi)].map(([tout]) => tout),
    );
    expect(nommees.filter((adresse) => !vocabulaire.test(adresse))).toEqual([]);
  });

  it(`pèse au plus ${ENTREE_OCTETS / 1000} ko de code à l’entrée et ${CSS_OCTETS / 1000} ko de style en tout, compressés`, () => {
    const poids = (lesquels: (nom: string) => boolean): number =>
      morceaux.filter(({ nom }) => lesquels(nom)).reduce((somme, { contenu }) => somme + gzipSync(contenu, { level: 9 }).length, 0);
    // What each address loads in all is weighed in a browser, by the tests of the views.
    const entree = poids((nom) => nom.endsWith('.js') && page.includes(`/assets/${nom}`));
    expect(entree).toBeGreaterThan(5_000);
    expect(entree).toBeLessThanOrEqual(ENTREE_OCTETS);
    const style = poids((nom) => nom.endsWith('.css'));
    expect(style).toBeGreaterThan(500);
    expect(style).toBeLessThanOrEqual(CSS_OCTETS);
  });
});
