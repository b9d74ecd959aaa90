import { describe, expect, it } from 'vitest';
import type { Peer } from '../../runtime/cluster/peer.js';
import { type Level, Niveaux } from './niveaux.lecture.js';

/** A cluster of `living` members of which `connected` others are there, `holders` of whom hold everything at once. */
function stage(living: number, connected: number, holders = connected) {
  const asked: { peers: number; until: number }[] = [];
  const peer = { id: 'p', incarnation: 'i', address: 'h:1' } satisfies Peer;
  const sync = {
    connected: Array.from({ length: connected }, () => peer),
    reached: (_slot: string, _version: number, peers: number, until: number) => {
      asked.push({ peers, until });
      return Promise.resolve(holders >= peers);
    },
  };
  const niveaux = new Niveaux({ sync, living: () => living, clock: { monotonic: () => 1_000 } });
  return { asked, reach: (level: Level) => niveaux.atteint(level, { slot: 's', version: 1 }, 11_000) };
}

describe('who must hold a movement', () => {
  it.each<[level: Level, living: number, connected: number, others: number | undefined]>([
    ['locale', 3, 2, undefined],
    ['pair', 3, 2, 1],
    ['pair', 1, 0, 1],
    ['majorite', 1, 0, undefined],
    ['majorite', 2, 1, 1],
    ['majorite', 3, 2, 1],
    ['majorite', 5, 4, 2],
    // Cut off from the others: the majority is of all that live, not of those that are there.
    ['majorite', 5, 0, 2],
    // Without the database the view may know nobody: those that are there count.
    ['majorite', 0, 2, 1],
    ['majorite', 0, 0, undefined],
  ])('%s of %i members, %i connected: %s others', async (level, living, connected, others) => {
    const { asked, reach } = stage(living, connected);
    expect(await reach(level)).toBe(others === undefined || connected >= others);
    expect(asked.map(({ peers }) => peers)).toEqual(others === undefined ? [] : [others]);
  });

  it('waits as long as the caller may, and 2 s when those that are needed are not there', async () => {
    const [full, short] = [stage(5, 4, 0), stage(5, 1, 0)];
    expect([await full.reach('majorite'), await short.reach('majorite')]).toEqual([false, false]);
    expect([full.asked[0]!.until, short.asked[0]!.until]).toEqual([10_850, 3_000]);
  });

  it('a view that forgets who is away would call one side of a cut a majority: the members of the view are what prevents it', async () => {
    expect([await stage(3, 0).reach('majorite'), await stage(0, 0).reach('majorite')]).toEqual([false, true]);
  });
});
