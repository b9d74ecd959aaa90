import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStorage } from '../../src/database/open-storage.js';
import { tableSchema } from '../../src/database/schema.js';
import { reunionsTables } from '../../src/modules/reunions/reunions.tables.js';
import { membresTables } from '../../src/modules/membres/membres.tables.js';
import { engines, newDatabase, type TestDatabase } from '../support/databases.js';
describe.each(engines)('%s', (engine) => {
  let db: TestDatabase;
  beforeAll(async () => { db = await newDatabase(engine); });
  afterAll(async () => { await db.drop(); });
  it('works', async () => {
    const tables = [...membresTables, ...reunionsTables].map(tableSchema);
    const storage = openStorage(db.url);
    await storage.open(tables);
    await storage.transact(async (tx) => { await tx.insert('membre', Array.from({length: 20000}, (_, i) => ({ id: `m${i}`, nom: 'n', courriel: null, cree_le: 1, version: 1 }))); });
    await storage.commit({ heads: [['s1','seance',0,1,1]], facts: [['s1',1,'P',{a:1,"b":[2]},'d',null,1,1]], demandes:[['x','d','s1','h',{z:1,a:2},1]], absent: [], snapshots: [],
      tables: new Map([['seance', { inserts: [['s1','t',null,'a','b',1,2,'z','ouverte',100000,0,'sur_place',null,1]], updates: [], deletes: [] }]]) });
    expect((await storage.load(['s1', 's2'])).map(s => s.facts.length)).toEqual([1,0]);
    for (const size of [64, 512]) {
    let v = (await storage.facts('s1', 0, 1e9)).length;
    const t0 = performance.now(); let n = 0;
    while (performance.now() - t0 < 2500 && n + size < 9000) {
      const rows = Array.from({length: size}, (_, i) => v + 1 + i);
      await storage.commit({ heads: [['s1','seance',v,v+size,1]],
       facts: rows.map(k => ['s1',k,'MembreInscrit',{membreId:`m${k}`, prixCentimes: 0},`d${k}`,null,1,1] as const), demandes: rows.map(k => ['x',`dem${k}`,'s1','h0123456789abcdef',{statut:'inscrite', placesRestantes: 10, version: k},1] as const), absent: [], snapshots: [],
       tables: new Map([['inscription', { inserts: rows.map(k => ['s1',k,`m${k}`,'inscrite',null,1]), updates: [], deletes: [] }], ['seance', {inserts: [], deletes: [], updates: [['s1',null,null,null,null,null,null,null,null,null,null,null,null,v+size]]}]]) });
      v += size; n += size;
    }
    console.log(engine, size, Math.round(n / (performance.now() - t0) * 1000), 'demandes/s', n);
    }
    console.log(await (await db.hand()).type('select prises, en_attente, places from seance'));
    await storage.close();
  });
});
