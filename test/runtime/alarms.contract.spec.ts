import { describe, expect, it } from 'vitest';
import { WAKE } from '../../src/runtime/aggregate/wake.js';
import { Laboratory } from '../support/laboratory.js';
import { type Deed, shelf, TERM } from '../support/toy-shelf.js';

const arm = (name: string, due: number, deed: Deed = 'ring', about?: string) => ({ type: 'arm', name, due, deed, about });
const types = (lab: Laboratory): string[] => lab.storage.facts_.map(({ stream, type }) => `${stream} ${type}`);
const rungBy = (lab: Laboratory): string[] => lab.storage.facts_.filter(({ type }) => type === 'Rung').map(({ demande }) => demande);
const rows = (lab: Laboratory): string[] => [...lab.storage.alarms.values()].map(({ stream, name, due }) => `${stream} ${name} ${due}`);

async function opened(): Promise<Laboratory> {
  const lab = new Laboratory({ aggregate: shelf });
  await lab.opened('s');
  return lab;
}

async function wake(lab: Laboratory, stream = 's') {
  const asked = lab.ask(stream, WAKE);
  await lab.clock.settle();
  return asked.outcome;
}

describe('T1 timers are rows of the commit that sets them', () => {
  it('T1: setting, replacing and clearing insert, update and delete the row of that stream and name', async () => {
    const lab = await opened();
    const t = lab.clock.now() + 50_000;
    lab.ask('s', arm('x', t));
    lab.ask('s', { type: 'lend', id: 'a' });
    await lab.clock.settle();
    expect(rows(lab)).toEqual([`s x ${t}`, `a loan ${t + 50_000}`]);
    expect(lab.storage.alarms.get('a loan')).toMatchObject({ root: 's', demande: { type: 'remind', id: 'a' } });
    lab.ask('s', arm('x', t + 1));
    lab.ask('s', { type: 'back', id: 'a' });
    lab.ask('s', { type: 'disarm', name: 'never' });
    await lab.clock.settle();
    expect(rows(lab)).toEqual([`s x ${t + 1}`]);
    const group = lab.storage.groups.at(-1)!.tables.get('timer')!;
    expect([group.inserts.length, group.updates.length, group.deletes.length]).toEqual([0, 1, 1]);
  });

  it('T1: what one group sets, clears and sets again is written once, as it ends', async () => {
    const lab = await opened();
    const t = lab.clock.now() + 50_000;
    lab.ask('s', arm('x', t));
    await lab.clock.settle();
    for (const demande of [{ type: 'disarm', name: 'x' }, arm('x', t + 1), arm('y', t), { type: 'disarm', name: 'y' }, arm('x', t + 2)])
      lab.ask('s', demande);
    await lab.clock.settle();
    expect(rows(lab)).toEqual([`s x ${t + 2}`]);
    expect(lab.storage.groups.at(-1)!.tables.get('timer')).toMatchObject({ inserts: [], deletes: [] });
  });

  it('T1: a due time that is no whole number of milliseconds is a bug of the kind', async () => {
    const lab = await opened();
    const asked = lab.ask('s', arm('x', 1.5));
    await lab.clock.settle();
    expect([asked.answer, lab.registry.crashes]).toEqual(['failed', 1]);
  });
});

describe('T2 what is due goes first', () => {
  it('T2: before a demande everything due by its instant is applied, in due order, then by stream and name, at that instant', async () => {
    const lab = await opened();
    const t = lab.clock.now();
    for (const [name, after] of [
      ['d', 30],
      ['b', 10],
      ['a', 20],
      ['c', 10],
      ['later', 1000],
    ] as const)
      lab.ask('s', arm(name, t + after));
    await lab.clock.settle();
    await lab.clock.pass(100);
    const asked = lab.ask('s', { type: 'peek' });
    await lab.clock.settle();
    expect(asked.answer).toEqual({ version: 10, rung: 4 });
    expect(rungBy(lab)).toEqual(['b', 'c', 'a', 'd'].map((n) => `reveil-s-${n}-${t + { a: 20, b: 10, c: 10, d: 30 }[n]!}`));
    expect(lab.storage.facts_.filter(({ type }) => type === 'Rung').every(({ instant }) => instant === t + 100)).toBe(true);
    expect(lab.storage.groups.at(-1)!.facts.length, 'one commit with the demande').toBe(4);
    expect(rows(lab)).toEqual([`s later ${t + 1000}`]);
  });

  it('T2: a timer is a demande of the machine’s own: stored under its id, without an answer since nobody waits for one, its facts by the acteur machine', async () => {
    const lab = await opened();
    const t = lab.clock.now();
    lab.ask('s', arm('x', t));
    await lab.clock.settle();
    expect(await wake(lab)).toEqual({ is: 'done', answer: null, replayed: false });
    expect(lab.storage.stored.get(`machine\nreveil-s-x-${t}`)).toMatchObject({
      stream: 's',
      hash: `reveil-s-x-${t}`,
      answer: null,
    });
    expect(lab.storage.facts_.at(-1)).toMatchObject({ acteur: 'machine', demande: `reveil-s-x-${t}` });
  });

  it('T2: one that its facts set anew is applied again at once when it is due again, else left', async () => {
    const lab = await opened();
    lab.ask('s', { type: 'lend', id: 'a' });
    await lab.clock.settle();
    await lab.clock.pass(2 * TERM + 1);
    await wake(lab);
    expect(types(lab).filter((one) => one === 'a Reminded')).toHaveLength(2);
    await lab.clock.pass(TERM);
    await wake(lab);
    expect(types(lab).filter((one) => one === 'a Reminded')).toHaveLength(3);
    expect(rows(lab)).toEqual([]);
  });

  it('T2: a full group is no end of it: the rest follows in the next ones, before the demande', async () => {
    const lab = new Laboratory({ aggregate: shelf, group: 3 });
    await lab.opened('s');
    const t = lab.clock.now();
    for (let i = 0; i < 10; i++) lab.ask('s', arm(`n${i}`, t + 1));
    await lab.clock.settle();
    await lab.clock.pass(10);
    const asked = lab.ask('s', { type: 'peek' });
    await lab.clock.settle();
    expect(asked.answer).toEqual({ version: 21, rung: 10 });
    expect(lab.journal.outstanding).toBe(0);
  });
});

describe('T3 waking', () => {
  it('T3: a wake writes nothing itself; with nothing due, or of a stream that does not exist, it is done at once', async () => {
    const lab = await opened();
    const groups = lab.storage.groups.length;
    expect(await wake(lab)).toEqual({ is: 'done', answer: null, replayed: false });
    expect(await wake(lab, 'nowhere')).toEqual({ is: 'done', answer: null, replayed: false });
    expect(lab.storage.groups.length).toBe(groups);
    lab.ask('s', arm('x', lab.clock.now()));
    await lab.clock.settle();
    await wake(lab);
    expect([...lab.storage.stored.values()].map(({ scope }) => scope)).toEqual(['test', 'test', 'machine']);
  });

  it('T3: a wake goes by the clock of the instance, and is answered after the commit of what was due', async () => {
    const lab = await opened();
    const t = lab.clock.now();
    lab.ask('s', arm('x', t + 10));
    await lab.clock.settle();
    lab.storage.byHand = true;
    await wake(lab);
    expect(lab.storage.flights).toHaveLength(0);
    await lab.clock.pass(10);
    expect(await wake(lab)).toBeUndefined();
    const asked = lab.ask('s', WAKE);
    lab.storage.byHand = false;
    lab.storage.finish();
    await lab.clock.settle();
    expect(asked.answer).toBeNull();
    expect(rungBy(lab)).toEqual([`reveil-s-x-${t + 10}`]);
  });

  it('T3: what is overdue since before the instance began is applied by the first demande', async () => {
    const lab = await opened();
    lab.ask('s', arm('x', lab.clock.now() + 10));
    lab.ask('s', { type: 'lend', id: 'a' });
    await lab.clock.settle();
    const later = new Laboratory({ aggregate: shelf, storage: lab.storage });
    await later.clock.pass(TERM);
    const asked = later.ask('s', { type: 'renew', id: 'a' });
    await later.clock.settle();
    expect(asked.answer).toMatchObject({ loan: { version: 3, reminded: 0 } });
    expect(types(later).slice(-3)).toEqual(['s Rung', 'a Reminded', 'a LoanRenewed']);
  });

  it('T3: a kind without timers is done too', async () => {
    const lab = new Laboratory();
    await lab.opened('t');
    expect(await wake(lab, 't')).toMatchObject({ is: 'done' });
  });
});

describe('T4 bugs and retries', () => {
  it.each<Deed>(['refuse', 'explode', 'keep'])(
    'T4: a timer that is to %s crashes the process at each try, then it is in quarantine; nothing of it is written',
    async (deed) => {
      const lab = await opened();
      lab.ask('s', arm('x', lab.clock.now(), deed));
      await lab.clock.settle();
      const facts = lab.storage.facts_.length;
      expect(await wake(lab)).toMatchObject({ is: 'quarantined' });
      expect(lab.registry.crashes).toBe(4);
      expect(lab.storage.facts_.length).toBe(facts);
      expect(rows(lab)).toHaveLength(1);
      expect(lab.journal.outstanding).toBe(0);
    },
  );

  it('T4: one that is armed anew for a time that it was applied for is such a bug, staged or stored; others are not touched', async () => {
    const lab = await opened();
    await lab.opened('t');
    const t = lab.clock.now();
    const asked = [arm('x', t), arm('x', t), { type: 'peek' }].map((demande) => lab.ask('s', demande));
    const innocent = lab.ask('t', { type: 'lend', id: 'z' });
    await lab.clock.settle();
    expect([...asked, innocent].map(({ answer }) => answer)).toMatchObject(['quarantined', 'quarantined', 'quarantined', { id: 'z' }]);
    await lab.clock.pass(1_100);
    for (const demande of [arm('x', t), { type: 'peek' }, arm('x', t)]) {
      lab.ask('s', demande);
      await lab.clock.settle();
    }
    expect(rungBy(lab)).toEqual([`reveil-s-x-${t}`]);
    expect(await wake(lab)).toMatchObject({ is: 'quarantined' });
    expect(rungBy(lab)).toEqual([`reveil-s-x-${t}`]);
  });

  it('T4: the demande behind such a timer is not decided before it', async () => {
    const lab = await opened();
    lab.ask('s', arm('x', lab.clock.now(), 'refuse'));
    await lab.clock.settle();
    const asked = [lab.ask('s', { type: 'peek' }), lab.ask('s', arm('y', 5))];
    await lab.clock.settle();
    expect(asked.map(({ answer }) => answer)).toEqual(['quarantined', 'quarantined']);
  });

  it('T4: a refusal that rests on what another writer has moved is no bug: it is decided again on what is stored', async () => {
    const lab = await opened();
    lab.ask('s', { type: 'lend', id: 'a' });
    await lab.clock.settle();
    await lab.clock.pass(TERM);
    // This owner's copy is stale: elsewhere the loan has ended, and its timer with it.
    for (const [stream, type, data] of [
      ['a', 'LoanEnded'],
      ['s', 'Back', { id: 'a' }],
    ] as const)
      lab.storage.overtake(stream, type, data);
    lab.storage.alarms.clear();
    expect(await wake(lab)).toMatchObject({ is: 'done' });
    expect([lab.registry.crashes, types(lab).includes('a Reminded')]).toEqual([0, false]);
  });

  it('T4: a timer about a companion that is not held brings it back first, all that are due in one rebuild', async () => {
    const lab = await opened();
    const t = lab.clock.now();
    for (const id of ['a', 'b']) lab.ask('s', { type: 'lend', id });
    for (const id of ['a', 'b']) lab.ask('s', { type: 'back', id });
    for (const id of ['a', 'b']) lab.ask('s', arm(`bell-${id}`, t + 10, 'ring', id));
    await lab.clock.settle();
    lab.ask('s', { type: 'peek' });
    await lab.clock.settle();
    await lab.clock.pass(10);
    lab.storage.loads.length = 0;
    await wake(lab);
    expect(rungBy(lab)).toHaveLength(2);
    expect(lab.storage.loads.map((names) => [...names].toSorted())).toEqual([['s'], ['a', 'b']]);
    expect(lab.storage.groups.at(-1)!.heads.map(([stream]) => stream)).toEqual(['a', 'b', 's']);
  });

  it('T4: a guard that finds a timer guilty is tried once more after the rebuild, then it counts as a crash: never an endless loop', async () => {
    const lab = await opened();
    lab.ask('s', arm('x', lab.clock.now(), 'guarded'));
    await lab.clock.settle();
    lab.storage.guard = (group) => (group.facts.some(([, , type]) => type === 'Rung') ? 'shelf_full' : undefined);
    expect(await wake(lab)).toMatchObject({ is: 'quarantined' });
    expect(lab.registry.crashes).toBe(4);
    lab.storage.guard = () => undefined;
    await lab.clock.pass(1_100);
    expect(await wake(lab)).toMatchObject({ is: 'done' });
    expect(rungBy(lab)).toHaveLength(1);
  });

  for (const written of [true, false]) {
    it(`T4: after a lost commit that was ${written ? '' : 'not '}written, the rebuild waits for it, and the timer has one effect`, async () => {
      const lab = await opened();
      lab.ask('s', arm('x', lab.clock.now()));
      await lab.clock.settle();
      lab.storage.byHand = true;
      const asked = lab.ask('s', WAKE);
      await lab.clock.settle();
      lab.storage.lose(written);
      lab.storage.byHand = false;
      await lab.clock.pass(2_000);
      expect(asked.outcome).toMatchObject({ is: 'done' });
      expect(lab.storage.settledLoads).toEqual([['s']]);
      expect([rungBy(lab).length, rows(lab), lab.registry.crashes]).toEqual([1, [], 0]);
    });
  }

  it('T4: two owners that apply one timer at once: one effect, and no crash', async () => {
    const lab = await opened();
    lab.ask('s', arm('x', lab.clock.now()));
    await lab.clock.settle();
    const other = new Laboratory({ aggregate: shelf, storage: lab.storage });
    const both = [lab.ask('s', WAKE), other.ask('s', WAKE)];
    await Promise.all([lab.clock.pass(3_000), other.clock.pass(3_000)]);
    expect(both.map(({ answer }) => answer)).toEqual([null, null]);
    expect([rungBy(lab).length, lab.registry.crashes + other.registry.crashes]).toEqual([1, 0]);
  });
});
