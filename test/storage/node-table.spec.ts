/** The table of nodes on both engines: one set of members for each number, deaths that find no fresh touch, and the lease of who ended. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openStorage } from '../../src/database/open-storage.js';
import type { NodeRow, Reading } from '../../src/runtime/cluster/node-port.js';
import { StoredNodes } from '../../src/runtime/cluster/node-table.js';
import type { Peer } from '../../src/runtime/cluster/peer.js';
import { DEAD_MS } from '../../src/runtime/cluster/timing.js';
import type { RowTransaction, Storage } from '../../src/runtime/outbox/storage.js';
import { engines, type Hand, newDatabase, type TestDatabase } from '../support/databases.js';

const PROCESS = { pid: 4711, host: 'here', started: '99', boot: 'b' };
const peer = (id: string, life = 1, address = `${id}:1`): Peer => ({ id, incarnation: `${id}.${life}`, address });
const living = ({ nodes = [] }: Reading): string[] => nodes.filter(({ state }) => state === 'alive').map(({ incarnation }) => incarnation);

describe.each(engines)('The table of nodes on %s', (engine) => {
  let database: TestDatabase;
  let hand: Hand;
  let one: Storage;
  let two: Storage;
  const nodes = (storage: Storage): StoredNodes =>
    new StoredNodes({ storage, process: PROCESS, read: () => hand.type(`SELECT * FROM node WHERE state = 'alive'`) });

  beforeAll(async () => {
    database = await newDatabase(engine);
    hand = await database.hand();
    [one, two] = [openStorage(database.url), openStorage(database.url)];
    for (const storage of [one, two]) await storage.open([]);
  });
  afterAll(async () => {
    for (const storage of [one, two]) await storage.close();
    await database.drop();
  });
  beforeEach(async () => {
    for (const sql of ['DELETE FROM node', 'UPDATE cluster SET view = 0']) await hand.type(sql);
    await hand.type(`UPDATE lease SET holder = 'n1', incarnation = 'n1.1', term = 7, expires = 9999999999999`);
  });

  const lease = async (): Promise<unknown> => (await hand.type(`SELECT holder, incarnation, term AS term, expires FROM lease`))[0];
  const free = {
    holder: '',
    incarnation: '',
    term: expect.toSatisfy((term) => Number(term) === 7),
    expires: expect.toSatisfy((at) => Number(at) === 0),
  };
  const stale = (): Promise<unknown> => hand.type(`UPDATE node SET seen = seen - ${DEAD_MS + 1}`);
  const row = async (incarnation: string): Promise<NodeRow> =>
    (await hand.type(`SELECT * FROM node WHERE incarnation = '${incarnation}'`))[0] as unknown as NodeRow;

  it('a newcomer is written down with its process, and reads the view that it made', async () => {
    const reading = await nodes(one).join(peer('n1'));
    expect(reading).toMatchObject({ view: 1, nodes: [{ ...peer('n1'), ...PROCESS, state: 'alive' }] });
    expect(reading.nodes![0]!.seen).toBe(reading.nodes![0]!.since);
    expect(await nodes(two).look()).toEqual(reading.nodes);
  });

  it.each([
    ['id', peer('n1', 2, 'elsewhere:1')],
    ['address', peer('n9', 1, 'n1:1')],
  ])('whoever joins with a known %s declares the former one dead and frees its lease, the term being kept', async (_, again) => {
    await nodes(one).join(peer('n1'));
    const reading = await nodes(two).join(again);
    expect([reading.view, living(reading), (await row('n1.1')).state]).toEqual([2, [again.incarnation], 'dead']);
    expect(await lease()).toMatchObject(free);
  });

  it('a stranger who joins leaves the others and their lease alone', async () => {
    await nodes(one).join(peer('n1'));
    expect(living(await nodes(two).join(peer('n2')))).toEqual(['n1.1', 'n2.1']);
    expect(await lease()).toMatchObject({ incarnation: 'n1.1' });
  });

  it('a touch renews a living row, and reads nodes only when the view is another one', async () => {
    const { nodes: [born] = [] } = await nodes(one).join(peer('n1'));
    await stale();
    expect(await nodes(one).touch('n1.1', 1)).toEqual({ alive: true, view: 1 });
    expect(Number((await row('n1.1')).seen)).toBeGreaterThanOrEqual(born!.seen);
    await nodes(two).join(peer('n2'));
    const reading = await nodes(one).touch('n1.1', 1);
    expect([reading.alive, reading.view, living(reading)]).toEqual([true, 2, ['n1.1', 'n2.1']]);
  });

  it('the dead and the unknown are told, whatever view they knew, and are not revived', async () => {
    await nodes(one).join(peer('n1'));
    await nodes(one).join(peer('n1', 2));
    for (const incarnation of ['n1.1', 'nobody']) {
      const reading = await nodes(two).touch(incarnation, 2);
      expect([reading.alive, living(reading)]).toEqual([false, ['n1.2']]);
    }
    expect((await row('n1.1')).state).toBe('dead');
  });

  it('only a stale row is declared dead, once; the view does not move otherwise', async () => {
    await nodes(one).join(peer('n1'));
    await nodes(one).join(peer('n2'));
    expect(await nodes(two).judge('n1.1')).toBeUndefined();
    await stale();
    await nodes(one).touch('n2.1', 2);
    const reading = await nodes(two).judge('n1.1');
    expect([reading?.view, living(reading!), await lease()]).toMatchObject([3, ['n2.1'], free]);
    for (const incarnation of ['n1.1', 'n2.1', 'nobody']) expect(await nodes(two).judge(incarnation)).toBeUndefined();
    expect(Number((await hand.type('SELECT view FROM cluster'))[0]!['view'])).toBe(3);
  });

  it('a clock that was set back makes no row immortal', async () => {
    await nodes(one).join(peer('n1'));
    await hand.type(`UPDATE node SET seen = seen + 7200000`);
    expect(living((await nodes(two).judge('n1.1'))!)).toEqual([]);
  });

  it('who leaves is shown as such and gives the lease back', async () => {
    await nodes(one).join(peer('n1'));
    const reading = await nodes(one).leave('n1.1');
    expect([reading.view, reading.nodes!.map(({ state }) => state), await lease()]).toMatchObject([2, ['left'], free]);
  });

  it('a join sweeps out those that ended an hour ago, and the former lives of its own id', async () => {
    for (const id of ['n1', 'n2', 'n3']) await nodes(one).join(peer(id));
    for (const incarnation of ['n1.1', 'n2.1', 'n3.1']) await nodes(one).leave(incarnation);
    await hand.type(`UPDATE node SET since = since - 3600001 WHERE id = 'n2'`);
    const { nodes: rows = [] } = await nodes(two).join(peer('n1', 2));
    expect(rows.map(({ incarnation }) => incarnation)).toEqual(['n1.2', 'n3.1']);
  });

  it('many who join, leave and read at once: every number names one set of members', async () => {
    const named = new Map<number, string>();
    const hear = (reading: Reading): void => {
      if (reading.nodes === undefined) return;
      const members = living(reading).join();
      expect(named.get(reading.view) ?? members, `view ${reading.view}`).toBe(members);
      named.set(reading.view, members);
    };
    const live = async (storage: Storage, id: string): Promise<void> => {
      hear(await nodes(storage).join(peer(id)));
      for (let i = 0; i < 4; i++) hear(await nodes(storage).touch(`${id}.1`, 0));
      hear(await nodes(storage).leave(`${id}.1`));
    };
    await Promise.all(Array.from({ length: 12 }, (_, i) => live(i % 2 === 0 ? one : two, `n${i}`)));
    expect(Math.max(...named.keys())).toBe(24);
    expect(named.get(24)).toBe('');
  });

  // SQLite has one writer: between the two halves of a judgement nobody can touch a row there.
  const onPostgres: (title: string, test: () => Promise<void>) => void = engine === 'postgres' ? it : () => undefined;
  const meanwhile = (work: () => Promise<unknown>, blind: boolean): StoredNodes => {
    const transact: Storage['transact'] = (inside, options) =>
      one.transact(
        (tx) =>
          inside({
            ...methods(tx),
            update: async (table, values, { seen, ...where }) => {
              if (table === 'node') await work();
              return tx.update(table, values, seen === undefined || blind ? where : { ...where, seen });
            },
          }),
        options,
      );
    return nodes({ transact } as Storage);
  };

  onPostgres('a touch that commits while a judgement is under way saves its node', async () => {
    await nodes(one).join(peer('n1'));
    await stale();
    expect(await meanwhile(() => nodes(two).touch('n1.1', 1), false).judge('n1.1')).toBeUndefined();
    expect([(await row('n1.1')).state, await hand.type('SELECT view AS view FROM cluster')]).toMatchObject(['alive', [{ view: '1' }]]);
  });

  onPostgres('without the compare-and-set it would not', async () => {
    await nodes(one).join(peer('n1'));
    await stale();
    expect(await meanwhile(() => nodes(two).touch('n1.1', 1), true).judge('n1.1')).toBeDefined();
    expect((await row('n1.1')).state).toBe('dead');
  });
});

function methods(tx: RowTransaction): RowTransaction {
  return {
    savepoint: (work) => tx.savepoint(work),
    insert: (...of) => tx.insert(...of),
    update: (...of) => tx.update(...of),
    updateAll: (...of) => tx.updateAll(...of),
    delete: (...of) => tx.delete(...of),
    select: (...of) => tx.select(...of),
    hold: (...of) => tx.hold(...of),
    now: () => tx.now(),
  };
}
