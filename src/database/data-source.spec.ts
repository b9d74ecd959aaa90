import sqlite3 from 'sqlite3';
import { expect, it } from 'vitest';
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
