import { describe, expect, it } from 'vitest';
import { tally } from '../support/toy-aggregate.js';
import { Laboratory } from '../support/laboratory.js';

const add = (n: number) => ({ type: 'add', n });

describe('A6 one id, one effect', () => {
  it('A6: a retry gets the same answer and no second effect, also in another life of the machine', async () => {
    const lab = new Laboratory();
    await lab.opened('t');
    const first = lab.ask('t', add(3), { key: 'k' });
    await lab.clock.settle();
    expect(first.outcome).toEqual({ is: 'done', answer: 3, replayed: false });
    const later = new Laboratory({ storage: lab.storage });
    const again = later.ask('t', add(3), { key: 'k' });
    await later.clock.settle();
    expect(again.outcome).toEqual({ is: 'done', answer: 3, replayed: true });
    expect(lab.storage.heads.get('t')).toBe(2);
  });

  it('A6: two clicks under one id while the first is in flight share its answer', async () => {
    const lab = new Laboratory();
    await lab.opened('t');
    lab.storage.byHand = true;
    const [one, two] = [lab.ask('t', add(3), { key: 'k' }), lab.ask('t', add(3), { key: 'k' })];
    await lab.clock.settle();
    lab.storage.finish();
    await lab.clock.settle();
    expect([one.outcome, two.outcome]).toEqual([
      { is: 'done', answer: 3, replayed: false },
      { is: 'done', answer: 3, replayed: true },
    ]);
  });

  it('A6: the same id with another content, or for another aggregate, changes nothing', async () => {
    const lab = new Laboratory();
    await lab.opened('t');
    await lab.opened('u');
    lab.ask('t', add(3), { key: 'k' });
    await lab.clock.settle();
    const [content, stream] = [lab.ask('t', add(4), { key: 'k' }), lab.ask('u', add(3), { key: 'k' })];
    await lab.clock.settle();
    expect([content.answer, stream.answer]).toEqual(['different', 'different']);
    expect([lab.storage.heads.get('t'), lab.storage.heads.get('u')]).toEqual([2, 1]);
  });

  it('A6: a demande that would now be refused still gets its first answer', async () => {
    const lab = new Laboratory();
    await lab.opened('t');
    lab.ask('t', add(9), { key: 'k' });
    await lab.clock.settle();
    const again = lab.ask('t', add(9), { key: 'k' });
    await lab.clock.settle();
    expect(again.outcome).toEqual({ is: 'done', answer: 9, replayed: true });
  });

  it('A6: an accepted demande without facts is remembered too, a refused one leaves no trace', async () => {
    const lab = new Laboratory();
    await lab.opened('t', 9);
    lab.ask('t', { type: 'nothing' }, { key: 'nothing' });
    lab.ask('t', add(5), { key: 'refused' });
    await lab.clock.settle();
    expect([...lab.storage.stored.values()].map(({ id }) => id)).toContain('nothing');
    expect([...lab.storage.stored.values()].map(({ id }) => id)).not.toContain('refused');
  });

  it('A6: a retry storm of answered ids is answered in one examination', async () => {
    const lab = new Laboratory();
    await lab.opened('t');
    for (let i = 0; i < 10; i++) lab.ask('t', add(1), { key: `k${i}` });
    await lab.clock.settle();
    const again = Array.from({ length: 10 }, (_, i) => lab.ask('t', add(1), { key: `k${i}` }));
    await lab.clock.settle();
    expect(again.map((one) => one.answer)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(lab.journal.conflicts).toBe(1);
  });
});

describe('A7 everything is bounded', () => {
  it('A7: over the mailbox or the commit queue a demande is answered overloaded at once', async () => {
    const lab = new Laboratory({ mailbox: 5 });
    const asked = Array.from({ length: 8 }, () => lab.ask('t', { type: 'open' }));
    await Promise.resolve();
    expect(asked.map((one) => one.outcome?.is)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
      'overloaded',
      'overloaded',
      'overloaded',
    ]);
    const small = new Laboratory({ queue: 2 });
    const many = ['a', 'b', 'c'].map((name) => small.ask(name, { type: 'open' }));
    await small.clock.settle();
    expect(many.map((one) => one.answer)).toEqual([0, 0, 'overloaded']);
    expect(small.journal.outstanding).toBe(0);
  });

  it('A7: a group holds no more than its bound, the rest follows in order', async () => {
    const lab = new Laboratory({ group: 3 });
    await lab.opened('t');
    const asked = Array.from({ length: 8 }, () => lab.ask('t', add(1)));
    await lab.clock.settle();
    expect(asked.map((one) => one.answer)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(lab.storage.groups.slice(1).map((group) => group.facts.length)).toEqual([3, 3, 2]);
  });
});

describe('A8 activation and passivation', () => {
  it('A8: the idle leave memory and come back from the database', async () => {
    const lab = new Laboratory();
    await lab.opened('t', 2);
    await lab.clock.pass(61_000);
    expect(lab.registry.census().living).toBe(0);
    const asked = lab.ask('t', add(3));
    await lab.clock.settle();
    expect(asked.answer).toBe(5);
  });

  it('A8: memory is bounded whatever the number of aggregates: the idle go at once when there are too many', async () => {
    const lab = new Laboratory({ living: 10 });
    for (let i = 0; i < 50; i++) await lab.opened(`t${i}`);
    await lab.clock.pass(1_000);
    expect(lab.registry.census().living).toBeLessThanOrEqual(10);
  });

  it('A8: what one turn asks for is loaded in one read', async () => {
    const lab = new Laboratory();
    for (let i = 0; i < 20; i++) lab.ask(`t${i}`, { type: 'open' });
    await lab.clock.settle();
    expect(lab.storage.loads).toHaveLength(1);
  });

  it('A8: a long stream wakes from its snapshot and the facts after it', async () => {
    const aggregate = {
      ...tally,
      snapshot: {
        format: 1,
        every: () => 3,
        encode: (s: { total: number }) => s.total,
        decode: (json: unknown) => ({ total: json as number }),
      },
    };
    const lab = new Laboratory({ aggregate });
    await lab.opened('t');
    for (let i = 0; i < 4; i++) {
      lab.ask('t', add(1));
      await lab.clock.settle();
    }
    expect(lab.storage.snapshots.get('t')).toMatchObject({ version: 3 });
    const other = new Laboratory({ aggregate, storage: lab.storage });
    const asked = other.ask('t', add(1));
    const reformatted = new Laboratory({
      aggregate: { ...aggregate, snapshot: { ...aggregate.snapshot, format: 2 } },
      storage: lab.storage,
    });
    await other.clock.settle();
    const ignored = reformatted.ask('t', add(1));
    await reformatted.clock.settle();
    expect([asked.answer, ignored.answer]).toEqual([5, 6]);
  });
});

describe('A9 every life has a number', () => {
  it('A9: a demande that throws is answered 500, never put back, and takes nothing down that is in a transaction', async () => {
    const lab = new Laboratory();
    await lab.opened('t');
    lab.storage.byHand = true;
    const sent = lab.ask('t', add(1));
    await lab.clock.settle();
    const [poison, behind] = [lab.ask('t', { type: 'explode' }), lab.ask('t', add(2))];
    await lab.clock.settle();
    expect(poison.answer).toBe('failed');
    lab.storage.byHand = false;
    lab.storage.finish();
    await lab.clock.settle();
    expect([sent.answer, behind.answer]).toEqual([1, 3]);
  });

  it('A9: a crash between decision and commit loses nothing: what was staged is decided again', async () => {
    const lab = new Laboratory();
    await lab.opened('t');
    lab.storage.byHand = true;
    const sent = lab.ask('t', add(1));
    await lab.clock.settle();
    const staged = lab.ask('t', add(2));
    await lab.clock.settle();
    expect(lab.registry.crash('t')).toBe(true);
    lab.storage.byHand = false;
    lab.storage.finish();
    await lab.clock.settle();
    expect([sent.answer, staged.answer]).toEqual([1, 3]);
  });

  it('A9: a rebuild that ends after its life is over touches nothing', async () => {
    const lab = new Laboratory();
    await lab.opened('t', 1);
    let release: () => void = () => {};
    const load = lab.storage.load.bind(lab.storage);
    lab.storage.load = async (streams) => {
      const old = await load(streams);
      await new Promise<void>((resolve) => (release = resolve));
      return old;
    };
    lab.registry.crash('t');
    await lab.clock.settle();
    lab.storage.load = load;
    lab.storage.overtake('t', 'Added', { n: 5 });
    lab.registry.crash('t');
    release();
    const asked = lab.ask('t', add(1));
    await lab.clock.settle();
    expect(asked.answer).toBe(7);
  });

  it('A9: the crash of one process touches no other; the fourth in five seconds puts it alone in quarantine', async () => {
    const lab = new Laboratory();
    await lab.opened('poison');
    await lab.opened('sibling');
    for (let i = 0; i < 4; i++) {
      lab.ask('poison', { type: 'explode' });
      await lab.clock.settle();
    }
    const [refused, served] = [lab.ask('poison', add(1)), lab.ask('sibling', add(1))];
    await lab.clock.settle();
    expect(refused.outcome).toEqual({ is: 'quarantined', retryAfterMs: 1000 });
    expect(served.answer).toBe(1);
    await lab.clock.pass(1_001);
    const healed = lab.ask('poison', add(1));
    await lab.clock.settle();
    expect(healed.answer).toBe(1);
  });
});

describe('preconditions and time', () => {
  it('a demande that expects another version changes nothing and says the version', async () => {
    const lab = new Laboratory();
    await lab.opened('t', 1);
    const asked = lab.ask('t', add(1), { expectedVersion: 1 });
    await lab.clock.settle();
    expect(asked.outcome).toEqual({ is: 'stale', version: 2 });
  });

  it('a demande on a stream that does not exist is missing, unless it opens one', async () => {
    const lab = new Laboratory();
    const asked = lab.ask('t', add(1));
    await lab.clock.settle();
    expect(asked.answer).toBe('missing');
  });

  it('time in an aggregate never goes back', async () => {
    const lab = new Laboratory();
    await lab.opened('t', 1);
    const before = lab.clock.now();
    lab.clock.jump(-60_000);
    lab.ask('t', add(1));
    await lab.clock.settle();
    expect(lab.storage.facts_.at(-1)!.instant).toBe(before);
  });

  it('a stop finishes what was accepted and refuses what comes after', async () => {
    const lab = new Laboratory();
    await lab.opened('t');
    lab.storage.byHand = true;
    const accepted = lab.ask('t', add(1));
    await lab.clock.settle();
    const stopped = lab.registry.stop(5_000);
    const late = lab.ask('t', add(1));
    lab.storage.finish();
    await lab.clock.pass(100);
    await stopped;
    expect(accepted.answer).toBe(1);
    expect(late.outcome).toMatchObject({ is: 'unavailable', effect: 'not_executed' });
  });
});
