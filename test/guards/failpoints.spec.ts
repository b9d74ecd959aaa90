/**
 * A process dies at every point where it meets the database, one run per point; another one takes over on the same database.
 * What was acknowledged is there, and every fact has reached every listener once.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lireMembreId, type MembreId } from '../../src/modules/membres/membre-id.js';
import type { Demande } from '../../src/modules/reunions/seance.js';
import type { RowTransaction, Storage } from '../../src/runtime/outbox/storage.js';
import { engines, type Hand } from '../support/databases.js';
import { intercept } from './intercept.js';
import { Lives, type Story, type Wrapped } from './lives.js';
import { members, planifier } from './owner.js';

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

interface Told {
  readonly story: Story;
  readonly stream: string;
  /** Prefix of the members' ids. */
  readonly names: string;
}

describe.each(engines)('a process that dies anywhere, on %s,', (engine) => {
  let lives: Lives;
  let hand: Hand;
  let runs = 0;

  beforeAll(async () => {
    lives = await Lives.on(engine);
    ({ hand } = lives);
  });
  afterAll(() => lives.end());

  async function newStory(): Promise<Told> {
    const stream = `sea_${engine}_${++runs}`;
    const names = `m${runs}_`;
    const who = (await members(lives.kept, 3, names)).map((id) => lireMembreId(id)!);
    const steps = story(stream, who).map((demande) => ({ seance: stream, demande }));
    return { story: { steps, facts: { [stream]: EXPECTED.facts } }, stream, names };
  }

  /** What the database holds of one run, in the words of `EXPECTED`. */
  async function found({ stream, names }: Told): Promise<typeof EXPECTED> {
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
    let told!: Told;
    const next = async (): Promise<Story> => (told = await newStory()).story;
    const met = await lives.eachDeath(next, async (_, { acknowledged, stored, again }, at) => {
      expect(stored, `${at}: acknowledged, and written`).toEqual(acknowledged);
      expect(again, `${at}: acknowledged, and answered the same`).toEqual(acknowledged);
      expect(await found(told), at).toEqual(EXPECTED);
    });
    expect(runs).toBeGreaterThan(engine === 'sqlite' ? 40 : 13);
    expect(met.has('before commit') && met.has('after commit'), 'death did strike on both sides of a commit').toBe(true);
    expect([...met].filter((point) => /after (update|insert)/.test(point)).length, 'and amid publications').toBeGreaterThan(2);
    const positions = (await hand.type('SELECT position FROM outbox ORDER BY position')).map((row) => Number(row['position']));
    expect(positions, 'positions are dense').toEqual(positions.map((_, i) => i + 1));
  });

  it('mutant: a storage that says yes before it has written loses what it acknowledged', async () => {
    const hasty: Wrapped = (storage) => intercept(storage, { commit: async () => undefined });
    const { points } = await lives.run((await newStory()).story, Infinity);
    const { acknowledged, stored } = await lives.run((await newStory()).story, points.indexOf('after commit') + 1, hasty);
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
    const { points } = await lives.run((await newStory()).story, Infinity, torn);
    const last = points.indexOf('after updateAll stream');
    expect(last).toBeGreaterThan(0);
    const told = await newStory();
    await lives.run(told.story, last, torn);
    expect(await found(told)).not.toEqual(EXPECTED);
  });
});
