import type { Cancel, Clock } from './clock.js';

export type OpeningState = 'opening' | 'open' | 'closed';

/**
 * Opens what stands on the database, step by step, and goes on trying while it cannot be reached:
 * an unreachable database is a state, at start too, never a crash.
 *
 * Once open it stays open: what is lost later is each connection's own business, and comes back by itself.
 */
export class Opening {
  state: OpeningState = 'closed';
  lastError: string | undefined;
  private life = 0;
  private timer: Cancel | undefined;
  private waiting: (() => void)[] = [];

  constructor(
    private readonly steps: readonly (() => Promise<void>)[],
    private readonly clock: Clock,
    private readonly report: (message: string, error: unknown) => void,
  ) {}

  /** Resolves after the first attempt, whether it succeeded or not. */
  start(): Promise<void> {
    this.state = 'opening';
    return this.attempt(++this.life, 50);
  }

  stop(): void {
    this.life++;
    this.state = 'closed';
    this.timer?.();
  }

  /** Resolves when everything is open. */
  opened(): Promise<void> {
    return this.state === 'open' ? Promise.resolve() : new Promise((resolve) => this.waiting.push(resolve));
  }

  private async attempt(life: number, delayMs: number): Promise<void> {
    try {
      for (const step of this.steps) {
        await step();
        if (life !== this.life) return;
      }
      this.state = 'open';
      this.lastError = undefined;
      for (const resolve of this.waiting.splice(0)) resolve();
    } catch (error) {
      if (life !== this.life) return;
      const message = error instanceof Error ? error.message : String(error);
      if (message !== this.lastError) this.report('The database cannot be opened yet; trying again', error);
      this.lastError = message;
      this.timer = this.clock.after(delayMs, () => void this.attempt(life, Math.min(1000, delayMs * 2)));
    }
  }
}
