import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { closedLoop } from '../../bench/support/load.js';
import { carte, membre, planifier } from '../support/browser-agenda.js';
import { beSomeone, type DemoClub, demoClub, settled } from '../support/browser-club.js';

const SEANCES = 500;
const MEMBRES = 120;
const FAITS = 1_200;
const ENSEMBLE = 32;

let club: DemoClub;
const [seances, membres]: [string[], string[]] = [[], []];
beforeAll(async () => {
  club = await demoClub();
  await remplir();
}, 600_000);
afterEach(() => club.leaveAll());
afterAll(() => club.end());

/** Cinq cents séances et douze cents faits, par des demandes ordinaires. */
async function remplir(): Promise<void> {
  await closedLoop(ENSEMBLE, MEMBRES, async (n) => void (membres[n] = (await club.ask('/membres', { nom: `Membre n° ${n}` })).id));
  await closedLoop(ENSEMBLE, SEANCES, async (n) => {
    const debut = new Date(Date.now() + (30 + n) * 86_400_000);
    const fin = new Date(debut.getTime() + 7_200_000);
    seances[n] = (await club.ask('/seances', { titre: `Rencontre n° ${n}`, places: 12, debut, fin })).id;
  });
  await closedLoop(ENSEMBLE, FAITS - SEANCES, (n) => inscrire(seances[n % SEANCES]!, membres[n % MEMBRES]!));
}

async function inscrire(seance: string, membreId: string): Promise<void> {
  await club.ask(`/seances/${seance}/inscriptions`, { membreId });
}

/** Ce que la page demande au club à partir de maintenant, le flux mis à part. */
function demandes(page: Page): string[] {
  const asked: string[] = [];
  page.on('request', (request) => {
    const { pathname, search } = new URL(request.url());
    if (pathname.startsWith('/api/') && !pathname.endsWith('/flux')) asked.push(pathname + search);
  });
  return asked;
}

const nombre = (page: Page, choix: string): Promise<number> => page.locator(choix).count();

describe('un grand club', () => {
  it('cinq cents séances : l’agenda en montre vingt-quatre, puis la suite à qui la demande', async () => {
    const { page } = await club.visit('/');
    expect(await nombre(page, 'main .cartes > li')).toBe(24);
    expect(await nombre(page, 'main *')).toBeLessThan(1_500);
    await page.getByRole('button', { name: /^Voir la suite/ }).click();
    await expect.poll(() => nombre(page, 'main .cartes > li')).toBe(48);
  });

  it('douze cents faits : le flux et les courriers n’en montrent que les derniers', async () => {
    const { page } = await club.visit('/exploitation/flux');
    await expect.poll(() => nombre(page, '.flux-liste > li')).toBe(200);
    await page.goto(`${club.url}/courriers`);
    await settled(page);
    expect(await nombre(page, '.courriers-liste > li')).toBeLessThanOrEqual(100);
  });

  it('une place prise d’avance ne bouge pas ; celle qui se prend, si', async () => {
    const { page } = await club.visit('/', { reducedMotion: 'no-preference' });
    await page.context().addInitScript(`window.mues = 0; addEventListener('animationstart', () => mues++)`);
    await page.reload();
    await settled(page);
    await page.locator('.places-carres .prise').first().waitFor();
    expect(await page.evaluate('mues')).toBe(0);
    const id = await planifier(club, 'Sous vos yeux', 3);
    await expect.poll(() => carte(page, 'Sous vos yeux').innerText()).toContain('0 place sur 3');
    await inscrire(id, membres[0]!);
    await expect.poll(() => page.evaluate('mues')).toBe(1);
  });
});

describe('une ruée devant une page ouverte', () => {
  it('se montre, et ne lui fait presque rien relire', async () => {
    const id = await planifier(club, 'La ruée', 1);
    await inscrire(id, await membre(club, 'Zoë Le Goff'));
    await inscrire(id, await membre(club, 'Bo Li'));
    const { page } = await club.visit('/');
    await beSomeone(page, 'Bo Li');
    const montre = () => expect.poll(() => carte(page, 'La ruée').innerText());
    await montre().toMatch(/attendez en 1re position/);
    await expect.poll(() => page.locator('.agenda-mienne').filter({ hasText: 'Lecture' }).count()).toBe(0);
    const asked = demandes(page);
    await closedLoop(ENSEMBLE, MEMBRES, (n) => inscrire(id, membres[n]!));
    await montre().toContain(`${MEMBRES + 1} en attente`);
    // Everybody came behind: nothing is to be read again.
    expect(asked).toEqual([]);
  });
});
