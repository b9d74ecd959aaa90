/** What every store of counters promises, on the file and on the one in memory that the virtual tests stand on: the same batches leave the same. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { NO_GIFTS } from '../../src/modules/crdt/pn-counter.js';
import { SqliteStore } from '../../src/modules/crdt/store.sqlite.js';
import { type Batch, type Loaded, type Movement, type Store, StoreFailed } from '../../src/modules/crdt/store.js';
import { intercept } from '../guards/intercept.js';
import { MemoryStore } from '../support/memory-store.js';
import { product } from '../support/replica-stage.js';
import { runs } from '../support/runs.js';

let folders: string[] = [];
afterEach(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
  folders = [];
});

async function file(): Promise<SqliteStore> {
  const folder = await mkdtemp(join(tmpdir(), 'monclub-compteurs-'));
  folders.push(folder);
  return new SqliteStore({ file: join(folder, 'compteurs.sqlite'), instance: 'a' });
}

const stores: readonly (readonly [string, () => Promise<Store>])[] = [
  ['the file', file],
  ['memory', async () => MemoryStore.fresh('a')],
];

const SLOTS = ['a', 'b', 'c', 'd'].map((letter) => `019b8f50-dd00-7cb8-adfe-747d23673f2${letter}`);
const NOTHING: Batch = { entries: [], slots: [], movements: [], undone: [], products: [] };
const slotWrite = (at: number, version: number) => ({ slot: SLOTS[at]!, replica: at < 2 ? 'a' : 'b', version, own: at < 2 });
const movement = (n: number, more: Partial<Movement> = {}): Movement => ({
  id: `mou_${n}_a`,
  scope: 's',
  operation: `d${n}`,
  hash: `h${n}`,
  product: 'cafe',
  by: BigInt(n),
  kind: 'change',
  value: BigInt(n),
  version: n,
  slot: SLOTS[0]!,
  at: n,
  undoes: null,
  undoneBy: null,
  ...more,
});

/** Independent of the order in which a store returns things. */
function sorted(loaded: Loaded) {
  const by = <T>(list: readonly T[], key: (one: T) => string): T[] => list.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
  const sums = new Map<string, { plus: bigint; minus: bigint }>();
  for (const { product: of, replica, plus, minus } of loaded.archived) {
    const before = sums.get(`${of} ${replica}`) ?? { plus: 0n, minus: 0n };
    sums.set(`${of} ${replica}`, { plus: before.plus + plus, minus: before.minus + minus });
  }
  return {
    entries: by(loaded.entries, ({ slot, product: of }) => slot + of),
    slots: by(loaded.slots, ({ slot }) => slot),
    archived: sums,
    products: by(loaded.products, ({ produit }) => produit),
    last: by(loaded.lastMovements, ({ product: of }) => of),
  };
}

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('entry' as const), slot: fc.nat(3), of: fc.nat(3), plus: fc.bigInt(0n, 10n ** 39n), minus: fc.bigInt(0n, 10n ** 20n), gift: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('archive' as const), slot: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restore' as const), slot: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('doubt' as const), slot: fc.nat(3) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('move' as const), of: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('prune' as const), before: fc.nat(40) }) },
); // prettier-ignore

it('any history leaves the same in the file as in memory', async () => {
  const names = ['cafe', 'the', 'tote', 'unknown'];
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const both: readonly Store[] = [await file(), MemoryStore.fresh('a')];
      const held = new Map<string, { plus: bigint; minus: bigint }>();
      for (const store of both) {
        await store.open();
        await store.commit({ ...NOTHING, products: [product('cafe'), product('the'), product('tote', true)], slots: [0, 1, 2, 3].map((at) => slotWrite(at, 0)) });
      } // prettier-ignore
      let n = 0;
      for (const one of steps) {
        n++;
        const write = async (batch: Partial<Batch>): Promise<void> => {
          for (const store of both) await store.commit({ ...NOTHING, ...batch });
        };
        if (one.do === 'entry') {
          const { slot, replica } = slotWrite(one.slot, n);
          const before = held.get(`${slot} ${one.of}`) ?? { plus: 0n, minus: 0n };
          const now = { plus: before.plus + one.plus, minus: before.minus + one.minus };
          held.set(`${slot} ${one.of}`, now);
          const given = one.gift ? new Map([[SLOTS[3]!, one.minus + 1n]]) : NO_GIFTS;
          await write({ entries: [{ product: names[one.of]!, slot, tally: { ...now, given }, changed: n, replica }], slots: [slotWrite(one.slot, n)] });
        } else if (one.do === 'doubt') await write({ slots: [{ ...slotWrite(one.slot, n), doubt: `doubt ${n}` }] });
        else if (one.do === 'move') await write({ movements: [movement(n, { product: names[one.of]! }), movement(n + 1000)], undone: [[`mou_${n - 1}_a`, `mou_${n}_a`]] });
        else for (const store of both) await (one.do === 'prune' ? store.prune(one.before, 5) : store[one.do](SLOTS[one.slot]!));
      } // prettier-ignore
      const [onFile, inMemory] = await Promise.all(both.map(async (store) => sorted(await store.open())));
      expect(onFile).toEqual(inMemory);
      const pages = await Promise.all(both.map((store) => store.movements('cafe', undefined, 100)));
      expect(pages[0]).toEqual(pages[1]);
      for (const store of both) await store.close();
    }),
    { numRuns: runs(15) },
  );
}, 60_000);

describe.each(stores)('on %s', (_, make) => {
  it('movements are found by demande and by id, and listed newest first from any of them on', async () => {
    const store = await make();
    await store.open();
    await store.commit({ ...NOTHING, movements: [movement(1), movement(2), movement(3, { product: 'the' })] });
    await store.commit({ ...NOTHING, movements: [movement(4, { undoes: 'mou_1_a', kind: 'undo' })], undone: [['mou_1_a', 'mou_4_a']] });
    const ids = async (found: Promise<readonly Movement[]>) => (await found).map(({ id }) => id);
    const found = store.answered([['s', 'd3'], ['t', 'd1'], ['s', 'absent'], ['s', 'd1']]); // prettier-ignore
    expect((await ids(found)).toSorted()).toEqual(['mou_1_a', 'mou_3_a']);
    expect(await store.named(['mou_1_a', 'mou_9_a'])).toEqual([movement(1, { undoneBy: 'mou_4_a' })]);
    expect(await ids(store.movements('cafe', undefined, 2))).toEqual(['mou_4_a', 'mou_2_a']);
    expect(await ids(store.movements('cafe', 'mou_2_a', 2))).toEqual(['mou_1_a']);
    expect(await ids(store.movements('cafe', 'mou_9_a', 2))).toEqual([]);
    await store.close();
  });

  it('a demande that made a movement makes no second one: the batch is refused whole', async () => {
    const store = await make();
    await store.open();
    await store.commit({ ...NOTHING, products: [product('cafe')], movements: [movement(1)] });
    const twin = { ...NOTHING, movements: [movement(2), movement(3, { operation: 'd1' })], slots: [slotWrite(0, 7)] };
    await expect(store.commit(twin)).rejects.toMatchObject({ effect: 'not_executed' });
    const { slots, lastMovements } = await store.open();
    expect([slots, lastMovements.length + (await store.movements('cafe', undefined, 9)).length]).toEqual([[], 2]);
    await store.close();
  });

  it('one that is not open does nothing, and says that it does nothing', async () => {
    const store = await make();
    await store.open();
    await store.close();
    await store.close();
    await expect(store.commit({ ...NOTHING, movements: [movement(1)] })).rejects.toBeInstanceOf(StoreFailed);
    await expect(store.movements('cafe', undefined, 1)).rejects.toMatchObject({ effect: 'not_executed' });
    await store.open();
    expect(await store.movements('cafe', undefined, 1)).toEqual([]);
    await store.close();
  });
});

describe('a commit to the file that breaks off', () => {
  const batch: Batch = {
    entries: [{ product: 'cafe', slot: SLOTS[0]!, tally: { plus: 5n, minus: 0n, given: NO_GIFTS }, changed: 1, replica: 'a' }],
    slots: [slotWrite(0, 1)],
    movements: [movement(1)],
    undone: [['mou_0_a', 'mou_1_a']],
    products: [product('cafe')],
  };
  interface Connection {
    run(sql: string, params: readonly unknown[]): Promise<number>;
  }
  /** The store, open, whose `at`-th statement fails: before it is run, or after, as a disk that says nothing more. */
  async function breaking(at: number, after: boolean) {
    const store = await file();
    await store.open();
    const inside = store as unknown as { connection: Connection };
    const { connection } = inside;
    let n = 0;
    inside.connection = intercept(connection, {
      run: async (sql, params) => {
        const breaks = n++ === at;
        const ioerr = Object.assign(new Error('SQLITE_IOERR: disk I/O error'), { code: 'SQLITE_IOERR' });
        if (breaks && !after) throw ioerr;
        const result = await connection.run(sql, params);
        if (breaks) throw ioerr;
        return result;
      },
    });
    return store;
  }
  const left = async (store: SqliteStore): Promise<number> => {
    const { entries, slots, products, lastMovements } = await store.open();
    await store.close();
    return entries.length + slots.length + products.length + lastMovements.length;
  };

  it.each([0, 1, 2, 3, 4, 5].flatMap((at) => [[at, false] as const, [at, true] as const]))(
    'at statement %i (already run: %s) leaves nothing, for certain',
    async (at, after) => {
      const store = await breaking(at, after);
      await expect(store.commit(batch)).rejects.toMatchObject({ effect: 'not_executed' });
      expect(await left(store)).toBe(0);
    },
  );

  it.each([
    [false, 0],
    [true, 4],
  ])('at its COMMIT (already run: %s) is unknown; the next opening tells the truth', async (after, stored) => {
    const store = await breaking(6, after);
    await expect(store.commit(batch)).rejects.toMatchObject({ effect: 'unknown' });
    expect(await left(store)).toBe(stored);
  });
});
