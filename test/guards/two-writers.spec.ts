/** Two owners of one séance, which never should be and will be one day: the fence makes it harmless. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStorage } from '../../src/database/open-storage.js';
import type { Reponse } from '../../src/modules/reunions/reponses.js';
import { lireMembreId, type MembreId } from '../../src/modules/membres/membre-id.js';
import type { Demande } from '../../src/modules/reunions/seance.js';
import type { Outcome } from '../../src/runtime/aggregate/outcome.js';
import type { GroupWrite, OutboxFact, Storage } from '../../src/runtime/outbox/storage.js';
import { jusqua } from '../support/club-instance.js';
import { engines, newDatabase, type TestDatabase } from '../support/databases.js';
import { intercept } from './intercept.js';
import { storageOn, unguarded } from './mutants.js';
import { members, Owner, planifier } from './owner.js';
import { History, linearizable, soundInDatabase } from './temoin.js';

const inscrire = (membreId: MembreId): Demande => ({ type: 'inscrire', membreId, siComplet: 'attendre' });
const desister = (membreId: MembreId): Demande => ({ type: 'desister', membreId });
const done = (outcome: Outcome<Reponse>) => (outcome.is === 'done' ? outcome.answer : outcome);

/** A storage whose commits stop before the database until the gate is opened: a process paused at the worst moment. */
function gated(storage: Storage): { storage: Storage; waiting: GroupWrite[]; shut: boolean; open(): void } {
  let release: (() => void)[] = [];
  const gate = {
    storage: intercept(storage, {
      commit: async (group: GroupWrite) => {
        if (gate.shut) {
          gate.waiting.push(group);
          await new Promise<void>((resolve) => release.push(resolve));
        }
        await storage.commit(group);
      },
    }),
    waiting: [] as GroupWrite[],
    shut: false,
    open() {
      gate.shut = false;
      for (const one of release.splice(0)) one();
      release = [];
    },
  };
  return gate;
}

describe.each(engines)('two owners of one séance, on %s,', (engine) => {
  let database: TestDatabase;
  let a: Owner;
  let b: Owner;
  let gate: ReturnType<typeof gated>;
  let who: MembreId[];
  const owners: Owner[] = [];
  const facts = (stream = 'sea_1'): Promise<OutboxFact[]> => b.machine.storage.facts(stream, 0, 100_000);

  const start = async (fence = true): Promise<void> => {
    gate = gated(storageOn(database, { fence }));
    a = await Owner.on(database, { storage: gate.storage });
    b = await Owner.on(database, { storage: fence ? openStorage(database.url) : storageOn(database, { fence }) });
    owners.push(a, b);
    who = (await members(b.machine.storage, 40)).map((id) => lireMembreId(id)!);
    await a.ask('sea_1', planifier('sea_1', 1));
    for (const owner of [a, b]) await owner.ask('sea_1', { type: 'rouvrirInscriptions' });
  };
  beforeEach(async () => {
    database = await newDatabase(engine);
  });
  afterEach(async () => {
    gate.open();
    for (const owner of owners.splice(0)) await owner.stop();
    await database.drop();
  });

  it('one with a stale copy loses the fence, reads again and answers right', async () => {
    await start();
    expect(done(await a.ask('sea_1', inscrire(who[0]!)))).toMatchObject({ statut: 'inscrite', version: 2 });
    expect(done(await b.ask('sea_1', inscrire(who[1]!)))).toMatchObject({ statut: 'en_attente', rang: 1, position: 1, version: 3 });
    expect(b.machine.journal.conflicts).toBe(1);
    // A refusal too must rest on what is true: a still believes that it has the only member.
    expect(await a.ask('sea_1', inscrire(who[1]!))).toMatchObject({ is: 'refused', refusal: { refusal: 'deja_en_attente' } });
    expect(done(await b.ask('sea_1', desister(who[0]!)))).toMatchObject({ promu: who[1], version: 5 });
    expect(await a.ask('sea_1', desister(who[0]!))).toMatchObject({ is: 'refused', refusal: { refusal: 'pas_inscrit' } });
    expect(await a.ask('sea_1', { type: 'rouvrirInscriptions' }, { expectedVersion: 3 })).toEqual({ is: 'stale', version: 5 });
    await soundInDatabase(await database.hand(), 'sea_1', await facts());
  });

  it('the same id asked of both has one effect and one answer', async () => {
    await start();
    for (let i = 0; i < 10; i++) {
      const demande = inscrire(who[i]!);
      const answers = await Promise.all([a, b].map((owner) => owner.ask('sea_1', demande, { id: `same-${i}` })));
      const told = answers.flatMap((one) => (one.is === 'done' ? [JSON.stringify(one.answer)] : []));
      expect(new Set(told).size).toBe(1);
      for (const one of answers) expect(one.is === 'done' || (one.is === 'unavailable' && one.effect === 'not_executed')).toBe(true);
    }
    expect((await facts()).length).toBe(11);
  });

  it(
    'a storm: two owners, a hundred demandes each at once, three séances: one order explains every answer',
    { timeout: 60_000 },
    async () => {
      await start();
      const streams = ['sea_a', 'sea_b', 'sea_c'];
      const history = new History();
      for (const stream of streams)
        await history.call(`plan-${stream}`, stream, planifier(stream, 4), (instant) =>
          a.ask(stream, planifier(stream, 4), { instant, id: `plan-${stream}` }),
        );
      // Both have a copy before the storm: one that only reads when the other has finished meets nobody.
      for (const stream of streams) await b.ask(stream, { type: 'rouvrirInscriptions' });
      const one = async (owner: Owner, n: number): Promise<void> => {
        const [stream, membre] = [streams[n % 3]!, who[(n * 7) % 23]!];
        const demande =
          n % 4 === 3 ? desister(membre) : n % 25 === 24 ? ({ type: 'modifierPlaces', places: 3 + (n % 4) } as const) : inscrire(membre);
        const id = `storm-${n}-${owner === a ? 'a' : 'b'}`;
        // Lost twice is `not_executed`: as the door would, the caller asks again under the same id, until an answer.
        for (let tries = 0; tries < 200; tries++) {
          const outcome = await history.call(id, stream, demande, (instant) => owner.ask(stream, demande, { id, instant }));
          if (outcome.is !== 'unavailable') return;
          history.calls.splice(
            history.calls.findIndex((call) => call.outcome === outcome),
            1,
          );
        }
        throw new Error(`${id} never found its turn`);
      };
      await Promise.all([a, b].flatMap((owner) => Array.from({ length: 100 }, (_, n) => one(owner, n))));
      expect(a.machine.journal.conflicts + b.machine.journal.conflicts, 'the storm did blow').toBeGreaterThan(0);
      for (const stream of streams) {
        const written = await facts(stream);
        linearizable(history, stream, written);
        await soundInDatabase(await database.hand(), stream, written);
      }
      expect([...a.reports, ...b.reports]).toEqual([]);
    },
  );

  it('a zombie that wakes after its caller was answered changes nothing', async () => {
    await start();
    gate.shut = true;
    const confession = a.ask('sea_1', inscrire(who[0]!), { deadlineMs: 50 });
    await jusqua('a is about to write', () => gate.waiting.length > 0);
    expect(await confession).toMatchObject({ is: 'unavailable', effect: 'unknown' });
    expect(done(await b.ask('sea_1', inscrire(who[1]!)))).toMatchObject({ statut: 'inscrite', version: 2 });
    const before = await facts();
    gate.open();
    await a.machine.journal.drained();
    expect(await facts()).toEqual(before);
    expect(a.machine.journal.conflicts).toBe(1);
    expect(done(await a.ask('sea_1', inscrire(who[2]!)))).toMatchObject({ statut: 'en_attente', version: 3 });
  });

  it('a zombie whose caller still waits decides again on what is true', async () => {
    await start();
    gate.shut = true;
    const late = a.ask('sea_1', inscrire(who[0]!));
    await jusqua('a is about to write', () => gate.waiting.length > 0);
    expect(gate.waiting[0]!.demandes[0]![4], 'what a had decided').toMatchObject({ statut: 'inscrite', version: 2 });
    await b.ask('sea_1', inscrire(who[1]!));
    gate.open();
    expect(done(await late)).toMatchObject({ statut: 'en_attente', rang: 1, version: 3 });
    await soundInDatabase(await database.hand(), 'sea_1', await facts());
  });

  it('mutant: without fence and guards the same zombie takes a seat that is taken', async () => {
    await unguarded(database);
    await start(false);
    gate.shut = true;
    const late = a.ask('sea_1', inscrire(who[0]!));
    await jusqua('a is about to write', () => gate.waiting.length > 0);
    await b.ask('sea_1', inscrire(who[1]!));
    gate.open();
    expect(done(await late)).toMatchObject({ statut: 'inscrite' });
    const seats = await (await database.hand()).type(`SELECT membre_id FROM inscription WHERE statut = 'inscrite'`);
    expect(seats).toHaveLength(2);
    await expect((async () => soundInDatabase(await database.hand(), 'sea_1', await facts()))()).rejects.toThrow(/S1/);
  });
});
