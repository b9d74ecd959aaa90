import { setTimeout as wait } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { median } from '../support/load.js';
import { line, title } from '../support/report.js';
import { longTasks, openBrowser, visit } from './browser.js';
import { FullClub, type Size } from './club-plein.js';

const SIZE: Size = { members: 400, seances: 500, crowd: 300, each: 18, titles: 300, products: 40 };
const FACTS = 10_000;
/** A task is long from here on. */
const LONG_MS = 50;
const MOST_MS = 100;
/** What a view still does after it is drawn counts too. */
const AFTER_MS = 1_500;

interface Sight {
  readonly name: string;
  readonly path: string;
  readonly moi?: string;
}

/** Every view of a big club, loaded cold: the longest task of each, and when all that it shows has come. */
export async function fluide(rounds: number): Promise<void> {
  const club = await FullClub.open();
  const browser = await openBrowser();
  try {
    const facts = await club.fill(SIZE);
    if (facts < FACTS) throw new Error(`only ${facts} facts`);
    title(
      `Smooth: every view loaded cold, ${SIZE.seances} séances, ${facts.toLocaleString('en')} facts; the longest task, of ${rounds} loads`,
    );
    for (const sight of await sights(club)) await look(browser, club.url, sight, rounds);
  } finally {
    await browser.close();
    await club.close();
  }
}

async function sights(club: FullClub): Promise<Sight[]> {
  const first = async (list: string): Promise<string> =>
    ((await club.ask(`${list}?limite=1`)) as { elements: { id: string }[] }).elements[0]!.id;
  const moi = club.members[0]!;
  const operations = ['', '/arbre', '/propriete', '/reveils', '/convergence', '/boite-envoi', '/flux'];
  return [
    { name: '/', path: '/' },
    { name: '/ before a member', path: '/', moi },
    { name: `/seances/{id}, ${SIZE.crowd} members`, path: `/seances/${club.seances[0]!}` },
    { name: '/prets', path: '/prets' },
    { name: '/prets/{id}', path: `/prets/${await first('/prets')}` },
    { name: '/comptoir', path: '/comptoir' },
    { name: '/courriers', path: '/courriers' },
    { name: '/courriers/{id}', path: `/courriers/${await first('/notifications')}` },
    { name: '/visite', path: '/visite' },
    ...operations.map((under) => ({ name: `/exploitation${under}`, path: `/exploitation${under}` })),
  ];
}

async function look(browser: Browser, url: string, { name, path, moi }: Sight, rounds: number): Promise<void> {
  const [longest, drawn, requests]: [number[], number[], number[]] = [[], [], []];
  // The first load warms the instance up.
  for (let round = 0; round <= rounds; round++) {
    const { page, context, drawnMs } = await visit(browser, url, path, moi);
    await wait(AFTER_MS);
    const worst = Math.max(0, ...(await longTasks(page)));
    const asked = await page.evaluate<number>(
      `performance.getEntriesByType('resource').filter(({ name }) => name.includes('/api/')).length`,
    );
    await context.close();
    if (round === 0) continue;
    longest.push(worst);
    drawn.push(drawnMs);
    requests.push(asked);
  }
  const worst = median(longest);
  const each = longest.map((ms) => (ms === 0 ? `<${LONG_MS}` : ms.toFixed(0))).join(' ');
  line({
    what: name,
    ratio: MOST_MS / Math.max(worst, LONG_MS),
    unit: '× margin',
    floor: 1,
    figures: `${worst === 0 ? `below ${LONG_MS}` : worst.toFixed(0)} ms (${each}) · drawn after ${median(drawn)} ms · ${median(requests)} requests`,
  });
}
