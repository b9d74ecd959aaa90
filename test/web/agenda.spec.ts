import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { carte, inscrire, inscriptions, membre, planifier } from '../support/browser-agenda.js';
import { beSomeone, type DemoClub, demoClub } from '../support/browser-club.js';
import { focused, tabTo } from '../support/browser-rules.js';

let club: DemoClub;
beforeAll(async () => {
  club = await demoClub();
}, 600_000);
afterEach(() => club.leaveAll());
afterAll(() => club.end());

/** L'agenda, devant quelqu'un. */
async function agenda(nom: string): Promise<Page> {
  const { page } = await club.visit('/');
  await beSomeone(page, nom);
  return page;
}
const montre = (page: Page, titre: string) => expect.poll(() => carte(page, titre).innerText());
const bouton = (page: Page, titre: string, nom: RegExp) => carte(page, titre).getByRole('button', { name: nom });
const INSCRIRE = /^S’inscrire/;
const DESISTER = /^Me désister/;

describe('l’agenda', () => {
  it('inscrit d’un bouton, le dit, et sait revenir en arrière', async () => {
    const titre = 'Aller et retour';
    const id = await planifier(club, titre, 2);
    const page = await agenda('Bo Li');
    await bouton(page, titre, INSCRIRE).click();
    await montre(page, titre).toContain('1 place sur 2 prise');
    await expect.poll(() => page.getByRole('status').innerText()).toContain(`Votre place est prise : ${titre}`);
    await bouton(page, titre, DESISTER).waitFor();
    expect(await inscriptions(club, id)).toEqual(['Bo Li inscrite']);
    const annuler = bouton(page, titre, /^Annuler/);
    await expect
      .poll(async () => {
        // Who clicks twice by mistake is not heard the second time.
        if (await annuler.isVisible()) await annuler.click();
        return carte(page, titre).innerText();
      })
      .toContain('0 place sur 2 prise');
    await bouton(page, titre, INSCRIRE).waitFor();
    expect(await inscriptions(club, id)).toEqual([]);
  });

  it('montre à chacun les places qui se prennent, et la dernière change le bouton', async () => {
    const titre = 'La dernière place';
    const id = await planifier(club, titre, 2);
    await inscrire(club, id, 'Ōe Kenzaburō');
    const [une, autre] = [await agenda('Bo Li'), await agenda('Zoë Le Goff')];
    await montre(autre, titre).toContain('1 place sur 2 prise');
    await bouton(autre, titre, INSCRIRE).waitFor();
    await bouton(une, titre, INSCRIRE).click();
    await montre(autre, titre).toContain('2 places sur 2 prises');
    await bouton(autre, titre, /^Rejoindre la liste \(1re\)/).click();
    await montre(autre, titre).toMatch(/attendez en 1re position/);
    await montre(une, titre).toContain('1 en attente');
    expect(await inscriptions(club, id)).toEqual(['Ōe Kenzaburō inscrite', 'Bo Li inscrite', 'Zoë Le Goff en_attente']);
  });

  it('donne la place de qui se désiste à qui attend, sous ses yeux', async () => {
    const titre = 'Une place se libère';
    const id = await planifier(club, titre, 1);
    await inscrire(club, id, 'Bo Li');
    await inscrire(club, id, 'Zoë Le Goff');
    const [une, autre] = [await agenda('Bo Li'), await agenda('Zoë Le Goff')];
    await montre(autre, titre).toMatch(/attendez en 1re position/);
    await bouton(une, titre, DESISTER).click();
    await montre(une, titre).toContain('revient à Zoë Le Goff');
    await montre(autre, titre).toContain('Vous avez votre place');
    await expect.poll(() => autre.getByRole('status').innerText()).toContain(`Une place s’est libérée pour vous : ${titre}`);
    expect(await inscriptions(club, id)).toEqual(['Zoë Le Goff inscrite']);
  });

  it('garde une place à qui on l’offre jusqu’à une limite écrite sur le bouton, et la lui donne s’il l’accepte', async () => {
    const titre = 'Atelier Écriture';
    const page = await agenda("Maël D'Almeida");
    await montre(page, titre).toMatch(/8 places sur 8 prises, dont 1 offerte/);
    await bouton(page, titre, /^Accepter ma place \(avant .* \d+:\d\d\)/).click();
    await montre(page, titre).toMatch(/8 places sur 8 prises · 2 en attente[^]*Vous avez accepté votre place[^]*Me désister/);
    await expect.poll(() => page.getByRole('status').innerText()).toContain(`Vous avez accepté votre place : ${titre}`);
  });

  it('dit avec les mots du club ce que le club refuse', async () => {
    const titre = 'Trop tard';
    const id = await planifier(club, titre, 1);
    const page = await agenda('Bo Li');
    await bouton(page, titre, INSCRIRE).waitFor();
    // What the page shows is old: somebody else has taken the place meanwhile.
    await page.route('**/api/v1/seances/*/inscriptions', async (one) => {
      if (one.request().method() === 'POST') await inscrire(club, id, 'Zoë Le Goff').catch(() => undefined);
      await one.continue();
    });
    await bouton(page, titre, INSCRIRE).click();
    await carte(page, titre)
      .getByRole('alert')
      .filter({ hasText: /places sont prises/ })
      .waitFor();
    expect(await inscriptions(club, id)).toEqual(['Zoë Le Goff inscrite']);
  });

  it('se suit au clavier seul, du lien d’évitement au désistement', async () => {
    const titre = 'Au clavier';
    const id = await planifier(club, titre, 3);
    const { page } = await club.visit('/');
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('a Aller au contenu');
    await tabTo(page, /Je suis/);
    await page.keyboard.type('Bo Li');
    await bouton(page, titre, INSCRIRE).waitFor();
    await tabTo(page, new RegExp(`S’inscrire : ${titre}`));
    await page.keyboard.press('Enter');
    await montre(page, titre).toContain('1 place sur 3 prise');
    expect(await inscriptions(club, id)).toEqual(['Bo Li inscrite']);
    // The keyboard stays where it was: on the button, which now says the contrary.
    expect(await focused(page)).toBe(`button Me désister : ${titre}`);
    await expect
      .poll(async () => {
        if (/Me désister/.test(await focused(page))) await page.keyboard.press('Enter');
        return carte(page, titre).innerText();
      })
      .toContain('0 place sur 3 prise');
    expect(await inscriptions(club, id)).toEqual([]);
  });
});

describe('le cadre', () => {
  it('change de langue d’un bouton, et s’en souvient', async () => {
    const { page } = await club.visit('/');
    await page.getByRole('button', { name: 'In English' }).click();
    await page.getByRole('link', { name: 'Loans', exact: true }).waitFor();
    await page.reload();
    await page.getByRole('link', { name: 'Loans', exact: true }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
    await page.getByRole('button', { name: 'En français' }).click();
    await page.getByRole('link', { name: 'Prêts', exact: true }).waitFor();
  });

  it('suit l’apparence du système, ou celle que l’on choisit, et s’en souvient', async () => {
    const { page } = await club.visit('/', { colorScheme: 'dark' });
    const fond = (): Promise<string> => page.evaluate(`getComputedStyle(document.documentElement).backgroundColor`);
    const nuit = await fond();
    await page.emulateMedia({ colorScheme: 'light' });
    const jour = await fond();
    expect(jour).not.toBe(nuit);
    await page.getByLabel('Apparence').selectOption({ label: 'sombre' });
    expect(await fond()).toBe(nuit);
    await page.reload();
    await expect.poll(fond).toBe(nuit);
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.getByLabel('Apparence').selectOption({ label: 'claire' });
    expect(await fond()).toBe(jour);
  });

  it('se souvient de qui l’on est, et mène d’une vue à l’autre sans recharger, le clavier au titre', async () => {
    const page = await agenda('Bo Li');
    await page.reload();
    const moi = page.getByRole('banner').getByRole('combobox');
    await expect.poll(() => moi.inputValue()).toBe(await membre(club, 'Bo Li'));
    await page.evaluate('window.restee = true');
    await page.getByRole('navigation').getByRole('link', { name: 'Comptoir' }).click();
    await expect.poll(() => focused(page)).toBe('h1 Comptoir');
    await page.goBack();
    await expect.poll(() => page.getByRole('heading', { level: 1 }).innerText()).toBe('Agenda');
    expect(await page.evaluate('window.restee')).toBe(true);
  });
});
