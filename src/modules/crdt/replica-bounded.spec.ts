import { describe, expect, it } from 'vitest';
import { change, product, recount, ReplicaStage, said, type StageOptions, undo } from '../../../test/support/replica-stage.js';
import { rights } from './bounded-counter.js';

/** Two replicas that know each other's counters; `a` has counted the first units in. */
async function pair(units: number, options: StageOptions = {}) {
  const a = await ReplicaStage.open({ id: 'a' });
  const b = await ReplicaStage.open({ id: 'b', clock: a.clock, ...options });
  if (units > 0) await a.done(change(units, 'tote'));
  const meet = async (): Promise<void> => {
    await b.hear(a.deltas());
    await a.hear(b.deltas());
  };
  await meet();
  return { a, b, meet };
}

const left = (stage: ReplicaStage): bigint => rights(stage.replica.counters.counter('tote')!, stage.replica.slot);

describe('a bounded product', () => {
  it('goes down to zero and not below; a refusal says how much there is, and leaves no trace', async () => {
    const stage = await ReplicaStage.open();
    await stage.done(change(5, 'tote'));
    const rush = [-3, -3, -2, -1].map((by) => stage.begin(change(by, 'tote')));
    await stage.clock.settle();
    expect(rush.map(({ answered }) => said(answered!))).toEqual(['2', 'droits_insuffisants', '0', 'droits_insuffisants']);
    expect(rush[1]!.answered!.outcome).toEqual({
      is: 'refused',
      refusal: { refusal: 'droits_insuffisants', data: { valeur: '2', droits: '2' } },
    });
    expect([stage.value('tote'), stage.replica.version, stage.store.image().movements.length]).toEqual([0n, 3, 3]);
  });

  it('is lowered only by those who have rights, whatever its value', async () => {
    const { a, b } = await pair(5);
    expect(b.value('tote')).toBe(5n);
    expect(await b.ask(change(-1, 'tote'))).toMatchObject({
      outcome: { is: 'refused', refusal: { data: { valeur: '5', droits: '0' } } },
    });
    expect(await a.told(change(-5, 'tote'))).toBe('0');
  });

  it('that is not bounded may go below zero', async () => {
    const stage = await ReplicaStage.open();
    expect(await stage.told(change(-3))).toBe('-3');
  });

  it('holds for undo and recount too', async () => {
    const stage = await ReplicaStage.open();
    const { mouvementId } = await stage.done(change(5, 'tote'));
    await stage.done(change(-4, 'tote'));
    expect(await stage.told(undo(mouvementId, 'tote'))).toBe('droits_insuffisants');
    expect(await stage.told(recount(0, 'tote'))).toBe('0');
    expect(await stage.told(recount(3, 'tote'))).toBe('3');
    expect(await stage.told(recount(-1, 'tote'))).toBe('droits_insuffisants');
  });
});

describe('a gift', () => {
  it('is at most what there is, durable before it is told, and counts nothing', async () => {
    const { a, b, meet } = await pair(5);
    expect(await a.end(a.replica.give('tote', b.replica.slot, 3n))).toBe(3n);
    await meet();
    expect([left(a), left(b), a.value('tote'), b.value('tote')]).toEqual([2n, 3n, 5n, 5n]);
    expect(await b.told(change(-3, 'tote'))).toBe('2');
    expect(await a.end(a.replica.give('tote', b.replica.slot, 9n))).toBe(2n);
    expect(await a.end(a.replica.give('tote', b.replica.slot, 9n))).toBe(0n);
    expect(await a.told(change(-1, 'tote'))).toBe('droits_insuffisants');
    await a.reboot();
    expect([left(a), a.replica.frozen('tote')]).toEqual([0n, 0n]);
  });

  it('and a lowering in the same commit share the same rights', async () => {
    const { a, b } = await pair(5);
    const lower = a.begin(change(-4, 'tote'));
    const gift = a.replica.give('tote', b.replica.slot, 5n);
    expect(await a.end(gift)).toBe(1n);
    expect(said(lower.answered!)).toBe('1');
    expect(left(a)).toBe(0n);
  });

  it('to oneself, of nothing, or of what is not bounded, gives nothing', async () => {
    const { a, b } = await pair(5);
    await a.done(change(5));
    const { slot } = a.replica;
    expect(await a.end(a.replica.give('tote', slot, 3n))).toBe(0n);
    expect(await a.end(a.replica.give('tote', b.replica.slot, -3n))).toBe(0n);
    expect(await a.end(a.replica.give('cafe', b.replica.slot, 3n))).toBe(0n);
    await a.reboot();
    expect(await a.end(a.replica.give('tote', slot, 3n))).toBe(0n);
    expect(a.replica.version).toBe(0);
  });
});

describe('a shortage', () => {
  it('is asked for once, together, and decided again; what still lacks is asked for once more, then refused', async () => {
    const asked: bigint[] = [];
    const { a, b } = await pair(10, {
      shortage: async (of, missing) => {
        asked.push(missing);
        if (asked.length > 1) return;
        const given = await a.replica.give(of, b.replica.slot, 5n);
        expect(given).toBe(5n);
        await b.replica.merge(a.deltas()[0]!);
      },
    });
    const rush = [-2, -3, -4].map((by) => b.begin(change(by, 'tote')));
    await a.clock.settle();
    expect(rush.map(({ answered }) => said(answered!))).toEqual(['8', '5', 'droits_insuffisants']);
    expect(asked).toEqual([9n, 4n]);
    expect(b.value('tote')).toBe(5n);
  });

  it('asks before the deadline of the most pressing one, and a question that nobody answers ends in a refusal in time', async () => {
    let until = 0;
    const { b } = await pair(5, {
      shortage: (_, __, deadline) => {
        until = deadline;
        return new Promise(() => undefined);
      },
    });
    const sent = await b.send(change(-1, 'tote'), { withinMs: 500 });
    const now = b.clock.monotonic();
    expect([sent.answered, until > now && until < now + 500]).toEqual([undefined, true]);
    await b.clock.pass(500);
    expect(said(sent.answered!)).toBe('droits_insuffisants');
    expect(b.replica.figures.waiting).toBe(0);
  });

  it('that cannot be asked for is a refusal, and so is one whose question fails', async () => {
    const failing = await pair(5, { shortage: () => Promise.reject(new Error('cut off')) });
    expect(await failing.b.told(change(-1, 'tote'))).toBe('droits_insuffisants');
    expect(failing.b.reports).toEqual(Array.from({ length: 2 }, () => 'Asking for rights to tote failed'));
  });
});

describe('rights left in a former slot', () => {
  it('move to the present one when they are safe; others see the same', async () => {
    const { a, b, meet } = await pair(5);
    await a.reboot();
    expect([left(a), a.replica.frozen('tote')]).toEqual([0n, 5n]);
    expect(await a.told(change(-1, 'tote'))).toBe('droits_insuffisants');
    expect(await a.end(a.replica.adopt())).toBe(5n);
    expect([left(a), a.replica.frozen('tote')]).toEqual([5n, 0n]);
    expect(await a.end(a.replica.adopt())).toBe(0n);
    await b.hear([...a.replica.counters.vector.keys()].flatMap((slot) => a.deltas(slot)));
    await meet();
    expect(rights(b.replica.counters.counter('tote')!, a.replica.slot)).toBe(5n);
    expect(await a.told(change(-5, 'tote'))).toBe('0');
  });

  it('move only out of the slots that were named', async () => {
    const { a } = await pair(5);
    const first = a.replica.slot;
    await a.reboot();
    await a.done(change(2, 'tote'));
    await a.reboot();
    expect(await a.end(a.replica.adopt(new Set([first])))).toBe(5n);
    expect(a.replica.frozen('tote')).toBe(2n);
  });

  it('stay where a doubt was told, across restarts, until a recount, which takes them along', async () => {
    const { a } = await pair(5);
    const { slot } = a.replica;
    await a.reboot();
    await a.end(a.replica.doubt(slot, 'a peer knows more'));
    await a.reboot();
    expect(await a.end(a.replica.adopt())).toBe(0n);
    expect(a.replica.former()).toEqual([{ slot, version: 1, doubt: 'a peer knows more' }]);
    expect(await a.told(recount(-1, 'tote'))).toBe('droits_insuffisants');
    expect(a.replica.frozen('tote')).toBe(5n);
    expect(await a.told(recount(3, 'tote'))).toBe('3');
    expect([left(a), a.replica.frozen('tote')]).toEqual([3n, 0n]);
  });

  it.each([
    ['the same', 5],
    ['more', 8],
  ])('are freed by a recount that finds %s', async (_, found) => {
    const { a } = await pair(5);
    const { slot } = a.replica;
    await a.reboot();
    await a.end(a.replica.doubt(slot, 'a peer knows more'));
    expect([left(a), a.replica.frozen('tote')]).toEqual([0n, 5n]);
    expect(await a.told(recount(found, 'tote'))).toBe(`${found}`);
    expect([left(a), a.replica.frozen('tote')]).toEqual([BigInt(found), 0n]);
  });

  it('of a store that was put back stay frozen, and the later ones do not', async () => {
    const { a } = await pair(5);
    const image = a.store.image();
    await a.done(change(-4, 'tote'));
    await a.reboot((store) => store.putBack(image, 'an older store was put back'));
    expect(a.reports).toEqual(['Rights left in former slots stay frozen until a recount: an older store was put back']);
    expect(await a.end(a.replica.adopt())).toBe(0n);
    await a.done(change(2, 'tote'));
    await a.reboot();
    expect(await a.end(a.replica.adopt())).toBe(2n);
    expect(a.replica.frozen('tote')).toBe(5n);
  });

  it('of which another instance knows more are in doubt by themselves', async () => {
    const { a, b } = await pair(5);
    const image = a.store.image();
    await a.done(change(-4, 'tote'));
    await b.hear(a.deltas());
    const { slot } = a.replica;
    await a.reboot((store) => store.putBack(image, undefined));
    await a.hear(b.deltas(slot, 1));
    expect(a.replica.former()).toMatchObject([{ slot, version: 2, doubt: expect.stringMatching(/knows more/) }]);
    expect(await a.end(a.replica.adopt())).toBe(0n);
    expect(a.replica.frozen('tote')).toBe(1n);
  });

  it('mutant: adopted from an old store without a doubt, they are spent twice', async () => {
    const { a, b } = await pair(5);
    const image = a.store.image();
    await a.done(change(-4, 'tote'));
    await b.hear(a.deltas());
    await a.reboot((store) => store.putBack(image, undefined));
    await a.end(a.replica.adopt());
    await a.done(change(-5, 'tote'));
    const seen = b.replica.counters;
    const below = a.deltas().reduce((sum, { entries }) => entries.reduce((all, [, { minus }]) => all - minus, sum), seen.value('tote'));
    expect(below).toBe(-4n);
  });
});

it('a product known as bounded stays so', async () => {
  const stage = await ReplicaStage.open();
  await stage.end(stage.replica.learn([product('tote', false)]));
  expect(await stage.told(change(-1, 'tote'))).toBe('droits_insuffisants');
});
