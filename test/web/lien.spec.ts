import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { carte, inscrire, planifier } from '../support/browser-agenda.js';
import { beSomeone, type DemoClub, demoClub, settled } from '../support/browser-club.js';

const FLUX = '**/api/v1/flux';
const PERIME = /Connexion perdue : ce qui est montré date de \d\d:\d\d/;

const HORS_LIGNE = /hors ligne : ce qui est montré date de \d\d:\d\d/;

let club: DemoClub;
beforeAll(async () => {
  club = await demoClub();
}, 600_000);
afterEach(() => club.leaveAll());
afterAll(() => club.end());

describe('une page venue d’une autre machine, sans TLS', () => {
  it('agit comme sur place', async () => {
    await planifier(club, 'De loin', 3);
    const { page } = await club.visit('/');
    await page.goto(club.named);
    await settled(page);
    expect(await page.evaluate('isSecureContext')).toBe(false);
    await beSomeone(page, 'Bo Li');
    await carte(page, 'De loin')
      .getByRole('button', { name: /^S’inscrire/ })
      .click();
    await expect.poll(() => carte(page, 'De loin').innerText()).toContain('1 place sur 3');
  });
});

describe('une page dont l’instance meurt', () => {
  it('dit que ce qu’elle montre est vieux et de quand, puis reprend d’elle-même et montre ce qu’elle a manqué', async () => {
    const id = await planifier(club, 'La coupure', 3);
    const { page } = await club.visit('/');
    const montre = () => expect.poll(() => carte(page, 'La coupure').innerText());
    await montre().toContain('0 place sur 3');
    // The stream stays cut until somebody has been there meanwhile.
    await page.route(FLUX, (one) => one.abort('connectionrefused'));
    await club.kill9();
    const alerte = page.getByRole('alert').filter({ hasText: PERIME });
    await alerte.waitFor();
    await montre().toContain('0 place sur 3');
    await club.again();
    await inscrire(club, id, 'Bo Li');
    expect(await alerte.count()).toBe(1);
    await page.unroute(FLUX);
    await montre().toContain('1 place sur 3');
    await expect.poll(() => alerte.count()).toBe(0);
    await page.getByText('en direct').waitFor();
  });

  it('finit, une fois et une seule, ce qui a été demandé pendant la coupure', async () => {
    const id = await planifier(club, 'Le geste', 3);
    const { page } = await club.visit('/');
    await beSomeone(page, 'Bo Li');
    const fiche = carte(page, 'Le geste');
    const bouton = fiche.getByRole('button', { name: /^S’inscrire/ });
    await bouton.waitFor();
    await club.kill9();
    await bouton.click();
    await club.again();
    // The page asks again by itself for ten seconds; a machine that starts slower than that leaves the rest to the person.
    await expect
      .poll(async () => {
        if ((await fiche.getByRole('alert').count()) > 0 && (await bouton.isVisible())) await bouton.click();
        return fiche.innerText();
      })
      .toContain('1 place sur 3');
    await fiche.getByRole('button', { name: /^Me désister/ }).waitFor();
    const { elements } = await club.ask(`/seances/${id}/faits`);
    expect(elements.map(({ type }: { type: string }) => type)).toEqual(['SeancePlanifiee', 'MembreInscrit']);
  });

  it('sait de nouveau qui est là, et qui elle est, si elle ne l’avait pas su', async () => {
    const { page } = await club.visit('/');
    await beSomeone(page, 'Bo Li');
    await page.route(/api\/v1\/membres/, (one) => one.abort('connectionrefused'));
    await page.reload();
    const qui = page.getByRole('banner').getByRole('combobox');
    await page.getByText('en direct').waitFor();
    expect(await qui.getByRole('option').allInnerTexts()).toEqual(['Personne']);
    await page.unroute(/api\/v1\/membres/);
    await club.kill9();
    await club.again();
    await expect.poll(() => qui.locator(':checked').innerText()).toBe('Bo Li');
  });

  it('qui gèle sans rien fermer, dit qu’elle n’entend plus rien, et reprend avec elle', async () => {
    const id = await planifier(club, 'Le gel', 3);
    const { page } = await club.visit('/');
    // Two beats and more, at once.
    await page.clock.install();
    await page.reload();
    await settled(page);
    club.freeze();
    try {
      await page.clock.fastForward(60_000);
      await page.getByRole('alert').filter({ hasText: PERIME }).waitFor();
    } finally {
      club.thaw();
    }
    await page.getByText('en direct').waitFor();
    await inscrire(club, id, 'Bo Li');
    await expect.poll(() => carte(page, 'Le gel').innerText()).toContain('1 place sur 3');
  });

  it('sans réseau, dit que l’appareil est hors ligne, et reprend', async () => {
    const { page } = await club.visit('/comptoir');
    // A stream that flows is not cut by that: an instance on this very machine needs no network.
    await page.context().setOffline(true);
    await club.kill9();
    await page.getByRole('alert').filter({ hasText: HORS_LIGNE }).waitFor();
    await club.again();
    await page.context().setOffline(false);
    await page.getByText('en direct').waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
  });
});
