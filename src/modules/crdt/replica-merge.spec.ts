import { describe, expect, it } from 'vitest';
import { change, product, ReplicaStage } from '../../../test/support/replica-stage.js';
import type { Delta } from './counters.js';
import { ArchivedSlot } from './counters.js';

const MINUTE = 60_000;

const stages = async () => {
  const a = await ReplicaStage.open({ id: 'a' });
  return { a, b: await ReplicaStage.open({ id: 'b', clock: a.clock }) };
};

describe('a delta', () => {
  it('is durable when its merge resolves, and told twice changes nothing and writes nothing', async () => {
    const { a, b } = await stages();
    await a.done(change(5));
    const changes: string[][] = [];
    b.replica.onChange((products) => changes.push([...products]));
    await b.hear(a.deltas());
    const { commits } = b.replica.figures;
    await b.hear(a.deltas());
    expect([b.value(), changes, b.replica.figures.commits - commits]).toEqual([5n, [['cafe']], 0]);
    await b.reboot();
    expect(b.value()).toBe(5n);
    expect(b.replica.counters.vector.get(a.replica.slot)).toEqual({ replica: 'a', version: 1, archived: false });
  });

  it('after another one of the same slot at once: both count, whatever their order', async () => {
    const { a, b } = await stages();
    const told: Delta[] = [];
    for (const by of [5, 6, 7]) {
      await a.done(change(by));
      told.push(...a.deltas(a.replica.slot, told.length));
    }
    await b.end(Promise.all(told.map((delta) => b.replica.merge(delta))));
    expect(b.value()).toBe(18n);
    expect(b.replica.counters.vector.get(a.replica.slot)?.version).toBe(3);
  });

  it('merges next to operations, in the same commits, and neither waits for the other', async () => {
    const { a, b } = await stages();
    await a.done(change(5));
    const sent = b.begin(change(1));
    await b.hear(a.deltas());
    expect(sent.answered?.outcome).toMatchObject({ is: 'done' });
    expect(b.value()).toBe(6n);
    await b.reboot();
    expect(b.value()).toBe(6n);
  });

  it('that cannot be true is refused, and nothing else with it', async () => {
    const { a, b } = await stages();
    await a.done(change(5));
    const [delta] = a.deltas();
    await b.hear([delta!]);
    const sent = b.begin(change(1));
    await expect(b.end(b.replica.merge({ ...delta!, replica: 'c', from: 1, to: 2 }))).rejects.toThrow(RangeError);
    expect([sent.answered?.outcome.is, b.value(), b.replica.state]).toEqual(['done', 6n, 'open']);
  });

  it('beyond a thousand that wait is refused', async () => {
    const { a, b } = await stages();
    await a.done(change(5));
    const rush = Array.from({ length: 1100 }, () => b.replica.merge(a.deltas()[0]!));
    const ends = await b.end(Promise.allSettled(rush));
    expect(ends.filter(({ status }) => status === 'rejected').length).toBe(76);
  });
});

describe('the archive', () => {
  /** `b` knows two slots of `a`, of which the first is over; both products were counted in each. */
  async function twoSlots() {
    const { a, b } = await stages();
    await a.done(change(5));
    await a.done(change(-2));
    await a.done(change(4, 'tote'));
    const old = a.replica.slot;
    await b.hear(a.deltas());
    await a.reboot();
    await a.done(change(1));
    await b.hear(a.deltas());
    return { a, b, old };
  }
  const archived = (stage: ReplicaStage, slot: string) => stage.replica.counters.vector.get(slot)?.archived;

  it('takes the slots of the dead after ten quiet minutes: values stay, bounded entries too, across a restart', async () => {
    const { b, old } = await twoSlots();
    await b.clock.pass(9 * MINUTE);
    expect(archived(b, old)).toBe(false);
    await b.clock.pass(2 * MINUTE);
    const shown = () => [
      archived(b, old),
      b.value(),
      b.value('tote'),
      b.replica.counters.counter('cafe')?.size,
      b.replica.counters.counter('tote')?.size,
    ];
    expect(shown()).toEqual([true, 4n, 4n, 1, 1]);
    expect(b.replica.figures).toMatchObject({ slots: 2, archived: 1 });
    const sums = b.replica.counters.byReplica('cafe');
    await b.reboot();
    expect(shown()).toEqual([true, 4n, 4n, 1, 1]);
    expect(b.replica.counters.byReplica('cafe')).toEqual(sums);
    expect(sums.get('a')).toEqual({ plus: 6n, minus: 2n });
  });

  it('takes own former slots too, never the present one, nor the newest of another', async () => {
    const { a, b, old } = await twoSlots();
    await a.clock.pass(20 * MINUTE);
    expect([archived(a, old), archived(a, a.replica.slot), archived(b, a.replica.slot)]).toEqual([true, false, false]);
    expect(await a.told(change(1))).toBe('5');
  });

  it('gives a slot back when more of it is heard: the sum is right, before and after a restart', async () => {
    const { a, b } = await stages();
    await a.done(change(5));
    const [early] = a.deltas();
    await a.done(change(7));
    const late = a.deltas(a.replica.slot, 1);
    const old = a.replica.slot;
    await b.hear([early!]);
    await a.reboot();
    await a.done(change(1));
    await b.hear(a.deltas());
    await b.clock.pass(11 * MINUTE);
    expect([archived(b, old), b.value()]).toEqual([true, 6n]);
    await b.hear(late);
    expect([archived(b, old), b.value()]).toEqual([false, 13n]);
    await b.reboot();
    expect([archived(b, old), b.value()]).toEqual([false, 13n]);
    await b.clock.pass(11 * MINUTE);
    expect([archived(b, old), b.value()]).toEqual([true, 13n]);
  });

  it('is read from the store for those who ask', async () => {
    const { a, b, old } = await twoSlots();
    const before = await b.replica.read(old, 1);
    await b.clock.pass(11 * MINUTE);
    expect(() => b.replica.counters.delta(old, 0)).toThrow(ArchivedSlot);
    expect(await b.replica.read(old, 1)).toEqual(before);
    expect(await b.replica.read(old, 3)).toEqual([]);
    const c = await ReplicaStage.open({ id: 'c', clock: b.clock });
    await c.hear(await b.replica.read(old, 0));
    await c.hear(await b.replica.read(a.replica.slot, 0));
    expect([c.value(), c.value('tote')]).toEqual([4n, 4n]);
  });

  it('keeps a product that nobody described in memory: it may be bounded', async () => {
    const a = await ReplicaStage.open({ id: 'a' });
    const b = await ReplicaStage.open({ id: 'b', clock: a.clock, products: [product('the')] });
    await a.done(change(5));
    await b.hear(a.deltas());
    await a.reboot();
    await a.done(change(1));
    await b.hear(a.deltas());
    await b.clock.pass(11 * MINUTE);
    expect([b.replica.figures.archived, b.replica.counters.counter('cafe')?.size, b.value()]).toEqual([1, 2, 6n]);
    await b.end(b.replica.learn([product('cafe')]));
    await b.reboot();
    expect([b.replica.figures.archived, b.replica.counters.counter('cafe')?.size, b.value()]).toEqual([1, 1, 6n]);
  });

  it('gives own former slots back to move what is left in them', async () => {
    const { a, old } = await twoSlots();
    await a.clock.pass(11 * MINUTE);
    expect([archived(a, old), a.replica.frozen('tote')]).toEqual([true, 4n]);
    expect(await a.end(a.replica.adopt())).toBe(4n);
    expect([archived(a, old), a.replica.frozen('tote'), a.value(), a.value('tote')]).toEqual([false, 0n, 4n, 4n]);
    await a.reboot();
    expect([a.value(), a.value('tote')]).toEqual([4n, 4n]);
  });
});
