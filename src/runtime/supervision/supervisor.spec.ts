import { describe, expect, it } from 'vitest';
import { PlayTree } from '../../../test/support/play-tree.js';
import type { Strategy } from './restart-policy.js';

const abc = (play: PlayTree) => [play.child('a'), play.child('b'), play.child('c')];
const planted = (strategy: Strategy): Promise<PlayTree> => {
  const play = new PlayTree();
  return play.plant(strategy, abc(play)).started();
};

describe('order', () => {
  it('children start in order and stop in reverse', async () => {
    const play = new PlayTree();
    play.plant('one_for_one', abc(play));
    await play.tree.start();
    await play.tree.stop();
    expect(await play.followed()).toBe('+a +b +c -c -b -a');
  });

  it('a child that fails to start takes down those started before it, in reverse, and its supervisor fails', async () => {
    const play = new PlayTree();
    play.failures.set('c', 1);
    play.plant('one_for_one', abc(play));
    await expect(play.tree.start()).rejects.toThrow('c did not start: Error: c cannot start');
    expect(await play.followed()).toBe('+a +b -b -a');
  });

  it('a failure deep in the tree unwinds across its supervisors in reverse', async () => {
    const play = new PlayTree();
    play.failures.set('c', 1);
    const inner = {
      name: 'inner',
      strategy: 'one_for_one',
      intensity: { restarts: 1, periodMs: 1 },
      children: [play.child('b'), play.child('c')],
    } as const;
    play.plant('one_for_one', [play.child('a'), inner]);
    await expect(play.tree.start()).rejects.toThrow('inner did not start: Error: inner.c did not start');
    expect(await play.followed()).toBe('+a +b -b -a');
  });
});

describe('strategies', () => {
  it('one_for_one restarts only the child that exited', async () => expect(await (await planted('one_for_one')).crash('b')).toBe('-b +b'));
  it('one_for_all stops every sibling in reverse and restarts every one in start order', async () =>
    expect(await (await planted('one_for_all')).crash('b')).toBe('-c -b -a +a +b +c'));
  it('rest_for_one restarts the child that exited and those started after it', async () =>
    expect(await (await planted('rest_for_one')).crash('b')).toBe('-c -b +b +c'));
});

describe('restart types', () => {
  it('a permanent child is restarted after a normal exit', async () =>
    expect(await (await planted('one_for_one')).exit('a', { is: 'normal' })).toBe('-a +a'));

  it('a transient child is restarted after an error, not after a normal exit nor a shutdown', async () => {
    const play = new PlayTree();
    await play.plant('one_for_one', [play.child('a', { restart: 'transient' }), play.child('b', { restart: 'transient' })]).started();
    expect(await play.crash('a')).toBe('-a +a');
    expect(await play.exit('a', { is: 'normal' })).toBe('-a');
    expect(await play.exit('b', { is: 'shutdown', because: 'done' })).toBe('-b');
  });

  it('a temporary child is never restarted, not even when a sibling takes it down', async () => {
    const play = new PlayTree();
    await play.plant('one_for_all', [play.child('a'), play.child('b', { restart: 'temporary' })]).started();
    expect(await play.crash('a')).toBe('-b -a +a');
    expect(await play.crash('b')).toBe('');
  });

  it('a temporary child that exits restarts nobody, whatever the strategy', async () => {
    const play = new PlayTree();
    await play.plant('one_for_all', [play.child('a'), play.child('b', { restart: 'temporary' })]).started();
    expect(await play.crash('b')).toBe('-b');
  });

  it('a transient child that had ended is started again when its siblings restart together', async () => {
    const play = new PlayTree();
    await play.plant('one_for_all', [play.child('a'), play.child('b', { restart: 'transient' })]).started();
    expect(await play.exit('b', { is: 'normal' })).toBe('-b');
    expect(await play.crash('a')).toBe('-a +a +b');
  });
});

describe('intensity', () => {
  it('as many restarts as the intensity within the window are allowed; one more stops everything in reverse and escalates', async () => {
    const play = await planted('one_for_one');
    for (let restart = 0; restart < 3; restart++) expect(await play.crash('b')).toBe('-b +b');
    expect(await play.crash('b')).toBe('-c -b -a !shutdown: b ended too often, last: Error: b broke');
  });

  it('the window slides: restarts older than the period no longer count', async () => {
    const play = await planted('one_for_one');
    for (let restart = 0; restart < 20; restart++) {
      expect(await play.crash('b')).toBe('-b +b');
      play.clock.advance(1_700);
    }
  });

  it('the window does not tumble: a burst across two periods escalates', async () => {
    const play = await planted('one_for_one');
    play.clock.advance(4_000);
    await play.crash('a');
    await play.crash('a');
    play.clock.advance(2_000);
    await play.crash('a');
    expect(await play.crash('a')).toContain('!shutdown');
  });

  it('restarts of all children count together', async () => {
    const play = await planted('one_for_one');
    for (const name of ['a', 'b', 'c']) await play.crash(name);
    expect(await play.crash('a')).toContain('!shutdown');
  });

  it('a restart that fails is tried again and counts', async () => {
    const play = await planted('rest_for_one');
    play.failures.set('b', 2);
    expect(await play.crash('b')).toBe('-c -b +b +c');
    play.clock.advance(5_001);
    play.failures.set('b', 99);
    expect(await play.crash('b')).toContain('-a !shutdown: b ended too often, last: Error: b cannot start');
  });

  it('a failed restart under one_for_all restarts everything again from the first', async () => {
    const play = await planted('one_for_all');
    play.failures.set('b', 1);
    expect(await play.crash('c')).toBe('-c -b -a +a -a +a +b +c');
  });
});

describe('escalation', () => {
  const nested = (play: PlayTree, restart: 'permanent' | 'transient' = 'permanent') =>
    ({
      name: 'inner',
      strategy: 'one_for_one',
      intensity: { restarts: 1, periodMs: 5_000 },
      restart,
      children: [play.child('b'), play.child('c')],
    }) as const;

  it('a supervisor that gives up is restarted by its own, with an empty window', async () => {
    const play = new PlayTree();
    await play.plant('rest_for_one', [play.child('a'), nested(play), play.child('d')]).started();
    expect(await play.crash('b')).toBe('-b +b');
    expect(await play.crash('b')).toBe('-c -b -d +b +c +d');
    expect(await play.crash('c')).toBe('-c +c');
  });

  it('a transient supervisor that gives up stays down: its reason is shutdown', async () => {
    const play = new PlayTree();
    await play.plant('one_for_one', [play.child('a'), nested(play, 'transient')]).started();
    await play.crash('b');
    expect(await play.crash('b')).toBe('-c -b');
    expect(play.tree.describe('inner')).toMatchObject({ state: 'stopped', children: [{ state: 'stopped' }, { state: 'stopped' }] });
  });

  it('a leaf that keeps crashing climbs the tree until the root gives up, once', async () => {
    const play = new PlayTree();
    await play.plant('one_for_one', [play.child('a'), nested(play)], { restarts: 1, periodMs: 60_000 }).started();
    const seen: string[] = [];
    for (let crash = 0; crash < 4; crash++) seen.push(await play.crash('b'));
    expect(seen.slice(0, 3)).toEqual(['-b +b', '-c -b +b +c', '-b +b']);
    expect(seen[3]).toMatch(/^-c -b -a !shutdown: inner ended too often/);
    expect(await play.crash('b')).toBe('');
  });
});
