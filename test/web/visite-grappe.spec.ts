import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { ask, type Browsing, browsing } from '../support/browser-club.js';
import { bouton, etape, ETAPES, manques, montre, raconter, tout, type Verdict, verdict } from '../support/browser-visite.js';
import { engines } from '../support/databases.js';
import { RealCluster, type Seat } from '../support/real-cluster.js';
import { long } from '../support/runs.js';

vi.setConfig({ testTimeout: 180_000 });
/** Une coupure de huit secondes, ou une élection, et le juge : sur une machine occupée. */
const LONG = 90_000;
const SOON = { timeout: 20_000 };

let cluster: RealCluster;
let browser: Browsing;

const autres = (seat: Seat): Seat[] => cluster.seats.filter((un) => un !== seat);
const jouer = async (page: Awaited<ReturnType<Browsing['visit']>>['page'], n: number): Promise<Verdict> => {
  await bouton(page, n).click();
  return verdict(page, n, LONG);
};

interface Compteur {
  readonly produit: string;
  readonly valeur: string;
}

/** Ces instances montrent les mêmes comptes ; rend celui de la visite. */
async function memesComptes(seats: readonly Seat[]): Promise<string | undefined> {
  const lus = (): Promise<string[]> =>
    Promise.all(
      seats.map(async ({ url }) =>
        (await tout<Compteur>(url, '/compteurs'))
          .map(({ produit, valeur }) => `${produit} ${valeur}`)
          .toSorted()
          .join(),
      ),
    );
  await expect.poll(async () => new Set(await lus()).size, SOON).toBe(1);
  return (await tout<Compteur>(seats[0]!.url, '/compteurs')).find(({ produit }) => produit === 'jetons-de-la-visite')?.valeur;
}

/** Ces instances racontent la même séance : jamais une place de trop, chacun une fois, la file dans l’ordre. */
async function memeSeance(seats: readonly Seat[], seance: string): Promise<void> {
  const recits = await Promise.all(seats.map(({ url }) => raconter(url, seance)));
  const vues = await Promise.all(seats.map(({ url }) => montre(url, seance)));
  for (const [i, { trop, assis, file, versions, rangs }] of recits.entries()) {
    expect([trop <= 0, new Set([...assis, ...file]).size]).toEqual([true, assis.length + file.length]);
    expect(versions).toEqual(versions.map((_, n) => n + 1));
    expect(rangs).toEqual(rangs.toSorted((a, b) => a - b));
    expect([vues[i]!.assis.toSorted(), vues[i]!.file]).toEqual([assis.toSorted(), file]);
    expect([recits[i], vues[i]]).toEqual([recits[0], vues[0]]);
  }
}

// L’autre moteur : `npm run test:long`.
describe.each(long() ? engines : engines.slice(0, 1))('la visite, devant trois instances, sur %s', (engine) => {
  beforeAll(async () => {
    cluster = await RealCluster.start(engine, 3, { DEMO: 'true' });
    browser = await browsing();
  }, 600_000);
  afterEach(() => browser.leaveAll());
  afterAll(async () => {
    await browser.end();
    await cluster.clear();
  });

  it('les six étapes sont tenues, et les instances qui restent sont d’accord', async () => {
    const avant = await cluster.settled();
    const [ici] = autres(cluster.seat(avant.leader!)) as [Seat];
    const { page } = await browser.visit(ici.url, '/visite');
    for (const n of [1, 2, 3, 4]) {
      const dit = await jouer(page, n);
      expect([ETAPES[n - 1]![0], manques(dit)]).toEqual([ETAPES[n - 1]![0], []]);
      await memeSeance(cluster.seats, dit.seance);
    }

    const coupure = await jouer(page, 6);
    expect(manques(coupure)).toEqual([]);
    expect(coupure.constats['Rien perdu, rien compté deux fois']!.trouve).toBe('1 + 3 + 5 = 9');
    expect(coupure.constats['Coupée des autres']!.trouve).toBe('instances injoignables d’ici : 2 sur 2');
    expect(await memesComptes(cluster.seats)).toBe('9');
    await memeSeance(cluster.seats, coupure.seance);

    const { leader, terme } = await cluster.settled();
    const morte = cluster.seat(leader!);
    const la = morte === ici ? await browser.visit(autres(ici)[0]!.url, '/visite') : { page };
    const arret = await jouer(la.page, 5);
    expect(manques(arret)).toEqual([]);
    expect((await morte.process.ended).signal).toBe('SIGKILL');
    const apres = await cluster.settled(autres(morte));
    expect(apres.terme).toBeGreaterThan(terme);
    expect(arret.constats['Un autre leader']!.trouve).toContain(`${leader} → ${apres.leader}, en `);
    expect(arret.constats['Sous un terme plus grand']!.trouve).toBe(`terme ${terme} → ${apres.terme}`);
    await memeSeance(autres(morte), arret.seance);
    expect(await memesComptes(autres(morte))).toBe('9');

    morte.start();
    await cluster.settled();
    await memeSeance(cluster.seats, arret.seance);
    expect(await memesComptes(cluster.seats)).toBe('9');
  });

  it('chez le leader, elle dit où aller, et n’arrête rien', async () => {
    const { leader, terme } = await cluster.settled();
    const { page } = await browser.visit(cluster.seat(leader!).url, '/visite');
    await bouton(page, 5).click();
    await etape(page, 5).getByText(`Le leader est ${leader}, l’instance même à qui cette page parle`).waitFor();
    expect(await etape(page, 5).innerText()).toContain('Ouvrez cette page sur une autre instance (un autre port).');
    expect(await cluster.settled()).toMatchObject({ leader, terme });
  });

  it('l’instance qu’elle montre meurt au milieu de la ruée : elle le dit, attend, et tout est tenu quand elle revient', async () => {
    const { leader } = await cluster.settled();
    const [ici] = autres(cluster.seat(leader!)) as [Seat];
    const { page } = await browser.visit(ici.url, '/visite');
    let meurt = (): void => undefined;
    const morte = new Promise<void>((resolve) => (meurt = resolve));
    let parties = 0;
    await page.route('**/api/v1/seances/*/inscriptions', async (route) => {
      if (++parties > 20) await morte;
      await route.continue();
    });
    await bouton(page, 2).click();
    await etape(page, 2).getByText('20 réponses sur 50').waitFor();
    await ici.process.kill9();
    meurt();
    await page.getByRole('alert').filter({ hasText: 'Connexion perdue' }).waitFor();
    ici.start();
    const dit = await verdict(page, 2, LONG);
    expect(manques(dit)).toEqual([]);
    expect(dit.conclusion).toContain('50 réponses sur 50');
    await page.getByText('en direct').waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
    await cluster.settled();
    await memeSeance(cluster.seats, dit.seance);
    expect((await ask(`${ici.url}/api/v1/seances/${dit.seance}`, undefined)).inscrits).toBe(12);
  });
});
