import { setTimeout as wait } from 'node:timers/promises';
import { PairCables } from '../../test/support/pair-cables.js';
import { BenchCluster, type Seat, until } from '../grappe/cluster.js';
import type { Ground } from '../grappe/ground.js';
import { median } from '../support/load.js';
import { line, title } from '../support/report.js';

/** Longer than a silent connection is believed in. */
const CUT_MS = 6_000;
const MET_MS = 30_000;
const HEADERS = { 'content-type': 'application/json' };

/** How soon three instances show the same: after the last write of a burst, and after a cut. */
export async function convergence(ground: Ground, trials: number, heals: number): Promise<void> {
  title('Three instances, default settings: until all show the same value');
  const cables = new PairCables();
  const cluster = await BenchCluster.start(await ground.database(), 3, 1, cables);
  try {
    await stock(cluster);
    const writes = [];
    for (let trial = 0; trial < trials; trial++) writes.push(await afterWrites(cluster, trial));
    tell('after the last write, under 150 ms', writes, 150);
    const cuts = [];
    for (let trial = 0; trial < heals; trial++) cuts.push(await afterCut(cluster, cables, trial));
    tell('after a heal, under 3 s', cuts, 3_000);
  } finally {
    await cluster.clear();
    await cables.close();
  }
}

function tell(what: string, ms: readonly number[], most: number): void {
  const [middle, worst] = [median([...ms]), Math.max(...ms)];
  line({ what, ratio: most / middle, floor: 1, figures: `median ${middle.toFixed(0)} ms, worst of ${ms.length} ${worst.toFixed(0)} ms` });
}

let sum = 0;

async function add(seat: Seat, quantite: number): Promise<void> {
  const answer = await fetch(`${seat.url}/api/v1/compteurs/cafe/increments`, {
    method: 'POST',
    headers: HEADERS,
    body: JSON.stringify({ quantite }),
  });
  if (answer.status !== 200) throw new Error(`${seat.id}: ${answer.status}`);
  await answer.text();
  sum += quantite;
}

/** A burst of twenty at all three, one of them the last. */
async function afterWrites({ seats }: BenchCluster, trial: number): Promise<number> {
  await Promise.all(Array.from({ length: 20 }, (_, i) => add(seats[i % 3]!, i + 1)));
  await add(seats[trial % 3]!, 1000);
  return met(seats);
}

async function afterCut({ seats }: BenchCluster, cables: PairCables, trial: number): Promise<number> {
  const alone = seats[trial % 3]!;
  cables.part(
    [alone.id],
    seats.filter((seat) => seat !== alone).map(({ id }) => id),
  );
  for (const end = performance.now() + CUT_MS; performance.now() < end; await wait(100)) for (const seat of seats) await add(seat, 7);
  cables.mend();
  return met(seats);
}

async function met(seats: readonly Seat[]): Promise<number> {
  const began = performance.now();
  const same = async (): Promise<true | undefined> => {
    const values = await Promise.all(seats.map((seat) => seat.read<{ valeur: string }>('/compteurs/cafe')));
    return values.every((one) => one?.valeur === String(sum)) ? true : undefined;
  };
  await until(same, MET_MS, () => 'the counters do not meet', 2);
  return performance.now() - began;
}

async function stock({ first, seats }: BenchCluster): Promise<void> {
  const body = JSON.stringify({ produit: 'cafe', nom: 'Café' });
  await fetch(`${first.url}/api/v1/compteurs`, { method: 'POST', headers: HEADERS, body });
  const known = async (): Promise<true | undefined> =>
    (await Promise.all(seats.map((seat) => seat.read<{ valeur?: string }>('/compteurs/cafe')))).every((one) => one?.valeur === '0') ||
    undefined;
  await until(known, MET_MS, () => 'not everybody knows the product');
}
