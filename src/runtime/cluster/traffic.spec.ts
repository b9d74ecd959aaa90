import { expect, it } from 'vitest';
import { VirtualClock } from '../../../test/support/virtual-clock.js';
import { Tally } from './traffic.js';

function tallied(): { tally: Tally; clock: VirtualClock; told: string[] } {
  const told: string[] = [];
  const clock = new VirtualClock();
  return { tally: new Tally(clock, (message) => told.push(message)), clock, told };
}

it('counts each time, tells once in ten seconds for each peer and reason', () => {
  const { tally, clock, told } = tallied();
  for (let time = 0; time < 5; time++) tally.drop('garbage', 'a', new Error('x'));
  tally.drop('oversized', 'a', new Error('x'));
  tally.drop('garbage', 'b', new Error('x'));
  expect(tally.dropped).toMatchObject({ garbage: 6, oversized: 1, schema: 0 });
  expect(told).toHaveLength(3);
  clock.advance(9_999);
  tally.drop('garbage', 'a', new Error('x'));
  expect(told).toHaveLength(3);
  clock.advance(1);
  tally.drop('garbage', 'a', new Error('x'));
  expect(told).toHaveLength(4);
});

it('a crowd of strangers fills neither the memory nor the log', () => {
  const { tally, clock, told } = tallied();
  for (let who = 0; who < 10_000; who++) tally.drop('unauthenticated', `10.0.${who}`, new Error('x'));
  expect(tally.dropped.unauthenticated).toBe(10_000);
  expect(told).toHaveLength(256);
  clock.advance(10_000);
  tally.drop('unauthenticated', 'later', new Error('x'));
  expect(told).toHaveLength(257);
});
