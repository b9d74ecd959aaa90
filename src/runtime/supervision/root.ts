import { Lives, type Surroundings } from './lives.js';
import type { ExitReason } from './restart-policy.js';
import type { SupervisorSpec } from './spec.js';
import { type CrashAnswer, type RestartPolicy, restartPolicy, Supervisor } from './supervisor.js';
import type { TreeNode } from './tree.js';

/**
 * A whole tree, from its root. It lives once: past the root nobody restarts anything, the process ends and the next one is a new incarnation.
 *
 * `onGivenUp` is called at most once, after everything below was stopped in reverse order.
 */
export class Tree {
  private readonly root: Supervisor;
  private readonly lives: Lives;
  private starting: Promise<void> | undefined;
  private stopping: Promise<void> | undefined;

  constructor(
    spec: SupervisorSpec,
    surroundings: Surroundings,
    onGivenUp: (reason: ExitReason) => void,
    policy: RestartPolicy = restartPolicy,
  ) {
    this.root = new Supervisor(spec, surroundings, '', policy);
    this.lives = new Lives(this.root, '', surroundings, (lives, life, reason) => {
      if (lives.died(life, reason)) onGivenUp(reason);
    });
  }

  /** Starts everything in order. Rejects when a part does not start; then whatever had started was stopped in reverse. */
  start(): Promise<void> {
    this.starting ??= this.stopping === undefined ? this.lives.start() : Promise.reject(new Error('the tree was stopped'));
    return this.starting;
  }

  /** Stops everything in reverse order, in the middle of a start too. Never rejects; every call waits for the same end. */
  stop(): Promise<void> {
    this.stopping ??= this.stopOnce();
    return this.stopping;
  }

  /** The tree, or the node at `path` (names joined by dots, from below the root). */
  describe(path = ''): TreeNode | undefined {
    return path === '' ? this.root.describe(this.lives) : this.root.find(path);
  }

  /** The crash button. The root has none: that would be the end of the process. */
  crash(path: string): CrashAnswer {
    return this.root.crash(path);
  }

  private async stopOnce(): Promise<void> {
    this.lives.cancel();
    // A start that was cancelled still takes down what it had started; whoever called `start` hears of its failure.
    if (this.lives.state !== 'running') await this.starting?.catch(() => undefined);
    await this.lives.stop();
  }
}
