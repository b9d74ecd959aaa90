import { afterEach, describe, expect, it } from 'vitest';
import { readDataSource } from '../../src/database/data-source.js';
import { crdtTables } from '../../src/modules/crdt/produits.tables.js';
import { TemoinPartage } from '../../src/modules/crdt/temoin.ecriture.js';
import { Machine } from '../../src/runtime/machine.js';
import { systemClock } from '../../src/runtime/clock.js';
import { DEFAULT_CRASH_POLICY } from '../../src/runtime/supervision/quarantine.js';
import { engines } from '../support/databases.js';
import { type Club, openClub } from './club.js';

describe.each(engines)('the shared database as a witness of slots, on %s', (engine) => {
  let club: Club | undefined;
  const ends: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0)) await end();
    await club?.end();
    club = undefined;
  });

  const witness = async (): Promise<TemoinPartage> => {
    club = await openClub(engine);
    const machine = new Machine({
      storage: club.storage,
      clock: systemClock,
      journal: { group: 64, queue: 64 },
      registry: { mailbox: 1, living: 1, idleMs: 1_000, crashes: DEFAULT_CRASH_POLICY },
      migrate: () => Promise.resolve(),
      report: () => undefined,
    });
    const reads = await readDataSource(
      club.db.url,
      crdtTables.map(({ entity }) => entity),
    ).initialize();
    ends.push(() => reads.destroy());
    return new TemoinPartage(machine, reads);
  };

  it('says how far each slot was seen, and nothing of one that never was', async () => {
    const one = await witness();
    await one.note([
      ['s1', 'a', 3],
      ['s2', 'b', 7],
    ]);
    expect(await one.seen(['s1', 's2', 's3'])).toEqual(
      new Map([
        ['s1', 3],
        ['s2', 7],
      ]),
    );
    expect([...(await one.seen([]))]).toEqual([]);
  });

  it('a version only grows, in whatever order the notes come, several at once too', async () => {
    const one = await witness();
    for (const version of [5, 2, 9, 4]) await one.note([['s', 'a', version]]);
    expect([...(await one.seen(['s']))]).toEqual([['s', 9]]);
    await Promise.all(Array.from({ length: 20 }, (_, i) => one.note([[`t${i % 3}`, 'a', i]])));
    expect(await one.seen(['t0', 't1', 't2'])).toEqual(
      new Map([
        ['t0', 18],
        ['t1', 19],
        ['t2', 17],
      ]),
    );
  });

  it('lets one slot take another over, whoever asks at the same time, and later only that one and the lives that know it', async () => {
    const one = await witness();
    await one.note([['s', 'a', 5]]);
    const asks = ['x', 'y', 'z'].map((as) => one.claim([['s', 'a', 5], [`never-${as}`, 'a', 2]], as, new Set(['s']))); // prettier-ignore
    const won = await Promise.all(asks);
    expect(won.filter((slots) => slots.has('s'))).toHaveLength(1);
    expect(won.map((slots, i) => slots.has(`never-${'xyz'[i]}`))).toEqual([true, true, true]);
    const holder = 'xyz'[won.findIndex((slots) => slots.has('s'))]!;
    const claim = async (as: string, own: readonly string[]) => (await one.claim([['s', 'a', 5]], as, new Set(own))).has('s');
    expect(await claim(holder, ['s'])).toBe(true);
    expect(await claim('later', ['s'])).toBe(false);
    expect(await claim('later', ['s', holder])).toBe(true);
    expect(await claim(holder, ['s'])).toBe(false);
    expect([...(await one.seen(['s']))]).toEqual([['s', 5]]);
  });

  it('a thousand slots in one question', async () => {
    const one = await witness();
    const slots = Array.from({ length: 1_001 }, (_, i) => `s${i}`);
    await one.note(slots.map((slot, i) => [slot, 'a', i] as const));
    expect((await one.seen(slots)).size).toBe(1_001);
  });

  it('one that is away testifies to nothing: it rejects', async () => {
    const one = await witness();
    for (const end of ends.splice(0)) await end();
    await club!.storage.close();
    await expect(one.seen(['s'])).rejects.toThrow();
    await expect(one.note([['s', 'a', 1]])).rejects.toThrow();
  });
});
