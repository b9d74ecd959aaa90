/** The witnesses that the cluster's tests call are themselves tried: on what was, and on what must not be. */
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { judged } from '../support/cluster-judge.js';
import { type Asked, ClusterLoad } from '../support/cluster-load.js';
import { engines, type Hand, newDatabase, type TestDatabase } from '../support/databases.js';
import { freeze } from '../support/freeze.js';
import { RealCluster } from '../support/real-cluster.js';
import { TermWitness } from '../support/term-witness.js';

describe('The judge of a crowd', () => {
  let cluster: RealCluster;
  let load: ClusterLoad;

  beforeAll(async () => {
    cluster = await RealCluster.start('sqlite', 2);
    load = await ClusterLoad.on(cluster, { members: 12, places: 3 });
    load.start({ callers: 4, thinkMs: 10 });
    await load.flowing();
    await wait(200);
    await load.stop();
  }, 240_000);
  afterAll(() => cluster.clear());

  const accepted = (asked: readonly Asked[]): Asked[] =>
    asked
      .filter(({ settled }) => settled!.status < 300)
      .toSorted((a, b) => Number(a.settled!.body['version']) - Number(b.settled!.body['version']));

  /** The same load, as somebody would tell it who remembers one thing wrongly. */
  const told = (wrongly: (asked: Asked[]) => void): Pick<ClusterLoad, 'asked' | 'planned' | 'seances' | 'inFlight'> => {
    const asked = structuredClone(load.asked);
    wrongly(asked);
    return { asked, planned: load.planned, seances: load.seances, inFlight: [] };
  };

  it('finds nothing in what was', { timeout: 60_000 }, async () => {
    const found = await judged(cluster, load);
    expect(found.accepted).toBeGreaterThan(20);
    expect([found.late, found.retried]).toEqual([0, 0]);
  });

  it.each<[string, RegExp, (asked: Asked[]) => void]>([
    [
      'an answer that the database does not have',
      /réponses perdues/,
      (asked) => asked.push({ ...asked[0]!, ...accepted(asked)[0]!, call: { ...asked[0]!.call, key: 'nobody-ever-asked-this' } }),
    ],
    ['another answer than the one given', /réponses perdues/, (asked) => (accepted(asked)[0]!.settled!.body['placesRestantes'] = 77)],
    ['a refusal that left a trace', /refus qui laissent une trace/, (asked) => (accepted(asked)[0]!.settled = refusal('pas_inscrit'))],
    ['a refusal of what was done already', /J6/, refuseWhatWasDone],
    ['a refusal that no version explains', /W3/, (asked) => asked.push(madeUp(asked, refusal('inscriptions_fermees')))],
    [
      'a later version answered before an earlier one was asked',
      /W4/,
      (asked) => {
        // Without the refusals: each of them might be what contradicts it first.
        const [first, ...others] = accepted(asked);
        asked.splice(0, asked.length, first!, ...others);
        others.findLast(({ seance }) => seance === first!.seance)!.attempts.at(-1)!.ended = 0;
      },
    ],
    ['a fact that nobody asked for', /W1/, (asked) => asked.splice(asked.indexOf(accepted(asked)[0]!), 1)],
  ])('finds %s', { timeout: 60_000 }, async (_, what, wrongly) => {
    await expect(judged(cluster, told(wrongly))).rejects.toThrow(what);
  });

  it('a process is caught inside a transaction, and outside of one', { timeout: 60_000 }, async () => {
    const [seat] = cluster.seats;
    const hand = await cluster.database.hand();
    load.start({ callers: 4, thinkMs: 10 });
    await freeze(cluster.database, seat!, 'writing');
    await expect(hand.type('BEGIN IMMEDIATE')).rejects.toThrow(/locked/);
    seat!.process.kill('SIGCONT');
    await freeze(cluster.database, seat!, 'idle');
    await hand.type('PRAGMA busy_timeout = 20000');
    await hand.type('BEGIN IMMEDIATE');
    await hand.type('ROLLBACK');
    seat!.process.kill('SIGCONT');
    await load.stop();
  });
});

function refusal(code: string): NonNullable<Asked['settled']> {
  return { status: 409, body: { type: '', title: '', status: 409, detail: '', instance: '', code }, replayed: false };
}

function refuseWhatWasDone(asked: Asked[]): void {
  const one = asked.find(({ settled }) => settled!.status < 300)!;
  const { seat, ended } = asked.at(-1)!.attempts[0]!;
  one.settled = refusal('deja_inscrit');
  one.attempts[0]!.answer = undefined;
  one.attempts.push({ seat, begun: ended + 1_000, ended: ended + 1_001, answer: one.settled });
}

function madeUp([first]: readonly Asked[], settled: NonNullable<Asked['settled']>): Asked {
  return { ...structuredClone(first!), call: { ...first!.call, key: 'made-up-after-the-fact' }, settled };
}

describe.each(engines)('The witness of the terms, on %s', (engine) => {
  let database: TestDatabase;
  let witness: TermWitness;
  let hand: Hand;

  beforeAll(async () => {
    database = await newDatabase(engine);
    witness = await TermWitness.install(database);
    hand = await database.hand();
  });
  afterAll(() => database.drop());

  const begin = async (): Promise<void> => {
    for (const sql of ['DELETE FROM term_witness', 'DELETE FROM election', 'UPDATE publication SET position = 0, term = 0'])
      await hand.type(sql);
    await hand.type('DELETE FROM term_witness');
    await elected(1, 'a');
    await publishes(1, 1);
    await elected(2, 'b');
    await publishes(2, 2);
  };
  const elected = async (term: number, holder: string): Promise<void> => {
    await hand.type(
      `INSERT INTO election (term, holder, incarnation, cause, since, took_ms) VALUES (${term}, '${holder}', '${holder}.1', 'start', 0, 0)`,
    );
    await leased(term, holder);
  };
  const leased = (term: number, holder: string): Promise<unknown> =>
    hand.type(`UPDATE lease SET term = ${term}, holder = '${holder}', incarnation = '${holder === '' ? '' : `${holder}.1`}'`);
  const publishes = (position: number, term: number): Promise<unknown> =>
    hand.type(`UPDATE publication SET position = ${position}, term = ${term}`);

  it('agrees with one leader after the other', async () => {
    await begin();
    expect(await witness.judged()).toEqual([1, 2]);
  });

  it.each<[string, RegExp, () => Promise<unknown>]>([
    ['a term that comes back', /T1/, () => publishes(3, 1)],
    ['a place taken twice', /T2/, () => publishes(2, 2)],
    ['a leader without the lease', /T3/, () => leased(3, 'c').then(() => publishes(3, 2))],
    ['a lease given back', /T3/, () => leased(2, '').then(() => publishes(3, 2))],
    ['a term that nobody was elected for', /T4/, () => leased(3, 'c').then(() => publishes(3, 3))],
    ['two holders of one term', /T4/, () => leased(2, 'c').then(() => publishes(3, 2))],
  ])('refuses %s', async (_, what, happens) => {
    await begin();
    await happens();
    await expect(witness.judged()).rejects.toThrow(what);
  });
});
