/** Roots that are left alone for a while: the pause of each doubles with every time, and ends by the monotonic clock. Bounded: past it, the oldest is forgotten. */
import type { Clock } from '../clock.js';

const FIRST_MS = 1_000;
/** Raising it: what was repaired waits for longer. */
const MOST_MS = 60_000;
/** A root that is forgotten is only asked again sooner. */
const KEPT = 10_000;

interface Pause {
  readonly times: number;
  readonly until: number;
  readonly upTo: number;
}

export class Pauses {
  private readonly pauses = new Map<string, Pause>();

  constructor(private readonly clock: Pick<Clock, 'monotonic'>) {}

  /** True when what is due at `due` is what `root` was last given a pause for, over or not. */
  known(root: string, due: number): boolean {
    const pause = this.pauses.get(root);
    return pause !== undefined && due <= pause.upTo;
  }

  /** True while `root` is to be left alone, although it has something due at `due`. */
  resting(root: string, due: number): boolean {
    return this.known(root, due) && this.clock.monotonic() < this.pauses.get(root)!.until;
  }

  /** Leaves `root` alone, for `leastMs` at least, with everything due up to `upTo`: longer than the last time when it was for the same. */
  give(root: string, due: number, upTo = Infinity, leastMs = 0): void {
    const times = this.known(root, due) ? this.pauses.get(root)!.times + 1 : 1;
    const ms = Math.min(MOST_MS, Math.max(leastMs, FIRST_MS * 2 ** (times - 1)));
    this.forget(root);
    this.pauses.set(root, { times, until: this.clock.monotonic() + ms, upTo });
    for (const oldest of this.pauses.keys()) {
      if (this.pauses.size <= KEPT) break;
      this.pauses.delete(oldest);
    }
  }

  forget(root: string): void {
    this.pauses.delete(root);
  }
}
