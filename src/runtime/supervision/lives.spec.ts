import { describe, expect, it } from 'vitest';
import { PlayTree } from '../../../test/support/play-tree.js';

const reason = (text: string) => ({ is: 'error', error: new Error(text) }) as const;

describe('one life at a time', () => {
  it('C4: a late exit of an old life is ignored', async () => {
    const play = new PlayTree();
    await play.plant('one_for_one', [play.child('a')]).started();
    const old = play.context('a');
    expect(await play.crash('a')).toBe('-a +a');
    old.exit(reason('again'));
    expect(await play.followed()).toBe('');
  });

  it('C4: only the first exit of a life counts', async () => {
    const play = new PlayTree();
    await play.plant('one_for_one', [play.child('a')]).started();
    play.context('a').exit(reason('one'));
    expect(await play.crash('a')).toBe('-a +a');
  });

  it('S5: two children that fall together under one_for_all are one restart', async () => {
    const play = new PlayTree();
    await play.plant('one_for_all', [play.child('a'), play.child('b')], { restarts: 1, periodMs: 5_000 }).started();
    play.context('a').exit(reason('one'));
    expect(await play.crash('b')).toBe('-b -a +a +b');
  });

  it('S1: two children that fall together under one_for_one are restarted one after the other', async () => {
    const play = new PlayTree();
    await play.plant('one_for_one', [play.child('a'), play.child('b')]).started();
    play.context('a').exit(reason('one'));
    expect(await play.crash('b')).toBe('-a +a -b +b');
  });

  it('an exit told before the start has returned is handled once it has', async () => {
    const play = new PlayTree();
    let lives = 0;
    const hasty = play.child('hasty');
    const start: typeof hasty.start = (context) => {
      if (lives++ === 0) context.exit(reason('already over'));
      return hasty.start(context);
    };
    await play.plant('one_for_one', [{ ...hasty, start }]).tree.start();
    expect(await play.followed()).toBe('+hasty -hasty +hasty');
  });

  it('life numbers only grow, across escalations too', async () => {
    const play = new PlayTree();
    const inner = {
      name: 'inner',
      strategy: 'one_for_one',
      intensity: { restarts: 1, periodMs: 5_000 },
      children: [play.child('a')],
    } as const;
    await play.plant('one_for_one', [inner]).started();
    for (let crash = 0; crash < 4; crash++) await play.crash('a');
    const numbers = (play.contexts.get('a') ?? []).map(({ life }) => life);
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    expect(new Set(numbers).size).toBe(5);
  });

  it('the signal of a life is aborted when it ends by itself and when it is stopped', async () => {
    const play = new PlayTree();
    await play.plant('one_for_one', [play.child('a')]).started();
    await play.crash('a');
    expect(play.context('a', 0).signal.aborted).toBe(true);
    expect(play.context('a').signal.aborted).toBe(false);
    await play.tree.stop();
    expect(play.context('a').signal.aborted).toBe(true);
  });
});

describe('C3 nothing waits for ever', () => {
  it('a stop that hangs is left behind after its own timeout, and the others still stop in reverse', async () => {
    const play = new PlayTree();
    await play.plant('one_for_one', [play.child('a'), play.child('b', { stopMs: 700 }), play.child('c')]).started();
    play.hangsAtStop.add('b');
    const stopped = play.tree.stop();
    await play.clock.pass(699);
    expect(play.log).toEqual(['-c']);
    await play.clock.pass(1);
    await stopped;
    expect(play.log).toEqual(['-c', '-a']);
    expect(play.clock.armed).toBe(0);
  });

  it('a stop that rejects changes nothing for the others', async () => {
    const play = new PlayTree();
    const rude = { name: 'rude', start: () => ({ stop: () => Promise.reject(new Error('no')) }) };
    await play.plant('one_for_one', [play.child('a'), rude]).started();
    await play.tree.stop();
    expect(await play.followed()).toBe('-a');
  });

  it('a start that hangs fails after its timeout; what it brings up later goes down at once', async () => {
    const play = new PlayTree();
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const slow = play.child('slow', { startMs: 100 });
    play.plant('one_for_one', [play.child('a'), { ...slow, start: (context) => gate.then(() => slow.start(context)) }]);
    const starting = expect(play.tree.start()).rejects.toThrow('start took more than 100 ms');
    await play.clock.pass(100);
    open();
    await starting;
    expect(await play.followed()).toBe('+a +slow -slow -a');
  });

  it('S6: an order to stop during a start cancels it and unwinds', async () => {
    const play = new PlayTree();
    play.hangsAtStart.add('b');
    play.plant('one_for_one', [play.child('a'), play.child('b'), play.child('c')]);
    const starting = expect(play.tree.start()).rejects.toThrow('start cancelled');
    await play.clock.settle();
    const stopped = play.tree.stop();
    await play.clock.pass(5_000);
    await Promise.all([starting, stopped]);
    expect(await play.followed()).toBe('+a -a');
  });

  it('S6: an order to stop interrupts a restart between two children', async () => {
    const play = new PlayTree();
    await play.plant('one_for_all', [play.child('a'), play.child('b'), play.child('c')]).started();
    play.hangsAtStart.add('b');
    expect(await play.crash('a')).toBe('-c -b -a +a');
    const stopped = play.tree.stop();
    await play.clock.pass(5_000);
    await stopped;
    expect(await play.followed()).toBe('-a');
  });

  it('S6: an order to stop while a restart still takes down the old lives starts none of the new ones', async () => {
    const play = new PlayTree();
    await play.plant('one_for_all', [play.child('a'), play.child('b')]).started();
    play.hangsAtStop.add('b');
    expect(await play.crash('a')).toBe('');
    const stopped = play.tree.stop();
    await play.clock.pass(5_000);
    await stopped;
    expect(await play.followed()).toBe('-a');
  });

  it('stopping twice waits for the same end, and an exit on the way restarts nothing', async () => {
    const play = new PlayTree();
    await play.plant('one_for_one', [play.child('a'), play.child('b')]).started();
    const both = [play.tree.stop(), play.tree.stop()];
    play.context('a').exit(reason('late'));
    await Promise.all(both);
    expect(await play.followed()).toBe('-b -a');
  });
});

describe('names', () => {
  it.each([['a.b'], ['']])('refuses %j', (name) => {
    const play = new PlayTree();
    expect(() => play.plant('one_for_one', [play.child(name)])).toThrow('a name is not empty and has no dot');
  });
  it('refuses the same name twice under one supervisor', () => {
    const play = new PlayTree();
    expect(() => play.plant('one_for_one', [play.child('a'), play.child('a')])).toThrow('the same name');
  });
});
