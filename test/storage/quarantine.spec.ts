/** The end of a quarantine stands in the stream's head, so that an instance that loads the stream knows it. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStorage } from '../../src/database/open-storage.js';
import type { Storage } from '../../src/runtime/outbox/storage.js';
import { Owner, planifier } from '../guards/owner.js';
import { engines, newDatabase, type TestDatabase } from '../support/databases.js';

describe.each(engines)('a quarantine on %s', (engine) => {
  let database: TestDatabase;
  let storage: Storage;
  const owners: Owner[] = [];
  beforeEach(async () => {
    database = await newDatabase(engine);
    storage = openStorage(database.url);
    await storage.open([]);
  });
  afterEach(async () => {
    for (const owner of owners.splice(0)) await owner.stop();
    await storage.close();
    await database.drop();
  });
  const owner = async (): Promise<Owner> => {
    const one = await Owner.on(database, { crashes: 3 });
    owners.push(one);
    return one;
  };

  it('is read with the stream, with its snapshot or without one', async () => {
    const head = (id: string) => [id, 'seance', 0, 1, 1] as const;
    const fact = (id: string) => [id, 1, 'T', {}, id, null, 1, 1] as const;
    const [plain, both, snapshot] = ['a', 'b', 'c'];
    await storage.commit({
      heads: [plain, both, snapshot, 'd'].map((id) => head(id!)),
      facts: [plain, both, snapshot, 'd'].map((id) => fact(id!)),
      demandes: [],
      absent: [],
      tables: new Map(),
      snapshots: [both, snapshot].map((id) => [id!, 1, 1, { n: 1 }]),
    });
    await storage.transact((tx) =>
      tx.updateAll(
        'stream',
        ['id'],
        [plain, both].map((id) => ({ id: id!, quarantined_until: 1_767_000_000_000, failures: 4 })),
      ),
    );
    const loaded = await storage.load(['a', 'b', 'c', 'd', 'unknown']);
    expect(
      loaded.map(({ stream, quarantinedUntil, snapshot: kept, facts }) => [stream, quarantinedUntil, kept?.version, facts.length]),
    ).toEqual([
      ['a', 1_767_000_000_000, undefined, 1],
      ['b', 1_767_000_000_000, 1, 0],
      ['c', undefined, 1, 0],
      ['d', undefined, undefined, 1],
      ['unknown', undefined, undefined, 0],
    ]);
  });

  it('that begins on one instance holds on another, which never saw a crash', async () => {
    const [one, other] = [await owner(), await owner()];
    await one.ask('sea_1', planifier('sea_1', 1));
    for (let i = 0; i < 4; i++) one.registry.crash('sea_1');
    await expect.poll(async () => (await storage.load(['sea_1']))[0]?.quarantinedUntil).toBeGreaterThan(0);
    const answer = await other.ask('sea_1', { type: 'rouvrirInscriptions' });
    expect(answer).toMatchObject({ is: 'quarantined' });
    await expect.poll(async () => (await other.ask('sea_1', { type: 'rouvrirInscriptions' })).is).not.toBe('quarantined');
  });
});
