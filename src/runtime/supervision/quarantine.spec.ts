import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crash, type CrashBudget, type CrashVerdict, DEFAULT_CRASH_POLICY, quarantineLeft, remembered } from './quarantine.js';

/** Crashes at these instants; one that falls into a quarantine happens at its release instead, as the process is away. */
function crashes(instants: readonly number[]): { budget: CrashBudget | undefined; verdicts: CrashVerdict[] } {
  let budget: CrashBudget | undefined;
  const verdicts = instants.map((instant) => {
    const step = crash(budget, instant + quarantineLeft(budget, instant));
    budget = step.budget;
    return step.verdict;
  });
  return { budget, verdicts };
}

const delays = (verdicts: readonly CrashVerdict[]): number[] =>
  verdicts.flatMap((verdict) => (verdict === 'restart' ? [] : [verdict.quarantineMs]));

describe('Q1 the budget', () => {
  it('three crashes in five seconds restart, the fourth goes to quarantine for a second', () =>
    expect(crashes([0, 1, 2, 3]).verdicts).toEqual(['restart', 'restart', 'restart', { quarantineMs: 1_000 }]));
  it('slides: a crash every two seconds never goes to quarantine', () =>
    expect(delays(crashes(Array.from({ length: 50 }, (_, index) => index * 2_000)).verdicts)).toEqual([]));
  it('a process that never crashed has no state and may work', () => expect(quarantineLeft(undefined, 5)).toBe(0));
  it('the time left runs down to zero', () => {
    const { budget } = crashes([0, 0, 0, 0]);
    expect([0, 400, 999, 1_000, 5_000].map((now) => quarantineLeft(budget, now))).toEqual([1_000, 600, 1, 0, 0]);
  });
});

describe('Q2 the delay', () => {
  it('doubles with each quarantine up to a minute', () =>
    expect(delays(crashes(Array.from({ length: 60 }, () => 0)).verdicts).slice(0, 9)).toEqual([
      1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000,
    ]));
});

describe('Q3 forgiveness', () => {
  const { quietMs } = DEFAULT_CRASH_POLICY;
  it('after the quiet time since its release, the next quarantine is short again', () => {
    const { budget } = crashes([0, 0, 0, 0]);
    expect(remembered(budget, 1_000 + quietMs - 1)).toBe(budget);
    expect(remembered(budget, 1_000 + quietMs)).toBeUndefined();
    const later = 1_000 + quietMs;
    expect(delays(crashes([0, 0, 0, 0, later, later, later, later]).verdicts)).toEqual([1_000, 1_000]);
  });
  it('a crash during the quiet time starts it anew', () => {
    const halfway = quietMs / 2;
    const { budget } = crashes([0, 0, 0, 0, halfway, 2 * halfway]);
    expect(remembered(budget, quietMs + 1_500)).toBe(budget);
    expect(budget?.quarantines).toBe(1);
  });
});

it('Q1-Q3 for any history: bounded memory, delays only grow until forgiven, and the rate of restarts is bounded', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.nat(50), fc.nat(3_000), fc.nat(400_000)), { maxLength: 80 }), (gaps) => {
      const { restarts, periodMs, quietMs, maxMs } = DEFAULT_CRASH_POLICY;
      let now = 0;
      let budget: CrashBudget | undefined;
      let previous = 0;
      const restarted: number[] = [];
      for (const gap of gaps) {
        now += gap + quarantineLeft(budget, now + gap);
        if (budget !== undefined && now - budget.since >= quietMs) previous = 0;
        const step = crash(budget, now);
        budget = step.budget;
        expect(budget.window.length).toBeLessThanOrEqual(restarts);
        if (step.verdict === 'restart') restarted.push(now);
        else {
          expect(step.verdict.quarantineMs).toBe(previous === 0 ? 1_000 : Math.min(maxMs, previous * 2));
          previous = step.verdict.quarantineMs;
        }
        expect(restarted.filter((instant) => instant >= now - periodMs).length).toBeLessThanOrEqual(restarts);
      }
    }),
    { numRuns: 500 },
  );
});
