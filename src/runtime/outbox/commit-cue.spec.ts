import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../test/support/virtual-clock.js';
import { CommitCue } from './commit-cue.js';

describe('the cue of a commit', () => {
  const stage = () => {
    const clock = new VirtualClock();
    const told: number[] = [];
    return { clock, told, cue: new CommitCue(clock, () => told.push(clock.monotonic())) };
  };

  it('is given at once', () => {
    const { told, cue } = stage();
    cue.give();
    expect(told).toEqual([0]);
  });

  it('is given at most once per 20 ms, and the last one is never swallowed', () => {
    const { clock, told, cue } = stage();
    for (let ms = 0; ms < 50; ms++) {
      cue.give();
      clock.advance(1);
    }
    clock.advance(1_000);
    expect(told).toEqual([0, 20, 40, 60]);
    expect(clock.armed).toBe(0);
  });

  it('is not given without a commit', () => {
    const { clock, told, cue } = stage();
    cue.give();
    clock.advance(500);
    cue.give();
    clock.advance(500);
    expect(told).toEqual([0, 500]);
  });
});
