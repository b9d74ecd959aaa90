import { performance } from 'node:perf_hooks';
import { PAGE } from '../../src/runtime/timers/waking.js';
import type { Storage } from '../../src/runtime/outbox/storage.js';
import { BenchClub } from '../support/club.js';
import type { BenchPostgres } from '../support/databases.js';
import { median } from '../support/load.js';
import { Comparison, line, title } from '../support/report.js';

/** What is compared with the many. */
const FEW = 1_000;
const DUE = 200;
const YEAR_MS = 31_536_000_000;
/** Timers armed by one commit of a crowd: each lies on pages of its own among the many, so that this one is reported, not promised. */
const CROWD = 64;

/** What the number of pending timers must not change: arming one, finding those that are due, knowing when the next one is. */
export async function pending(postgres: BenchPostgres, rounds: number, many: number): Promise<void> {
  title(`${many.toLocaleString('en')} pending timers against ${FEW.toLocaleString('en')}, side by side`);
  for (const engine of ['SQLite', 'PostgreSQL'] as const) {
    const url = async (): Promise<string | undefined> => (engine === 'SQLite' ? undefined : await postgres.database());
    const [small, large] = [await BenchClub.open(await url()), await BenchClub.open(await url())];
    await fill(small, FEW);
    await fill(large, many);
    await compare(engine, small, large, rounds);
    await Promise.all([small.close(), large.close()]);
  }
}

/** Due over the year to come, in no order of names, streams or roots, and a few that are due now. */
async function fill({ machine: { storage } }: BenchClub, count: number): Promise<void> {
  const now = Date.now();
  for (let from = 0; from < count; from += 5_000) {
    const size = Math.min(5_000, count - from);
    const rows = Array.from({ length: size }, () => timer(now + 3_600_000 + Math.floor(Math.random() * YEAR_MS)));
    await storage.transact((tx) => tx.insert('timer', rows));
  }
  const overdue = Array.from({ length: DUE }, (_, i) => timer(now - i));
  await storage.transact((tx) => tx.insert('timer', overdue));
}

let names = 0;

function timer(due: number): Record<string, string | number> {
  const stream = `pre_${Math.random().toString(36).slice(2).padEnd(13, '0')}${String(++names).padStart(13, '0')}`;
  const demande = `{"type":"rappelerEcheance","pretId":"${stream}"}`;
  return { stream, name: 'pret', root: `ouv_${stream.slice(4)}`, kind: 'ouvrage', due, demande };
}

interface Act {
  readonly what: string;
  readonly times: number;
  readonly act: (storage: Storage) => Promise<void>;
  /** As quick with many as with few is 1; half as much again is the most allowed. */
  readonly floor?: number;
}

const acts: readonly Act[] = [
  { what: 'arming one, committed', times: 200, act: (storage) => arm(storage, 1), floor: 0.67 },
  { what: `finding the ${DUE} due ones`, times: 100, act: find, floor: 0.67 },
  { what: `arming ${CROWD} in one commit`, times: 40, act: (storage) => arm(storage, CROWD) },
];

async function arm(storage: Storage, count: number): Promise<void> {
  const now = Date.now();
  const rows = Array.from({ length: count }, () => timer(now + 3_600_000 + Math.floor(Math.random() * YEAR_MS)));
  await storage.transact((tx) => tx.insert('timer', rows));
}

/** One look of the leader's: a page of what is due, and when the next one is. */
async function find(storage: Storage): Promise<void> {
  const now = Date.now();
  const found = await storage.dueTimers(now, PAGE);
  const next = await storage.nextTimer(now);
  if (found.length !== DUE || next === undefined) throw new Error(`${found.length} due instead of ${DUE}`);
}

async function compare(engine: string, small: BenchClub, large: BenchClub, rounds: number): Promise<void> {
  for (const { what, times, act, floor } of acts) {
    const comparison = new Comparison();
    for (let round = 0; round <= rounds; round++) {
      const [few, many] = await alternately(times, small, large, act);
      if (round > 0) comparison.add(few, many);
    }
    const figures = `${show(comparison.theirs)} with many, ${show(comparison.ours)} with few`;
    line({ what: `${engine}: ${what}`, ratio: comparison.ratio, figures, ...(floor === undefined ? {} : { floor }) });
  }
}

/** Milliseconds each, medians; one after the other in turn, so that whatever the machine does meanwhile befalls both. */
async function alternately(times: number, small: BenchClub, large: BenchClub, act: Act['act']): Promise<[few: number, many: number]> {
  const took: [number[], number[]] = [[], []];
  for (let i = 0; i < times; i++) {
    for (const [at, { machine }] of [small, large].entries()) {
      const began = performance.now();
      await act(machine.storage);
      took[at]!.push(performance.now() - began);
    }
  }
  return [median(took[0]), median(took[1])];
}

const show = (ms: number): string => `${ms.toFixed(2)} ms`;
