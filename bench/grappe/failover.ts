import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { median } from '../support/load.js';
import { line, title } from '../support/report.js';
import { type Base, openBase } from './base.js';
import { BenchCluster, type Seat, type Seen, until } from './cluster.js';
import { Crowd, inscribe } from './crowd.js';
import type { Ground } from './ground.js';

/** A trial that takes longer has failed. */
const PATIENCE_MS = 60_000;
/** How finely an end is seen. */
const LOOK_MS = 10;
/** The lease is renewed this often: a leader dies at any moment of it. */
const PULSE_MS = 750;
const LEAVES = 6;
/** Callers through each survivor. */
const CALLERS = 2;
/** Places of a séance: nobody has to wait for one. */
const CROWD = Crowd.members.length;

interface Trial {
  /** Until another instance says that it leads. */
  readonly ledMs: number;
  /** Until it has published a fact that was committed after. */
  readonly publishedMs: number;
  /** The longest wait of a demande to an aggregate of the one that is gone. */
  readonly waitMs: number;
}

interface Stage {
  readonly cluster: BenchCluster;
  readonly base: Base;
  readonly gaveUp: AbortSignal;
}

/** The leader is gone: killed, then leaving as planned. */
export async function failover(ground: Ground, trials: number): Promise<void> {
  title(`The leader of three is gone, ${ground.engine}, default settings`);
  const cluster = await BenchCluster.start(await ground.database(), 3, CROWD);
  const stage: Stage = { cluster, base: await openBase(cluster.url), gaveUp: new AbortController().signal };
  try {
    const kills = await repeat(stage, trials, (victim) => victim.process.kill9());
    const leaves = await repeat(stage, LEAVES, async (victim) => void (await victim.process.stop()));
    say(kills, leaves);
  } catch (error) {
    throw new Error(`${String(error)}\n${cluster.said()}`, { cause: error });
  } finally {
    await stage.base.close();
    await cluster.clear();
  }
}

function say(kills: readonly Trial[], leaves: readonly Trial[]): void {
  const published = kills.map(({ publishedMs }) => publishedMs);
  const led = kills.map(({ ledMs }) => ledMs);
  const figures = `${ms(median(published))}; another led after ${ms(median(led))}`;
  under('kill -9: another leads and publishes, median', median(published), 4_000, figures);
  const worst = Math.max(...published);
  under(`kill -9: worst of ${kills.length}`, worst, 6_000, ms(worst));
  const waits = kills.map(({ waitMs }) => waitMs);
  waited('kill -9: a demande to the killed owner waited', waits);
  const left = leaves.map(({ ledMs }) => ledMs);
  const longest = Math.max(...left);
  under(`planned leave: another leads, worst of ${leaves.length}`, longest, 1_000, `${ms(longest)}, median ${ms(median(left))}`);
  waited(
    'planned leave: a demande to its owner waited',
    leaves.map(({ waitMs }) => waitMs),
  );
}

const ms = (value: number): string => `${value.toFixed(0)} ms`;

function under(what: string, value: number, most: number, figures: string): void {
  line({ what, ratio: most / value, unit: `× under ${most / 1000} s`, floor: 1, figures });
}

/** What nobody promised a figure for. */
function waited(what: string, waits: readonly number[]): void {
  line({ what, ratio: median(waits), unit: 'ms', figures: `the longest wait of each trial: median; worst ${ms(Math.max(...waits))}` });
}

/** As many trials as asked; one in which the lead was just being given away proves nothing, and is made again. */
async function repeat(stage: Stage, trials: number, gone: (victim: Seat) => Promise<void>): Promise<readonly Trial[]> {
  const made: Trial[] = [];
  for (let tries = 0; made.length < trials; tries++) {
    if (tries >= 2 * trials) throw new Error('half of the trials met an election of their own');
    const trial = await once(stage, gone);
    if (trial !== undefined) made.push(trial);
  }
  return made;
}

async function once(stage: Stage, gone: (victim: Seat) => Promise<void>): Promise<Trial | undefined> {
  const { cluster } = stage;
  const before = await cluster.settled();
  const victim = cluster.seat(before.leader);
  const survivors = cluster.others(victim);
  const [its, theirs] = [await cluster.planAt(victim, CROWD), await cluster.planAt(survivors[0]!, CROWD)];
  const crowd = new Crowd(
    survivors.flatMap((seat) => Array.from({ length: CALLERS }, () => seat)),
    its,
  );
  let going: Promise<void> | undefined;
  try {
    await until(
      async () => crowd.answered >= 8 || undefined,
      PATIENCE_MS,
      () => 'nobody is answered before the trial',
    );
    await wait(Math.random() * PULSE_MS);
    const now = await victim.read<Seen>('/grappe');
    if (now?.leader !== victim.id || now.terme !== before.terme) return undefined;
    crowd.watch();
    const began = performance.now();
    going = gone(victim);
    const heir = await until(
      () => leads(survivors, before.terme),
      PATIENCE_MS,
      () => 'nobody leads',
      LOOK_MS,
    );
    const ledMs = performance.now() - began;
    if (!(await publishes(stage, heir, theirs))) return undefined;
    const publishedMs = performance.now() - began;
    return { ledMs, publishedMs, waitMs: await crowd.stop() };
  } finally {
    crowd.abandon();
    await going;
    if (going !== undefined) victim.start();
  }
}

/** Commits a fact at the new leader and waits until it is published. False when another term had begun by then: somebody else may have done it. */
async function publishes({ base, gaveUp }: Stage, { seat, terme }: Heir, seance: string): Promise<boolean> {
  const answer = await inscribe(seat.url, seance, Crowd.members[0]!, gaveUp);
  const version = Number(answer?.body['version']);
  const published = async (): Promise<true | undefined> => (await base.published(seance)) >= version || undefined;
  await until(published, PATIENCE_MS, () => 'what was committed after is not published', LOOK_MS);
  return (await base.term()) === terme;
}

interface Heir {
  readonly seat: Seat;
  readonly terme: number;
}

/** Who of them says itself that it leads, under a later term. */
async function leads(among: readonly Seat[], after: number): Promise<Heir | undefined> {
  for (const seat of among) {
    const seen = await seat.read<Seen>('/grappe');
    if (seen !== undefined && seen.leader === seat.id && seen.terme > after) return { seat, terme: seen.terme };
  }
  return undefined;
}
