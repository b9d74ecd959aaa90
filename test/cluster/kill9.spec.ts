import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { juger } from '../../bench/chaos/juge.js';
import { lire } from '../../bench/chaos/releve.js';
import { type Call, insist, type Settled } from '../../bench/support/persistent-caller.js';
import type { RealProcess } from '../../bench/support/real-process.js';
import { engines, newDatabase, type TestDatabase } from '../support/databases.js';
import { long } from '../support/runs.js';
import { type RealPlace, realPlace } from '../support/real-instance.js';

/** Twenty on both engines in `npm run test:long`. */
const KILLS = long() ? { sqlite: 20, postgres: 20 } : { sqlite: 6, postgres: 4 };
const MEMBERS = 400;
/** One that fills at once, one that fills on the way, two that never do. */
const PLACES = [12, 200, 400, 1000];
const PER_LIFE = 50;
const CALLERS = 24;

interface Acknowledged {
  readonly seance: string;
  readonly membreId: string;
  readonly call: Call;
  readonly answer: Settled;
}

describe.each(engines)('kill -9 on %s', (engine) => {
  let database: TestDatabase;
  let place: RealPlace;
  const never = new AbortController().signal;

  beforeEach(async () => {
    database = await newDatabase(engine, { migrated: false });
    place = await realPlace(database);
  }, 240_000);
  afterEach(async () => {
    await place.clear();
    await database.drop();
  });

  const create = async (path: string, key: string, body: unknown): Promise<string> => {
    const answer = await insist(place.url, { method: 'POST', path, key, body }, never);
    expect(answer?.status, JSON.stringify(answer?.body)).toBe(201);
    return String(answer?.body['id']);
  };

  /** Every member asks every séance; a few callers share the work. */
  function rush(seances: readonly string[], members: readonly string[], acknowledged: Acknowledged[]): Promise<unknown> {
    const todo = members.flatMap((membreId, m) =>
      seances.map((seance, s) => {
        const key = `kill9-inscrire-${s}-${String(m).padStart(4, '0')}`;
        const call: Call = { method: 'POST', path: `/seances/${seance}/inscriptions`, key, body: { membreId } };
        return { seance, membreId, call };
      }),
    );
    const caller = async (): Promise<void> => {
      for (let one = todo.shift(); one !== undefined; one = todo.shift()) {
        const answer = await insist(place.url, one.call, never);
        if (answer !== undefined) acknowledged.push({ ...one, answer });
      }
    };
    return Promise.all(Array.from({ length: CALLERS }, caller));
  }

  async function killAgainAndAgain(
    first: RealProcess,
    acknowledged: readonly Acknowledged[],
    over: () => boolean,
  ): Promise<[RealProcess, number]> {
    let living = first;
    let kills = 0;
    for (; kills < KILLS[engine]; kills++) {
      const enough = acknowledged.length + PER_LIFE;
      while (acknowledged.length < enough && !over()) await wait(1);
      if (over()) break;
      await wait(Math.random() * 10);
      await living.kill9();
      living = place.start();
    }
    return [living, kills];
  }

  it(
    `loses none of a thousand acknowledged inscriptions over ${KILLS[engine]} kills, doubles none, and gives every answer again`,
    { timeout: 480_000 },
    async () => {
      const first = place.start();
      await first.ready();
      const members = await Promise.all(
        Array.from({ length: MEMBERS }, (_, i) => create('/membres', `kill9-membre-${String(i).padStart(4, '0')}`, { nom: `M ${i}` })),
      );
      const debut = new Date(Date.now() + 86_400_000).toISOString();
      const fin = new Date(Date.now() + 90_000_000).toISOString();
      const seances = await Promise.all(
        PLACES.map((places, i) =>
          create('/seances', `kill9-seance-000${i}`, { titre: `Séance ${i}`, debut, fin, places, prixCentimes: 500 }),
        ),
      );

      const acknowledged: Acknowledged[] = [];
      let over = false;
      const rushing = rush(seances, members, acknowledged).then(() => (over = true));
      const [last, kills] = await killAgainAndAgain(first, acknowledged, () => over);
      await rushing;
      expect(kills).toBe(KILLS[engine]);
      expect(acknowledged.length).toBe(MEMBERS * PLACES.length);
      expect(acknowledged.every(({ answer }) => answer.status === 201)).toBe(true);

      // Every one is asked again, by the instance that survived.
      const again = await Promise.all(acknowledged.map(({ call }) => insist(place.url, call, never)));
      const changed = again.filter(
        (one, i) => one?.replayed !== true || JSON.stringify(one.body) !== JSON.stringify(acknowledged[i]?.answer.body),
      );
      expect(changed).toEqual([]);

      await published(place.url);
      expect(await last.stop()).toEqual({ code: 0, signal: null });
      await judged(acknowledged, seances);
      const retried = acknowledged.filter(({ answer }) => answer.attempts > 1).length;
      console.log(`${engine}: ${acknowledged.length} acknowledged, ${kills} kills, ${retried} asked more than once`);
    },
  );

  /** What the database says, read by code of its own. */
  async function judged(acknowledged: readonly Acknowledged[], seances: readonly string[]): Promise<void> {
    const reading = await lire(database.url);
    try {
      for (const [i, seance] of seances.entries()) {
        const accuses = acknowledged
          .filter((one) => one.seance === seance)
          .map(({ call, membreId, answer }) => ({
            cle: call.key,
            membreId,
            geste: 'inscrire' as const,
            statut: answer.status,
            corps: answer.body,
          }));
        const constats = juger(await reading.releve(seance), accuses);
        expect(constats.filter(({ faute }) => faute !== undefined && faute > 0)).toEqual([]);
        const [inscrits, attente] = constats.map(({ valeur }) => valeur);
        expect([inscrits, attente]).toEqual([Math.min(PLACES[i]!, MEMBERS), Math.max(0, MEMBERS - PLACES[i]!)]);
      }
    } finally {
      await reading.fermer();
    }
  }
});

async function published(url: string): Promise<void> {
  for (const until = Date.now() + 60_000; ; await wait(50)) {
    const { nonPublies } = (await (await fetch(`${url}/api/v1/boite-envoi`)).json()) as { nonPublies: number };
    if (nonPublies === 0) return;
    if (Date.now() > until) throw new Error(`${nonPublies} facts are still to be published`);
  }
}
