import { setTimeout as wait } from 'node:timers/promises';
import { Shooter } from '../http/shooter.js';
import { median } from '../support/load.js';
import { Comparison, line, thousands, title } from '../support/report.js';
import { openBrowser } from './browser.js';
import { cpuSeconds } from './cpu.js';
import { FullClub, type Size } from './club-plein.js';
import { type Did, Pages } from './pages.js';

const PAGES = 200;
const SHOTS = 8_000;
/** One after another, on a séance each: a page that must catch up does so within what is measured. */
const IN_A_ROW = 5;
const CONNECTIONS = 512;
const SIZE: Size = { members: SHOTS, seances: 100, crowd: 100, each: 10, titles: 20, products: 20 };
const SETTLE_MS = 1_500;
/** Before every other séance. */
const FIRST_DAY = 5;

/** Durable registrations through HTTP while two hundred agendas look on, against the same instance with nobody there. */
export async function deuxCents(rounds: number): Promise<void> {
  const club = await FullClub.open();
  const [browser, shooter] = [await openBrowser({ elsewhere: true }), new Shooter()];
  const pages = new Pages(browser, club.url);
  try {
    await club.fill(SIZE);
    title(`${PAGES} open agendas: registrations through HTTP, ${CONNECTIONS} connections, ${IN_A_ROW} rushes of ${SHOTS} in a row`);
    const [comparison, costs, did]: [Comparison, Comparison, Did[]] = [new Comparison(), new Comparison(), []];
    // The first round warms up.
    for (let round = 0; round <= rounds; round++) {
      const alone = await rush(club, shooter);
      await pages.open(PAGES, club.members[0]!);
      await wait(SETTLE_MS);
      const watched = await rush(club, shooter);
      const those = await pages.close();
      if (process.env['BENCH_TELL'] !== undefined) console.log(`    ${JSON.stringify({ watched, alone, those })}`);
      if (round === 0) continue;
      comparison.add(watched.rate, alone.rate);
      costs.add(watched.cpuUs, alone.cpuUs);
      did.push(those);
    }
    tell(comparison, costs, did);
  } finally {
    await Promise.all([browser.close(), pages.end(), shooter.stop()]);
    await club.close();
  }
}

function tell(comparison: Comparison, costs: Comparison, did: readonly Did[]): void {
  const asked = median(did.map((one) => one.asked)).toLocaleString('en');
  const streamed = `${(median(did.map((one) => one.streamed)) / 2 ** 20).toFixed(0)} MiB streamed`;
  line({
    what: `registrations with ${PAGES} pages over without`,
    ratio: comparison.ratio,
    floor: 0.8,
    figures: `${thousands(comparison.ours)} against ${thousands(comparison.theirs)}; ${asked} requests by the pages, ${streamed}`,
  });
  line({
    what: 'CPU time of the instance for each of them',
    ratio: costs.ratio,
    figures: `${costs.ours.toFixed(0)} µs against ${costs.theirs.toFixed(0)} µs`,
  });
  const failed = did.reduce((sum, one) => sum + one.failed, 0);
  line({
    what: 'what the pages asked was answered',
    ratio: failed === 0 ? 1 : 0,
    unit: failed === 0 ? 'all' : 'not all',
    floor: 1,
    figures: `${failed} not`,
  });
}

interface Rush {
  /** Registrations per second. */
  readonly rate: number;
  /** What one took of the instance, until its fact was published, in microseconds. */
  readonly cpuUs: number;
}

/**
 * Everybody registers at one séance after another. The member before the pages is there already: with a place at every second
 * one, and waiting at the others, where the whole rush waits behind them.
 */
async function rush(club: FullClub, shooter: Shooter): Promise<Rush> {
  const [moi, before, ...others] = club.members;
  const bodies = others.map((membreId) => JSON.stringify({ membreId }));
  const paths: string[] = [];
  for (let n = 0; n < IN_A_ROW; n++) {
    const id = await club.plan(`La ruée n° ${n + 1}`, n % 2 === 0 ? SHOTS / 2 : 1, FIRST_DAY - club.seances.length / 10_000);
    // The latest come first in the agenda: they are the ones that open pages show.
    club.seances.push(id);
    for (const membreId of n % 2 === 0 ? [moi] : [before, moi]) await club.ask(`/seances/${id}/inscriptions`, { membreId });
    paths.push(`/api/v1/seances/${id}/inscriptions`);
  }
  await club.quiet();
  await wait(SETTLE_MS);
  const [cpu, all] = [cpuSeconds(club.process.pid), bodies.length * IN_A_ROW];
  let seconds = 0;
  for (const path of paths) {
    const order = { ports: [club.port], path, connections: CONNECTIONS, total: bodies.length, first: 0, bodies };
    seconds += bodies.length / (await shooter.shoot(order)).rate;
  }
  await club.quiet();
  return { rate: all / seconds, cpuUs: ((cpuSeconds(club.process.pid) - cpu) * 1e6) / all };
}
