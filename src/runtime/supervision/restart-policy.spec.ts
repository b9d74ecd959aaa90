import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { admit, explain, fallsWith, type Intensity, needsRestart, type RestartType, type Window } from './restart-policy.js';

const children = ['a', 'b', 'c', 'd'];
const error = { is: 'error', error: new Error('broke') } as const;
const normal = { is: 'normal' } as const;
const shutdown = { is: 'shutdown', because: 'ordered' } as const;

describe('R1 who falls', () => {
  it('one_for_one: only the child that exited', () => expect(fallsWith('one_for_one', children, 'b')).toEqual(['b']));
  it('one_for_all: every child, in start order', () => expect(fallsWith('one_for_all', children, 'c')).toEqual(children));
  it('rest_for_one: the child that exited and those started after it', () =>
    expect(fallsWith('rest_for_one', children, 'b')).toEqual(['b', 'c', 'd']));
  it('a stranger is a bug', () => expect(() => fallsWith('one_for_one', children, 'z')).toThrow('not one of the children'));
});

describe('R2 who restarts', () => {
  const table: [RestartType, boolean, boolean, boolean][] = [
    ['permanent', true, true, true],
    ['transient', true, false, false],
    ['temporary', false, false, false],
  ];
  it.each(table)('a %s child: after an error %s, after a normal exit %s, after a shutdown %s', (type, onError, onNormal, onShutdown) => {
    expect(needsRestart(type, error)).toBe(onError);
    expect(needsRestart(type, normal)).toBe(onNormal);
    expect(needsRestart(type, shutdown)).toBe(onShutdown);
  });
});

describe('R3 the window', () => {
  const intensity: Intensity = { restarts: 2, periodMs: 1_000 };
  const after = (instants: readonly number[], policy = intensity): Window | 'give_up' =>
    instants.reduce<Window | 'give_up'>((window, now) => (window === 'give_up' ? window : admit(window, now, policy)), []);

  it('exactly `restarts` restarts within the period are allowed', () => expect(after([0, 500])).not.toBe('give_up'));
  it('the (intensity+1)th restart within the period gives up', () => expect(after([0, 500, 900])).toBe('give_up'));
  it('slides: a burst across the boundary of two periods is still a burst', () => expect(after([900, 1_000, 1_100])).toBe('give_up'));
  it('a restart exactly one period ago still counts, a millisecond later no more', () => {
    expect(after([0, 500, 1_000])).toBe('give_up');
    expect(after([0, 500, 1_001])).not.toBe('give_up');
  });
  it('an intensity of zero gives up at the first exit', () => expect(after([0], { restarts: 0, periodMs: 1_000 })).toBe('give_up'));

  /** The definition, with all history kept: is any window of `periodMs` ending at a restart too full? */
  const naive = (instants: readonly number[], { restarts, periodMs }: Intensity): number =>
    instants.findIndex((now, last) => instants.slice(0, last + 1).filter((instant) => instant >= now - periodMs).length > restarts);

  const runs = fc.record({
    gaps: fc.array(fc.nat(40), { maxLength: 60 }),
    intensity: fc.record({ restarts: fc.nat(5), periodMs: fc.nat(100) }),
  });

  it('gives up at the very restart at which the whole history says so, and never remembers more than the intensity', () => {
    fc.assert(
      fc.property(runs, ({ gaps, intensity: policy }) => {
        const instants = gaps.map((_, last) => gaps.slice(0, last + 1).reduce((sum, gap) => sum + gap, 0));
        let window: Window | 'give_up' = [];
        let gaveUpAt = -1;
        for (const [index, now] of instants.entries()) {
          window = admit(window, now, policy);
          if (window === 'give_up') {
            gaveUpAt = index;
            break;
          }
          expect(window.length).toBeLessThanOrEqual(policy.restarts);
        }
        expect(gaveUpAt).toBe(naive(instants, policy));
      }),
      { numRuns: 500 },
    );
  });
});

it('an exit is explained in one bounded line', () => {
  expect(explain(normal)).toBe('normal');
  expect(explain(shutdown)).toBe('shutdown: ordered');
  expect(explain(error)).toBe('Error: broke');
  expect(explain({ is: 'error', error: 'x'.repeat(1_000) })).toHaveLength(200);
});
