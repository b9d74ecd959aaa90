import type { Outcome } from '../../src/runtime/aggregate/outcome.js';
import { WAKE } from '../../src/runtime/aggregate/wake.js';
import { type Kinds, Waking } from '../../src/runtime/timers/waking.js';
import { intercept } from '../guards/intercept.js';
import { MemoryTimers } from './memory-timers.js';
import { ToyCluster, type ToyInstance } from './toy-cluster.js';

/** A toy cluster whose owners apply what is due when they are woken, by their own clocks; who leads is what the play says. */
export class ReveilsPlay {
  readonly cluster = new ToyCluster(1);
  readonly timers = new MemoryTimers();
  /** `instance applies root`, as it happened. */
  readonly applied: string[] = [];
  private readonly kinds = new Map<ToyInstance, Kinds>();

  async start(...ids: string[]): Promise<void> {
    await this.cluster.start(...ids);
    for (const id of ids) this.prepare(this.cluster.at(id));
  }

  /** A timer of `root`, due `ms` after now. */
  arm(root: string, ms: number): void {
    const { network } = this.cluster;
    this.timers.arm(root, network.epoch + network.now + ms, { kind: 'seats' });
  }

  /** `id` leads from now on, until what this returns is stopped or the instance ends. */
  lead(id: string): { stop(): void } {
    const one = this.cluster.at(id);
    const { node } = one;
    const ask = <T>(read: () => Promise<T>): Promise<T> => this.cluster.database.request(node, read);
    const storage = {
      dueTimers: (now: number, limit: number, after?: readonly [number, string]) => ask(() => this.timers.dueTimers(now, limit, after)),
      nextTimer: (after: number) => ask(() => this.timers.nextTimer(after)),
    };
    return new Waking(storage, this.kinds.get(one)!, node.clock, () => undefined).start();
  }

  /** What each demande said on the wires, `wake-s3-1767636000000` as `s3`. */
  story(from = 0): string[] {
    return this.cluster.story(from).map((line) => line.replaceAll(/wake-(\w+)-\d+/g, '$1'));
  }

  private prepare(one: ToyInstance): void {
    const { registry, router } = one;
    const woken = (stream: string): Promise<Outcome> =>
      this.cluster.database.request(
        one.node,
        async () => {
          const before = this.timers.size;
          this.timers.apply(stream, one.node.clock.now());
          if (this.timers.size < before) this.applied.push(`${one.id} applies ${stream}`);
          return { is: 'done', answer: null, replayed: false } as const;
        },
        true,
      );
    const awake = intercept(registry, {
      ask: (stream, demande, envelope, as) =>
        demande.type === WAKE.type
          ? woken(stream).catch((): Outcome => ({ is: 'unavailable', effect: 'unknown', retryAfterMs: 1_000 }))
          : registry.ask(stream, demande, envelope, as),
    });
    this.kinds.set(one, new Map([['seats', router.over(awake)]]));
  }
}
