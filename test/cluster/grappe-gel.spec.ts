/** Three real processes over one database, a crowd at all of them, and one that stops (SIGSTOP) until it is taken for dead, then goes on. */
import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { LEASE_MS } from '../../src/runtime/cluster/timing.js';
import { figures, total } from '../support/cluster-figures.js';
import { judged } from '../support/cluster-judge.js';
import { type Asked, ClusterLoad } from '../support/cluster-load.js';
import { engines, type Hand } from '../support/databases.js';
import { freeze, type Frozen, livingSessions, type Where } from '../support/freeze.js';
import { type Grappe, RealCluster, type Seat } from '../support/real-cluster.js';
import { TermWitness } from '../support/term-witness.js';

const LONG = inject('effort') > 1;
const TRIALS = LONG ? 10 : 1;
const TIMEOUT = { timeout: 180_000 * TRIALS };
/** The door answers by then, whatever happens; and a busy machine is late. */
const [DEADLINE_MS, LATE_MS] = [10_000, 5_000];
/** Whoever asks the frozen one itself turns to another soon. */
const TURN_MS = 700;
/** What follows from leases and suspicions, on a machine on which other tests run. */
const SOON_MS = 60_000;

/** A crowd at work, and an instance that froze under it. */
interface Play {
  readonly load: ClusterLoad;
  /** Just before. */
  readonly before: Grappe;
  readonly victim: Seat;
  readonly others: readonly Seat[];
  /** A séance that lives at the victim. */
  readonly hot: string;
  readonly frozen: Frozen;
  /** Demandes on it that nobody had answered when it froze, nor right after. */
  readonly held: readonly Asked[];
  /** Groups of the victim that a guard had refused before. */
  readonly refused: number;
}

describe.each(engines)('SIGSTOP in a cluster of three, on %s', (engine) => {
  let cluster: RealCluster;
  let witness: TermWitness;
  let hand: Hand;

  beforeAll(async () => {
    cluster = await RealCluster.start(engine);
    witness = await TermWitness.install(cluster.database);
    hand = await cluster.database.hand();
  }, 240_000);
  afterAll(() => cluster.clear());

  it(
    'of the leader inside a transaction, for longer than its lease: what it holds is taken from it, another leads, and it changes nothing when it wakes',
    TIMEOUT,
    async () => {
      for (let trial = 0; trial < TRIALS; trial++) {
        const play = await frozen('writing', leaderOf);
        const { at } = play.frozen;
        const freed = await taken(play);
        const [served, led] = await Promise.all([play.load.answered(play.hot, at, SOON_MS), takenOver(play)]);
        await over(play, 'the leader stopped while it wrote', await woken(play), { freed: freed - at, served: served - at, ...led });
      }
    },
  );

  // Outside of a transaction the engines do not differ: on SQLite in `npm run test:long`.
  it.each(LONG || engine === 'postgres' ? ['an owner'] : [])(
    'of %s with demandes in hand, outside of any transaction: the others answer for it in time, and what it still does when it wakes is fenced',
    TIMEOUT,
    async () => {
      for (let trial = 0; trial < TRIALS; trial++) {
        // On SQLite the leader, who in the test before did not live to wake.
        const leads = (trial % 2 === 0) === (engine === 'sqlite');
        const play = await frozen('idle', leads ? leaderOf : another);
        const { held, hot } = play;
        const facts = await factsOf(hot);
        const leading = leads ? takenOver(play) : undefined;
        const all = async (): Promise<true | undefined> => held.every(({ settled }) => settled !== undefined) || undefined;
        await cluster.until(all, SOON_MS, () => `without an answer: ${JSON.stringify(held)}\n${cluster.said()}`);
        const answered = Math.max(...held.map(({ attempts }) => attempts.at(-1)!.ended));
        const [led] = await Promise.all([leading, cluster.settled(play.others, SOON_MS)]);
        expect(await factsOf(hot), 'its copy is of another time').toBeGreaterThan(facts);
        await over(play, `${leads ? 'the leader' : 'an owner'} stopped`, await woken(play), {
          answered: answered - play.frozen.at,
          ...led,
        });
      }
    },
  );

  const leaderOf = ({ leader }: Grappe): Seat => cluster.seat(leader!);
  const another = ({ leader }: Grappe): Seat => cluster.seats.find(({ id }) => id !== leader)!;

  /** Until it bites: the victim is where it should be, nobody took the lead meanwhile, and the crowd waits for it. */
  async function frozen(where: Where, whom: (before: Grappe) => Seat): Promise<Play> {
    for (;;) {
      const before = await cluster.settled();
      const victim = whom(before);
      const load = await ClusterLoad.on(cluster);
      const hot = await load.seanceOf(victim);
      load.start({ thinkMs: 60, patienceMs: ({ id }) => (id === victim.id ? TURN_MS : DEADLINE_MS + LATE_MS) });
      await load.flowing();
      const refused = await conflicts(victim);
      const stopped = await freeze(cluster.database, victim, where, () => load.inFlightAt(hot).length > 0);
      await wait(100);
      const held = load.inFlightAt(hot).filter(({ attempts }) => attempts[0]!.begun < stopped.at);
      const [lease] = await hand.type(`SELECT term FROM lease WHERE name = 'leader'`);
      const others = cluster.seats.filter((seat) => seat !== victim);
      if (held.length > 0 && Number(lease!['term']) === before.terme)
        return { load, before, victim, others, hot, frozen: stopped, held, refused };
      victim.process.kill('SIGCONT');
      await load.stop();
    }
  }

  /** Waits until nobody is kept waiting by what the frozen one holds. */
  async function taken({ victim, others, frozen: { sessions } }: Play): Promise<number> {
    if (engine === 'sqlite') {
      const late = wait(SOON_MS, 'still alive', { ref: false });
      expect(await Promise.race([victim.process.ended, late]), cluster.said()).toEqual({ code: null, signal: 'SIGKILL' });
      expect(await total(others, 'frozen_kills_total'), 'ended by one of the others').toBeGreaterThan(0);
    } else {
      const gone = async (): Promise<true | undefined> => (await livingSessions(hand, sessions)).length === 0 || undefined;
      await cluster.until(gone, SOON_MS, () => 'the server keeps the transaction of a silent client');
    }
    return performance.now();
  }

  /** Another leads, publishes, and the frozen one is no member any more. */
  async function takenOver({ before, others, frozen: { at } }: Play): Promise<{ led: number; published: number }> {
    const { claimed, published } = await witness.followed(before.terme, SOON_MS);
    const after = await cluster.settled(others, SOON_MS);
    expect(after.terme, 'the leader changed').toBeGreaterThan(before.terme);
    return { led: claimed - at, published: published - at };
  }

  /** It goes on, or is started again if it was ended; then everybody is there, and it in a new life. Returns how many of its groups a guard refused since. */
  async function woken({ victim, before, refused, frozen: { at } }: Play): Promise<number> {
    expect(performance.now() - at, 'longer than the lease').toBeGreaterThan(LEASE_MS);
    const ended = (await Promise.race([victim.process.ended, wait(0)])) !== undefined;
    if (ended) victim.start();
    else victim.process.kill('SIGCONT');
    const { noeuds } = await cluster.settled(cluster.seats, SOON_MS);
    const incarnation = (of: Grappe['noeuds']): unknown => of.find(({ id }) => id === victim.id)?.incarnation;
    expect(incarnation(noeuds), 'a new life').not.toBe(incarnation(before.noeuds));
    if (ended) return 0;
    expect((await figures(victim)).get('pauses_total'), 'it knows that it slept').toBeGreaterThan(0);
    return (await conflicts(victim)) - refused;
  }

  /** Whoever lived has answered every demande, in time; every promise was kept; one leader after the other published. */
  async function over(
    { load, victim, frozen: { tries }, held }: Play,
    what: string,
    fenced: number,
    times: Readonly<Record<string, number>>,
  ): Promise<void> {
    await load.stop();
    const living = load.asked.flatMap(({ attempts }) => attempts).filter(({ seat }) => seat !== victim.id);
    expect(
      living.filter(({ answer }) => answer === undefined),
      'without an answer',
    ).toEqual([]);
    const longest = Math.max(...living.map((one) => one.ended - one.begun));
    const unavailable = living.filter(({ answer }) => answer!.status === 503).length;
    const verdict = await judged(cluster, load);
    const terms = await witness.judged();
    const said = Object.entries({ ...times, 'longest answer': longest }).map(([name, ms]) => `${name} ${Math.round(ms)} ms`);
    const counted = { held: held.length, tries, unavailable, fenced, ...verdict };
    console.log(`${engine}, ${what}: ${said.join(', ')}; ${JSON.stringify(counted)}; terms that published: ${terms.join()}`);
  }

  /** Groups of this process that a guard refused. */
  async function conflicts({ url }: Seat): Promise<number> {
    const text = await (await fetch(`${url}/metrics`)).text();
    return Number(/^monclub_commit_conflicts_total (\S+)$/m.exec(text)?.[1]);
  }

  async function factsOf(stream: string): Promise<number> {
    const [row] = await hand.type(`SELECT version FROM stream WHERE id = '${stream}'`);
    return Number(row!['version']);
  }
});
