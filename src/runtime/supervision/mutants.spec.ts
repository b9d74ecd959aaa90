/** Would the laws notice a wrong policy? Each mutant runs through the same play, and must be caught. */
import { expect, it } from 'vitest';
import { PlayTree } from '../../../test/support/play-tree.js';
import type { Strategy } from './restart-policy.js';
import { type RestartPolicy, restartPolicy } from './supervisor.js';

async function play(strategy: Strategy, policy: RestartPolicy): Promise<string[]> {
  const stage = new PlayTree();
  const children = [stage.child('a'), stage.child('b', { restart: 'transient' }), stage.child('c')];
  await stage.plant(strategy, children, { restarts: 2, periodMs: 1_000 }, policy).started();
  const seen = [await stage.crash('b')];
  stage.clock.advance(900);
  seen.push(await stage.crash('c'));
  stage.clock.advance(200);
  seen.push(await stage.crash('a'), await stage.exit('b', { is: 'normal' }), await stage.crash('c'));
  return seen;
}

const transcript = (policy: RestartPolicy): Promise<string[][]> =>
  Promise.all((['one_for_one', 'one_for_all', 'rest_for_one'] as const).map((strategy) => play(strategy, policy)));

const gaveUp = '-c -a !shutdown: c ended too often, last: Error: c broke';
const expected = [
  ['-b +b', '-c +c', '-a +a', '-b', gaveUp],
  ['-c -b -a +a +b +c', '-c -b -a +a +b +c', '-c -b -a +a +b +c', '-b', gaveUp],
  ['-c -b +b +c', '-c +c', '-c -b -a +a +b +c', '-b', gaveUp],
];

const mutants: Record<string, Partial<RestartPolicy>> = {
  'one_for_all forgets the siblings': { fallsWith: (_, children, exited) => children.filter((child) => child === exited) },
  'rest_for_one takes those before': { fallsWith: (strategy, children, exited) => (strategy === 'one_for_one' ? [exited] : children) },
  'rest_for_one spares the one that exited': {
    fallsWith: (strategy, children, exited) =>
      restartPolicy.fallsWith(strategy, children, exited).filter((child) => strategy !== 'rest_for_one' || child !== exited),
  },
  'restarts in reverse order': { fallsWith: (...all) => restartPolicy.fallsWith(...all).toReversed() },
  'one restart too many': {
    admit: (window, now, { restarts, periodMs }) => restartPolicy.admit(window, now, { restarts: restarts + 1, periodMs }),
  },
  'one restart too few': {
    admit: (window, now, { restarts, periodMs }) => restartPolicy.admit(window, now, { restarts: restarts - 1, periodMs }),
  },
  'a window that tumbles': {
    admit: (window, now, intensity) => {
      const bucket = (instant: number) => Math.floor(instant / intensity.periodMs);
      const kept = window.filter((instant) => bucket(instant) === bucket(now));
      return kept.length < intensity.restarts ? [...kept, now] : 'give_up';
    },
  },
  'a window that never forgets': { admit: (window, now, { restarts }) => (window.length < restarts ? [...window, now] : 'give_up') },
  'no window at all': { admit: () => [] },
  'transient is permanent': { needsRestart: (type) => type !== 'temporary' },
  'transient is temporary': { needsRestart: (type) => type === 'permanent' },
};

it('the true policy plays as written', async () => expect(await transcript(restartPolicy)).toEqual(expected));

it.each(Object.entries(mutants))('caught: %s', async (_, mutation) => {
  expect(await transcript({ ...restartPolicy, ...mutation })).not.toEqual(expected);
});
