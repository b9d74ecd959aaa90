import type { Child, ChildContext } from '../../src/runtime/supervision/child.js';
import type { Family } from '../../src/runtime/supervision/family.js';
import { explain, type ExitReason, type Intensity, type Strategy } from '../../src/runtime/supervision/restart-policy.js';
import { Tree } from '../../src/runtime/supervision/root.js';
import type { SupervisorSpec } from '../../src/runtime/supervision/spec.js';
import type { RestartPolicy } from '../../src/runtime/supervision/supervisor.js';
import { VirtualClock } from './virtual-clock.js';

type Part = Child | SupervisorSpec;

/** A tree of children that do nothing but say what happens to them, on a clock moved by hand. */
export class PlayTree {
  readonly clock = new VirtualClock();
  /** `+name` started, `-name` stopped, `!reason` the root gave up. */
  log: string[] = [];
  readonly contexts = new Map<string, ChildContext[]>();
  /** Starts of that child still to fail. */
  readonly failures = new Map<string, number>();
  readonly hangsAtStop = new Set<string>();
  readonly hangsAtStart = new Set<string>();
  tree!: Tree;

  child(name: string, options: Partial<Omit<Child, 'name' | 'start'>> & { family?: Family } = {}): Child {
    const { family, ...rest } = options;
    return {
      name,
      ...rest,
      start: async (context) => {
        this.contexts.set(name, [...(this.contexts.get(name) ?? []), context]);
        if (this.hangsAtStart.has(name)) await new Promise<void>(() => undefined);
        const failures = this.failures.get(name) ?? 0;
        this.failures.set(name, failures - 1);
        if (failures > 0) throw new Error(`${name} cannot start`);
        this.log.push(`+${name}`);
        return { stop: () => this.stopped(name), ...(family === undefined ? {} : { family }) };
      },
    };
  }

  plant(
    strategy: Strategy,
    children: readonly Part[],
    intensity: Intensity = { restarts: 3, periodMs: 5_000 },
    policy?: RestartPolicy,
  ): this {
    const giveUp = (reason: ExitReason): void => void this.log.push(`!${explain(reason)}`);
    this.tree = new Tree({ name: 'root', strategy, intensity, children }, { clock: this.clock }, giveUp, policy);
    return this;
  }

  async started(): Promise<this> {
    await this.tree.start();
    this.log = [];
    return this;
  }

  context(name: string, life = -1): ChildContext {
    const context = this.contexts.get(name)?.at(life);
    if (context === undefined) throw new Error(`${name} never started`);
    return context;
  }

  /** The child's present life ends so; returns what followed. */
  async exit(name: string, reason: ExitReason): Promise<string> {
    this.context(name).exit(reason);
    return this.followed();
  }

  crash(name: string): Promise<string> {
    return this.exit(name, { is: 'error', error: new Error(`${name} broke`) });
  }

  /** What happened since the last look, as one line. */
  async followed(): Promise<string> {
    await this.clock.settle();
    return this.log.splice(0).join(' ');
  }

  private stopped(name: string): Promise<void> | void {
    if (this.hangsAtStop.has(name)) return new Promise<void>(() => undefined);
    this.log.push(`-${name}`);
  }
}
