/**
 * `npm run captures`: how the page looks. A demo club of its own, every view at 390 and 1280 px, by day and by night, into `captures/`.
 * The browser is Debian's Chromium, or the one that CHROMIUM names.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { freePort, RealProcess } from '../dist/bench/support/real-process.js';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const FOLDER = join(ROOT, 'captures');
const BROWSER = process.env.CHROMIUM || '/usr/bin/chromium';
const WIDTHS = [390, 1280];
const SCHEMES = ['light', 'dark'];
const PATIENCE_MS = 15_000;
const SETTLED = `document.querySelector('main h1') !== null && document.querySelector('main .attente') === null && document.querySelector('.liaison.direct') !== null`;

if (!existsSync(BROWSER)) {
  console.error('npm run captures needs Chromium: apt-get install -y --no-install-recommends chromium, or CHROMIUM=PATH.');
  process.exit(1);
}

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
  browser = await chromium.launch({ executablePath: BROWSER, args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] });
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

/** Every view: those of the club, those of operations as their own menu has them, and one of each thing that has an address. */
async function addresses() {
  const first = async (list, named = () => true) => (await (await fetch(`${club.url}/api/v1/${list}`)).json()).elements.find(named)?.id;
  const [polar, ecriture, pret, avis] = await Promise.all([
    first('seances?limite=100', ({ titre }) => titre === 'Soirée Polar'),
    first('seances?limite=100', ({ titre }) => titre === 'Atelier Écriture'),
    first('prets?limite=1'),
    first('notifications?limite=1'),
  ]);
  const things = [`/seances/${polar}`, `/seances/${ecriture}`, `/prets/${pret}`, ...(avis === undefined ? [] : [`/courriers/${avis}`])];
  const page = await browser.newPage();
  await page.goto(`${club.url}/exploitation`);
  await page.waitForFunction(SETTLED, undefined, { timeout: PATIENCE_MS });
  const links = await page.evaluate(`[...document.querySelectorAll('a[href]')].map((one) => one.getAttribute('href'))`);
  await page.close();
  const own = links.filter((link) => /^\/(?!(api|erreurs|health|metrics)(\/|$))/.test(link));
  return [...new Set([...own, ...things])];
}

async function captureAll(views, colorScheme, width) {
  const context = await browser.newContext({
    locale: 'fr-FR',
    colorScheme,
    viewport: { width, height: width < 600 ? 844 : 800 },
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  for (const view of views) {
    await page.goto(club.url + view);
    await page.waitForFunction(SETTLED, undefined, { timeout: PATIENCE_MS });
    const name =
      view === '/'
        ? 'agenda'
        : view
            .slice(1)
            .replaceAll('/', '-')
            .replace(/_[a-z0-9]{20}/, '_');
    await page.screenshot({ path: join(FOLDER, `${name}-${width}-${colorScheme}.png`), fullPage: true });
  }
  await context.close();
}
