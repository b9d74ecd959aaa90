import { afterEach, describe, expect, it } from 'vitest';
import { DataSource } from 'typeorm';
import { dataSourceOptions, migrate, readDataSource } from '../../src/database/data-source.js';
import { migrations } from '../../src/database/migrations/sqlite/index.js';
import { parseDatabaseUrl } from '../../src/database/database-url.js';
import { crdtTables } from '../../src/modules/crdt/produits.tables.js';
import { membresTables } from '../../src/modules/membres/membres.tables.js';
import { notificationsTables } from '../../src/modules/notifications/notifications.tables.js';
import { paiementsTables } from '../../src/modules/paiements/paiements.tables.js';
import { MembreRow } from '../../src/modules/membres/membres.tables.js';
import { pretsTables } from '../../src/modules/prets/prets.tables.js';
import { reunionsTables } from '../../src/modules/reunions/reunions.tables.js';
import { machineTables } from '../../src/runtime/outbox/machine-tables.js';
import { engines, newDatabase, type TestDatabase } from '../support/databases.js';
import { clubTables, openClub, planifiee } from './club.js';

const entities = [...membresTables, ...reunionsTables, ...paiementsTables, ...notificationsTables, ...crdtTables, ...pretsTables].map(
  ({ entity }) => entity,
);

describe.each(engines)('The schema on %s', (engine) => {
  let db: TestDatabase | undefined;
  afterEach(async () => {
    await db?.drop();
    db = undefined;
  });

  const columns = async (table: string): Promise<string[]> => {
    const sql =
      engine === 'sqlite'
        ? `SELECT name FROM pragma_table_info('${table}')`
        : `SELECT column_name AS name FROM information_schema.columns WHERE table_name = '${table}' ORDER BY ordinal_position`;
    const hand = await db!.hand();
    return (await hand.type(sql)).map(({ name }) => String(name));
  };

  it('is made once by six instances that start together, and left alone by a later one', async () => {
    db = await newDatabase(engine, { migrated: false });
    const { url } = db;
    await Promise.all(Array.from({ length: 6 }, () => migrate(url)));
    await migrate(url);
    const hand = await db.hand();
    expect(await hand.type('SELECT name FROM migrations ORDER BY id')).toHaveLength(migrations.length);
    expect(await hand.type('SELECT position FROM publication')).toHaveLength(1);
  });

  it('holds every column that the machine and the modules name', async () => {
    db = await newDatabase(engine);
    for (const table of machineTables) expect(await columns(table.name), table.name).toEqual(Object.keys(table.columns));
    for (const table of clubTables)
      expect(await columns(table.name), table.name).toEqual(expect.arrayContaining(Object.keys(table.columns)));
  });

  it('can be undone', async () => {
    db = await newDatabase(engine);
    const source = await new DataSource(dataSourceOptions(db.url)).initialize();
    for (let done = 0; done < migrations.length; done++) await source.undoLastMigration();
    expect(await columns('seance')).toEqual([]);
    expect(await columns('stream')).toEqual([]);
    expect(await columns('lease')).toEqual([]);
    expect(await columns('produit')).toEqual([]);
    expect(await columns('pret')).toEqual([]);
    expect(await columns('club')).toEqual([]);
    await source.destroy();
    await migrate(db.url);
  });

  it('is read through connections that refuse to write and see only what is committed, with numbers as numbers', async () => {
    const club = await openClub(engine);
    db = club.db;
    const reads = await readDataSource(db.url, entities).initialize();
    try {
      const membres = reads.getRepository(MembreRow);
      await club.storage.transact(async (tx) => {
        await tx.insert('membre', [{ id: 'late', nom: 'L', cree_le: 1764000000123, version: 1 }]);
        expect(await membres.findOneBy({ id: 'late' })).toBeNull();
      });
      expect(await membres.findOneBy({ id: 'late' })).toMatchObject({ cree_le: 1764000000123, efface_le: null, version: 1 });
      await club.storage.commit(planifiee('s', 3));
      const [seance] = await reads.getRepository(reunionsTables[0]!.entity).find();
      expect(seance).toMatchObject({ id: 's', debut_ms: 1, places: 3, prises: 0, en_attente: 0 });
      for (const entity of entities) await reads.getRepository(entity).find();
      await expect(reads.query(`DELETE FROM membre`)).rejects.toThrow(/read-?only/i);
      await expect(membres.save({ id: 'late', nom: 'x', cree_le: 1, version: 2 })).rejects.toThrow(/read-?only/i);
    } finally {
      await reads.destroy();
      await club.storage.close();
    }
  });
});

describe('A database address', () => {
  it('is sqlite:PATH or postgres://…', () => {
    expect(parseDatabaseUrl('sqlite:data/club.sqlite')).toEqual({ engine: 'sqlite', file: 'data/club.sqlite' });
    expect(parseDatabaseUrl('postgres://a:b@h:1/d')).toEqual({ engine: 'postgres', url: 'postgres://a:b@h:1/d' });
  });
  it.each(['', 'sqlite:', 'mysql://x', 'postgres:nope', 'club.sqlite'])('is not "%s"', (url) => {
    expect(() => parseDatabaseUrl(url)).toThrow(/DATABASE_URL/);
  });
  it('is never repeated with its password', () => {
    expect(() => parseDatabaseUrl('mysql://user:secret@host/db')).toThrow(/^(?!.*secret)/);
  });
});
