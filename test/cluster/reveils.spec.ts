/**
 * Hundreds of timers fall due in a cluster of three real processes, while kill -9 strikes whoever leads, whoever owns what is due, and all of them at once.
 * Each takes effect once, none is forgotten, those of one aggregate in due order.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { insist } from '../../bench/support/persistent-caller.js';
import { clubEndormi, type ClubEndormi } from '../support/club-endormi.js';
import { published } from '../support/cluster-judge.js';
import { engines, type Hand } from '../support/databases.js';
import { long } from '../support/runs.js';
import { RealCluster, type Seat } from '../support/real-cluster.js';

/** Rounds of deaths before the last one. */
const ROUNDS = long() ? 6 : 1;
/** What falls due in one round does so within this time. */
const FALL_MS = 2_500;
const PARKED = 4_000_000_000_000;

interface Ring {
  readonly root: string;
  readonly stream: string;
  readonly due: number;
  readonly instant: number;
}

/** SQLite in `npm run test:long`; deaths at each point are in test/guards/failpoints-prets.spec.ts, on both. */
describe.each(long() ? engines : (['postgres'] as const))('timers under kill -9, on %s', (engine) => {
  let club: ClubEndormi;
  let cluster: RealCluster;
  let hand: Hand;
  /** Groups of roots that nobody has touched yet: their timers may still be moved by hand, since nobody holds them in memory. */
  let groups: string[][];
  /** What became due when, as it was last told: `stream name` → due. */
  const told = new Map<string, number>();

  beforeAll(async () => {
    club = await clubEndormi(engine);
    hand = await club.database.hand();
    if (engine === 'sqlite') await hand.type('PRAGMA busy_timeout = 10000');
    const rows = await hand.type(`SELECT DISTINCT root FROM timer WHERE due <= ${Date.now()} ORDER BY root`);
    const roots = rows.map(({ root }) => String(root)).toSorted(() => Math.random() - 0.5);
    groups = Array.from({ length: ROUNDS + 1 }, (_, i) => roots.filter((_, at) => at % (ROUNDS + 1) === i));
    await hand.type(`UPDATE timer SET due = ${PARKED} WHERE due <= ${Date.now()}`);
    cluster = await RealCluster.start(club.database);
  }, 240_000);
  afterAll(() => cluster.clear());

  /** The timers of the next group fall due between two moments, in any order. */
  async function fall(from: number, to: number): Promise<string[]> {
    const roots = groups.pop()!;
    const parked = await hand.type(
      `SELECT stream, name FROM timer WHERE due = ${PARKED} AND root IN (${roots.map((root) => `'${root}'`).join()})`,
    );
    const moves = parked.map(({ stream, name }) => ({
      stream: String(stream),
      name: String(name),
      due: Math.floor(from + Math.random() * (to - from)),
    }));
    const cases = moves.map(({ stream, name, due }) => `WHEN stream = '${stream}' AND name = '${name}' THEN ${due}`).join(' ');
    await hand.type(`UPDATE timer SET due = CASE ${cases} ELSE due END WHERE due = ${PARKED}`);
    for (const { stream, name, due } of moves) told.set(`${stream} ${name}`, due);
    return roots;
  }

  async function kill(seats: readonly Seat[]): Promise<void> {
    for (const { process } of seats) process.kill('SIGKILL');
    await Promise.all(seats.map(({ process }) => process.ended));
  }

  const rung = async (): Promise<number> =>
    Number((await hand.type(`SELECT COUNT(*) AS n FROM outbox WHERE demande LIKE 'reveil-%'`))[0]!['n']);

  /** Nor within the time that a round takes. */
  const nothingDue = async (): Promise<boolean> =>
    (await hand.type(`SELECT 1 FROM timer WHERE due <= ${Date.now() + FALL_MS} LIMIT 1`)).length === 0;

  /** Waits until nothing is due any more. */
  const quiet = (): Promise<true> =>
    cluster.until(
      async () => (await nothingDue()) || undefined,
      60_000,
      () => `timers are still due\n${cluster.said()}`,
    );

  it('of the leader and of an owner while they fall due: each takes effect once, none is forgotten', { timeout: 600_000 }, async () => {
    const met: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const { leader } = await cluster.settled();
      const now = Date.now();
      const roots = await fall(now + 200, now + FALL_MS);
      const leads = cluster.seat(leader!);
      // It may be the leader too: then another one, so that both have died.
      const owner = await cluster.owner(roots[0]!);
      const other = owner === leads ? cluster.seats.find((seat) => seat !== leads)! : owner;
      for (const victim of round % 2 === 0 ? [leads, other] : [other, leads]) {
        // Amid their effects: some have been written, others are on their way.
        const enough = (await rung()) + 1 + Math.random() * 30;
        await cluster.until(
          async () => (await rung()) >= enough || (await nothingDue()) || undefined,
          30_000,
          () => `nothing rings\n${cluster.said()}`,
        );
        await wait(Math.random() * 30);
        await kill([victim]);
        met.push(await rung());
        victim.start();
      }
      await quiet();
    }
    await cluster.settled();
    await judged();
    console.log(`${engine}: ${await rung()} effects of timers; at the kills there were ${met.join()}`);
  });

  it('of all at once, and nobody for half a minute: what is overdue comes first, before any demande', { timeout: 600_000 }, async () => {
    const before = Date.now();
    // As if they had been dead for thirty seconds already.
    await kill(cluster.seats);
    const overdue = await fall(before - 30_000, before);
    const [late] = await hand.type(
      `SELECT id FROM pret WHERE ouvrage_id IN (${overdue.map((root) => `'${root}'`).join()}) AND statut = 'en_cours' ORDER BY id LIMIT 1`,
    );
    const pret = String(late!['id']);
    for (const seat of cluster.seats) seat.start();
    const call = { method: 'POST', path: `/prets/${pret}/retour`, key: `reveils-${engine}-retour-1`, body: {} } as const;
    const answer = await insist(cluster.seats[0]!.url, call, AbortSignal.timeout(60_000));
    expect([answer?.status, answer?.body['relance'], answer?.body['statut']], 'the first demande found everything done').toEqual([
      200,
      1,
      'rendu',
    ]);
    await quiet();
    await cluster.settled();
    await judged(pret);
  });

  /** What the journal, the rows and the notices say; `returned` came back meanwhile. */
  async function judged(returned?: string): Promise<void> {
    await published(cluster);
    const rung = [...told.keys()].map((key) => key.split(' ')[0]!);
    const whose = (all: readonly string[]): string[] => all.filter((stream) => rung.includes(stream));
    const [prets, misDeCote, offertes, finies] = [club.prets, club.misDeCote, club.offertes, club.finies].map(whose) as [
      string[],
      string[],
      string[],
      string[],
    ];
    const rings = await hand.type(
      `SELECT type, COUNT(*) AS n, COUNT(DISTINCT stream) AS streams FROM outbox WHERE demande LIKE 'reveil-%' GROUP BY type ORDER BY type`,
    );
    const once = (type: string, of: readonly string[]) => ({ type, n: of.length, streams: of.length });
    expect(rings.map(({ type, n, streams }) => ({ type, n: Number(n), streams: Number(streams) }))).toEqual(
      [
        once('EcheanceRappelee', prets),
        once('ExemplaireMisDeCote', misDeCote),
        once('OffreExpiree', offertes),
        once('PlaceOfferte', offertes),
        once('RelanceEnvoyee', prets),
        once('RetraitExpire', misDeCote),
        once('SeanceCloturee', finies),
      ].filter(({ n }) => n > 0),
    );
    await inOrder();
    expect(
      await counted(
        `SELECT gabarit AS what, COUNT(*) AS n FROM notification WHERE gabarit IN ('rappel', 'relance', 'retrait_expire', 'offre_expiree') GROUP BY gabarit`,
      ),
    ).toEqual(
      new Map([['rappel', prets.length], ['relance', prets.length], ['retrait_expire', misDeCote.length], ['offre_expiree', offertes.length]]), // prettier-ignore
    );
    // Each loan waits for its second relance, each copy for the next reader, each séance for the next answer.
    const armed = await counted(
      `SELECT CASE WHEN name LIKE '%:%' THEN substr(name, 1, 5) ELSE name END AS what, COUNT(*) AS n FROM timer WHERE due < ${PARKED} GROUP BY 1`,
    );
    expect(armed).toEqual(new Map([['pret', prets.length - Number(returned !== undefined)], ['retra', misDeCote.length], ['offre', offertes.length], ['cloture', club.offertes.length]])); // prettier-ignore
    expect(await hand.type(`SELECT 1 FROM stream WHERE quarantined_until > 0`), 'nobody is in quarantine').toEqual([]);
  }

  async function counted(sql: string): Promise<Map<string, number>> {
    return new Map((await hand.type(sql)).map(({ what, n }) => [String(what), Number(n)]));
  }

  /** Of one aggregate, what fell due earlier happened earlier. */
  async function inOrder(): Promise<void> {
    const rows = await hand.type(
      `SELECT o.stream, o.demande, o.instant, COALESCE(p.ouvrage_id, o.stream) AS root FROM outbox o LEFT JOIN pret p ON p.id = o.stream WHERE o.demande LIKE 'reveil-%'`,
    );
    const rings = rows.flatMap(({ stream, demande, instant, root }): Ring[] => {
      const [, name, due] = /^reveil-[^-]+-(.+)-(\d+)$/.exec(String(demande))!;
      // The others are those that came of these.
      return told.get(`${String(stream)} ${name}`) === Number(due)
        ? [{ root: String(root), stream: String(stream), due: Number(due), instant: Number(instant) }]
        : [];
    });
    expect(new Set(rings.map(({ stream, due }) => `${stream} ${due}`)).size, 'each as it was told').toBe(told.size);
    for (const ring of rings) expect(ring.instant, `${ring.stream} did not wait for its time`).toBeGreaterThanOrEqual(ring.due);
    for (const ring of rings) {
      const sooner = rings.filter(({ root, due }) => root === ring.root && due < ring.due);
      expect(Math.max(0, ...sooner.map(({ instant }) => instant)), `${ring.root} in due order`).toBeLessThanOrEqual(ring.instant);
    }
  }
});
