import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runs } from '../../../test/support/runs.js';
import { VirtualClock } from '../../../test/support/virtual-clock.js';
import type { PublishedFact } from '../outbox/relay.js';
import { FanOut } from './fan-out.js';
import { PubSub } from './pubsub.js';

const range = (from: number, to: number): number[] => Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);
const fact = (position: number): PublishedFact => ({ position }) as PublishedFact;

/** One instance beside a database that others write too. */
class Stage {
  readonly clock: VirtualClock;
  readonly topics = new PubSub<{ facts: readonly PublishedFact[] }>(() => undefined);
  /** What the database holds, whoever published it. */
  position = 0;
  reads = 0;
  largest = 0;
  down = false;
  readonly heard: number[] = [];
  readonly moved: number[] = [];
  readonly fanOut: FanOut;

  constructor(seed = 1) {
    this.clock = new VirtualClock(undefined, seed);
    const answered = async <T>(look: () => T): Promise<T> => {
      this.reads++;
      if (this.down) throw new Error('down');
      const found = look();
      await new Promise<void>((resolve) => this.clock.after(1 + this.clock.chance() * 20, resolve));
      return found;
    };
    const storage = {
      published: (after: number, limit: number) =>
        answered(() => range(after + 1, Math.min(this.position, after + limit)).map((position) => fact(position))),
      backlog: () => answered(() => ({ facts: 0, bounded: false, oldest: null, position: this.position, letters: [] })),
    };
    const topics = {
      moved: (position: number) => void this.moved.push(position),
      listened: () => this.topics.subscribers('facts') > 0,
      publish: (facts: readonly PublishedFact[]) => {
        this.largest = Math.max(this.largest, facts.length);
        this.topics.publish('facts', facts);
      },
    };
    this.fanOut = new FanOut(storage, topics, this.clock);
  }

  listen(into = this.heard): () => void {
    return this.topics.subscribe('facts', (facts) => void into.push(...facts.map(({ position }) => position)));
  }

  /** The database has `count` more; the own relay tells when it was the one. */
  publish(count: number, by: 'own relay' | 'another' = 'another'): void {
    const from = this.position + 1;
    this.position += count;
    if (by === 'own relay') this.fanOut.offer(range(from, this.position).map((position) => fact(position)));
  }

  tell(): void {
    this.fanOut.hear(this.position);
  }
}

describe('facts on an instance', () => {
  it('O1 are handed out at once when its own relay published them', () => {
    const stage = new Stage();
    stage.listen();
    stage.publish(3, 'own relay');
    stage.publish(2, 'own relay');
    expect(stage.heard).toEqual(range(1, 5));
    expect(stage.reads).toBe(0);
  });

  it('O2 are read when the leader tells of them, by one reading for all, in bounded batches', async () => {
    const stage = new Stage();
    stage.fanOut.start();
    await stage.clock.pass(50);
    stage.listen();
    stage.publish(1_200);
    const before = stage.reads;
    for (let i = 0; i < 10; i++) stage.tell();
    await stage.clock.pass(500);
    expect(stage.heard).toEqual(range(1, 1_200));
    expect(stage.largest).toBe(500);
    expect(stage.reads - before, 'three batches, and one more look for those who asked meanwhile').toBeLessThanOrEqual(4);
  });

  it('O3 a lost message is made good by the next one', async () => {
    const stage = new Stage();
    stage.fanOut.start();
    await stage.clock.pass(50);
    stage.listen();
    stage.publish(5);
    stage.publish(5);
    stage.tell();
    await stage.clock.pass(100);
    expect(stage.heard).toEqual(range(1, 10));
  });

  it('O3 and by itself within a second, also after the database was out of reach', async () => {
    const stage = new Stage();
    stage.fanOut.start();
    await stage.clock.pass(50);
    stage.listen();
    stage.publish(5);
    stage.down = true;
    stage.tell();
    await stage.clock.pass(2_500);
    expect(stage.heard).toEqual([]);
    stage.down = false;
    await stage.clock.pass(1_100);
    expect(stage.heard).toEqual(range(1, 5));
  });

  it('O4 are not read while nobody listens; whoever comes begins where publication stands', async () => {
    const stage = new Stage();
    stage.fanOut.start();
    await stage.clock.pass(50);
    const { reads } = stage;
    for (let i = 0; i < 20; i++) {
      stage.publish(1_000);
      stage.tell();
      await stage.clock.pass(1_000);
    }
    expect(stage.reads).toBe(reads);
    expect(stage.moved, 'who needs no facts is told all the same').toHaveLength(20);
    stage.listen();
    stage.publish(3);
    stage.tell();
    await stage.clock.pass(100);
    expect(stage.heard).toEqual(range(20_001, 20_003));
  });

  it('O4 not for ever: who comes after a long silence is not given all that was missed', async () => {
    const stage = new Stage();
    stage.fanOut.start();
    await stage.clock.pass(50);
    stage.publish(1_000_000);
    stage.listen();
    await stage.clock.pass(3_000);
    expect(stage.heard).toEqual(range(990_001, 1_000_000));
  });

  it('stops looking when it is stopped', async () => {
    const stage = new Stage();
    stage.fanOut.start();
    stage.listen();
    await stage.clock.pass(50);
    stage.fanOut.stop();
    const { reads } = stage;
    await stage.clock.pass(10_000);
    expect(stage.reads).toBe(reads);
    expect(stage.clock.armed).toBe(0);
  });

  it('O1 come without gap or duplicate, in order, whoever leads, whatever is lost or late', async () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('own relay' as const), count: fc.integer({ min: 1, max: 700 }) }),
      fc.record({ do: fc.constant('told' as const), count: fc.integer({ min: 1, max: 700 }) }),
      fc.record({ do: fc.constant('silent' as const), count: fc.integer({ min: 1, max: 700 }) }),
      fc.record({ do: fc.constant('late' as const), count: fc.integer({ min: 1, max: 700 }) }),
      fc.record({ do: fc.constantFrom('out of reach' as const, 'back' as const), count: fc.constant(0) }),
      fc.record({ do: fc.constant('pass' as const), count: fc.integer({ min: 0, max: 300 }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), fc.integer(), async (steps, seed) => {
        const stage = new Stage(seed);
        stage.fanOut.start();
        await stage.clock.pass(50);
        stage.listen();
        await stage.clock.pass(1_100);
        for (const one of steps) {
          if (one.do === 'own relay') stage.publish(one.count, 'own relay');
          else if (one.do === 'told' || one.do === 'silent') stage.publish(one.count);
          if (one.do === 'told') stage.tell();
          if (one.do === 'late') stage.fanOut.hear(Math.max(0, stage.position - one.count));
          if (one.do === 'out of reach' || one.do === 'back') stage.down = one.do === 'out of reach';
          await stage.clock.pass(one.do === 'pass' ? one.count : 1);
        }
        stage.down = false;
        await stage.clock.pass(3_000);
        expect(stage.heard).toEqual(range(1, stage.position));
      }),
      { numRuns: runs(100) },
    );
  });

  it('mutant: without the look at what was handed out, a change of leader makes gaps and duplicates', async () => {
    const stage = new Stage();
    stage.fanOut.start();
    await stage.clock.pass(50);
    stage.listen();
    const direct = (count: number): void => {
      const from = stage.position + 1;
      stage.position += count;
      stage.topics.publish(
        'facts',
        range(from, stage.position).map((position) => fact(position)),
      );
    };
    stage.publish(3);
    direct(2);
    stage.tell();
    await stage.clock.pass(100);
    expect(stage.heard).not.toEqual(range(1, 5));
  });
});
