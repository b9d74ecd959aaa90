import fc from 'fast-check';
import { expect, it } from 'vitest';
import { VirtualClock } from '../../../test/support/virtual-clock.js';
import type { Child, ChildContext } from './child.js';
import type { RestartType, Strategy } from './restart-policy.js';
import { Tree } from './root.js';
import type { SupervisorSpec } from './spec.js';
import { runs } from '../../../test/support/runs.js';

type Plan = { readonly type: RestartType } | { readonly strategy: Strategy; readonly restarts: number; readonly children: readonly Plan[] };

const { plan } = fc.letrec<{ plan: Plan; leaf: Plan; node: Plan }>((tie) => ({
  leaf: fc.record({ type: fc.constantFrom<RestartType>('permanent', 'permanent', 'transient', 'temporary') }),
  node: fc.record({
    strategy: fc.constantFrom<Strategy>('one_for_one', 'one_for_all', 'rest_for_one'),
    restarts: fc.nat(3),
    children: fc.array(tie('plan'), { minLength: 1, maxLength: 4, depthIdentifier: 'tree' }),
  }),
  plan: fc.oneof({ depthIdentifier: 'tree', maxDepth: 3 }, tie('leaf'), tie('node')),
}));

type Step = { readonly at: number } & (
  { readonly do: 'crash' | 'leave' | 'late' | 'button' | 'fail' | 'hang' | 'stop' } | { readonly do: 'pass'; readonly ms: number }
);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ at: fc.nat(30), do: fc.constantFrom('crash', 'crash', 'crash', 'leave', 'late', 'button', 'fail', 'hang', 'stop') }),
  fc.record({ at: fc.nat(0), do: fc.constant('pass'), ms: fc.nat(8_000) }),
);

/** Children that check C1, C2 and C4 on themselves whatever is done to them. */
class Stage {
  readonly clock = new VirtualClock();
  readonly alive: string[] = [];
  readonly contexts: { readonly path: string; readonly context: ChildContext }[] = [];
  readonly leaves: string[] = [];
  readonly failing = new Set<string>();
  readonly hanging = new Set<string>();
  readonly violations: string[] = [];
  gaveUp = 0;

  grow(children: readonly Plan[], above: string): (Child | SupervisorSpec)[] {
    return children.map((child, index) => {
      const name = `n${index}`;
      const path = above === '' ? name : `${above}.${name}`;
      if ('type' in child) return this.leaf(name, path, child.type);
      const intensity = { restarts: child.restarts, periodMs: 5_000 };
      return { name, strategy: child.strategy, intensity, children: this.grow(child.children, path) };
    });
  }

  private leaf(name: string, path: string, restart: RestartType): Child {
    this.leaves.push(path);
    const start = async (context: ChildContext) => {
      await Promise.resolve();
      if (this.failing.delete(path)) throw new Error('cannot start');
      if (this.hanging.delete(path)) await new Promise<void>((resolve) => this.clock.after(2_000, resolve));
      if (this.alive.includes(path)) this.violations.push(`C1: ${path} has two lives`);
      this.alive.push(path);
      this.contexts.push({ path, context });
      return { stop: () => this.stopped(path) };
    };
    return { name, restart, startMs: 1_000, stopMs: 5_000, start };
  }

  private stopped(path: string): void {
    if (!this.alive.includes(path)) this.violations.push(`C2: ${path} was stopped twice`);
    this.alive.splice(this.alive.indexOf(path), 1);
  }
}

async function perform(stage: Stage, tree: Tree, one: Step): Promise<void> {
  const any = stage.contexts.at(-1 - (one.at % Math.max(1, stage.contexts.length)));
  const leaf = stage.leaves[one.at % Math.max(1, stage.leaves.length)] ?? '';
  if (one.do === 'pass') await stage.clock.pass(one.ms);
  if (one.do === 'crash' || one.do === 'late') any?.context.exit({ is: 'error', error: new Error('broke') });
  if (one.do === 'leave') any?.context.exit({ is: 'normal' });
  if (one.do === 'button')
    tree.crash(
      leaf
        .split('.')
        .slice(0, 1 + (one.at % 3))
        .join('.'),
    );
  if (one.do === 'fail') stage.failing.add(leaf);
  if (one.do === 'hang') stage.hanging.add(leaf);
  if (one.do === 'stop') void tree.stop();
  if (one.at % 2 === 0) await stage.clock.settle();
}

it('whatever happens in whatever order, a child has one life, each is stopped once, and stopping leaves nothing behind', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(plan, { minLength: 1, maxLength: 4 }), fc.array(step, { maxLength: 25 }), async (plans, steps) => {
      const stage = new Stage();
      const spec: SupervisorSpec = {
        name: 'root',
        strategy: 'one_for_one',
        intensity: { restarts: 2, periodMs: 5_000 },
        children: stage.grow(plans, ''),
      };
      const tree = new Tree(spec, { clock: stage.clock }, () => void stage.gaveUp++);
      await tree.start();
      expect(stage.alive).toEqual(stage.leaves);
      for (const one of steps) await perform(stage, tree, one);
      await stage.clock.pass(60_000);
      expect(stage.violations).toEqual([]);
      expect(stage.gaveUp).toBeLessThanOrEqual(1);
      if (stage.gaveUp === 1) expect(stage.alive).toEqual([]);
      await Promise.all([tree.stop(), stage.clock.pass(60_000)]);
      expect(stage.alive).toEqual([]);
      expect(stage.clock.armed).toBe(0);
      expect(tree.describe()).toMatchObject({ state: 'stopped' });
      expect(stage.contexts.filter(({ context }) => !context.signal.aborted)).toEqual([]);
    }),
    { numRuns: runs(150) },
  );
});
