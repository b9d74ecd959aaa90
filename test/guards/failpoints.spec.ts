/**
 * A process dies at every point where it meets the database, one run per point; another one takes over on the same database.
 * What was acknowledged is there, and every fact has reached every listener once.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStorage } from '../../src/database/open-storage.js';
import { lireMembreId, type MembreId } from '../../src/modules/membres/membre-id.js';
import type { Demande } from '../../src/modules/reunions/seance.js';
import type { RowTransaction, Storage } from '../../src/runtime/outbox/storage.js';
import { jusqua } from '../support/club-instance.js';
import { engines, newDatabase, type Hand, type TestDatabase } from '../support/databases.js';
import { intercept } from './intercept.js';
import { Mortal } from './mortal.js';
import { clubTables, members, Owner, planifier } from './owner.js';

/** A story that makes every listener write and change rows: seats, waiting, a promotion, a cancellation. */
const story = (stream: string, [ana, bo, cy]: readonly MembreId[]): Demande[] => [
  planifier(stream, 1),
  { type: 'inscrire', membreId: ana!, siComplet: 'attendre' },
  { type: 'inscrire', membreId: bo!, siComplet: 'attendre' },
  { type: 'inscrire', membreId: cy!, siComplet: 'attendre' },
  { type: 'desister', membreId: ana! },
  { type: 'annuler', motif: 'Salle fermée', motifId: `mot_${stream}` },
];

/** What the listeners made of it, whoever did the work: names are the same in every run, ids are not. */
const EXPECTED = {
  paiements: ['ana annule 2', 'bo annule 3'],
  notifications: [
    '2 ana inscription',
    '3 bo attente',
    '4 cy attente',
    '5 ana desistement',
    '6 bo promotion',
    '7 bo annulation',
    '7 cy annulation',
  ],
  inbox: ['notifications 7', 'paiements 7'],
  demandes: 6,
  facts: 7,
};

type Wrapped = (storage: Storage) => Storage;

interface Run {
  readonly stream: string;
  /** Prefix of the members' ids. */
  readonly names: string;
  /** Where the first process met the database; it died at the last one. */
  readonly points: readonly string[];
  /** Answers that callers had before the death. */
  readonly acknowledged: readonly unknown[];
  /** What the database held of them right after it. */
  readonly stored: readonly unknown[];
  /** What its successor answered to the same ids. */
  readonly again: readonly unknown[];
}

describe.each(engines)('a process that dies anywhere, on %s,', (engine) => {
  let database: TestDatabase;
  let hand: Hand;
  let kept: Storage;
  let runs = 0;

  beforeAll(async () => {
    database = await newDatabase(engine);
    hand = await database.hand();
    kept = openStorage(database.url);
    await kept.open(clubTables);
  });
  afterAll(async () => {
    await kept.close();
    await database.drop();
  });

  /** Tells the story to a process that dies at point `last`, then the rest of it, and all of it again, to its successor. */
  async function run(last: number, wrapped: Wrapped = (storage) => storage): Promise<Run> {
    const stream = `sea_${engine}_${++runs}`;
    const names = `m${runs}_`;
    const demandes = story(
      stream,
      (await members(kept, 3, names)).map((id) => lireMembreId(id)!),
    );
    const acknowledged: unknown[] = [];
    const tell = async (owner: Owner, from: number, death: Promise<void>): Promise<void> => {
      for (const [i, demande] of demandes.entries()) {
        if (i < from) continue;
        const outcome = await Promise.race([owner.ask(stream, demande, { id: `${stream}-${i}-aaaaaaaa` }), death]);
        if (outcome === undefined) return;
        if (outcome.is !== 'done') throw new Error(`demande ${i}: ${outcome.is}`);
        acknowledged.push(outcome.answer);
      }
    };
    const mortal = new Mortal(last);
    const real = openStorage(database.url);
    const first = await Owner.on(database, { storage: mortal.using(wrapped(real)), clock: mortal.clock });
    await tell(first, 0, mortal.death);
    if (!mortal.dead) first.machine.relay.start();
    await Promise.race([mortal.death, last === Infinity ? published(stream) : mortal.death]);
    mortal.dead = true;
    await real.close();

    const before = acknowledged.length;
    const ids = acknowledged.map((_, i) => ['test', `${stream}-${i}-aaaaaaaa`] as const);
    const stored = (await kept.demandes(ids)).toSorted((a, b) => (a.id < b.id ? -1 : 1)).map(({ answer }) => answer);
    const second = await Owner.on(database);
    second.machine.relay.start();
    const again: unknown[] = [];
    for (const [i, demande] of demandes.slice(0, before).entries()) {
      const outcome = await second.ask(stream, demande, { id: `${stream}-${i}-aaaaaaaa` });
      again.push(outcome.is === 'done' ? outcome.answer : outcome);
    }
    await tell(second, before, new Promise(() => undefined));
    await published(stream);
    await second.stop();
    return { stream, names, points: mortal.points, acknowledged: acknowledged.slice(0, before), stored, again };
  }

  const published = (stream: string): Promise<void> =>
    jusqua('everything is published', async () => {
      const [head] = await hand.type(`SELECT version, published FROM stream WHERE id = '${stream}'`);
      return head !== undefined && Number(head['version']) === EXPECTED.facts && Number(head['published']) === EXPECTED.facts;
    });

  /** What the database holds of one run, in the words of `EXPECTED`. */
  async function found(stream: string, names: string): Promise<typeof EXPECTED> {
    const who = (id: unknown): string => ['ana', 'bo', 'cy'][Number(String(id).slice(names.length))] ?? String(id);
    const [payments, notices, inbox] = [
      await hand.type(`SELECT membre_id, statut, entree FROM paiement WHERE seance_id = '${stream}' ORDER BY entree`),
      await hand.type(`SELECT version, membre_id, gabarit FROM notification WHERE stream = '${stream}' ORDER BY version, membre_id`),
      await hand.type(`SELECT listener, version FROM inbox WHERE stream = '${stream}' ORDER BY listener`),
    ];
    const [asked, facts] = [
      await hand.type(`SELECT 1 FROM demande WHERE stream = '${stream}'`),
      await hand.type(`SELECT position FROM outbox WHERE stream = '${stream}' AND position IS NOT NULL`),
    ];
    return {
      paiements: payments.map((row) => `${who(row['membre_id'])} ${String(row['statut'])} ${String(row['entree'])}`),
      notifications: notices.map((row) => `${String(row['version'])} ${who(row['membre_id'])} ${String(row['gabarit'])}`),
      inbox: inbox.map((row) => `${String(row['listener'])} ${String(row['version'])}`),
      demandes: asked.length,
      facts: facts.length,
    };
  }

  it('loses nothing that it acknowledged, and its successor brings each fact to each listener once', { timeout: 180_000 }, async () => {
    const whole = await run(Infinity);
    expect(await found(whole.stream, whole.names)).toEqual(EXPECTED);
    // The points up to the end of publication; what comes after is the relay looking in vain.
    const count = whole.points.findLastIndex((point) => point === 'after transact') + 1;
    expect(count).toBeGreaterThan(40);
    // Every point on SQLite; one in three on PostgreSQL, which falls on both sides of the calls in turn.
    const step = engine === 'sqlite' ? 1 : 3;
    const met = new Set<string>();
    for (let last = 0; last < count; last += step) {
      const { stream, names, points, acknowledged, stored, again } = await run(last);
      const at = `dead at point ${last}, ${points.at(-1)}`;
      met.add(points.at(-1)!);
      expect(stored, `${at}: acknowledged, and written`).toEqual(acknowledged);
      expect(again, `${at}: acknowledged, and answered the same`).toEqual(acknowledged);
      expect(await found(stream, names), at).toEqual(EXPECTED);
    }
    expect(met.has('before commit') && met.has('after commit'), 'death did strike on both sides of a commit').toBe(true);
    expect([...met].filter((point) => /after (update|insert)/.test(point)).length, 'and amid publications').toBeGreaterThan(2);
    const positions = (await hand.type('SELECT position FROM outbox ORDER BY position')).map((row) => Number(row['position']));
    expect(positions, 'positions are dense').toEqual(positions.map((_, i) => i + 1));
  });

  it('mutant: a storage that says yes before it has written loses what it acknowledged', async () => {
    const hasty: Wrapped = (storage) => intercept(storage, { commit: async () => undefined });
    const { acknowledged, stored } = await run(4, hasty);
    expect(acknowledged).toHaveLength(1);
    expect(stored).toEqual([]);
  });

  it('mutant: a publication that is no transaction leaves listeners without their facts', async () => {
    const piecemeal = (tx: RowTransaction, storage: Storage): RowTransaction =>
      intercept(tx, {
        updateAll: (table, key, rows) => storage.transact((alone) => alone.updateAll(table, key, rows)),
        update: (table, values, where) => storage.transact((alone) => alone.update(table, values, where)),
        insert: (table, rows, ignore) => storage.transact((alone) => alone.insert(table, rows, ignore)),
        savepoint: (work) => work(),
        select: (table, where, limit) => storage.transact((alone) => alone.select(table, where, limit)),
      });
    const torn: Wrapped = (storage) => intercept(storage, { transact: (work) => work(piecemeal({} as RowTransaction, storage)) });
    const whole = await run(Infinity, torn);
    const last = whole.points.indexOf('after updateAll stream');
    expect(last).toBeGreaterThan(0);
    const { stream, names } = await run(last, torn);
    expect(await found(stream, names)).not.toEqual(EXPECTED);
  });
});
