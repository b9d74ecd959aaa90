import { describe, expect, it } from 'vitest';
import { change, ReplicaStage, said, undo } from '../../../test/support/replica-stage.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe('an operation is answered before its deadline', () => {
  it('not_executed when its turn has not come; it never takes effect', async () => {
    const stage = await ReplicaStage.open();
    const free = stage.store.hold();
    const first = await stage.send(change(1), { withinMs: 5000 });
    const second = await stage.send(change(10), { withinMs: 300 });
    await stage.clock.pass(300);
    expect([first.answered, said(second.answered!)]).toEqual([undefined, 'not_executed']);
    free();
    await stage.clock.settle();
    expect([said(first.answered!), stage.value()]).toEqual(['1', 1n]);
  });

  it('unknown when it is in a commit that does not come back; the same id tells later', async () => {
    const stage = await ReplicaStage.open();
    const free = stage.store.hold();
    const sent = await stage.send(change(1), { id: 'x', withinMs: 300 });
    await stage.clock.pass(300);
    expect(said(sent.answered!)).toBe('unknown');
    free();
    await stage.clock.settle();
    expect(await stage.told(change(1), { id: 'x' })).toBe('again 1');
  });

  it('with a deadline that has passed already it is not begun', async () => {
    const stage = await ReplicaStage.open();
    expect(await stage.told(change(1), { withinMs: 0 })).toBe('not_executed');
    expect(stage.value()).toBe(0n);
  });

  it('and nothing wakes up when nothing waits', async () => {
    const stage = await ReplicaStage.open();
    const { armed } = stage.clock;
    for (let i = 0; i < 100; i++) await stage.done(change(1));
    expect(stage.clock.armed - armed).toBeLessThanOrEqual(1);
    await stage.clock.pass(10_000);
    expect(stage.clock.armed).toBe(armed);
  });
});

describe('everything is bounded', () => {
  it('what waits: one too many is told to come back, at once', async () => {
    const stage = await ReplicaStage.open({ queue: 3 });
    const free = stage.store.hold();
    const rush = [1, 2, 3, 4].map((by) => stage.begin(change(by)));
    await stage.clock.settle();
    expect(rush.slice(0, 3).map(({ answered }) => answered)).toEqual([undefined, undefined, undefined]);
    expect(rush[3]!.answered?.outcome).toEqual({ is: 'overloaded', retryAfterMs: 250 });
    expect(stage.replica.figures.waiting).toBe(3);
    free();
    await stage.clock.settle();
    expect([stage.value(), stage.replica.figures.waiting]).toEqual([6n, 0]);
    expect(await stage.told(change(4))).toBe('10');
  });

  it('what lacks rights: half of it at most, so that what lacks none goes on', async () => {
    const stage = await ReplicaStage.open({ queue: 8, shortage: () => new Promise(() => undefined) });
    const lacking = Array.from({ length: 8 }, () => stage.begin(change(-1, 'tote')));
    await stage.clock.settle();
    expect(lacking.map(({ answered }) => answered && said(answered))).toEqual([
      ...Array.from({ length: 4 }, () => undefined),
      ...Array.from({ length: 4 }, () => 'overloaded'),
    ]);
    expect(await stage.told(change(1))).toBe('1');
    await stage.clock.pass(5_000);
    expect(lacking.map(({ answered }) => said(answered!)).slice(0, 4)).toEqual(Array.from({ length: 4 }, () => 'droits_insuffisants'));
  });

  it('how long movements are kept: thirty days; then the id is free again and the movement unknown', async () => {
    const stage = await ReplicaStage.open();
    const { mouvementId } = await stage.done(change(5), { id: 'x' });
    await stage.clock.pass(29 * DAY);
    expect(await stage.told(change(5), { id: 'x' })).toBe('again 5');
    await stage.clock.pass(DAY + HOUR);
    expect(stage.replica.figures.pruned).toBe(1);
    expect(await stage.told(undo(mouvementId))).toBe('mouvement_inconnu');
    expect(await stage.told(change(5), { id: 'x' })).toBe('10');
    expect(stage.value()).toBe(10n);
  });

  it('what is forgotten at once: a thousand, with operations between', async () => {
    const stage = await ReplicaStage.open();
    const rush = Array.from({ length: 2500 }, () => stage.begin(change(1)));
    await stage.clock.settle();
    expect(rush.length).toBe(2500);
    stage.clock.jump(31 * DAY);
    const limits: number[] = [];
    const { store } = stage;
    const prune = store.prune.bind(store);
    store.prune = async (before, limit) => {
      limits.push(limit);
      return prune(before, limit);
    };
    await stage.clock.pass(HOUR);
    expect(limits).toEqual([1000, 1000, 1000]);
    expect([stage.replica.figures.pruned, stage.value()]).toEqual([2500, 2500n]);
  });
});

describe('movements are listed', () => {
  it('newest first, in pages, per product', async () => {
    const stage = await ReplicaStage.open();
    for (const by of [1, 2, 3, 4]) await stage.done(change(by));
    await stage.done(change(9, 'the'));
    const page = await stage.replica.movements('cafe', undefined, 3);
    expect(page.map(({ by }) => by)).toEqual([4n, 3n, 2n]);
    expect((await stage.replica.movements('cafe', page[2]!.id, 3)).map(({ by }) => by)).toEqual([1n]);
    expect(await stage.replica.movements('cafe', 'mou_absent', 3)).toEqual([]);
    expect((await stage.replica.answered('anonyme', 'demande-1'))?.by).toBe(1n);
    expect(await stage.replica.answered('anonyme', 'absent')).toBeUndefined();
  });
});
