/** Real processes that leave and come back one after the other, while a crowd asks all of them. */
import { performance } from 'node:perf_hooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { judged } from '../support/cluster-judge.js';
import { type Attempt, ClusterLoad } from '../support/cluster-load.js';
import { engines } from '../support/databases.js';
import { RealCluster, type Seat } from '../support/real-cluster.js';
import { long, runs } from '../support/runs.js';
import { TermWitness } from '../support/term-witness.js';

/** When one was away: from the order to leave until it was ready again. */
interface Absence {
  readonly seat: string;
  readonly from: number;
  to: number;
}

/** Aggregates whose owner is asked before, while and after each absence. */
const STREAMS = Array.from({ length: 200 }, (_, i) => `sea_${String(i).padStart(26, '0')}`);

/** SQLite in `npm run test:long`: one file on one machine is rarely restarted in turn. */
describe.each(long() ? engines : (['postgres'] as const))('three instances on %s, each restarted in turn', (engine) => {
  let cluster: RealCluster;
  let witness: TermWitness;

  beforeAll(async () => {
    cluster = await RealCluster.start(engine);
    witness = await TermWitness.install(cluster.database);
  }, 240_000);
  afterAll(() => cluster?.clear(), 60_000);

  it(
    'every caller that tries again is answered, nothing acknowledged is lost, and only what lived at the one that leaves moves',
    { timeout: 240_000, repeats: Math.min(4, runs(1) - 1) },
    async () => {
      const load = await ClusterLoad.on(cluster);
      load.start({ callers: 6, thinkMs: 100 });
      await load.flowing();
      const absences: Absence[] = [];
      for (const seat of inTurn(cluster, (await cluster.settled()).leader!)) absences.push(await restarted(seat));
      await load.flowing();
      await load.stop();
      const { cut, early, busy, slowest } = seenFrom(load, absences);
      await witness.judged();
      const { accepted, refused, retried, facts } = await judged(cluster, load);
      expect(load.asked.filter(({ settled }) => settled === undefined)).toEqual([]);
      console.log(
        `${engine}: ${accepted} accepted (${facts} facts), ${refused} refused, ${retried} asked again: ${cut} tries cut off, ` +
          `all at one that was away (${early} of them begun before it was told to leave), ${busy} told 503; slowest try ${slowest} ms`,
      );
    },
  );

  /** Leaves, is missed, comes back. */
  async function restarted(seat: Seat): Promise<Absence> {
    const others = cluster.seats.filter((one) => one !== seat);
    const { leader, terme } = await cluster.settled();
    const before = await owners(others[0]!);
    const from = performance.now();
    const leaving = seat.process.stop(30_000);
    const led = leader === seat.id ? (await newLeader(seat, others)) - from : undefined;
    expect(await leaving, seat.process.said).toEqual({ code: 0, signal: null });
    const gone = performance.now() - from;
    const without = await cluster.settled(others);
    const during = await owners(others[0]!);
    seat.start();
    await cluster.settled();
    const to = performance.now();
    const after = await owners(others[0]!);
    const moved = STREAMS.filter((_, i) => during[i] !== before[i]);
    expect(moved).toEqual(STREAMS.filter((_, i) => before[i] === seat.id));
    expect(moved.length).toBeGreaterThan(0);
    expect(after).toEqual(before);
    const causes = (await elections(others[0]!)).filter((one) => one.terme > terme && one.terme <= without.terme).map(({ cause }) => cause);
    // The highest one may take precedence at any moment, also in this one.
    if (leader !== seat.id) expect(causes.filter((cause) => cause !== 'preseance')).toEqual([]);
    else expect(['depart', 'preseance'], `${causes.join()} after ${terme}`).toContain(causes[causes.length - 1]);
    console.log(
      `${engine}: ${seat.id} left within ${Math.round(gone)} ms, ${moved.length} of ${STREAMS.length} aggregates moved` +
        (led === undefined ? '' : `, another led ${Math.round(led)} ms after the order (term ${terme} → ${without.terme})`),
    );
    return { seat: seat.id, from, to };
  }

  /** When each of `others` says that one of them leads. */
  async function newLeader(former: Seat, others: readonly Seat[]): Promise<number> {
    const others_ = others.map(({ id }) => id);
    await cluster.until(
      async () =>
        (await Promise.all(others.map((one) => cluster.seen(one)))).every((one) => others_.includes(one?.leader ?? '')) || undefined,
      60_000,
      () => `nobody leads after ${former.id}\n${cluster.said()}`,
    );
    return performance.now();
  }
});

/** The leader second: neither the first nor the last to go, so that it leaves to one that was restarted, or before one that will be. */
function inTurn({ seats }: RealCluster, leader: string): Seat[] {
  const others = seats.filter(({ id }) => id !== leader);
  return [others[0]!, ...seats.filter(({ id }) => id === leader), ...others.slice(1)];
}

async function owners({ url }: Seat): Promise<string[]> {
  const owner = async (stream: string): Promise<string> =>
    ((await (await fetch(`${url}/api/v1/grappe/proprietaires/${stream}`)).json()) as { proprietaire: string }).proprietaire;
  return Promise.all(STREAMS.map(owner));
}

/** The last ones, the newest first. */
async function elections({ url }: Seat): Promise<readonly { terme: number; cause: string }[]> {
  const { elements } = (await (await fetch(`${url}/api/v1/grappe/elections`)).json()) as { elements: { terme: number; cause: string }[] };
  return elements;
}

/** What the crowd met: no try is cut off but at one that is away at that moment, and any other is answered, with 503 at worst. */
function seenFrom(load: ClusterLoad, absences: readonly Absence[]): { cut: number; early: number; busy: number; slowest: number } {
  const all = load.asked.flatMap(({ attempts }) => attempts);
  const away = ({ seat, begun, ended }: Attempt): boolean =>
    absences.some((one) => one.seat === seat && begun <= one.to && ended >= one.from);
  const cut = all.filter(({ answer }) => answer === undefined);
  const early = cut.filter((one) => absences.some(({ seat, from }) => seat === one.seat && one.begun < from && one.ended >= from));
  expect(
    cut.filter((one) => !away(one)),
    'cut off by one that was there',
  ).toEqual([]);
  const busy = all.filter(({ answer }) => (answer?.status ?? 0) >= 500);
  expect(busy.filter(({ answer }) => answer!.status !== 503)).toEqual([]);
  return {
    cut: cut.length,
    early: early.length,
    busy: busy.length,
    slowest: Math.round(Math.max(...all.map(({ begun, ended }) => ended - begun))),
  };
}
