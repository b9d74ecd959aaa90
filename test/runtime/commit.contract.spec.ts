import { describe, expect, it } from 'vitest';
import { Laboratory } from '../support/laboratory.js';

const add = (n: number) => ({ type: 'add', n });

describe('A1 one demande at a time', () => {
  it('A1: decides nothing while the state is being rebuilt, then everything in order of arrival', async () => {
    const lab = new Laboratory();
    const asked = [lab.ask('t', { type: 'open' }), lab.ask('t', add(3)), lab.ask('t', add(4))];
    expect(lab.storage.groups).toHaveLength(0);
    await lab.clock.settle();
    expect(asked.map((one) => one.answer)).toEqual([0, 3, 7]);
    expect(lab.storage.loads).toEqual([['t']]);
  });
});

describe('A2 and A3 nothing is seen before the commit', () => {
  it('A2: holds the answer until the commit', async () => {
    const lab = new Laboratory();
    await lab.opened('t');
    lab.storage.byHand = true;
    const asked = lab.ask('t', add(3));
    await lab.clock.settle();
    expect(asked.outcome).toBeUndefined();
    lab.storage.finish();
    await lab.clock.settle();
    expect(asked.answer).toBe(3);
  });

  it('A2: a refusal decided on staged state waits for the commit of that state', async () => {
    const lab = new Laboratory();
    await lab.opened('t');
    lab.storage.byHand = true;
    lab.ask('t', add(8));
    await lab.clock.settle();
    const refused = lab.ask('t', add(5));
    await lab.clock.settle();
    expect(refused.outcome).toBeUndefined();
    lab.storage.finish();
    await lab.clock.settle();
    lab.storage.finish();
    await lab.clock.settle();
    expect(refused.outcome).toEqual({ is: 'refused', refusal: { refusal: 'too_much', data: { total: 8 } } });
  });

  it('A3: readers keep the view of before until the commit returns', async () => {
    const lab = new Laboratory();
    await lab.opened('t', 1);
    lab.storage.byHand = true;
    lab.ask('t', add(3));
    await lab.clock.settle();
    expect(lab.registry.lastSeen('t')).toEqual({ view: { total: 1 }, version: 2 });
    lab.storage.finish();
    await lab.clock.settle();
    expect(lab.registry.lastSeen('t')).toEqual({ view: { total: 4 }, version: 3 });
  });
});

describe('A4 a failed commit breaks the activation', () => {
  it('A4: after a failed commit the state is rebuilt from the database, by its id, and the demande decided again', async () => {
    const lab = new Laboratory();
    await lab.opened('t', 2);
    lab.storage.down = true;
    const asked = lab.ask('t', add(3));
    await lab.clock.settle();
    lab.storage.down = false;
    await lab.clock.pass(2_000);
    expect(asked.answer).toBe(5);
    expect(lab.storage.loads.at(-1)).toEqual(['t']);
  });

  it('A4: while nothing can be written the caller is told not_executed when its time is up, and nothing was', async () => {
    const lab = new Laboratory();
    await lab.opened('t', 2);
    lab.storage.down = true;
    const asked = lab.ask('t', add(3));
    await lab.clock.pass(11_000);
    expect(asked.outcome).toMatchObject({ is: 'unavailable', effect: 'not_executed' });
    expect(lab.registry.lastSeen('t')).toEqual({ view: { total: 2 }, version: 3 - 1 });
    lab.storage.down = false;
    await lab.clock.pass(2_000);
    expect(lab.storage.heads.get('t')).toBe(2);
  });

  for (const written of [true, false]) {
    it(`A4: after a lost commit that was ${written ? '' : 'not '}written, the rebuild waits for it and the caller gets one effect and its answer`, async () => {
      const lab = new Laboratory();
      await lab.opened('t', 2);
      lab.storage.byHand = true;
      const asked = lab.ask('t', add(3));
      await lab.clock.settle();
      lab.storage.lose(written);
      lab.storage.byHand = false;
      await lab.clock.pass(2_000);
      expect(lab.storage.settledLoads).toEqual([['t']]);
      expect(asked.outcome).toEqual({ is: 'done', answer: 5, replayed: false });
      expect(lab.storage.heads.get('t')).toBe(3);
    });
  }

  it('A4: a lost commit that cannot be looked up before the deadline is unknown, never not_executed', async () => {
    const lab = new Laboratory();
    await lab.opened('t', 2);
    lab.storage.byHand = true;
    const asked = lab.ask('t', add(3));
    await lab.clock.settle();
    lab.storage.down = true;
    lab.storage.lose(true);
    await lab.clock.pass(11_000);
    expect(asked.outcome).toMatchObject({ is: 'unavailable', effect: 'unknown' });
  });

  it('A4: a commit that never returns is answered unknown at the deadline', async () => {
    const lab = new Laboratory();
    await lab.opened('t', 2);
    lab.storage.byHand = true;
    const asked = lab.ask('t', add(3));
    const behind = lab.ask('t', add(1));
    await lab.clock.pass(11_000);
    expect(asked.outcome).toMatchObject({ is: 'unavailable', effect: 'unknown' });
    expect(behind.outcome).toMatchObject({ is: 'unavailable', effect: 'unknown' });
  });
});

describe('A5 group commit', () => {
  it('A5: everything decided while a transaction is in flight goes into the next one', async () => {
    const lab = new Laboratory();
    await lab.opened('t');
    lab.storage.byHand = true;
    lab.ask('t', add(1));
    await lab.clock.settle();
    const asked = [1, 1, 1, 1].map((n) => lab.ask('t', add(n)));
    await lab.clock.settle();
    lab.storage.finish();
    await lab.clock.settle();
    expect(lab.storage.flights).toHaveLength(1);
    expect(lab.storage.flights[0]!.group.facts).toHaveLength(4);
    expect(lab.storage.flights[0]!.group.heads).toEqual([['t', 'tally', 2, 6, lab.clock.now()]]);
    lab.storage.finish();
    await lab.clock.settle();
    expect(asked.map((one) => one.answer)).toEqual([2, 3, 4, 5]);
  });

  it('A5: heads go in one order, whatever the order of the demandes', async () => {
    const lab = new Laboratory();
    for (const name of ['c', 'a', 'b']) lab.ask(name, { type: 'open' });
    await lab.clock.settle();
    expect(lab.storage.groups[0]!.heads.map(([stream]) => stream)).toEqual(['a', 'b', 'c']);
  });

  it('A5: a fenced stream is decided again on what the other writer left; innocent streams go again as they were', async () => {
    const lab = new Laboratory();
    await lab.opened('guilty');
    await lab.opened('innocent');
    lab.storage.overtake('guilty', 'Added', { n: 9 });
    const loads = lab.storage.loads.length;
    const [first, second, other] = [lab.ask('guilty', add(3)), lab.ask('guilty', add(1)), lab.ask('innocent', add(3))];
    await lab.clock.settle();
    expect(first.outcome).toMatchObject({ is: 'refused' });
    expect(second.answer).toBe(10);
    expect(other.answer).toBe(3);
    expect(lab.storage.loads.slice(loads)).toEqual([['guilty']]);
  });

  it('A5: a fence lost twice is answered not_executed, not fought for ever', async () => {
    const lab = new Laboratory();
    await lab.opened('t');
    const original = lab.storage.commit.bind(lab.storage);
    lab.storage.commit = async (group) => {
      lab.storage.overtake('t', 'Added', { n: 0 });
      return original(group);
    };
    const asked = lab.ask('t', add(3));
    await lab.clock.settle();
    expect(asked.outcome).toMatchObject({ is: 'unavailable', effect: 'not_executed' });
  });

  it("A5: a guard of the database makes its demande's refusal; what was decided after it is decided again in order", async () => {
    const lab = new Laboratory();
    await lab.opened('t');
    await lab.opened('innocent');
    lab.storage.guard = (group) => (group.facts.some(([, , , data]) => (data as { n?: number }).n === 7) ? 'tally_full' : undefined);
    const asked = [lab.ask('t', add(1)), lab.ask('t', add(7)), lab.ask('t', add(2)), lab.ask('innocent', add(4))];
    await lab.clock.settle();
    expect(asked.map((one) => one.answer)).toEqual([1, 'refused', 3, 4]);
    expect(asked[1]!.outcome).toEqual({ is: 'refused', refusal: { refusal: 'guarded' } });
  });

  it('A5: a guard that no module explains is a bug: its demande fails, the process is rebuilt, the others go on', async () => {
    const lab = new Laboratory();
    await lab.opened('t');
    lab.storage.guard = (group) => (group.facts.some(([, , , data]) => (data as { n?: number }).n === 7) ? 'mystery' : undefined);
    const asked = [lab.ask('t', add(7)), lab.ask('t', add(2))];
    await lab.clock.settle();
    expect(asked.map((one) => one.answer)).toEqual(['failed', 2]);
    expect(lab.registry.crashes).toBe(1);
  });
});
