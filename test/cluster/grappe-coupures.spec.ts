/** Real processes whose network is cut, silently, while a crowd asks every one of them. */
import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { DEAD_MS, LEASE_MS, SUSPECT_MS } from '../../src/runtime/cluster/timing.js';
import { type Cable, layCable } from '../support/cable.js';
import { total } from '../support/cluster-figures.js';
import { judged } from '../support/cluster-judge.js';
import { type Attempt, ClusterLoad } from '../support/cluster-load.js';
import { type Engine, postgresServer, type TestDatabase } from '../support/databases.js';
import { Namespaces } from '../support/namespaces.js';
import type { Network } from '../support/network.js';
import { PairCables } from '../support/pair-cables.js';
import { RealCluster, type Seat } from '../support/real-cluster.js';
import { long, runs } from '../support/runs.js';
import { TermWitness } from '../support/term-witness.js';

/** The door answers by its deadline, whatever happens; and a busy machine is late. */
const DEADLINE_MS = 4_500;
const LATE_MS = 2_500;
/** After a cut has ended, one view and one leader: within about ten seconds, and a busy machine. */
const HEALED_MS = 20_000;
/** Long enough for a silent instance to be declared dead, if its row could be. */
const JUDGED_MS = DEAD_MS + 1_000;
const ENV = { DEADLINE_MS: String(DEADLINE_MS) };
const GUESTS = 'demandes_total{way="guests"}';
/** More often in `npm run test:long`. */
const TIMEOUT = { timeout: 180_000, repeats: Math.min(4, runs(1) - 1) };

const impossible = Namespaces.impossible();
if (impossible !== undefined) console.log(`no network namespaces here, the same play over a TCP proxy: ${impossible}`);
const proxy = { where: 'a TCP proxy', network: (): Network => new PairCables() };
const real = impossible === undefined ? { where: 'network namespaces', network: (): Network => new Namespaces() } : proxy;
const plays = [
  { engine: 'sqlite' as const, ...real },
  // Its server listens on loopback, where no namespace reaches it.
  { engine: 'postgres' as const, ...proxy },
  ...(long() ? [{ engine: 'sqlite' as const, ...proxy }] : []),
];

const ids = (seats: readonly Seat[]): string[] => seats.map(({ id }) => id);

interface Cut {
  readonly title: string;
  /** The engines it is played on in `npm test`; `npm run test:long` plays all on both. */
  readonly on: readonly Engine[];
  readonly forMs: number;
  cut(leader: Seat, others: readonly Seat[]): void;
}

describe.each(plays)('four instances on $engine, over $where, cut', ({ engine, network }) => {
  /** To the database server, one for each instance. */
  const cables = new Map<string, Cable>();
  let cluster: RealCluster;
  let witness: TermWitness;

  beforeAll(async () => {
    if (engine === 'postgres') for (let i = 1; i <= 4; i++) cables.set(`noeud-${i}`, await layCable(postgresServer()));
    const env = (id: string, { url }: TestDatabase): Record<string, string> => ({
      ...ENV,
      DATABASE_URL: cables.get(id)?.through(url) ?? url,
    });
    cluster = await RealCluster.start(engine, 4, env, network());
    witness = await TermWitness.install(cluster.database);
  }, 240_000);
  afterEach(() => {
    cluster?.cables.mend();
    for (const cable of cables.values()) cable.mend();
  });
  afterAll(async () => {
    await cluster?.clear();
    for (const cable of cables.values()) await cable.close();
  }, 60_000);

  const leaderAndOthers = async (): Promise<[leader: Seat, others: readonly Seat[]]> => {
    const { leader } = await cluster.settled();
    return [cluster.seat(leader!), cluster.seats.filter(({ id }) => id !== leader)];
  };

  const cuts: readonly Cut[] = [
    {
      title: 'around the leader: each serves all séances on, nobody is declared dead, all promises hold, and they find together unaided',
      on: ['sqlite', 'postgres'],
      forMs: JUDGED_MS,
      cut: (leader, others) => cluster.cables.part([leader.id], ids(others)),
    },
    {
      title: 'so that the leader hears nobody and is heard: likewise',
      on: ['sqlite'],
      forMs: SUSPECT_MS,
      cut: (leader, others) => others.forEach(({ id }) => cluster.cables.cut(id, leader.id)),
    },
    {
      title: 'so that the leader hears all and is not heard: likewise',
      on: ['postgres'],
      forMs: SUSPECT_MS,
      cut: (leader, others) => others.forEach(({ id }) => cluster.cables.cut(leader.id, id)),
    },
    {
      title: 'through the middle, two and two: likewise',
      on: ['sqlite'],
      forMs: SUSPECT_MS,
      cut: () => cluster.cables.part([cluster.seats[0]!.id, cluster.seats[3]!.id], [cluster.seats[1]!.id, cluster.seats[2]!.id]),
    },
  ];
  it.each(cuts.filter(({ on }) => long() || on.includes(engine)))('$title', TIMEOUT, async ({ forMs, cut }) => {
    const [leader, others] = await leaderAndOthers();
    await played(cluster, witness, forMs, () => cut(leader, others));
  });

  const ways = [
    { how: 'hush', what: 'silently' },
    { how: 'cut', what: 'with a word' },
  ] as const;
  it.each(engine === 'postgres' ? ways.slice(0, long() ? 2 : 1) : [])(
    'the leader off from its database alone, $what: others lead and serve what was its own, it serves theirs through them, and is a member all along',
    TIMEOUT,
    ({ how }) => blinded(cluster, witness, cables, how),
  );
});

/** A crowd, a cut of `forMs` at least, and what must be true during and after it. */
async function played(cluster: RealCluster, witness: TermWitness, forMs: number, cut: () => void): Promise<void> {
  const { seats, cables, database } = cluster;
  const before = { ...(await cluster.settled()), doubts: await total(seats, 'suspicions_total'), dropped: cables.dropped };
  const load = await ClusterLoad.on(cluster, { members: 24 });
  load.start();
  await load.flowing();
  const began = performance.now();
  cut();
  await cluster.until(
    async () => (await total(seats, 'suspicions_total')) > before.doubts || undefined,
    30_000,
    () => `nobody doubted anybody: the cut did not bite\n${cluster.said()}`,
  );
  const doubted = performance.now();
  await wait(Math.max(0, began + forMs - doubted));
  // The database is there for all: each still answers with results, about its own séance and about those that live across the cut.
  const unserved = (): string[] =>
    seats.flatMap(({ id }) =>
      load.seances.filter((seance) => !attempts(load, id, doubted, seance).some(isResult)).map((seance) => `${seance} at ${id}`),
    );
  await cluster.until(
    async () => unserved().length === 0 || undefined,
    30_000,
    () => `no result of ${unserved().join(', ')}\n${cluster.said()}`,
  );
  const ended = performance.now();
  cables.mend();
  const { vue, terme } = await cluster.settled(seats, HEALED_MS);
  const healed = performance.now() - ended;
  await load.stop();
  expect(cables.dropped).toBeGreaterThan(before.dropped);
  expect({ vue, dead: await total(seats, 'deaths_declared_total') }).toEqual({ vue: before.vue, dead: 0 });
  const slowest = answeredInTime(load);
  await witness.judged();
  const { accepted, refused, retried } = await judged(cluster, load);
  expect(accepted).toBeGreaterThan(0);
  console.log(
    `${database.engine}, ${cables.name}: doubted after ${Math.round(doubted - began)} ms, together again ${Math.round(healed)} ms after the cut; ` +
      `${accepted} accepted, ${refused} refused, ${retried} asked again, slowest answer ${slowest} ms; ` +
      `${cables.dropped - before.dropped} pieces lost, term ${before.terme} → ${terme}`,
  );
}

/** A crowd, the leader without a database, and what must be true during and after it. */
async function blinded(cluster: RealCluster, witness: TermWitness, cables: ReadonlyMap<string, Cable>, how: 'hush' | 'cut'): Promise<void> {
  const before = await cluster.settled();
  const blind = cluster.seat(before.leader!);
  const others = cluster.seats.filter((one) => one !== blind);
  const guests = await total(others, GUESTS);
  const load = await ClusterLoad.on(cluster, { members: 24 });
  const [itsOwn, theirs] = [await load.seanceOf(blind), await load.seanceOf(others[0]!)];
  load.start();
  await load.flowing();
  const began = performance.now();
  const cable = cables.get(blind.id)!;
  cable[how]();
  await ledBy(cluster, others);
  const led = performance.now() - began;
  await wait(Math.max(0, began + LEASE_MS - performance.now()));
  const since = performance.now();
  const reads = Promise.all([`/seances/${theirs}`, '/membres', '/boite-envoi', '/grappe'].map((path) => readAt(blind, path)));
  await load.answered(itsOwn, since);
  const serves = (): boolean => attempts(load, blind.id, since, theirs).some(isResult);
  await cluster.until(
    async () => serves() || undefined,
    60_000,
    () => `it serves nobody\n${cluster.said()}`,
  );
  expect(await reads, 'reads at the one without a database').toEqual([SERVED, SERVED, SERVED, SERVED]);
  const ended = performance.now();
  cable.mend();
  const { vue, terme } = await cluster.settled(cluster.seats, HEALED_MS);
  const healed = performance.now() - ended;
  await load.stop();
  expect(await total(others, GUESTS), 'demandes of its séance, executed by others').toBeGreaterThan(guests);
  expect({ vue, dead: await total(cluster.seats, 'deaths_declared_total') }).toEqual({ vue: before.vue, dead: 0 });
  expect(terme).toBeGreaterThan(before.terme);
  const slowest = answeredInTime(load);
  await witness.judged();
  const { accepted, refused, retried } = await judged(cluster, load);
  console.log(
    `postgres ${how} off its leader: led by another after ${Math.round(led)} ms, ` +
      `together again ${Math.round(healed)} ms after; ${accepted} accepted, ${refused} refused, ${retried} asked again, ` +
      `slowest answer ${slowest} ms, term ${before.terme} → ${terme}`,
  );
}

/** Waits until one of `some` leads, by the word of each of them. */
async function ledBy(cluster: RealCluster, some: readonly Seat[]): Promise<void> {
  const leads = async (seat: Seat): Promise<boolean> => ids(some).includes((await cluster.seen(seat))?.leader ?? '');
  const all = async (): Promise<true | undefined> => (await Promise.all(some.map(leads))).every(Boolean) || undefined;
  await cluster.until(all, 60_000, () => `none of ${ids(some).join(', ')} leads\n${cluster.said()}`);
}

const SERVED = expect.toBeOneOf([200, 503]);

/** The status of a read; 0: no answer by the deadline. */
async function readAt({ url }: Seat, path: string): Promise<number> {
  return fetch(`${url}/api/v1${path}`, { signal: AbortSignal.timeout(DEADLINE_MS + LATE_MS) }).then(
    async (answer) => (await answer.text(), answer.status),
    () => 0,
  );
}

/** Tries at this seat since then, of one séance or of all. */
function attempts(load: ClusterLoad, seat: string, since: number, seance?: string): Attempt[] {
  const asked = load.asked.filter((one) => seance === undefined || one.seance === seance);
  return asked.flatMap((one) => one.attempts).filter((one) => one.seat === seat && one.begun >= since);
}

function isResult({ answer }: Attempt): boolean {
  return (answer?.status ?? 500) < 500;
}

/** No caller was left alone: an answer to each try, a result or 503, by the deadline. Returns the longest wait, ms. */
function answeredInTime(load: ClusterLoad): number {
  const all = load.asked.flatMap((one) => one.attempts);
  expect(all.filter((one) => !isResult(one) && one.answer?.status !== 503)).toEqual([]);
  const slowest = Math.round(Math.max(...all.map(({ begun, ended }) => ended - begun)));
  expect(slowest).toBeLessThan(DEADLINE_MS + LATE_MS);
  return slowest;
}
