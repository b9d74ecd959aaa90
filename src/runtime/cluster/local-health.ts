import { LAG_MS, MAX_FACTOR, SUSPECT_MS, TICK_MS } from './timing.js';

/** Ticks on time after which a lagging instance trusts itself twice as much again. */
const CALM_TICKS = 8;

/** How far an instance may trust its own clock-keeping (Lifeguard, arXiv 1707.00788): who lags hears late, and would accuse the innocent. */
export class LocalHealth {
  /** How much longer than usual this instance waits before it suspects; 1: its loop keeps time. */
  factor = 1;
  private ticked: number | undefined;
  private calm = 0;

  /** To be called with every event. The length of a pause that has just ended, ms; 0: there was none. */
  notice(now: number, tick: boolean): number {
    const gap = now - (this.ticked ?? now);
    if (tick) this.measure(gap);
    if (tick || gap >= SUSPECT_MS) this.ticked = now;
    return gap >= SUSPECT_MS ? gap : 0;
  }

  private measure(gap: number): void {
    if (gap - TICK_MS >= LAG_MS) {
      this.factor = Math.min(MAX_FACTOR, this.factor * 2);
      this.calm = 0;
    } else if (++this.calm >= CALM_TICKS) {
      this.factor = Math.max(1, this.factor / 2);
      this.calm = 0;
    }
  }
}
