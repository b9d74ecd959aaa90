import { expect, it } from 'vitest';
import { VirtualClock } from './virtual-clock.js';

it('runs due timers in order of due time, then of creation, each at its own instant, those armed on the way too', () => {
  const clock = new VirtualClock(1_000);
  const seen: string[] = [];
  const note = (name: string) => () => void seen.push(`${name}@${clock.monotonic()}/${clock.now()}`);
  clock.after(20, note('c'));
  clock.after(10, note('a'));
  clock.after(10, () => clock.after(5, note('d')));
  clock.after(10, note('b'));
  clock.after(12, note('never'))();
  clock.advance(19);
  expect(seen).toEqual(['a@10/1010', 'b@10/1010', 'd@15/1015']);
  clock.jump(-500);
  clock.advance(1);
  expect([seen.at(-1), clock.armed]).toEqual(['c@20/520', 0]);
});

it('keeps `soon` in order until asked, and the same seed gives the same chance', async () => {
  const clock = new VirtualClock(0, 7);
  const seen: number[] = [];
  clock.soon(() => clock.soon(() => seen.push(2)));
  clock.soon(() => seen.push(1));
  expect([clock.flush(), seen]).toEqual([2, [1]]);
  await clock.settle();
  expect(seen).toEqual([1, 2]);
  expect(clock.bytes(8)).toEqual(new VirtualClock(0, 7).bytes(8));
  expect(new VirtualClock(0, 8).chance()).not.toBe(new VirtualClock(0, 7).chance());
});

it('lets promises move between two timers when time passes', async () => {
  const clock = new VirtualClock();
  const wait = (ms: number) => new Promise<void>((resolve) => clock.after(ms, resolve));
  let done = -1;
  void wait(10)
    .then(() => wait(10))
    .then(() => (done = clock.monotonic()));
  await clock.pass(30);
  expect(done).toBe(20);
});
