import sqlite3 from 'sqlite3';
import { expect, it, vi } from 'vitest';
import { layCable } from '../../test/support/cable.js';
import { newDatabase } from '../../test/support/databases.js';
import { readDataSource } from './data-source.js';

it('ouvrir la voie de lecture ne ralentit pas la voie d’écriture : sqlite3 reste sans ses traces', async () => {
  const { prototype } = sqlite3.Database;
  const before = [prototype.all, prototype.run, sqlite3.Statement.prototype.all];
  const database = await newDatabase('sqlite');
  const reads = await readDataSource(database.url).initialize();
  expect([prototype.all, prototype.run, sqlite3.Statement.prototype.all]).toEqual(before);
  await reads.destroy();
  await database.drop();
});

it('un serveur muet n’arrête pas un lecteur plus longtemps que dit ; quand il reparle, les lectures reprennent', async () => {
  const database = await newDatabase('postgres');
  const cable = await layCable(database.url);
  const reads = await readDataSource(cable.through(database.url), [], 1_000).initialize();
  const read = (): Promise<unknown> => reads.query('SELECT view FROM cluster');
  try {
    expect(await read()).toEqual([{ view: 0 }]);
    cable.hush();
    // One in a connection that was there, others in new ones; then one that finds the pool full of those that wait.
    const asked = performance.now();
    const all = await Promise.allSettled(Array.from({ length: 20 }, read));
    expect(all.map(({ status }) => status)).toEqual(all.map(() => 'rejected'));
    expect(performance.now() - asked).toBeLessThan(5_000);
    cable.mend();
    await vi.waitFor(async () => expect(await read()).toEqual([{ view: 0 }]), { timeout: 10_000, interval: 20 });
  } finally {
    await reads.destroy();
    await cable.close();
    await database.drop();
  }
});
