import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type DemoClub, demoClub, settled } from '../support/browser-club.js';
import { overflowing, violations } from '../support/browser-rules.js';
import { VUES } from '../support/browser-views.js';

/** Of things that open alike, the first ones of a view. */
const AU_PLUS = 2;
const PLIS = ['button[aria-expanded="false"]', 'details:not([open]) > summary'];
const ETROIT_PX = 320;
const TELEPHONE = { viewport: { width: 390, height: 844 }, colorScheme: 'dark' } as const;

let club: DemoClub;
beforeAll(async () => {
  club = await demoClub();
}, 600_000);
afterEach(() => club.leaveAll());
afterAll(() => club.end());

async function premiers(tous: Locator): Promise<Locator[]> {
  return (await tous.all()).slice(0, AU_PLUS);
}

async function sansFaute(page: Page, quoi: string): Promise<void> {
  await settled(page);
  expect.soft(await violations(page), quoi).toEqual([]);
  expect.soft(await overflowing(page, ETROIT_PX), quoi).toEqual([]);
  await page.setViewportSize(TELEPHONE.viewport);
}

describe.each(VUES.filter(({ absente }) => absente !== true).map((vue) => [vue.nom, vue] as const))('%s', (_nom, { adresse }) => {
  it('reste sans faute quand on ouvre ce qui s’y ouvre', async () => {
    const { page, wrong } = await club.visit(await adresse(club), TELEPHONE);
    const main = page.getByRole('main');
    for (const onglet of await main.getByRole('tab').all()) {
      await onglet.click();
      await sansFaute(page, `the tab ${await onglet.innerText()}`);
    }
    for (const bouton of await premiers(main.locator('button[aria-haspopup="dialog"]'))) {
      const nom = (await bouton.getAttribute('aria-label')) ?? (await bouton.innerText());
      await bouton.click();
      await page.getByRole('dialog').waitFor();
      await sansFaute(page, `the dialog ${nom}`);
      await page.keyboard.press('Escape');
      await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
    }
    let deplies = 0;
    for (const pli of PLIS) {
      const ferme = main.locator(`${pli}:visible`).first();
      for (let i = 0; i < AU_PLUS && (await ferme.count()) > 0; i++, deplies++) await ferme.click();
    }
    if (deplies > 0) await sansFaute(page, 'all unfolded');
    // The club does not tell a page what the answer to somebody else's demande was.
    expect(wrong.filter((one) => !/status of 404.*\/api\/v1\/demandes\//.test(one))).toEqual([]);
  });
});

describe('le guet', () => {
  it('voit ce qui vient d’ailleurs, ce que la police refuse, ce qui n’a pas de nom et ce qui dépasse', async () => {
    const { page, wrong } = await club.visit('/');
    expect([await violations(page), await overflowing(page, ETROIT_PX), wrong]).toEqual([[], [], []]);
    await page.evaluate(`document.body.setAttribute('style', 'color: red')`);
    await expect.poll(() => wrong.filter((one) => /CSP style-src/.test(one)).length).toBe(1);
    await page.evaluate(`fetch('http://127.0.0.1:9/').catch(() => undefined)`);
    await expect.poll(() => wrong.some((one) => /^elsewhere: |CSP (default|connect)-src/.test(one))).toBe(true);
    await page.evaluate(`document.querySelector('main').append(Object.assign(document.createElement('input'), { id: 'sans-nom' }))`);
    expect(await violations(page)).toEqual([expect.stringContaining('#sans-nom')]);
    await page.evaluate(
      `document.querySelector('#sans-nom').replaceWith(Object.assign(document.createElement('p'), { textContent: 'x'.repeat(500) }))`,
    );
    await page.evaluate(`document.querySelector('main').lastElementChild.style.whiteSpace = 'pre'`);
    await page.evaluate(`document.querySelector('main').lastElementChild.style.overflowWrap = 'normal'`);
    expect((await overflowing(page, ETROIT_PX))[0]).toMatch(/^\d{4} px$/);
  });
});
