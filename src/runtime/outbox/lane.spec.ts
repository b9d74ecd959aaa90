import { describe, expect, it } from 'vitest';
import { Lane } from './lane.js';

/** Work that runs until it is let go; `order` tells in which order pieces began. */
function stage() {
  const lane = new Lane();
  const order: string[] = [];
  const ask = (name: string, urgent = false): Promise<void> => lane.run(async () => void order.push(name), urgent);
  let letGo: () => void = () => undefined;
  const first = lane.run(() => new Promise<void>((resolve) => (letGo = resolve)));
  return { lane, order, ask, first, letGo: () => letGo() };
}

describe('a lane', () => {
  it('runs one piece at a time, in the order of arrival', async () => {
    const { order, ask, letGo } = stage();
    const all = ['a', 'b', 'c'].map((name) => ask(name));
    await Promise.resolve();
    expect(order).toEqual([]);
    letGo();
    await Promise.all(all);
    expect(order).toEqual(['a', 'b', 'c']);
  });

  it('lets an urgent piece overtake all that waits, but not what runs', async () => {
    const { order, ask, letGo } = stage();
    const all = [...Array.from({ length: 50 }, (_, i) => ask(`usual ${i}`)), ask('urgent', true)];
    expect(order).toEqual([]);
    letGo();
    await Promise.all(all);
    expect(order[0]).toBe('urgent');
    expect(order.slice(1)).toEqual(Array.from({ length: 50 }, (_, i) => `usual ${i}`));
  });

  it('never lets urgent pieces starve the others: after four of them one of the others has its turn', async () => {
    const { order, ask, letGo } = stage();
    const all = [ask('a'), ask('b'), ...Array.from({ length: 10 }, () => ask('!', true))];
    letGo();
    await Promise.all(all);
    expect(order.join('')).toBe('!!!!a!!!!b!!');
  });

  it('goes on after a piece that failed, and tells its own caller only', async () => {
    const { lane, order, ask, letGo, first } = stage();
    const bad = lane.run(() => Promise.reject(new Error('mine')));
    const worse = lane.run(() => {
      throw new Error('at once');
    });
    const good = ask('good');
    letGo();
    await expect(bad).rejects.toThrow('mine');
    await expect(worse).rejects.toThrow('at once');
    await Promise.all([first, good]);
    expect(order).toEqual(['good']);
  });

  it('is free again when everything has ended', async () => {
    const { order, ask, letGo, first } = stage();
    letGo();
    await first;
    await ask('later');
    await ask('urgent later', true);
    expect(order).toEqual(['later', 'urgent later']);
  });
});
