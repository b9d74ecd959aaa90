/** Counters belong to one club: what was counted for another steps aside, whole, and comes back with it. */
import { mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStorage } from '../../src/database/open-storage.js';
import { IdentiteDuClub } from '../../src/modules/crdt/club.ecriture.js';
import { NO_GIFTS } from '../../src/modules/crdt/pn-counter.js';
import { Replica } from '../../src/modules/crdt/replica.js';
import { SqliteStore } from '../../src/modules/crdt/store.sqlite.js';
import type { Batch, Loaded, Store } from '../../src/modules/crdt/store.js';
import { systemClock } from '../../src/runtime/clock.js';
import { engines } from '../support/databases.js';
import { MemoryStore } from '../support/memory-store.js';
import { change, product, PRODUCTS, said } from '../support/replica-stage.js';
import { type Club, clubTables, openClub } from './club.js';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'monclub-compteurs-'));
  file = join(folder, 'compteurs.sqlite');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const SLOT = '019b8f50-dd00-7cb8-adfe-747d23673f2a';
const counted = (plus: bigint): Batch => ({
  entries: [{ product: 'cafe', slot: SLOT, tally: { plus, minus: 0n, given: NO_GIFTS }, changed: Number(plus), replica: 'a' }],
  slots: [{ slot: SLOT, replica: 'a', version: Number(plus), own: true }],
  movements: [],
  undone: [],
  products: [product('cafe')],
});
const sum = ({ entries }: Loaded): bigint => entries.reduce((all, { tally }) => all + tally.plus, 0n);

describe.each<[string, () => Store]>([
  ['the file', () => new SqliteStore({ file, instance: 'a' })],
  ['memory', () => MemoryStore.fresh('a')],
])('a store in %s', (_, make) => {
  it('belongs to the first club that it is told of, and keeps what it had', async () => {
    const store = make();
    await store.open();
    await store.commit(counted(1n));
    expect(await store.belong('one')).toBe(true);
    await store.commit(counted(2n));
    expect(await store.belong('one')).toBe(true);
    const again = await store.open();
    expect([sum(again), again.aside]).toEqual([2n, undefined]);
    await store.close();
  });

  it('told of another club is written no more; it opens anew with nothing, and with all that was there when the first club is back', async () => {
    const store = make();
    await store.open();
    await store.belong('one');
    await store.commit(counted(1n));
    expect(await store.belong('two')).toBe(false);
    await expect(store.commit(counted(9n))).rejects.toMatchObject({ effect: 'not_executed' });
    const other = await store.open();
    expect([other.entries, other.slots, other.products, other.aside === undefined]).toEqual([[], [], [], false]);
    expect(await store.belong('two')).toBe(true);
    await store.commit(counted(5n));
    expect(await store.belong('one')).toBe(false);
    expect(sum(await store.open())).toBe(1n);
    expect(await store.belong('two')).toBe(false);
    expect(sum(await store.open())).toBe(5n);
    await store.close();
  });

  it('told of its club while it is not open sees to it at the next opening', async () => {
    const store = make();
    await store.open();
    await store.belong('one');
    await store.commit(counted(1n));
    await store.close();
    await expect(store.belong('two')).rejects.toMatchObject({ effect: 'not_executed' });
    expect(sum(await store.open())).toBe(0n);
    expect(await store.belong('two')).toBe(true);
    await store.close();
  });
});

describe('a file of counters', () => {
  const beside = async (): Promise<string[]> => (await readdir(folder)).filter((name) => !/-(wal|slot)$/.test(name)).toSorted();
  async function count(club: string, plus: bigint): Promise<Loaded> {
    const store = new SqliteStore({ file, instance: 'a' });
    let loaded = await store.open();
    if (!(await store.belong(club))) loaded = await store.open();
    await store.commit(counted(plus));
    await store.close();
    return loaded;
  }

  it('put aside is named after its club, with its note beside it, and the log says where it is', async () => {
    await count('one', 1n);
    const { aside } = await count('two', 2n);
    expect(aside).toMatch(/another club: they are kept aside as .*compteurs\.one\.sqlite, and this club’s begin at nothing$/);
    expect(await beside()).toEqual(['compteurs.one.sqlite', 'compteurs.sqlite']);
    expect(await readFile(join(folder, 'compteurs.one.sqlite-slot'), 'utf8')).toBe(SLOT);
    expect((await count('one', 3n)).aside).toMatch(/and those that this club had left in .*compteurs\.one\.sqlite go on$/);
    expect(await beside()).toEqual(['compteurs.sqlite', 'compteurs.two.sqlite']);
  });

  it('never takes the place of one that is aside already', async () => {
    await count('one', 1n);
    await count('two', 2n);
    await rename(file, join(folder, 'compteurs.two.sqlite'));
    await count('two', 3n);
    await count('three', 4n);
    expect(await beside()).toEqual(['compteurs.one.sqlite', 'compteurs.sqlite', 'compteurs.two.2.sqlite', 'compteurs.two.sqlite']);
  });

  it('whose move was cut short before its last part is moved all the same', async () => {
    await count('one', 1n);
    await rename(`${file}-slot`, join(folder, 'compteurs.one.sqlite-slot'));
    await count('two', 2n);
    expect((await count('one', 3n)).doubt).toBeUndefined();
  });

  it('of a club whose name is a path stays in its folder', async () => {
    await count('../../one', 1n);
    await count('two', 2n);
    expect(await beside()).toEqual(['compteurs.______one.sqlite', 'compteurs.sqlite']);
  });

  it('that came back is one’s own: the rights left in it are no more in doubt than before', async () => {
    const reports: string[] = [];
    const report = (message: string): void => void reports.push(message);
    const replica = new Replica({ id: 'a', store: new SqliteStore({ file, instance: 'a' }), clock: systemClock, report });
    const handle = replica.start();
    const tell = async (by: number, of: string): Promise<string> => {
      const deadline = systemClock.monotonic() + 10_000;
      const envelope = { scope: 's', id: `${of}${by}`, minted: true, acteur: null, instant: systemClock.now(), hash: 'h', deadline };
      return said(await replica.perform(envelope, change(by, of)));
    };
    const club = async (name: string): Promise<void> => {
      const { openings } = replica.figures;
      await replica.belong(name);
      if (openings > 1 || name !== 'one') await expect.poll(() => replica.figures.openings).toBe(openings + 1);
      await replica.learn(PRODUCTS);
    };
    await expect.poll(() => replica.state).toBe('open');
    await club('one');
    const { slot } = replica;
    expect([await tell(5, 'tote'), await tell(3, 'cafe')]).toEqual(['5', '3']);
    await club('two');
    expect([replica.counters.value('tote'), replica.former(), replica.slot > slot]).toEqual([0n, [], true]);
    expect(await tell(1, 'cafe')).toBe('1');
    await club('one');
    expect([replica.counters.value('cafe'), replica.former().map(({ doubt }) => doubt)]).toEqual([3n, [undefined]]);
    expect([await replica.adopt(), await tell(-5, 'tote')]).toEqual([5n, '0']);
    expect(reports.map((line) => /another club/.test(line))).toEqual([true, true]);
    await handle.stop();
  });
});

describe.each(engines)('the shared database, on %s', (engine) => {
  let club: Club | undefined;
  afterEach(async () => {
    await club?.end();
    club = undefined;
  });

  it('names the club once, whoever asks first, and never again', async () => {
    club = await openClub(engine);
    const { db, hand } = club;
    const all = Array.from({ length: 6 }, () => openStorage(db.url));
    await Promise.all(all.map((storage) => storage.open(clubTables)));
    const names = await Promise.all(all.map((storage) => new IdentiteDuClub({ storage, clock: systemClock }).lire()));
    await Promise.all(all.map((storage) => storage.close()));
    expect(new Set(names).size).toBe(1);
    expect(await hand.type('SELECT identite FROM club')).toEqual([{ identite: names[0] }]);
    await expect(hand.type(`INSERT INTO club (id, identite) VALUES (2, 'x')`)).rejects.toThrow(/club_one_row/);
  });
});
