import { performance } from 'node:perf_hooks';
import { systemClock } from '../../src/runtime/clock.js';
import { BenchClub, envelope } from '../support/club.js';
import type { BenchPostgres } from '../support/databases.js';
import { closedLoop, median } from '../support/load.js';
import { line, thousands, title } from '../support/report.js';
import { bells } from './bells.js';

const DUE = 10_000;
const PER_STREAM = 4;
/** Later than any of the séances ends and closes. */
const LATER_MS = 20 * 31_557_600_000;
/** What is due at once is delivered at this rate at least. */
const FLOOR = 5_000;

/** Everything falls due at once, on streams that sleep on disk: as after a long downtime. */
export async function due(postgres: BenchPostgres, rounds: number): Promise<void> {
  title(`${DUE.toLocaleString('en')} timers due at once, on cold streams: from the first look to the last commit`);
  for (const engine of ['SQLite', 'PostgreSQL'] as const) {
    const url = async (): Promise<string | undefined> => (engine === 'SQLite' ? undefined : await postgres.database());
    const [four, one]: [number[], number[]] = [[], []];
    for (let round = 0; round < rounds; round++) {
      four.push(await ring(await url()));
      one.push(await close(await url()));
    }
    say(`${engine}: four to a stream, in order`, four);
    say(`${engine}: real séances that close`, one);
  }
}

function say(what: string, rates: readonly number[]): void {
  const rate = median(rates);
  line({ what, ratio: rate / FLOOR, unit: `× ${FLOOR}/s`, floor: 1, figures: thousands(rate) });
}

async function ring(url: string | undefined): Promise<number> {
  const planner = await BenchClub.open(url);
  const asks = planner.machine.host(bells);
  planner.machine.registries.get('bells')!.start();
  const now = Date.now();
  await closedLoop(512, DUE / PER_STREAM, async (n) => {
    // Not in the order of their names: the order is that of the dues.
    const dues = Array.from({ length: PER_STREAM }, (_, bell) => now + 60_000 + ((bell * 3 + n) % PER_STREAM) * 1_000 + n);
    const outcome = await asks.ask(`bel_${String(n).padStart(26, '0')}`, { type: 'hang', dues }, envelope(`hang${n}`));
    if (outcome.is !== 'done') throw new Error(`not hung: ${JSON.stringify(outcome)}`);
  });
  await planner.machine.registries.get('bells')!.stop(10_000);
  await planner.leave();
  return delivered(planner, 'bells', async (club) => {
    for (let n = 0; n < DUE / PER_STREAM; n++) await inOrder(club, `bel_${String(n).padStart(26, '0')}`);
  });
}

/** Facts of one stream came in the order of the dues, each once. */
async function inOrder({ machine }: BenchClub, stream: string): Promise<void> {
  const [hung, ...rung] = await machine.storage.facts(stream, 0, 100);
  const dues = hung!.data['dues'] as number[];
  const order = rung.map(({ data }) => dues[data['bell'] as number]!);
  if (order.length !== PER_STREAM || order.some((each, i) => i > 0 && each <= order[i - 1]!)) throw new Error(`${stream}: ${order.join()}`);
}

async function close(url: string | undefined): Promise<number> {
  const planner = await BenchClub.open(url);
  await closedLoop(512, DUE, async (n) => void (await planner.planifier(`sea_${String(n).padStart(26, '0')}`, 20)));
  await planner.leave();
  return delivered(planner, 'seance', async ({ machine }) => {
    const last = await machine.storage.facts(`sea_${String(DUE - 1).padStart(26, '0')}`, 1, 3);
    if (last.map(({ type }) => type).join() !== 'SeanceCloturee') throw new Error(`a séance ended with ${JSON.stringify(last)}`);
  });
}

/** Opens the same database when everything is due, lets the leader's duty work, and tells how many timers went per second. */
async function delivered(planner: BenchClub, kind: string, check: (club: BenchClub) => Promise<void>): Promise<number> {
  const club = await BenchClub.open(planner.url, { ...systemClock, now: () => systemClock.now() + LATER_MS });
  if (kind === 'bells') {
    club.machine.host(bells);
    club.machine.registries.get(kind)!.start();
  }
  const { waking, storage, clock } = club.machine;
  const { due: before } = await storage.dueBacklog(clock.now());
  if (before !== DUE) throw new Error(`${before} due instead of ${DUE}`);
  const began = performance.now();
  const duty = waking.start();
  while ((await storage.dueTimers(clock.now(), 1)).length > 0) {
    if (performance.now() - began > 60_000) throw new Error('Not delivered within a minute');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const seconds = (performance.now() - began) / 1000;
  duty.stop();
  await check(club);
  if (kind === 'bells') await club.machine.registries.get(kind)!.stop(10_000);
  await club.close();
  planner.clean();
  return DUE / seconds;
}
