import { describe, expect, it } from 'vitest';
import { intercept } from '../../../test/guards/intercept.js';
import { change, product, PRODUCTS, ReplicaStage, said } from '../../../test/support/replica-stage.js';
import type { Store } from './store.js';

/** A store that says yes before it has written. */
const hasty = (store: Store): Store =>
  intercept(store, {
    commit: async (batch) => {
      void store.commit(batch).catch(() => undefined);
    },
  });

describe('durable before answered', () => {
  const heldUp = async (as?: (store: Store) => Store) => {
    const stage = await ReplicaStage.open(as === undefined ? {} : { as });
    const free = stage.store.hold();
    const sent = await stage.send(change(5));
    return { stage, free, sent };
  };

  it('while the store writes nobody hears, sees or is told anything', async () => {
    const { stage, free, sent } = await heldUp();
    let heard = 0;
    stage.replica.onChange(() => heard++);
    expect([sent.answered, stage.value(), stage.replica.version, stage.replica.last('cafe'), heard]).toEqual([
      undefined,
      0n,
      0,
      undefined,
      0,
    ]);
    free();
    await stage.clock.settle();
    expect([said(sent.answered!), stage.value(), stage.replica.version, heard]).toEqual(['5', 5n, 1, 1]);
  });

  it('what was answered survives a kill at that instant', async () => {
    const stage = await ReplicaStage.open();
    const sent = stage.begin(change(5));
    void sent.answer.then(() => (stage.store = stage.store.crash()));
    await stage.clock.settle();
    await stage.start();
    expect([said(sent.answered!), stage.value()]).toEqual(['5', 5n]);
  });

  it('mutant: answered before it is stored, it is lost in a kill', async () => {
    const { stage, sent } = await heldUp(hasty);
    expect(said(sent.answered!)).toBe('5');
    await stage.reboot();
    expect(stage.value()).toBe(0n);
  });
});

describe('a commit that fails', () => {
  it('for certain is answered not_executed, changes nothing in memory, and the replica counts on under a new slot', async () => {
    const stage = await ReplicaStage.open();
    await stage.done(change(1));
    const { slot } = stage.replica;
    stage.store.fail('before');
    const rush = [stage.begin(change(5)), stage.begin(change(6))];
    await stage.clock.settle();
    expect(rush.map(({ answered }) => said(answered!))).toEqual(['not_executed', 'not_executed']);
    expect([stage.replica.state, stage.value()]).toEqual(['failed', 1n]);
    expect(await stage.told(change(1))).toBe('not_executed');
    await stage.clock.pass(250);
    expect(stage.replica.state).toBe('open');
    expect(stage.replica.slot > slot).toBe(true);
    expect(await stage.told(change(1))).toBe('2');
    expect(stage.reports).toEqual(['The store of the counters cannot be used; trying again']);
  });

  it.each([
    ['after', 'again 5', 5n],
    ['lost', '5', 5n],
  ] as const)(
    'without a word (%s) is answered unknown; what the reopened store says is true, and the same id tells it',
    async (how, again, value) => {
      const stage = await ReplicaStage.open();
      stage.store.fail(how);
      expect(await stage.told(change(5), { id: 'x' })).toBe('unknown');
      expect(stage.value()).toBe(0n);
      await stage.clock.pass(250);
      expect(stage.value()).toBe(how === 'after' ? 5n : 0n);
      expect(await stage.told(change(5), { id: 'x' })).toBe(again);
      expect(stage.value()).toBe(value);
    },
  );

  it('takes down what waits behind it too, but never an answer that an earlier commit carried', async () => {
    const stage = await ReplicaStage.open();
    await stage.done(change(5), { id: 'x' });
    stage.store.fail('lost');
    const free = stage.store.hold();
    const first = [stage.begin(change(1)), stage.begin(change(5), { id: 'x' }), stage.begin(change(-1, 'tote'))];
    await stage.clock.settle();
    const behind = await stage.send(change(1));
    free();
    await stage.clock.settle();
    expect([...first, behind].map(({ answered }) => said(answered!))).toEqual(['unknown', 'again 5', 'not_executed', 'not_executed']);
  });

  it('again and again is tried again with longer pauses, up to two seconds, and soon after it has worked', async () => {
    const stage = await ReplicaStage.open();
    stage.store.fail('before');
    await stage.ask(change(1));
    stage.store.down = new Error('read-only');
    const { openings } = stage.replica.figures;
    await stage.clock.pass(60_000);
    expect([stage.replica.state, stage.replica.lastError]).toEqual(['failed', 'read-only']);
    stage.store.down = undefined;
    await stage.clock.pass(2000);
    expect(stage.replica.state).toBe('open');
    expect(stage.replica.figures.openings).toBe(openings + 1);
    expect(stage.reports.length).toBe(2);
    await stage.done(change(1));
    stage.store.fail('before');
    await stage.ask(change(1));
    await stage.clock.pass(250);
    expect(stage.replica.state).toBe('open');
  });

  it('under a gift gives nothing, under a delta merges nothing', async () => {
    const stage = await ReplicaStage.open();
    const other = await ReplicaStage.open({ id: 'b' });
    await stage.done(change(9, 'tote'));
    await other.done(change(3));
    stage.store.fail('before');
    const gift = stage.replica.give('tote', other.replica.slot, 4n);
    const merge = stage.replica.merge(other.deltas()[0]!);
    await Promise.all([expect(stage.end(gift)).rejects.toThrow(/full/), expect(stage.end(merge)).rejects.toThrow(/full/)]);
    await expect(stage.replica.merge(other.deltas()[0]!)).rejects.toThrow(/not open/);
    await stage.clock.pass(250);
    expect([stage.value('tote'), stage.value(), stage.replica.frozen('tote')]).toEqual([9n, 0n, 9n]);
  });
});

describe('a store in other hands', () => {
  it('is a state, tried again every quarter of a second, and opened once its holder is gone', async () => {
    const stage = await ReplicaStage.open();
    await stage.done(change(5));
    const holder = stage.store;
    stage.store = holder.rival();
    await stage.start();
    expect(stage.replica.state).toBe('busy');
    expect(stage.replica.lastError).toMatch(/another process/);
    expect(await stage.ask(change(1))).toMatchObject({ outcome: { is: 'unavailable', effect: 'not_executed', retryAfterMs: 1000 } });
    await stage.clock.pass(10_000);
    holder.crash();
    await stage.clock.pass(250);
    expect([stage.replica.state, stage.value()]).toEqual(['open', 5n]);
  });

  it('given back by a stop is free at once; what waits is told not_executed', async () => {
    const stage = await ReplicaStage.open();
    const free = stage.store.hold();
    const sent = await stage.send(change(5));
    const behind = await stage.send(change(6));
    const stopping = stage.handle.stop();
    await stage.clock.settle();
    expect(said(behind.answered!)).toBe('not_executed');
    free();
    await stage.end(stopping);
    expect([said(sent.answered!), stage.replica.state, stage.clock.armed]).toEqual(['5', 'closed', 0]);
    stage.store = stage.store.rival();
    await stage.start();
    expect([stage.replica.state, stage.value()]).toEqual(['open', 5n]);
  });
});

describe('a new slot at every opening', () => {
  /** Counts to 5 and is backed up, counts to 7, has the backup put back, counts once more; a peer has seen everything before. */
  async function putBack(slotOf?: string): Promise<bigint> {
    const peer = await ReplicaStage.open({ id: 'b' });
    const stage = await ReplicaStage.open();
    await stage.done(change(5));
    const image = stage.store.image();
    await stage.done(change(2));
    await peer.hear(stage.deltas());
    await stage.reboot((store) => store.putBack(image, 'an older store was put back'));
    if (slotOf === 'reused') {
      const memory = (stage.replica as unknown as { memory: { slot: string } }).memory;
      memory.slot = [...stage.replica.counters.vector.keys()][0]!;
    }
    await stage.done(change(10));
    await peer.hear(stage.deltas());
    return peer.value();
  }

  it('an old store put back loses no acknowledged unit where another instance has seen it', async () => {
    expect(await putBack()).toBe(17n);
  });

  it('mutant: with the former slot used again the sum is wrong', async () => {
    expect(await putBack('reused')).not.toBe(17n);
  });

  it('the slot is younger than every former one, even when the wall clock went back', async () => {
    const stage = await ReplicaStage.open();
    const slots: string[] = [];
    for (let i = 0; i < 5; i++) {
      await stage.done(change(1));
      slots.push(stage.replica.slot);
      stage.clock.jump(-3_600_000);
      await stage.reboot();
    }
    expect(slots).toEqual(slots.toSorted());
    expect(new Set(slots).size).toBe(5);
    expect(stage.replica.slot).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('that counts nothing leaves no trace', async () => {
    const stage = await ReplicaStage.open();
    for (let i = 0; i < 3; i++) await stage.reboot();
    expect([...stage.replica.counters.vector.keys()]).toEqual([]);
  });

  it('somebody else who writes the present slot makes the replica begin another one', async () => {
    const stage = await ReplicaStage.open();
    await stage.done(change(5));
    const { slot } = stage.replica;
    const [delta] = stage.deltas();
    const forged = { ...delta!, to: 9, entries: [['cafe', { plus: 50n, minus: 0n, given: new Map() }]] as const };
    await expect(stage.end(stage.replica.merge(forged))).rejects.toThrow(/another process writes/);
    await stage.clock.pass(250);
    expect(stage.replica.state).toBe('open');
    expect(stage.replica.slot).not.toBe(slot);
    await stage.hear([forged]);
    expect(stage.value()).toBe(50n);
    expect(stage.replica.former()).toMatchObject([{ slot, doubt: expect.stringMatching(/knows more/) }]);
  });
});

it('products survive with the store, without any database', async () => {
  const stage = await ReplicaStage.open();
  await stage.end(stage.replica.learn([{ ...PRODUCTS[0]!, nom: 'Café', borne: true }]));
  await stage.reboot();
  expect([...stage.replica.products.keys()]).toEqual(['cafe', 'the', 'tote']);
  expect(stage.replica.products.get('cafe')).toMatchObject({ nom: 'Café', borne: false });
});

describe('counters that turn out to be those of another club', () => {
  it('step aside in place: what waits is told not_executed, what is in a commit is counted there, and a new slot begins at nothing', async () => {
    const stage = await ReplicaStage.open();
    await stage.end(stage.replica.belong('one'));
    await stage.done(change(5), { id: 'before' });
    const { slot } = stage.replica;
    const free = stage.store.hold();
    const inCommit = await stage.send(change(1));
    const waits = await stage.send(change(2));
    const belongs = stage.replica.belong('two');
    await stage.clock.settle();
    free();
    await stage.end(belongs);
    expect([said(inCommit.answered!), said(waits.answered!)]).toEqual(['6', 'not_executed']);
    expect([stage.replica.state, stage.value(), stage.replica.products.size]).toEqual(['open', 0n, 0]);
    expect(stage.replica.slot > slot).toBe(true);
    expect(stage.reports).toEqual(['another club’s are kept aside']);
    await stage.end(stage.replica.learn([product('cafe')]));
    expect(await stage.told(change(7), { id: 'before' })).toBe('7');
  });

  it('are shown to nobody any more, also while what takes their place is still being opened', async () => {
    let gate = Promise.resolve();
    const stage = await ReplicaStage.open({ as: (store) => intercept(store, { open: () => gate.then(() => store.open()) }) });
    await stage.end(stage.replica.belong('one'));
    await stage.done(change(5));
    let free!: () => void;
    gate = new Promise((resolve) => (free = resolve));
    const belongs = stage.replica.belong('two');
    await stage.clock.settle();
    expect([stage.replica.state, stage.value(), stage.replica.products.size]).toEqual(['failed', 0n, 0]);
    free();
    await stage.end(belongs);
    expect(stage.replica.state).toBe('open');
  });

  it('come back with their club, and know its demandes', async () => {
    const stage = await ReplicaStage.open();
    await stage.end(stage.replica.belong('one'));
    await stage.done(change(5), { id: 'before' });
    await stage.end(stage.replica.belong('two'));
    await stage.end(stage.replica.belong('one'));
    expect([await stage.told(change(5), { id: 'before' }), stage.value()]).toEqual(['again 5', 5n]);
  });

  it('are settled at the next opening when the store is not open: nothing is lost by a failure in between', async () => {
    const stage = await ReplicaStage.open();
    await stage.end(stage.replica.belong('one'));
    await stage.done(change(5));
    stage.store.down = new Error('the disk is away');
    await stage.told(change(1));
    await stage.end(stage.replica.belong('two'));
    stage.store.down = undefined;
    await stage.clock.pass(3_000);
    expect([stage.replica.state, stage.value()]).toEqual(['open', 0n]);
  });
});
