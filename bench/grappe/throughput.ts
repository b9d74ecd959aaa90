import { type Shot } from '../http/generator.js';
import { Shooter } from '../http/shooter.js';
import { median } from '../support/load.js';
import { Comparison, line, thousands, title } from '../support/report.js';
import { BenchCluster } from './cluster.js';
import type { Ground } from './ground.js';

const CONNECTIONS = 512;
const SHOTS = 12_000;

interface Sides {
  readonly shooter: Shooter;
  /** One instance alone on its own database. */
  readonly alone: BenchCluster;
  readonly three: BenchCluster;
}

/** One hot séance, asked at its only instance, and asked through each of three instances over one database. */
export async function throughput(ground: Ground, rounds: number, floor: number | undefined): Promise<void> {
  title(
    `One hot séance asked through three instances over one database, ${ground.engine}, ${CONNECTIONS} connections; the generator is its own process`,
  );
  const sides: Sides = {
    shooter: new Shooter(),
    alone: await BenchCluster.start(await ground.database(), 1, SHOTS),
    three: await BenchCluster.start(await ground.database(), 3, SHOTS),
  };
  const comparison = new Comparison();
  const [ones, threes]: [Shot[], Shot[]] = [[], []];
  let gathered = 0;
  let shared = 0;
  for (let round = 0; round <= rounds; round++) {
    const one = await shoot(sides.shooter, sides.alone);
    const [demandes, frames] = await wires(sides.three);
    const three = await shoot(sides.shooter, sides.three);
    const [afterDemandes, afterFrames] = await wires(sides.three);
    if (round === 0) continue; // warm-up
    comparison.add(three.rate, one.rate);
    ones.push(one);
    threes.push(three);
    gathered += (afterDemandes - demandes) / (afterFrames - frames) / rounds;
    shared += (afterDemandes - demandes) / SHOTS / rounds;
  }
  await Promise.all([sides.shooter.stop(), sides.alone.clear(), sides.three.clear()]);
  const p99 = (shots: readonly Shot[]): string => `${median(shots.map((shot) => shot.p99)).toFixed(0)} ms`;
  line({
    what: `three instances against one, ${ground.engine}`,
    ratio: comparison.ratio,
    ...(floor === undefined ? {} : { floor }),
    figures: `${thousands(comparison.ours)} against ${thousands(comparison.theirs)}, p99 ${p99(threes)} against ${p99(ones)}`,
  });
  line({
    what: 'demandes in one frame on the way to the owner',
    ratio: gathered,
    unit: '',
    figures: `${(shared * 100).toFixed(0)} % of the demandes came in elsewhere than at the owner`,
  });
}

async function shoot(shooter: Shooter, cluster: BenchCluster): Promise<Shot> {
  const ports = cluster.seats.map(({ port }) => port);
  const path = `/api/v1/seances/${await cluster.plan(SHOTS / 2)}/inscriptions`;
  const shot = await shooter.shoot({ ports, path, connections: CONNECTIONS, total: SHOTS, first: 0 });
  await cluster.quiet();
  return shot;
}

/** Demandes forwarded and frames sent so far. */
async function wires(cluster: BenchCluster): Promise<readonly [demandes: number, frames: number]> {
  const demandes = await cluster.figures('monclub_cluster_demandes_total{way="forwarded"}');
  return [demandes, await cluster.figures('monclub_cluster_frames_total')];
}
