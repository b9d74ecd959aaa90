/** What is read of the armed timers, on both engines: in due order, page by page, whatever their number. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ArmedTimer, TimerKey } from '../../src/runtime/outbox/stored-timers.js';
import { DUE_COUNTED } from '../../src/runtime/outbox/stored-timers.js';
import { StorageUnavailable } from '../../src/runtime/outbox/storage.js';
import { engines } from '../support/databases.js';
import { MemoryTimers } from '../support/memory-timers.js';
import { type Club, openClub, refusal } from './club.js';

type Armed = readonly [root: string, due: number, stream?: string, name?: string];

describe.each(engines)('armed timers on %s', (engine) => {
  let club: Club;
  beforeAll(async () => void (club = await openClub(engine)));
  afterAll(() => club.end());
  beforeEach(() => club.hand.type('DELETE FROM timer'));

  const arm = async (...timers: readonly Armed[]): Promise<void> => {
    const rows = timers.map(([root, due, stream = root, name = 't']) => ({ stream, name, root, kind: 'seance', due, demande: '{}' }));
    for (let at = 0; at < rows.length; at += 2_000) {
      const part = rows.slice(at, at + 2_000);
      await club.storage.transact((tx) => tx.insert('timer', part));
    }
  };
  const roots = async (now: number, limit = 100, after?: readonly [number, string]) =>
    (await club.storage.dueTimers(now, limit, after)).map(({ root, due }) => `${root}@${due}`);

  it('the due ones, oldest first, then by root; nothing that is due later', async () => {
    await arm(['c', 20], ['a', 30], ['b', 20], ['z', 10], ['y', 31]);
    expect(await roots(9)).toEqual([]);
    expect(await roots(20)).toEqual(['z@10', 'b@20', 'c@20']);
    expect(await roots(30)).toEqual(['z@10', 'b@20', 'c@20', 'a@30']);
    expect(await club.storage.dueTimers(10, 5)).toEqual([{ root: 'z', kind: 'seance', due: 10 }]);
  });

  it('page by page, every root comes, also one that many of its own timers precede', async () => {
    const ties = Array.from({ length: 50 }, (_, i): Armed => ['tie', 10, 'tie', `n${i}`]);
    const own = Array.from({ length: 30 }, (_, i): Armed => ['many', 11 + i, 'many', `n${i}`]);
    await arm(...ties, ...own, ['last', 25]);
    const seen: string[] = [];
    for (let after: readonly [number, string] | undefined; ;) {
      const page = await club.storage.dueTimers(100, 7, after);
      if (page.length === 0) break;
      seen.push(...page.map(({ root }) => root));
      after = [page.at(-1)!.due, page.at(-1)!.root];
    }
    expect(new Set(seen)).toEqual(new Set(['tie', 'many', 'last']));
    // Those that share root and instant are passed over: one wake is for all of them.
    expect(seen.filter((root) => root === 'tie').length).toBeLessThanOrEqual(7);
  });

  it('the next one: strictly later, whatever is due before', async () => {
    await arm(['a', 10], ['b', 20], ['c', 20]);
    expect(await Promise.all([9, 10, 19, 20].map((after) => club.storage.nextTimer(after)))).toEqual([10, 20, 20, undefined]);
  });

  it('how far waking is behind, counted up to a bound', async () => {
    expect(await club.storage.dueBacklog(50)).toEqual({ due: 0, bounded: false, oldest: null });
    await arm(['a', 40], ['b', 20], ['c', 60]);
    expect(await club.storage.dueBacklog(50)).toEqual({ due: 2, bounded: false, oldest: 20 });
    await arm(...Array.from({ length: DUE_COUNTED }, (_, i): Armed => [`r${i}`, 30]));
    expect(await club.storage.dueBacklog(50)).toEqual({ due: DUE_COUNTED, bounded: true, oldest: 20 });
  });

  it('the list: every armed timer once, in one order, over any size of page, as the model in memory', async () => {
    const model = new MemoryTimers();
    const timers = Array.from({ length: 60 }, (_, i): Armed => [`ouv_${i % 7}`, (i * 7) % 13, `pre_${i % 11}`, `retrait:exe_${i}`]);
    for (const [root, due, stream, name] of timers) model.arm(root, due, { stream: stream!, name: name!, kind: 'seance' });
    await arm(...timers);
    const whole = await model.timers(undefined, 100);
    for (const size of [1, 7, 59, 60, 61]) {
      const seen: ArmedTimer[] = [];
      for (let after: TimerKey | undefined; seen.length <= 60;) {
        const page = await club.storage.timers(after, size);
        if (page.length === 0) break;
        seen.push(...page);
        const last = page.at(-1)!;
        after = [last.due, last.root, last.stream, last.name];
      }
      expect(seen).toEqual(whole);
    }
  });

  it('what is committed only: a reader sees a timer when its fact is there, and never waits for a writer', async () => {
    await club.storage.transact(async (tx) => {
      await tx.insert('timer', [{ stream: 'a', name: 't', root: 'a', kind: 'seance', due: 1, demande: '{}' }]);
      expect(await roots(5)).toEqual([]);
    });
    expect(await roots(5)).toEqual(['a@1']);
  });

  it('no database: a state, said as every read says it', async () => {
    const other = await openClub(engine);
    await other.storage.close();
    for (const read of [
      other.storage.dueTimers(1, 1),
      other.storage.nextTimer(1),
      other.storage.timers(undefined, 1),
      other.storage.dueBacklog(1),
    ])
      expect(await refusal(read)).toBeInstanceOf(StorageUnavailable);
    await other.end();
  });
});
