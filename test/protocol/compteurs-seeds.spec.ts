/** Hundreds of short lives of small clusters that count, each from one seed: see `CountersPlay`. */
import { describe, expect, it } from 'vitest';
import { nothingMet } from '../support/counters-met.js';
import { CountersPlay } from '../support/counters-play.js';
import { firstUnsound } from '../support/counters-search.js';
import { runs } from '../support/runs.js';

const SEEDS = runs(300);

describe('counters, searched', () => {
  it('nothing is lost or counted twice, what is bounded stays above zero, and all meet', { timeout: 120_000 * runs(1) }, async () => {
    const met = nothingMet();
    expect(await firstUnsound(SEEDS, {}, met), 'the failing seed').toBeUndefined();
    for (const [what, times] of Object.entries(met)) expect(times, `the search met ${what}`).toBeGreaterThan(0);
  });

  it('one seed is one run', async () => {
    const told = async (): Promise<string> => {
      const play = new CountersPlay(7, {}, { record: true });
      await play.run();
      return play.stage.network.transcript();
    };
    expect(await told()).toBe(await told());
  });
});
