/** The leader's duty of the réveils, law by law (see `Waking`), in virtual time. */
import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../src/runtime/aggregate/outcome.js';
import { LOOK_MS, OUTSTANDING, PAGE } from '../../src/runtime/timers/waking.js';
import { QUARANTINED, WakingStage } from '../support/waking-stage.js';

const numbered = (count: number, from = 0): string[] => Array.from({ length: count }, (_, i) => `r${String(from + i).padStart(5, '0')}`);

describe('T1 in due order', () => {
  it('each root is woken when its timer is due, not before, and at most a look later when nobody told', async () => {
    const stage = new WakingStage();
    for (const [root, ms] of [['b', 5_300], ['a', 5_100], ['c', 9_000]] as const) stage.arm(root, ms); // prettier-ignore
    stage.waking.start();
    await stage.pass(5_000);
    expect(stage.asked).toEqual([]);
    await stage.pass(1_000);
    expect(stage.asked).toEqual(['a@5100', 'b@5300']);
    stage.arm('d', 6_100);
    await stage.pass(4_000);
    const [d, c] = stage.asked.slice(2);
    expect([d?.slice(0, 2), c]).toEqual(['d@', 'c@9000']);
    expect(Number(d!.slice(2))).toBeLessThanOrEqual(6_100 + LOOK_MS);
    expect([stage.timers.size, stage.waking.woken, stage.waking.retried]).toEqual([0, 4, 0]);
  });

  it('after a downtime the overdue come first, the oldest ahead, over any number of pages', async () => {
    const stage = new WakingStage();
    const roots = numbered(3 * PAGE + 7);
    for (const [i, root] of roots.toReversed().entries()) stage.arm(root, -1_000 - i);
    stage.waking.start();
    await stage.pass(0);
    expect(stage.roots()).toEqual(roots);
    expect(stage.timers.size).toBe(0);
  });

  it('a root with several timers due is woken once for all of them', async () => {
    const stage = new WakingStage();
    for (const [i, name] of numbered(20).entries()) stage.arm('a', -50 + i, { name });
    stage.arm('b', -40);
    stage.waking.start();
    await stage.pass(2 * LOOK_MS);
    expect(stage.roots()).toEqual(['a', 'b']);
  });

  it('what falls due in quick succession shares a look, and nothing is looked at while nothing is due', async () => {
    const stage = new WakingStage();
    for (const [i, root] of numbered(100).entries()) stage.arm(root, 5_000 + i);
    stage.waking.start();
    await stage.pass(4_900);
    const idle = stage.timers.reads;
    expect(idle).toBeLessThanOrEqual(4_900 / LOOK_MS + 1);
    await stage.pass(300);
    expect(stage.roots()).toEqual(numbered(100));
    expect(stage.timers.reads - idle).toBeLessThan(10);
  });
});

describe('T2 bounded', () => {
  it('so many calls wait for an answer and no more; each answer makes room for the next root', async () => {
    const stage = new WakingStage();
    stage.byHand = true;
    const roots = numbered(OUTSTANDING + 10);
    for (const root of roots) stage.arm(root, -1);
    stage.waking.start();
    await stage.pass(3 * LOOK_MS);
    expect([stage.asked.length, stage.waking.outstanding]).toEqual([OUTSTANDING, OUTSTANDING]);
    await stage.let(3);
    expect(stage.asked.length).toBe(OUTSTANDING + 3);
    for (let i = 0; i < 10; i++) await stage.let(OUTSTANDING);
    expect(stage.roots()).toEqual(roots);
    expect([stage.most, stage.twice]).toEqual([OUTSTANDING, []]);
  });

  it('no root is asked while it still has to answer, however long that takes, and whatever the number of mandates', async () => {
    const stage = new WakingStage();
    stage.byHand = true;
    stage.arm('a', -1);
    let duty = stage.waking.start();
    for (let mandate = 0; mandate < 3; mandate++) {
      await stage.pass(5 * LOOK_MS);
      duty.stop();
      duty = stage.waking.start();
    }
    expect([stage.asked.length, stage.twice]).toEqual([1, []]);
    await stage.let();
    await stage.pass(2 * LOOK_MS);
    expect([stage.asked.length, stage.timers.size]).toEqual([1, 0]);
  });
});

describe('T3 a root that cannot be woken', () => {
  it('is asked again after a pause that doubles, up to a minute; the others do not wait for it', async () => {
    const stage = new WakingStage();
    stage.refusing.set('a', QUARANTINED);
    stage.arm('a', 0);
    stage.waking.start();
    await stage.pass(1);
    for (let i = 1; i < 40; i++) stage.arm(`b${i}`, i * 1_000 + 500);
    await stage.pass(320_000);
    const times = stage.asked.filter((one) => one.startsWith('a@')).map((one) => Number(one.slice(2)));
    const pauses = times.map((at, i) => at - (times[i - 1] ?? 0)).slice(1, 9);
    for (const [i, least] of [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000].entries()) {
      expect(pauses[i]).toBeGreaterThanOrEqual(least);
      expect(pauses[i]).toBeLessThanOrEqual(least + LOOK_MS);
    }
    for (let i = 1; i < 40; i++) expect(stage.asked).toContain(`b${i}@${i * 1_000 + 500}`);
    expect(stage.waking.retried).toBe(times.length - 1);
    stage.refusing.clear();
    await stage.pass(61_000);
    expect(stage.timers.size).toBe(0);
  });

  const told = (retryAfterMs: number): Outcome[] => [
    { is: 'quarantined', retryAfterMs },
    { is: 'overloaded', retryAfterMs },
    { is: 'unavailable', effect: 'not_executed', retryAfterMs },
  ];
  it.each(told(7_000))('is left alone for as long as it asks: $is', async (outcome) => {
    const stage = new WakingStage();
    stage.refusing.set('a', outcome);
    stage.arm('a', 0);
    stage.waking.start();
    await stage.pass(6_900);
    expect(stage.asked).toEqual(['a@0']);
    await stage.pass(LOOK_MS + 100);
    expect(stage.asked.length).toBe(2);
  });

  it.each([{ is: 'failed' }, { is: 'missing' }, { is: 'unavailable', effect: 'unknown', retryAfterMs: 1 }] as Outcome[])(
    'is asked again after the first pause: $is',
    async (outcome) => {
      const stage = new WakingStage();
      stage.refusing.set('a', outcome);
      stage.arm('a', 0);
      stage.waking.start();
      await stage.pass(2 * LOOK_MS);
      expect(stage.asked.length).toBe(2);
    },
  );

  it('a new timer of its own does not shorten its pause, and success forgets it', async () => {
    const stage = new WakingStage();
    stage.refusing.set('a', { is: 'quarantined', retryAfterMs: 20_000 });
    stage.arm('a', 0);
    stage.waking.start();
    await stage.pass(10);
    stage.arm('a', 5_000, { name: 'later' });
    await stage.pass(19_000);
    expect(stage.asked.length).toBe(1);
    stage.refusing.clear();
    await stage.pass(2_000);
    expect([stage.asked.length, stage.timers.size]).toEqual([2, 0]);
    stage.arm('a', 30_000);
    await stage.pass(9_000);
    expect(stage.asked.at(-1)).toBe('a@30000');
  });

  it('hundreds of them at the head of what is due keep nobody else waiting', async () => {
    const stage = new WakingStage();
    for (const root of numbered(2 * PAGE)) {
      stage.refusing.set(root, QUARANTINED);
      stage.arm(root, -60_000);
    }
    stage.arm('z', -1);
    stage.arm('zz', 200);
    stage.waking.start();
    await stage.pass(0);
    expect(stage.roots().at(-1)).toBe('z');
    await stage.pass(250);
    expect(stage.roots()).toEqual(['zz']);
  });

  it('an owner whose clock is behind is asked again, ever less often, until the timer is due for it too', async () => {
    const stage = new WakingStage();
    stage.behindMs = 5_000;
    stage.arm('a', 1_000);
    stage.waking.start();
    await stage.pass(16_000);
    expect(stage.timers.size).toBe(0);
    expect(stage.asked.length).toBeGreaterThan(2);
    expect(stage.asked.length).toBeLessThan(6);
  });

  it('one of a kind that nobody hosts is reported once and holds nothing up', async () => {
    const stage = new WakingStage();
    stage.arm('x', -10, { kind: 'gone' });
    stage.arm('a', -1);
    stage.waking.start();
    await stage.pass(20_000);
    expect(stage.roots()).toEqual(['a']);
    expect(stage.reports).toEqual(['Nobody hosts the kind "gone" of x: its timers wait']);
  });
});
