import { type Cancel, type Clock, systemClock } from '../../src/runtime/clock.js';

interface Waiting {
  readonly due: number;
  readonly run: () => void;
  readonly cancel: Cancel;
}

/**
 * Real time from a moment of the test's choice on, whose wall clock may leap forward: durations and deadlines do not notice, but what waited for no more than
 * `glanceMs` runs at once, in due order, so that nobody sleeps through a leap.
 */
export class LeapingClock implements Clock {
  private ahead: number;
  private readonly waiting = new Set<Waiting>();

  constructor(start: number) {
    this.ahead = start - Date.now();
  }

  now(): number {
    return Date.now() + this.ahead;
  }

  monotonic(): number {
    return systemClock.monotonic();
  }

  after(delayMs: number, run: () => void): Cancel {
    const end = (): boolean => this.waiting.delete(one);
    const cancel = systemClock.after(delayMs, () => {
      end();
      run();
    });
    const one = { due: this.monotonic() + delayMs, run, cancel };
    this.waiting.add(one);
    return () => {
      end();
      cancel();
    };
  }

  soon(run: () => void): void {
    systemClock.soon(run);
  }

  bytes(length: number): Uint8Array {
    return systemClock.bytes(length);
  }

  chance(): number {
    return systemClock.chance();
  }

  /** The wall shows `instant`, unless it shows a later one already. A long glance also ends deadlines of whatever is under way. */
  leapTo(instant: number, glanceMs = 1_000): void {
    this.ahead += Math.max(0, instant - this.now());
    const glance = this.monotonic() + glanceMs;
    for (const one of [...this.waiting].filter(({ due }) => due <= glance).toSorted((a, b) => a.due - b.due)) {
      one.cancel();
      if (this.waiting.delete(one)) one.run();
    }
  }
}
