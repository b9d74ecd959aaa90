import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { line, title } from '../support/report.js';
import { openBrowser, visit } from './browser.js';
import { cpuSeconds } from './cpu.js';
import { FullClub, type Size } from './club-plein.js';

const SIZE: Size = { members: 100, seances: 100, crowd: 40, each: 8, titles: 50, products: 20 };
const VIEWS = ['/', '/comptoir', '/exploitation', '/exploitation/arbre'];
const SETTLE_MS = 5_000;
/** Of a core. */
const MOST = 0.01;
/** Below what the clock of the system can tell over one watch. */
const LEAST = 0.0005;

/** What an open page costs the instance while nothing happens. */
export async function oisive(seconds: number): Promise<void> {
  const club = await FullClub.open();
  const browser = await openBrowser();
  try {
    await club.fill(SIZE);
    await wait(SETTLE_MS);
    title(`Idle: CPU time of the instance over ${seconds} s, with one open page and with none`);
    const none = [await spent(club.process.pid, seconds)];
    const open: number[] = [];
    for (const path of VIEWS) {
      const { context } = await visit(browser, club.url, path);
      await wait(SETTLE_MS);
      open.push(await spent(club.process.pid, seconds));
      await context.close();
      await wait(SETTLE_MS);
    }
    none.push(await spent(club.process.pid, seconds));
    const alone = (none[0]! + none[1]!) / 2;
    for (const [i, path] of VIEWS.entries()) {
      const more = open[i]! - alone;
      const figures = `${percent(open[i]!)} of a core; with no page ${none.map(percent).join(' before, ')} after: ${percent(more)} more`;
      line({ what: `one idle page on ${path}`, ratio: MOST / Math.max(more, LEAST), unit: '× margin', floor: 1, figures });
    }
  } finally {
    await browser.close();
    await club.close();
  }
}

const percent = (part: number): string => `${(part * 100).toFixed(2)} %`;

/** The part of a core that this process takes from now on, for so long. */
async function spent(pid: number, seconds: number): Promise<number> {
  const [before, began] = [cpuSeconds(pid), performance.now()];
  await wait(seconds * 1_000);
  return (cpuSeconds(pid) - before) / ((performance.now() - began) / 1_000);
}
