import type { Clock } from '../../runtime/clock.js';
import type { Slot } from './pn-counter.js';
import type { Sync } from './sync.js';

/** Who must hold a movement before its caller is answered: this instance, another one with it, or the majority. */
export type Level = 'locale' | 'pair' | 'majorite';

export interface NiveauxOptions {
  readonly sync: Pick<Sync, 'reached' | 'connected'>;
  /** Live members of the cluster, this instance included, as the shared database last told; 0 when it never did. */
  readonly living: () => number;
  readonly clock: Pick<Clock, 'monotonic'>;
}

/** How long to hope for instances that are not there. */
const HOPE_MS = 2_000;
/** What is left of the caller's time to write the answer. */
const MARGIN_MS = 150;

/** Waits until enough instances hold a movement. */
export class Niveaux {
  constructor(private readonly options: NiveauxOptions) {}

  /** False when they do not within the caller's time, or are not there at all. `deadline`: monotonic ms. */
  async atteint(level: Level, { slot, version }: { readonly slot: Slot; readonly version: number }, deadline: number): Promise<boolean> {
    const { sync, clock } = this.options;
    const others = this.others(level);
    if (others === 0) return true;
    const hope = sync.connected.length < others ? clock.monotonic() + HOPE_MS : Infinity;
    return sync.reached(slot, version, others, Math.min(deadline - MARGIN_MS, hope));
  }

  private others(level: Level): number {
    if (level === 'locale') return 0;
    if (level === 'pair') return 1;
    const all = Math.max(this.options.living(), this.options.sync.connected.length + 1);
    return Math.floor(all / 2);
  }
}
