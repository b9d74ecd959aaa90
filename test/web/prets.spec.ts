import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { beSomeone, type DemoClub, demoClub } from '../support/browser-club.js';
import { focused, tabTo } from '../support/browser-rules.js';

interface Pret {
  readonly id: string;
  readonly ouvrageId: string;
  readonly membreId: string;
  readonly statut: string;
}

let club: DemoClub;
beforeAll(async () => {
  club = await demoClub();
}, 600_000);
afterEach(() => club.leaveAll());
afterAll(() => club.end());

/** Les prêts de ce titre, d'après le club. */
async function prets(titre: string): Promise<string[]> {
  const { elements: ouvrages } = (await club.ask('/ouvrages?limite=100')) as { elements: { id: string; titre: string }[] };
  const { elements } = (await club.ask('/prets?limite=100')) as { elements: Pret[] };
  return elements.filter(({ ouvrageId }) => ouvrages.find(({ id }) => id === ouvrageId)?.titre === titre).map(({ statut }) => statut);
}
const dit = (page: Page) => expect.poll(() => page.getByRole('main').innerText());
const suggere = (page: Page, nom: RegExp) => page.getByRole('listbox').getByRole('option', { name: nom });
const surLe = (page: Page) => expect.poll(() => focused(page));

describe('les prêts', () => {
  it('se font et se rendent au clavier : quelques lettres, Entrée, Entrée', async () => {
    const { page } = await club.visit('/prets');
    await tabTo(page, /^input Titre, auteur/);
    await page.keyboard.type('germi');
    await suggere(page, /^Germinal/).waitFor();
    await page.keyboard.press('Enter');
    await surLe(page).toMatch(/^input Pour qui/);
    await page.keyboard.type('bo li');
    await suggere(page, /^Bo Li/).waitFor();
    await page.keyboard.press('Enter');
    await surLe(page).toMatch(/^button Prêter « Germinal » à Bo Li/);
    await page.keyboard.press('Enter');
    await dit(page).toContain('« Germinal » est prêté à Bo Li');
    expect(await prets('Germinal')).toEqual(['en_cours']);
    await expect.poll(() => page.getByRole('status').innerText()).toContain('« Germinal » est prêté à Bo Li');
    // And back, from the field where the keyboard already is.
    await surLe(page).toMatch(/^input Titre, auteur/);
    await page.keyboard.type('germi');
    await suggere(page, /^Germinal/).waitFor();
    await page.keyboard.press('Enter');
    await surLe(page).toMatch(/^button Rendre « Germinal » \(Bo Li/);
    await page.keyboard.press('Enter');
    await dit(page).toContain('« Germinal » est rendu par Bo Li');
    expect(await prets('Germinal')).toEqual(['rendu']);
  });

  it('montrent d’abord ce qui est en retard, et le disent en toutes lettres', async () => {
    const { page } = await club.visit('/prets');
    const premier = page.getByRole('tabpanel').getByRole('listitem').first();
    expect(await premier.innerText()).toMatch(/Le Nom de la Rose[^]*Marie Martin[^]*en retard de \d+ jour/);
    expect(await page.getByRole('tab', { selected: true }).innerText()).toMatch(/dont 1 en retard/);
  });

  it('refusent de prolonger un livre attendu, et son retour dit à qui le garder', async () => {
    const { page } = await club.visit('/prets');
    const dune = page
      .getByRole('tabpanel')
      .getByRole('listitem')
      .filter({ has: page.getByRole('link', { name: 'Dune' }) });
    await dune.getByRole('button', { name: /^Prolonger/ }).click();
    await dune
      .getByRole('alert')
      .filter({ hasText: /D’autres lecteurs l’attendent/ })
      .waitFor();
    expect(await prets('Dune')).toEqual(['en_cours']);
    await dune.getByRole('button', { name: /^Rendre :/ }).click();
    await dit(page).toMatch(/« Dune » est rendu par Jean-Noël Étienne-Lefèvre\. Mettez-le de côté pour Çelik Güneş/);
    await expect.poll(() => dune.count()).toBe(0);
    expect(await prets('Dune')).toEqual(['rendu']);
    await page.getByRole('tab', { name: /mettre de côté/ }).click();
    await expect.poll(() => page.getByRole('tabpanel').innerText()).toMatch(/Dune[^]*Çelik Güneş/);
  });

  it('réservent pour qui l’on est un livre qui n’est pas libre, à sa place dans la file, et s’en dédisent', async () => {
    const { page } = await club.visit('/prets');
    await beSomeone(page, 'Bo Li');
    await page.getByRole('tab', { name: /^Réservations/ }).click();
    const anomalie = page
      .getByRole('tabpanel')
      .getByRole('listitem')
      .filter({ has: page.getByRole('heading', { name: 'L’Anomalie' }) });
    await anomalie.getByRole('button', { name: /^Réserver pour Bo Li/ }).click();
    await expect.poll(() => anomalie.innerText()).toMatch(/Ève Œuvrard[^]*Bo Li/);
    await anomalie.getByRole('listitem').filter({ hasText: 'Bo Li' }).getByRole('button').click();
    await expect.poll(() => anomalie.getByRole('listitem').allInnerTexts()).toEqual([expect.stringContaining('Ève Œuvrard')]);
  });

  it('disent d’un prêt ce qui s’est passé et ce qui vient', async () => {
    const { page } = await club.visit('/prets');
    await page.getByRole('link', { name: 'Le Nom de la Rose' }).click();
    await expect.poll(() => page.getByRole('heading', { level: 1 }).innerText()).toMatch(/Le Nom de la Rose.*Marie Martin/);
    const etapes = page.getByRole('main').getByRole('list').last();
    await expect.poll(() => etapes.innerText()).toMatch(/Emprunté[^]*Rappel[^]*Relance 1[^]*\(fait\)[^]*Relance 2[^]*\(à venir\)/);
  });
});
