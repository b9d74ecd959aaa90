import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { carte } from '../support/browser-agenda.js';
import { type DemoClub, demoClub } from '../support/browser-club.js';
import type { Page } from 'playwright-core';

const DOIGT_PX = 44;

let club: DemoClub;
beforeAll(async () => {
  club = await demoClub();
}, 600_000);
afterEach(() => club.leaveAll());
afterAll(() => club.end());

const creer = (produit: string, nom: string): Promise<unknown> => club.ask('/compteurs', { produit, nom });
const valeur = async (produit: string): Promise<string> => (await club.ask(`/compteurs/${produit}`)).valeur;
const bouton = (page: Page, nom: string) => page.getByRole('button', { name: nom, exact: true });
const montre = (page: Page, nom: string) => expect.poll(() => carte(page, nom).getByRole('strong').innerText());

describe('le comptoir', () => {
  it('compte chaque appui, même pressés, et le fait savoir aux autres', async () => {
    await creer('presses', 'Pressés');
    const [une, autre] = [(await club.visit('/comptoir')).page, (await club.visit('/comptoir')).page];
    for (let i = 0; i < 20; i++) await bouton(une, 'Ajouter 1 : Pressés').click({ noWaitAfter: true });
    await montre(une, 'Pressés').toBe('20');
    await montre(autre, 'Pressés').toBe('20');
    expect(await valeur('presses')).toBe('20');
    await bouton(autre, 'Retirer 1 : Pressés').click();
    await montre(une, 'Pressés').toBe('19');
    await montre(autre, 'Pressés').toBe('19');
    expect(await valeur('presses')).toBe('19');
  });

  it('compte plusieurs à la fois, et annule le dernier mouvement et lui seul', async () => {
    await creer('annules', 'Annulés');
    const { page } = await club.visit('/comptoir');
    await bouton(page, 'Ajouter 1 : Annulés').click();
    await montre(page, 'Annulés').toBe('1');
    await carte(page, 'Annulés')
      .getByLabel(/^Quantité/)
      .fill('12');
    await bouton(page, 'Ajouter 12 : Annulés').click();
    await montre(page, 'Annulés').toBe('13');
    await carte(page, 'Annulés')
      .getByRole('button', { name: /^Annuler .*12/ })
      .click();
    await montre(page, 'Annulés').toBe('1');
    expect(await valeur('annules')).toBe('1');
    const { elements } = await club.ask('/compteurs/annules/mouvements');
    expect(elements.map(({ genre }: { genre: string }) => genre)).toEqual(['annulation', 'mouvement', 'mouvement']);
  });

  it('se presse du doigt et se tient au clavier', async () => {
    const { page } = await club.visit('/comptoir', { viewport: { width: 390, height: 844 }, hasTouch: true });
    for (const nom of ['Ajouter 1 : Café', 'Retirer 1 : Café']) {
      const boite = await bouton(page, nom).boundingBox();
      expect(Math.min(boite!.width, boite!.height)).toBeGreaterThanOrEqual(DOIGT_PX);
    }
    const avant = Number(await valeur('cafe'));
    await bouton(page, 'Ajouter 1 : Café').tap();
    await montre(page, 'Café').toBe(String(avant + 1));
    await bouton(page, 'Retirer 1 : Café').focus();
    await page.keyboard.press('Enter');
    await montre(page, 'Café').toBe(String(avant));
  });

  it('dit ce qui est bas', async () => {
    await club.ask('/compteurs', { produit: 'bas', nom: 'Bas', seuil: '3' });
    await club.ask('/compteurs/bas/increments', { quantite: 4 });
    const { page } = await club.visit('/comptoir');
    expect(await carte(page, 'Bas').innerText()).not.toContain('racheter');
    await bouton(page, 'Retirer 1 : Bas').click();
    await expect.poll(() => carte(page, 'Bas').innerText()).toContain('Au seuil de 3');
    await bouton(page, 'Retirer 1 : Bas').click();
    await expect.poll(() => carte(page, 'Bas').innerText()).toContain('Sous le seuil de 3');
  });
});
