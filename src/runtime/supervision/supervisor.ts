/**
 * A supervisor: starts its children in order, stops them in reverse, and restarts what falls (OTP Design Principles, "Supervisor Behaviour").
 *
 * - S1 one thing at a time: starts, stops and exits go through one queue; an exit that comes meanwhile waits its turn.
 * - S2 a child that fails to start takes down, in reverse order, those started before it, and the supervisor's own start fails.
 * - S3 a restart that fails is tried again at once and counts against the intensity like any other.
 * - S4 past the intensity it stops every child in reverse order, then ends with reason `shutdown`; its parent decides.
 * - S5 an exit of a life that is already over changes nothing: two children that fall together under `one_for_all` are one restart.
 * - S6 an order to stop interrupts a restart between two children, and cancels the start under way.
 *
 * The same object serves all lives of its place in the tree, so that inspection shows it even while it is down.
 */
import type { Child, ChildContext, Running } from './child.js';
import { Lives, type Surroundings } from './lives.js';
import { admit, explain, fallsWith, needsRestart } from './restart-policy.js';
import type { ExitReason, RestartType, Window } from './restart-policy.js';
import { checkNames, type SupervisorSpec } from './spec.js';
import { describeFamily, describeMember, type SupervisorNode, type TreeNode } from './tree.js';

/** The pure decisions, replaceable so that a test can show that it would notice wrong ones. */
export const restartPolicy = { admit, fallsWith, needsRestart };
export type RestartPolicy = typeof restartPolicy;

export type CrashAnswer = 'crashed' | 'unknown' | 'not_running';

export class Supervisor implements Child {
  readonly name: string;
  readonly restart: RestartType;
  // Every leaf below is bounded; as in OTP, a bound here would only cut their turn short.
  readonly startMs = Infinity;
  readonly stopMs = Infinity;
  private readonly lives: readonly Lives[];
  private queue: Promise<unknown> = Promise.resolve();
  private window: Window = [];
  private context: ChildContext | undefined;

  constructor(
    private readonly spec: SupervisorSpec,
    surroundings: Surroundings,
    private readonly path = '',
    private readonly policy: RestartPolicy = restartPolicy,
    private readonly clock = surroundings.clock,
  ) {
    this.name = spec.name;
    this.restart = spec.restart ?? 'permanent';
    checkNames(spec);
    this.lives = spec.children.map((child) => {
      const childPath = path === '' ? child.name : `${path}.${child.name}`;
      const built = 'strategy' in child ? new Supervisor(child, surroundings, childPath, policy) : child;
      return new Lives(built, childPath, surroundings, (lives, life, reason) => this.onExit(lives, life, reason));
    });
  }

  start(context: ChildContext): Promise<Running> {
    context.signal.addEventListener('abort', () => this.lives.forEach((lives) => lives.cancel()), { once: true });
    return this.inTurn(() => this.startAll(context));
  }

  /** The subtree as it is now; `own` is what its place in the tree knows of it. */
  describe(own?: Lives): SupervisorNode {
    const { name, strategy, intensity } = this.spec;
    return {
      ...place(own, name, this.path),
      state: own?.state ?? (this.over ? 'stopped' : 'running'),
      restart: this.restart,
      kind: 'supervisor',
      strategy,
      intensity,
      children: this.lives.map(describeLives),
    };
  }

  /** The node at `path` below this supervisor. */
  find(path: string): TreeNode | undefined {
    const [lives, rest] = this.resolve(path);
    if (lives === undefined || rest === '') return lives && describeLives(lives);
    if (lives.child instanceof Supervisor) return lives.child.find(rest);
    const member = lives.family?.find(rest);
    return member && describeMember(member, `${lives.path}.${rest}`);
  }

  /** The crash button: makes what stands at `path` end as a bug would make it. */
  crash(path: string): CrashAnswer {
    const [lives, rest] = this.resolve(path);
    if (lives === undefined) return 'unknown';
    if (rest === '') {
      if (lives.state !== 'running') return 'not_running';
      this.onExit(lives, lives.current, { is: 'error', error: new Error('crash button') });
      return 'crashed';
    }
    if (lives.child instanceof Supervisor) return lives.child.crash(rest);
    return lives.family?.crash(rest) === true ? 'crashed' : 'unknown';
  }

  /** True when this supervisor must not start anything any more. */
  private get over(): boolean {
    return this.context === undefined || this.context.signal.aborted;
  }

  private resolve(path: string): [Lives | undefined, string] {
    const dot = path.indexOf('.');
    const head = dot < 0 ? path : path.slice(0, dot);
    return [this.lives.find((lives) => lives.child.name === head), dot < 0 ? '' : path.slice(dot + 1)];
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.queue.then(work);
    this.queue = done.catch(() => undefined); // whoever asked for `done` hears of it; the queue goes on
    return done;
  }

  private async startAll(context: ChildContext): Promise<Running> {
    this.context = context;
    this.window = [];
    for (const lives of this.lives) {
      try {
        if (this.over) throw new Error('start cancelled');
        await lives.start();
      } catch (error) {
        await stopInReverse(this.lives);
        throw new Error(`${lives.path} did not start: ${explain({ is: 'error', error })}`, { cause: error });
      }
    }
    return { stop: () => this.inTurn(() => stopInReverse(this.lives)) };
  }

  private onExit(lives: Lives, life: number, reason: ExitReason): void {
    this.inTurn(() => this.handleExit(lives, life, reason)).catch((error: unknown) => this.context?.exit({ is: 'error', error }));
  }

  private async handleExit(lives: Lives, life: number, reason: ExitReason): Promise<void> {
    if (this.over || !lives.died(life, reason)) return;
    if (this.policy.needsRestart(lives.child.restart ?? 'permanent', reason)) await this.recover(lives, reason);
    else await lives.stop();
  }

  private async recover(exited: Lives, reason: ExitReason): Promise<void> {
    let failed: { readonly lives: Lives; readonly reason: ExitReason } | undefined = { lives: exited, reason };
    while (failed !== undefined && !this.over) {
      const window = this.policy.admit(this.window, this.clock.monotonic(), this.spec.intensity);
      if (window === 'give_up') return this.giveUp(failed.lives, failed.reason);
      this.window = window;
      const falling = this.policy.fallsWith(this.spec.strategy, this.lives, failed.lives);
      await stopInReverse(falling);
      failed = await this.restartAll(falling);
    }
  }

  /** Starts `fallen` in order; the one that failed, if any, ends the attempt. */
  private async restartAll(fallen: readonly Lives[]): Promise<{ lives: Lives; reason: ExitReason } | undefined> {
    for (const lives of fallen) {
      if (this.over) return undefined;
      if (lives.child.restart === 'temporary') continue;
      lives.restarts++;
      lives.report('restarting', lives.current);
      try {
        await lives.start();
      } catch (error) {
        return { lives, reason: { is: 'error', error } };
      }
    }
    return undefined;
  }

  private async giveUp(failed: Lives, reason: ExitReason): Promise<void> {
    failed.report('gave_up', failed.current, explain(reason));
    await stopInReverse(this.lives);
    this.context?.exit({ is: 'shutdown', because: `${failed.path} ended too often, last: ${explain(reason)}` });
  }
}

async function stopInReverse(lives: readonly Lives[]): Promise<void> {
  for (const one of lives.toReversed()) await one.stop();
}

function describeLives(lives: Lives): TreeNode {
  const { child, family, state } = lives;
  if (child instanceof Supervisor) return child.describe(lives);
  const own = { ...place(lives, child.name, lives.path), state, restart: child.restart ?? 'permanent' };
  return family === undefined ? { ...own, kind: 'child' } : { ...own, kind: 'family', ...describeFamily(family, lives.path) };
}

function place(lives: Lives | undefined, name: string, path: string) {
  return { name, path, restarts: lives?.restarts ?? 0, lastError: lives?.lastExit ?? null };
}
