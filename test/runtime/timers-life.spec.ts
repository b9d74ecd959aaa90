/** Mandates that move, stops, clocks that jump, a database that goes away: T4 to T6 of `Waking`, in virtual time. */
import { describe, expect, it } from 'vitest';
import { StorageUnavailable } from '../../src/runtime/outbox/storage.js';
import { LOOK_MS, OUTSTANDING } from '../../src/runtime/timers/waking.js';
import { QUARANTINED, WakingStage } from '../support/waking-stage.js';

describe('T4 leadership moves', () => {
  it('whatever the former leader had asked or not, the next one finds what was not applied', async () => {
    for (let answered = 0; answered <= 6; answered++) {
      const stage = new WakingStage();
      stage.byHand = true;
      for (let i = 0; i < 6; i++) stage.arm(`r${i}`, -10 + i);
      const duty = stage.waking.start();
      await stage.pass(0);
      await stage.let(answered);
      duty.stop();
      stage.byHand = false;
      stage.another().start();
      await stage.pass(LOOK_MS);
      expect(stage.timers.size).toBe(0);
    }
  });

  it('two leaders for a while wake for nothing, at worst', async () => {
    const stage = new WakingStage();
    for (let i = 0; i < 50; i++) stage.arm(`r${i}`, 100 * i);
    stage.waking.start();
    stage.another().start();
    await stage.pass(10_000);
    expect([stage.timers.size, stage.reports]).toEqual([0, []]);
    expect(stage.asked.length).toBeLessThanOrEqual(100);
  });

  it('a pause does not outlive the instance that gave it: who leads next asks at once', async () => {
    const stage = new WakingStage();
    stage.refusing.set('a', { is: 'quarantined', retryAfterMs: 60_000 });
    stage.arm('a', 0);
    const duty = stage.waking.start();
    await stage.pass(10);
    duty.stop();
    stage.another().start();
    await stage.pass(10);
    expect(stage.asked.length).toBe(2);
  });
});

describe('T5 the stop', () => {
  it('at each await: nothing more is read or asked, and no timer of the process is left', async () => {
    // Read by read, and at each of the looks that follow.
    for (let reads = 1; reads <= 6; reads++) {
      const stage = new WakingStage();
      for (let i = 0; i < 5; i++) stage.arm(`r${i}`, 900 * i);
      let seen = 0;
      let open = (): void => {};
      stage.timers.gate = () => (++seen < reads ? Promise.resolve() : new Promise((resolve) => (open = resolve)));
      const duty = stage.waking.start();
      await stage.pass(10_000);
      const before = stage.asked.length;
      expect(seen).toBe(reads);
      duty.stop();
      open();
      await stage.pass(10_000);
      expect([seen, stage.asked.length, stage.clock.armed]).toEqual([reads, before, 0]);
    }
  });

  it('while it waits for room among its calls, and while it rests', async () => {
    const stage = new WakingStage();
    stage.byHand = true;
    for (let i = 0; i < OUTSTANDING + 5; i++) stage.arm(`r${i}`, -1);
    const full = stage.waking.start();
    await stage.pass(0);
    full.stop();
    await stage.let(OUTSTANDING);
    await stage.pass(5_000);
    expect([stage.asked.length, stage.clock.armed, stage.waking.outstanding]).toEqual([OUTSTANDING, 0, 0]);
    const resting = new WakingStage();
    const duty = resting.waking.start();
    await resting.pass(100);
    expect(resting.clock.armed).toBe(1);
    duty.stop();
    expect(resting.clock.armed).toBe(0);
  });

  it('twice is once, and a start after a start replaces it', async () => {
    const stage = new WakingStage();
    const duty = stage.waking.start();
    duty.stop();
    duty.stop();
    stage.waking.start();
    const last = stage.waking.start();
    duty.stop();
    stage.arm('a', 500);
    await stage.pass(1_000);
    expect(stage.asked).toEqual(['a@500']);
    last.stop();
    expect(stage.clock.armed).toBe(0);
  });
});

describe('T6 time', () => {
  it('a wall clock set forward: what is due by it is woken within a look', async () => {
    const stage = new WakingStage();
    stage.arm('a', 3_600_000);
    stage.waking.start();
    await stage.pass(2_000);
    stage.clock.jump(3_600_000);
    await stage.pass(LOOK_MS);
    expect([stage.roots(), stage.timers.size]).toEqual([['a'], 0]);
  });

  it('a wall clock set back: what is not due any more waits, what falls due by it is woken within a look', async () => {
    const stage = new WakingStage();
    stage.waking.start();
    stage.arm('a', 1_000);
    await stage.pass(2_000);
    stage.arm('b', 2_100);
    stage.clock.jump(-600_000);
    await stage.pass(5_000);
    expect(stage.roots()).toEqual(['a']);
    stage.arm('c', -590_000);
    await stage.pass(5_000 + LOOK_MS);
    expect(stage.roots()).toEqual(['c']);
    await stage.pass(600_000);
    expect(stage.roots()).toEqual(['b']);
  });

  it('pauses run on the monotonic clock', async () => {
    const stage = new WakingStage();
    stage.refusing.set('a', { is: 'quarantined', retryAfterMs: 30_000 });
    stage.arm('a', 0);
    stage.waking.start();
    await stage.pass(10);
    stage.clock.jump(3_600_000);
    await stage.pass(25_000);
    expect(stage.asked.length).toBe(1);
    await stage.pass(6_000);
    expect(stage.asked.length).toBe(2);
  });
});

describe('the database', () => {
  it('out of reach: a state, asked again each second and not reported; then nothing is lost', async () => {
    const stage = new WakingStage();
    let down = true;
    stage.timers.gate = async () => {
      if (down) throw new StorageUnavailable('down');
    };
    stage.arm('a', 100);
    stage.waking.start();
    await stage.pass(10_000);
    expect([stage.asked, stage.reports]).toEqual([[], []]);
    expect(stage.timers.reads).toBeLessThanOrEqual(11);
    down = false;
    await stage.pass(LOOK_MS);
    expect(stage.roots()).toEqual(['a']);
  });

  it('any other failure is reported, and it goes on', async () => {
    const stage = new WakingStage();
    let broken = true;
    stage.timers.gate = async () => {
      if (broken) throw new TypeError('broken');
    };
    stage.arm('a', 100);
    stage.waking.start();
    await stage.pass(10);
    broken = false;
    await stage.pass(LOOK_MS);
    expect([stage.reports, stage.roots()]).toEqual([['Waking met an error'], ['a']]);
  });
});

it('gets on, as readiness reads it: while it runs the last read or answer, else never', async () => {
  const stage = new WakingStage();
  expect(stage.waking.movedAt).toBe(Infinity);
  const duty = stage.waking.start();
  await stage.pass(5_500);
  expect(stage.clock.monotonic() - stage.waking.movedAt).toBeLessThanOrEqual(LOOK_MS);
  stage.timers.gate = () => new Promise(() => undefined);
  await stage.pass(20_000);
  expect(stage.clock.monotonic() - stage.waking.movedAt).toBeGreaterThan(15_000);
  duty.stop();
  expect(stage.waking.movedAt).toBe(Infinity);
});

it('asks as the machine, under an id of its own, with ten seconds to answer', async () => {
  const stage = new WakingStage();
  stage.refusing.set('a', QUARANTINED);
  stage.arm('a', 0);
  stage.waking.start();
  await stage.pass(1_500);
  const [first, second] = stage.envelopes;
  expect(first).toMatchObject({ scope: 'machine', minted: true, acteur: 'machine', instant: stage.start, deadline: 10_000 });
  expect(second!.id).not.toBe(first!.id);
  expect(first!.id).toMatch(/^wake-a-\d+$/);
});
