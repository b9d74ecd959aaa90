import { performance } from 'node:perf_hooks';
import { Activation } from '../src/runtime/aggregate/activation.js';
import { BenchClub, envelope } from './support/club.js';
import { closedLoop, median } from './support/load.js';
import { line, thousands, title } from './support/report.js';

const padded = (prefix: string, n: number): string => `${prefix}_${String(n).padStart(26, '0')}`;
const CROWD = 100_000;

/** What the number of people, and of séances, must not change. */
export async function scale(rounds: number): Promise<void> {
  title('What must not depend on size');
  await crowd(rounds);
  await disk();
  await overhead();
}

/** A séance with 100 000 people waiting against one with 10: someone joins, someone leaves a place, the first in line rises. */
async function crowd(rounds: number): Promise<void> {
  const club = await BenchClub.open();
  const members = await club.membres(CROWD + 4000);
  const [small, large] = [padded('sea', 1), padded('sea', 2)];
  for (const [seance, waiting] of [
    [small, 10],
    [large, CROWD],
  ] as const) {
    await club.planifier(seance, 10);
    await closedLoop(2000, waiting + 10, async (n) => void (await club.inscrire(seance, members[n]!, envelope(`${seance}${n}`))));
  }
  const ratios: number[] = [];
  const rates: number[] = [];
  const churn = async (seance: string, round: number): Promise<number> => {
    const { rate } = await closedLoop(64, 2000, async (n) => {
      const membre = members[CROWD + 1000 + (n % 1000)]!;
      const asked = envelope(`${seance}${round}${n}`);
      if (n < 1000) await club.inscrire(seance, membre, asked);
      else await club.desister(seance, membre, asked);
    });
    return rate;
  };
  for (let round = 0; round <= rounds; round++) {
    const few = await churn(small, round);
    const many = await churn(large, round);
    if (round > 0) {
      ratios.push(many / few);
      rates.push(many);
    }
  }
  line({
    what: '100 000 waiting against 10',
    ratio: median(ratios),
    floor: 0.8,
    figures: `${thousands(median(rates))} with 100 000 waiting`,
  });
  await club.close();
}

/** 100 000 séances on disk: what a start costs, and waking a thousand of them together or one by one. */
async function disk(): Promise<void> {
  const planner = await BenchClub.open();
  const empty = await startMs();
  await closedLoop(2000, CROWD, async (n) => void (await planner.planifier(padded('sea', n), 20)));
  const full = await startMs(planner.url);
  line({
    what: '100 000 séances on disk: start',
    ratio: full / Math.max(empty, 1),
    unit: '× of empty',
    figures: `${full.toFixed(0)} ms against ${empty.toFixed(0)} ms`,
  });
  await planner.leave();
  const club = await BenchClub.open(planner.url);
  global.gc?.();
  const before = process.memoryUsage().heapUsed;
  const alone: number[] = [];
  for (let i = 0; i < 300; i++) {
    const began = performance.now();
    await club.wake(padded('sea', i));
    alone.push(performance.now() - began);
  }
  const batches: number[] = [];
  for (let batch = 1; batch <= 5; batch++) {
    const began = performance.now();
    await Promise.all(Array.from({ length: 1000 }, (_, i) => club.wake(padded('sea', batch * 1000 + i))));
    batches.push((performance.now() - began) / 1000);
  }
  const ratio = median(alone) / median(batches);
  line({
    what: 'waking 1 000 cold séances together or one by one',
    ratio,
    floor: 5,
    figures: `${(median(batches) * 1000).toFixed(0)} µs each together, ${(median(alone) * 1000).toFixed(0)} µs alone`,
  });
  global.gc?.();
  const kept = (process.memoryUsage().heapUsed - before) / 5300;
  console.log(`  ${'a living empty séance, state included'.padEnd(46)} ${kept.toFixed(0)} bytes of heap`);
  await club.close();
  planner.clean();
}

/** Migrations checked, storage open, first demande possible. */
async function startMs(url?: string): Promise<number> {
  const began = performance.now();
  const club = await BenchClub.open(url);
  const ms = performance.now() - began;
  await club.close();
  return ms;
}

/** What a living process costs beyond its own state: the activation, its place in the registry, no mailbox. */
async function overhead(): Promise<void> {
  const count = 200_000;
  const club = await BenchClub.open();
  const names = Array.from({ length: count }, (_, i) => padded('sea', i));
  const alive = new Map<string, Activation>();
  const state = {};
  global.gc?.();
  const before = process.memoryUsage().heapUsed;
  for (const name of names) {
    const activation = new Activation(name, club.registry);
    activation.revive(activation.beginLife(), { state, version: 1, instant: 1_763_754_000_000, snapshotVersion: 0 });
    alive.set(name, activation);
  }
  global.gc?.();
  const bytes = (process.memoryUsage().heapUsed - before) / count;
  line({
    what: 'bytes per living process beyond its state',
    ratio: 400 / bytes,
    unit: '× less than 400',
    floor: 1,
    figures: `${bytes.toFixed(0)} bytes, ${alive.size} alive`,
  });
  await club.close();
}
