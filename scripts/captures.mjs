/**
 * `npm run captures`: how the page looks. A demo club of its own, every view at 390 and 1280 px, by day and by night, into `captures/`.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { CHROMIUM_ARGS, findChromium } from '../dist/bench/support/chromium.js';
import { freePort, RealProcess } from '../dist/bench/support/real-process.js';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const FOLDER = join(ROOT, 'captures');
const WIDTHS = [390, 1280];
const SCHEMES = ['light', 'dark'];
const PATIENCE_MS = 15_000;
const USUAL = 844;
/** Of a long list the beginning. */
const HIGHEST = 2200;
/** Names and owners are read after the view, some at a time. */
const DRAWN_MS = 700;

const folder = mkdtempSync(join(tmpdir(), 'monclub-captures-'));
const port = await freePort();
const club = RealProcess.start({
  built: join(ROOT, 'dist'),
  folder,
  port,
  env: { DEMO: 'true', CLUSTER_PORT: '0', DATABASE_URL: `sqlite:${join(folder, 'club.sqlite')}` },
});
let browser;
try {
  await club.ready(60_000);
  browser = await chromium.launch({ executablePath: await findChromium(() => folder), args: [...CHROMIUM_ARGS] });
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER);
  const views = await addresses();
  for (const scheme of SCHEMES) for (const width of WIDTHS) await captureAll(views, scheme, width);
  console.log(`${views.length * SCHEMES.length * WIDTHS.length} captures in ${FOLDER}`);
} finally {
  await browser?.close();
  await club.kill9();
  rmSync(folder, { recursive: true, force: true });
}

/** Every view and its name: those of the club, those of operations as their own menu has them, and one of each thing that has an address. */
async function addresses() {
  const first = async (list, named = () => true) => (await (await fetch(`${club.url}/api/v1/${list}`)).json()).elements.find(named)?.id;
  const [polar, ecriture, pret, avis] = await Promise.all([
    first('seances?limite=100', ({ titre }) => titre === 'Soirée Polar'),
    first('seances?limite=100', ({ titre }) => titre === 'Atelier Écriture'),
    first('prets?limite=1'),
    first('notifications?limite=1'),
  ]);
  const things = [
    ['seance', `/seances/${polar}`],
    ['seance-complete', `/seances/${ecriture}`],
    ['pret', `/prets/${pret}`],
    ['courrier', `/courriers/${avis}`],
  ];
  const page = await browser.newPage();
  await page.goto(`${club.url}/exploitation`);
  await settled(page);
  const links = await page.evaluate(`[...document.querySelectorAll('a[href]')].map((one) => one.getAttribute('href'))`);
  await page.close();
  const own = links.filter((link) => /^\/(?!(api|erreurs|health|metrics)(\/|$))/.test(link));
  const named = own.map((link) => [link === '/' ? 'agenda' : link.slice(1).replaceAll('/', '-'), link]);
  return [...new Map([...named, ...things])];
}

async function captureAll(views, colorScheme, width) {
  const context = await browser.newContext({
    locale: 'fr-FR',
    timezoneId: 'Europe/Paris',
    colorScheme,
    viewport: { width, height: USUAL },
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  for (const [name, path] of views) {
    await page.goto(club.url + path);
    await settled(page);
    await page.setViewportSize({ width, height: await page.evaluate(`Math.min(${HIGHEST}, document.documentElement.scrollHeight)`) });
    await wait(DRAWN_MS);
    await page.screenshot({ path: join(FOLDER, `${name}-${width}-${colorScheme}.png`) });
    await page.setViewportSize({ width, height: USUAL });
  }
  await context.close();
}

/** Until the view is drawn and all that it reads has come. */
async function settled(page) {
  page.setDefaultTimeout(PATIENCE_MS);
  await page.locator('.liaison.direct').waitFor();
  await page.locator('main h1').first().waitFor();
  await page.locator('main .attente').first().waitFor({ state: 'detached' });
}
