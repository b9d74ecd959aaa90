import { describe, expect, it } from 'vitest';
import type { AnyAggregate } from '../../src/runtime/aggregate/aggregate.js';
import { Laboratory } from '../support/laboratory.js';
import { type Shelf, shelf, TERM } from '../support/toy-shelf.js';

const lend = (id: string) => ({ type: 'lend', id });
const renew = (id: string) => ({ type: 'renew', id });
const back = (id: string) => ({ type: 'back', id });
const look = (id: string) => ({ type: 'look', id });

/** A shelf `s` with these loans, everything committed. */
async function opened(loans: readonly string[] = [], aggregate: AnyAggregate = shelf): Promise<Laboratory> {
  const lab = new Laboratory({ aggregate });
  await lab.opened('s');
  for (const id of loans) lab.ask('s', lend(id));
  await lab.clock.settle();
  return lab;
}

describe('C1 one root, many streams', () => {
  it('C1: each fact goes to its own stream under its own version; the demande is stored once, under the root', async () => {
    const lab = await opened(['a', 'b']);
    const asked = lab.ask('s', renew('a'), { key: 'k' });
    await lab.clock.settle();
    expect(asked.answer).toMatchObject({ id: 'a', loan: { version: 2 } });
    const facts = lab.storage.facts_.map(({ stream, kind, version, type }) => `${kind} ${stream} ${version} ${type}`);
    expect(facts).toEqual([
      'shelf s 1 Opened',
      'shelf s 2 Lent',
      'loan a 1 LoanOpened',
      'shelf s 3 Lent',
      'loan b 1 LoanOpened',
      'loan a 2 LoanRenewed',
    ]);
    expect(lab.storage.stored.get('test\nk')).toMatchObject({ stream: 's' });
  });

  it('C1: a group compares the head of every stream read or written, each once, by name, and moves those that facts were said of', async () => {
    const lab = await opened(['b', 'a']);
    lab.storage.byHand = true;
    for (const demande of [look('b'), renew('a'), renew('a'), back('a'), lend('c'), renew('c')]) lab.ask('s', demande);
    await lab.clock.settle();
    const now = lab.clock.now();
    expect(lab.storage.flights[0]!.group.heads).toEqual([
      ['a', 'loan', 1, 4, now],
      ['b', 'loan', 1, 1, now],
      ['c', 'loan', 0, 2, now],
      ['s', 'shelf', 3, 5, now],
    ]);
  });

  it('C1: a refusal about a companion is compared with its head as well, also when there is none', async () => {
    const lab = await opened();
    const refused = lab.ask('s', renew('ghost'));
    await lab.clock.settle();
    expect(refused.outcome).toMatchObject({ is: 'refused', refusal: { refusal: 'unknown_loan' } });
    expect(lab.storage.groups.at(-1)!.heads).toContainEqual(['ghost', 'loan', 0, 0, expect.any(Number)]);
  });

  it('C1: what the machine says of a fact is its own stream and version', async () => {
    const places: string[] = [];
    const rows: AnyAggregate['rows'] = ({ type }, { stream, version }) => (places.push(`${stream} ${version} ${String(type)}`), []);
    const lab = await opened(['a'], { ...shelf, rows });
    lab.ask('s', back('a'));
    await lab.clock.settle();
    expect(places.slice(1)).toEqual(['s 2 Lent', 'a 1 LoanOpened', 's 3 Back', 'a 2 LoanEnded']);
  });

  it('C1: readers keep the view of before while only a companion moves', async () => {
    const lab = await opened(['a']);
    lab.storage.byHand = true;
    const seen = (): unknown => (lab.registry.lastSeen('s')!.view as { lent: [string, { version: number }][] }).lent[0]![1].version;
    lab.ask('s', renew('a'));
    await lab.clock.settle();
    lab.ask('s', renew('a'));
    await lab.clock.settle();
    const versions = [seen()];
    for (let i = 0; i < 2; i++) {
      lab.storage.finish();
      await lab.clock.settle();
      versions.push(seen());
    }
    expect(versions).toEqual([1, 2, 3]);
  });
});

describe('C2 what is held', () => {
  it('C2: a root comes back with its living companions, in one read of all of them', async () => {
    const lab = await opened(['a', 'b', 'c']);
    lab.ask('s', back('b'));
    await lab.clock.settle();
    const later = new Laboratory({ aggregate: shelf, storage: lab.storage });
    lab.storage.loads.length = 0;
    const asked = later.ask('s', renew('a'));
    await later.clock.settle();
    expect(asked.answer).toMatchObject({ id: 'a', loan: { version: 2 } });
    expect(lab.storage.loads.map((names) => [...names].toSorted())).toEqual([['s'], ['a', 'c']]);
  });

  it('C2: one that is not held is brought back by a rebuild, all that wait in the same one, and known absent counts as version 0', async () => {
    const lab = await opened(['a', 'b', 'c']);
    for (const id of ['a', 'b']) lab.ask('s', back(id));
    await lab.clock.settle();
    lab.storage.loads.length = 0;
    const asked = [back('a'), look('b'), renew('ghost'), renew('c'), back('a')].map((demande) => lab.ask('s', demande));
    await lab.clock.settle();
    expect(asked.map(({ answer }) => answer)).toMatchObject([
      { id: 'a', loan: { ended: true, version: 2 } },
      { id: 'b', loan: { ended: true, version: 2 } },
      'refused',
      { id: 'c', loan: { version: 2 } },
      { id: 'a', loan: { ended: true, version: 2 } },
    ]);
    // The first one is found missing at once, the others are waiting by the time it is read.
    expect(lab.storage.loads.map((names) => [...names].toSorted())).toEqual([['s'], ['a', 'b', 'c', 'ghost']]);
  });

  it('C2: the rebuild loses nothing of what was staged before it, and keeps the order', async () => {
    const lab = await opened(['a', 'b']);
    lab.ask('s', back('a'));
    await lab.clock.settle();
    const asked = [renew('b'), back('a'), renew('b')].map((demande) => lab.ask('s', demande));
    await lab.clock.settle();
    expect(asked.map(({ answer }) => (answer as { loan: { version: number } }).loan.version)).toEqual([2, 2, 3]);
  });

  it('C2: rebuilds for two companions in turn come to an end: one never forgets what the last one was for', async () => {
    const lab = await opened(['a', 'b']);
    for (const id of ['a', 'b']) lab.ask('s', back(id));
    const t = lab.clock.now();
    lab.ask('s', { type: 'arm', name: 'x', due: t + 10, about: 'b' });
    await lab.clock.settle();
    lab.ask('s', look('ghost'));
    await lab.clock.settle();
    await lab.clock.pass(20);
    const asked = [{ type: 'arm', name: 'x', due: t + 15, about: 'a' }, look('ghost')].map((demande) => lab.ask('s', demande));
    await lab.clock.settle();
    expect(asked.map(({ answer }) => answer)).toMatchObject([{ rung: 1 }, 'refused']);
    expect(lab.storage.facts_.filter(({ type }) => type === 'Rung')).toHaveLength(2);
  });

  it('C2: while a transaction carries something of the root, the rebuild waits for it', async () => {
    const lab = await opened(['a', 'b']);
    lab.ask('s', back('a'));
    await lab.clock.settle();
    lab.storage.byHand = true;
    const first = lab.ask('s', renew('b'));
    await lab.clock.settle();
    lab.storage.loads.length = 0;
    const second = lab.ask('s', look('a'));
    await lab.clock.settle();
    expect(lab.storage.loads).toEqual([]);
    lab.storage.byHand = false;
    lab.storage.finish();
    await lab.clock.settle();
    expect([first.answer, second.answer]).toMatchObject([{ loan: { version: 2 } }, { loan: { version: 2 } }]);
  });

  it('C2: memory is bounded: what need not be held is let go after a commit, made-up names too, but never under what is staged', async () => {
    let state: Shelf | undefined;
    const asked: string[][] = [];
    const companions = {
      ...shelf.companions!,
      forget(one: Shelf) {
        state = one;
        asked.push([...state!.loans.keys()]);
        return shelf.companions!.forget!(one);
      },
    };
    const lab = await opened(['a'], { ...shelf, companions });
    lab.storage.byHand = true;
    lab.ask('s', back('a'));
    await lab.clock.settle();
    const behind = lab.ask('s', back('a'));
    await lab.clock.settle();
    asked.length = 0;
    lab.storage.finish();
    await lab.clock.settle();
    expect(asked).toEqual([]);
    lab.storage.finish();
    await lab.clock.settle();
    expect(behind.answer).toMatchObject({ loan: { ended: true } });
    expect(asked).toEqual([['a']]);
    expect([...state!.loans.keys()]).toEqual([]);
    lab.storage.byHand = false;
    for (let i = 0; i < 3; i++) lab.ask('s', look(`ghost${i}`));
    await lab.clock.settle();
    lab.storage.loads.length = 0;
    lab.ask('s', look('ghost0'));
    await lab.clock.settle();
    expect(lab.storage.loads, 'it is not remembered as absent').toEqual([['s'], ['ghost0']]);
  });

  it('C2: only the root has snapshots, of its own version and without its companions', async () => {
    const snapshot = {
      format: 1,
      every: () => 2,
      encode: ({ version, lent, rung }: { version: number; lent: Set<string>; rung: string[] }) => ({ version, lent: [...lent], rung }),
      decode: (json: unknown) => {
        const kept = json as { version: number; lent: string[]; rung: string[] };
        return { version: kept.version, lent: new Set(kept.lent), rung: kept.rung, loans: new Map() };
      },
    };
    const lab = await opened(['a'], { ...shelf, snapshot });
    for (let i = 0; i < 5; i++) lab.ask('s', renew('a'));
    await lab.clock.settle();
    expect([...lab.storage.snapshots]).toMatchObject([['s', { version: 2 }]]);
    const later = new Laboratory({ aggregate: { ...shelf, snapshot }, storage: lab.storage });
    const asked = later.ask('s', renew('a'));
    await later.clock.settle();
    expect(asked.answer).toMatchObject({ loan: { version: 7, due: expect.any(Number) as number } });
  });
});

describe('C3 the fence of a companion', () => {
  it('C3: another writer that moved a companion alone fences its root’s decisions, which are decided again; innocent roots go on', async () => {
    const lab = await opened(['a', 'b']);
    await lab.opened('t');
    lab.storage.overtake('a', 'LoanRenewed', { due: 5 });
    const loads = lab.storage.loads.length;
    const [guilty, same, innocent] = [lab.ask('s', renew('a')), lab.ask('s', renew('b')), lab.ask('t', lend('z'))];
    await lab.clock.settle();
    expect(guilty.answer).toMatchObject({ loan: { version: 3 } });
    expect(same.answer).toMatchObject({ loan: { version: 2 } });
    expect(innocent.answer).toMatchObject({ id: 'z' });
    expect(lab.storage.loads.slice(loads).map((names) => [...names].toSorted())).toEqual([['s'], ['a', 'b']]);
  });

  it('C3: a refusal, too, must rest on the companion as it is', async () => {
    const lab = await opened(['a']);
    lab.storage.overtake('a', 'LoanEnded');
    lab.storage.overtake('s', 'Back', { id: 'a' });
    const asked = lab.ask('s', renew('a'));
    await lab.clock.settle();
    expect(asked.outcome).toMatchObject({ is: 'refused', refusal: { refusal: 'ended' } });
  });

  it('C3: a companion that was opened elsewhere meanwhile is no longer absent', async () => {
    const lab = await opened();
    lab.storage.byHand = true;
    const asked = lab.ask('s', renew('a'));
    await lab.clock.settle();
    lab.storage.overtake('s', 'Lent', { id: 'a' });
    lab.storage.overtake('a', 'LoanOpened', { due: TERM });
    lab.storage.byHand = false;
    lab.storage.finish();
    await lab.clock.settle();
    expect(asked.answer).toMatchObject({ loan: { version: 2 } });
  });

  it('C3: If-Match on a demande about a companion means the companion’s version', async () => {
    const lab = await opened(['a', 'b']);
    const [stale, fresh] = [lab.ask('s', renew('a'), { expectedVersion: 3 }), lab.ask('s', renew('b'), { expectedVersion: 1 })];
    await lab.clock.settle();
    expect(stale.outcome).toEqual({ is: 'stale', version: 1 });
    expect(fresh.answer).toMatchObject({ loan: { version: 2 } });
  });

  it('C3: crashes are the root’s: the fourth in five seconds puts it in quarantine with all its companions', async () => {
    const evolve: AnyAggregate['evolve'] = (state, fact, stream) => {
      if (fact['type' as never] === 'LoanRenewed') throw new Error('boom');
      return shelf.evolve(state, fact as never, stream);
    };
    const lab = await opened(['a', 'b'], { ...shelf, evolve });
    for (let i = 0; i < 4; i++) {
      lab.ask('s', renew('a'));
      await lab.clock.settle();
    }
    const asked = lab.ask('s', look('b'));
    await lab.clock.settle();
    expect(asked.outcome).toMatchObject({ is: 'quarantined' });
  });

  it('C3 mutant: a database without its fence lets a decision pass that rests on a companion as it was', async () => {
    const lab = await opened(['a']);
    lab.storage.fenced = false;
    lab.storage.overtake('a', 'LoanEnded');
    lab.storage.overtake('s', 'Back', { id: 'a' });
    const asked = lab.ask('s', renew('a'));
    await lab.clock.settle();
    expect(asked.answer).toMatchObject({ loan: { version: 2, ended: false } });
  });
});
