import type { Cancel, Clock } from '../clock.js';
import { DEFAULT_START_MS, DEFAULT_STOP_MS, type Child, type ChildState, type Running, type SupervisionEvent } from './child.js';
import { explain, type ExitReason } from './restart-policy.js';

/** What every part of a tree shares. */
export interface Surroundings {
  readonly clock: Clock;
  /** Called for each change; must not throw. */
  readonly report?: (event: SupervisionEvent) => void;
}

/**
 * The successive lives of one child. Holds C1 to C4 of `child.ts`; decides nothing.
 *
 * `start` and `stop` are called one at a time, by the supervisor's queue; `cancel` and an exit may come at any moment.
 */
export class Lives {
  state: ChildState = 'stopped';
  restarts = 0;
  lastExit: string | null = null;
  private life = 0;
  private running: Running | undefined;
  private abort = new AbortController();

  constructor(
    readonly child: Child,
    readonly path: string,
    private readonly surroundings: Surroundings,
    private readonly onExit: (lives: Lives, life: number, reason: ExitReason) => void,
  ) {}

  /** The number of the life that may still speak. */
  get current(): number {
    return this.life;
  }

  get family() {
    return this.running?.family;
  }

  /** Starts a new life. Rejects when it fails, is late or is cancelled; then nothing of it is left, as far as waiting `stopMs` can tell. */
  async start(): Promise<void> {
    const life = ++this.life;
    const { signal } = (this.abort = new AbortController());
    this.state = 'starting';
    const exit = (reason: ExitReason): void => this.onExit(this, life, reason);
    const starting = attempt(() => this.child.start({ life, signal, exit }));
    try {
      this.running = await within(this.surroundings.clock, starting, this.child.startMs ?? DEFAULT_START_MS, 'start', signal);
    } catch (error) {
      this.end({ is: 'error', error });
      this.report('start_failed', life, explain({ is: 'error', error }));
      // Late or cancelled: what it brings up after all must go down before anything else starts in its place.
      await this.leave(starting.then((late) => late.stop()).catch(() => undefined));
      throw error;
    }
    this.state = 'running';
    this.report('started', life);
  }

  /** Ends the current life if there is one, at most `stopMs` later. Never rejects. */
  async stop(): Promise<void> {
    const running = this.running;
    if (running === undefined) return;
    this.running = undefined;
    const life = this.life;
    this.life++;
    this.state = 'stopping';
    this.abort.abort();
    await this.leave(attempt(() => running.stop()));
    this.state = 'stopped';
    this.report('stopped', life);
  }

  /** The start under way, if any, is no longer wanted. */
  cancel(): void {
    if (this.state === 'starting') this.abort.abort();
  }

  /** Takes note that `life` ended by itself; false when it is not the current one any more. `stop` still has to be called. */
  died(life: number, reason: ExitReason): boolean {
    if (life !== this.life || this.running === undefined) return false;
    this.end(reason);
    this.report('exited', life, explain(reason));
    return true;
  }

  report(what: SupervisionEvent['what'], life: number, why?: string): void {
    this.surroundings.report?.({ path: this.path, what, life, ...(why === undefined ? {} : { why }) });
  }

  private end(reason: ExitReason): void {
    this.life++;
    this.state = 'stopped';
    this.lastExit = explain(reason);
    this.abort.abort();
  }

  private async leave(work: Promise<void>): Promise<void> {
    try {
      await within(this.surroundings.clock, work, this.child.stopMs ?? DEFAULT_STOP_MS, 'stop');
    } catch (error) {
      this.report('stop_failed', this.life, explain({ is: 'error', error }));
    }
  }
}

/** Runs `work`, turning what it throws at once into a rejection. */
async function attempt<T>(work: () => Promise<T> | T): Promise<T> {
  return work();
}

/** Waits for `work` at most `ms`, or until `cancelled`. `work` itself goes on: its later rejection is heard here and dropped. */
function within<T>(clock: Clock, work: Promise<T>, ms: number, what: 'start' | 'stop', cancelled?: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const late = (): void => reject(new Error(`${what} took more than ${ms} ms`));
    const disarm: Cancel = ms === Infinity ? () => undefined : clock.after(ms, late);
    const cancel = (): void => reject(new Error(`${what} cancelled`));
    cancelled?.addEventListener('abort', cancel, { once: true });
    void work.then(resolve, reject).finally(() => {
      disarm();
      cancelled?.removeEventListener('abort', cancel);
    });
  });
}
