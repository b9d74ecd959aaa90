/** Counters on real processes: killed, cut off from each other and from the database, while a crowd counts on every one of them. */
import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Cable, layCable } from '../support/cable.js';
import { CounterLoad } from '../support/counter-load.js';
import { postgresServer } from '../support/databases.js';
import { RealCluster, type Seat } from '../support/real-cluster.js';
import { runs } from '../support/runs.js';

const TIMEOUT = { timeout: 180_000, repeats: Math.min(4, runs(1) - 1) };
const STOCK = 20_000;
const BITE = 97;
/** After a cut or a kill has ended, all show the same: within some seconds, and a busy machine. */
const MET_MS = 20_000;

interface Compteur {
  readonly valeur: string;
  readonly parReplique: readonly { readonly replique: string; readonly plus: string; readonly moins: string }[];
}

const post = (seat: Seat, path: string, body: unknown): Promise<Response> =>
  fetch(`${seat.url}/api/v1${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

async function shown(seat: Seat, product: string): Promise<Compteur | undefined> {
  return fetch(`${seat.url}/api/v1/compteurs/${product}`, { signal: AbortSignal.timeout(2_000) }).then(
    async (answer) => (answer.ok ? ((await answer.json()) as Compteur) : undefined),
    () => undefined,
  );
}

/** Waits until each of the cluster knows `product`. */
async function stocked(cluster: RealCluster, product: string, borne: boolean): Promise<void> {
  const [first] = cluster.seats;
  expect((await post(first!, '/compteurs', { produit: product, nom: product, borne })).status).toBe(201);
  await cluster.until(
    async () => (await Promise.all(cluster.seats.map((seat) => shown(seat, product)))).every(Boolean) || undefined,
    MET_MS,
    () => `not everybody knows ${product}\n${cluster.said()}`,
  );
}

/** Waits until every instance shows `value`; returns the milliseconds that it took. */
async function met(cluster: RealCluster, product: string, value: bigint): Promise<number> {
  const began = performance.now();
  let last: unknown;
  await cluster.until(
    async () => {
      const all = await Promise.all(cluster.seats.map((seat) => shown(seat, product)));
      last = all.map((one) => one?.valeur);
      return all.every((one) => one?.valeur === String(value)) || undefined;
    },
    MET_MS,
    () => `${product}: ${JSON.stringify(last)} instead of ${value}\n${cluster.said()}`,
  );
  return Math.round(performance.now() - began);
}

describe('three instances that count while they are killed and cut', () => {
  let cluster: RealCluster;
  beforeAll(async () => (cluster = await RealCluster.start('sqlite')), 240_000);
  afterEach(() => cluster?.cables.mend());
  afterAll(() => cluster?.clear(), 60_000);

  it(
    'all show the same in the end: the sum of what was acknowledged, no unit lost or doubled, and no stock below zero',
    TIMEOUT,
    async () => {
      const [a, b, c] = cluster.seats as [Seat, Seat, Seat];
      const [libre, borne] = [`libre-${Date.now()}`, `borne-${Date.now()}`];
      await stocked(cluster, libre, false);
      await stocked(cluster, borne, true);
      expect((await post(a, `/compteurs/${borne}/increments`, { quantite: STOCK })).status).toBe(200);
      const load = new CounterLoad(cluster, libre, borne, BITE);
      load.start();
      await load.flowing(cluster.seats);
      const dropped = cluster.cables.dropped;
      cluster.cables.part([a.id], [b.id, c.id]);
      await load.flowing(cluster.seats, 60);
      await b.process.kill9();
      b.start();
      await load.flowing([b]);
      expect(cluster.cables.dropped, 'the cut did not bite').toBeGreaterThan(dropped);
      cluster.cables.mend();
      await load.flowing(cluster.seats);
      cluster.cables.part([c.id], [a.id, b.id]);
      await Promise.all([a, c].map(({ process }) => process.kill9()));
      a.start();
      c.start();
      await load.flowing(cluster.seats);
      cluster.cables.mend();
      await load.stop();
      const lost = await load.settle();
      const took = [await met(cluster, libre, load.sum(libre)), await met(cluster, borne, BigInt(STOCK) + load.sum(borne))];
      const refused = load.counted.filter(({ answer }) => answer?.status === 409);
      expect(refused.every(({ product, answer }) => product === borne && answer?.body.code === 'droits_insuffisants')).toBe(true);
      expect(BigInt(STOCK) + load.sum(borne)).toBeGreaterThanOrEqual(0n);
      console.log(
        `${load.counted.length} movements asked, ${load.answered} done, ${refused.length} refused for want of rights, ${lost} without an answer settled by their id; ` +
          `met within ${Math.max(...took)} ms`,
      );
    },
  );

  it('a last stock asked for on three sides of a cut is sold once', TIMEOUT, async () => {
    const [a, b, c] = cluster.seats as [Seat, Seat, Seat];
    const product = `dernier-${Date.now()}`;
    await stocked(cluster, product, true);
    expect((await post(a, `/compteurs/${product}/increments`, { quantite: 30 })).status).toBe(200);
    await met(cluster, product, 30n);
    cluster.cables.part([a.id], [b.id, c.id]);
    cluster.cables.part([b.id], [c.id]);
    const sales = await Promise.all(
      [a, b, c].flatMap((seat) => Array.from({ length: 30 }, async () => post(seat, `/compteurs/${product}/decrements`, { quantite: 1 }))),
    );
    const sold = sales.filter(({ status }) => status === 200).length;
    expect(sales.filter(({ status }) => status !== 200 && status !== 409)).toEqual([]);
    expect(sold).toBeGreaterThan(0);
    expect(sold).toBeLessThanOrEqual(30);
    cluster.cables.mend();
    await met(cluster, product, BigInt(30 - sold));
    // Once they meet again, whoever is short asks the others: all that is left can be sold by one.
    for (let left = 30 - sold; left > 0; left--)
      await cluster.until(
        async () => (await post(c, `/compteurs/${product}/decrements`, { quantite: 1 })).ok || undefined,
        MET_MS,
        () => `${left} left and none sold\n${cluster.said()}`,
      );
    expect((await post(b, `/compteurs/${product}/decrements`, { quantite: 1 })).status).toBe(409);
    await met(cluster, product, 0n);
    console.log(`${sold} of 30 sold during the cut`);
  });
});

describe('instances that have neither database nor peers', () => {
  const cables = new Map<string, Cable>();
  let cluster: RealCluster;
  beforeAll(async () => {
    for (const id of ['noeud-1', 'noeud-2']) cables.set(id, await layCable(postgresServer()));
    cluster = await RealCluster.start('postgres', 2, (id, { url }) => ({ DATABASE_URL: cables.get(id)!.through(url) }));
  }, 240_000);
  afterAll(async () => {
    await cluster?.clear();
    for (const cable of cables.values()) await cable.close();
  }, 60_000);

  it('count on, survive kill -9 and a start in that state, and meet when they can', TIMEOUT, async () => {
    const product = `seul-${Date.now()}`;
    await stocked(cluster, product, false);
    const [a, b] = cluster.seats as [Seat, Seat];
    cluster.cables.part([a.id], [b.id]);
    for (const cable of cables.values()) cable.cut();
    const count = async (seat: Seat, quantite: number): Promise<void> => {
      const answer = await post(seat, `/compteurs/${product}/increments`, { quantite });
      expect(answer.status, await answer.text()).toBe(200);
    };
    await count(a, 100);
    await count(b, 2_000);
    for (const seat of [a, b]) {
      await seat.process.kill9();
      seat.start();
      await cluster.until(
        async () => (await shown(seat, product)) ?? undefined,
        MET_MS,
        () => `${seat.id} shows nothing\n${cluster.said()}`,
      );
    }
    expect((await shown(a, product))?.valeur).toBe('100');
    await count(a, 30_000);
    await wait(200);
    expect((await shown(b, product))?.valeur).toBe('2000');
    cluster.cables.mend();
    for (const cable of cables.values()) cable.mend();
    await met(cluster, product, 32_100n);
  });
});
