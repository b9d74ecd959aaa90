import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Browsing, browsing } from '../support/browser-club.js';
import { startInstance, type TestInstance } from '../support/instance.js';
import { builtApp } from '../support/real-instance.js';
import { SmtpDEssai } from '../support/smtp.js';

const FICHE = { titre: 'Germinal', debut: '2036-01-15T18:00:00Z', fin: '2036-01-15T21:00:00Z', places: 2 };

const smtp = new SmtpDEssai();
let browser: Browsing;
let club: TestInstance;
let poison = false;
beforeAll(async () => {
  browser = await browsing();
  await smtp.ouvrir();
  const site = join(await builtApp(), 'web');
  club = await startInstance('sqlite', { SMTP_URL: smtp.url, MAIL_FROM: 'Le club <club@example.org>', CRASH_CONTROLS: 'false' }, { site });
  club.machine.listen({
    name: 'essai',
    kinds: ['seance'],
    react: ({ type }) => {
      if (poison) throw new Error(`illisible : ${type}`);
      return [];
    },
  });
}, 600_000);
afterEach(() => browser.leaveAll());
afterAll(async () => {
  await browser.end();
  await club.end();
  await smtp.fermer();
});

const visit = async (path: string): Promise<Page> => (await browser.visit(club.url, path)).page;
const dit = (page: Page) => expect.poll(() => page.getByRole('main').innerText());
const planifier = async (): Promise<string> => (await club.send('/api/v1/seances', FICHE)).body.id;
async function inscrire(id: string, nom: string, courriel: string): Promise<void> {
  const membre = await club.send('/api/v1/membres', { nom, courriel });
  expect((await club.send(`/api/v1/seances/${id}/inscriptions`, { membreId: membre.body.id })).status).toBe(201);
}

describe('les courriers', () => {
  it('disent ce que le serveur a refusé ; un renvoi fait partir, un abandon jamais', async () => {
    const id = await planifier();
    smtp.refuser = ['450 4.2.0 later', '450 4.2.0 later'];
    await inscrire(id, 'Di', 'di@example.org');
    await inscrire(id, 'Eve', 'eve@example.org');
    const page = await visit('/courriers');
    const ligne = (nom: string) =>
      page
        .getByRole('main')
        .getByRole('listitem')
        .filter({ hasText: `À ${nom} ·` });
    for (const nom of ['Di', 'Eve'])
      await expect.poll(() => ligne(nom).innerText()).toMatch(/à envoyer[^]*1 essai a échoué · prochain essai/);
    await ligne('Di').getByRole('link').click();
    await dit(page).toMatch(/Dernier échec[^]*450/);
    expect(await page.getByRole('main').innerText()).toContain('Bonjour Di');
    await page.getByRole('button', { name: 'Renvoyer : Inscription confirmée : Germinal' }).click();
    await dit(page).toContain('envoyé');
    expect(smtp.recus.map(({ a }) => a[0])).toEqual(['di@example.org']);
    await page.getByRole('link', { name: 'Tous les courriers' }).click();
    await ligne('Eve').getByRole('link').click();
    await page.getByRole('button', { name: /^Abandonner : / }).click();
    await dit(page).toContain('abandonné');
    await page.goBack();
    await expect.poll(() => ligne('Eve').innerText()).toContain('abandonné');
    expect(smtp.recus.length).toBe(1);
  });

  it('ce qui est en train de partir se voit, sans prochain essai, puis se voit parti, sans qu’aucun fait le dise', async () => {
    const id = await planifier();
    const page = await visit('/courriers');
    const ligne = page.getByRole('main').getByRole('listitem').filter({ hasText: 'À Flora ·' });
    let laisser = (): void => undefined;
    smtp.retenir = new Promise((resolve) => (laisser = resolve));
    try {
      await inscrire(id, 'Flora', 'flora@example.org');
      await expect.poll(() => ligne.innerText()).toContain('en cours d’envoi');
      expect(await ligne.innerText()).not.toContain('essai');
    } finally {
      smtp.retenir = undefined;
      laisser();
    }
    await expect.poll(() => ligne.innerText()).toMatch(/^● envoyé/);
  });
});

describe('la boîte d’envoi', () => {
  it('montre ce qu’un écouteur n’a pas pu prendre, le rejoue, et ne l’abandonne qu’après l’avoir dit', async () => {
    const page = await visit('/exploitation/boite-envoi');
    await dit(page).toContain('Aucune lettre n’est retenue');
    poison = true;
    await planifier();
    await dit(page).toMatch(/essai · Séance · Germinal[^]*illisible : SeancePlanifiee/);
    const [rejouer, abandonner] = [
      page.getByRole('button', { name: /^Rejouer : essai/ }),
      page.getByRole('button', { name: /^Abandonner… : essai/ }),
    ];
    await rejouer.click();
    await expect.poll(() => page.getByRole('status').innerText()).toMatch(/essai ne peut toujours pas prendre ce fait : illisible/);
    poison = false;
    await rejouer.click();
    await dit(page).toContain('Aucune lettre n’est retenue');
    poison = true;
    await planifier();
    await abandonner.click();
    await dit(page).toContain('L’écouteur essai ne verra jamais ce fait');
    await page.keyboard.press('Enter');
    await abandonner.click();
    await page.getByRole('button', { name: 'Abandonner la lettre' }).click();
    await dit(page).toContain('Aucune lettre n’est retenue');
    poison = false;
  });
});

describe('sans plantages permis', () => {
  it('l’arbre dit pourquoi rien n’est tombé, et rien n’est tombé', async () => {
    await planifier();
    const page = await visit('/exploitation/arbre');
    await page.locator('summary').filter({ hasText: 'Séance · Germinal' }).first().click();
    await page
      .getByRole('button', { name: /^Faire planter Séance · Germinal/ })
      .first()
      .click();
    await expect
      .poll(() => page.getByRole('alert').allInnerTexts())
      .toEqual([expect.stringMatching(/n’accepte pas que l’on fasse planter/)]);
    expect(await page.locator('summary').filter({ hasText: 'redémarrage' }).count()).toBe(0);
  });
});
