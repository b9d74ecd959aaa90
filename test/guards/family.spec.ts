/** A root with companions and timers on real engines: what one commit writes and compares, two owners, and a process that dies anywhere. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStorage } from '../../src/database/open-storage.js';
import type { AnyAggregate } from '../../src/runtime/aggregate/aggregate.js';
import type { Outcome } from '../../src/runtime/aggregate/outcome.js';
import type { Registry } from '../../src/runtime/aggregate/registry.js';
import { WAKE } from '../../src/runtime/aggregate/wake.js';
import { type Clock, systemClock } from '../../src/runtime/clock.js';
import { Machine } from '../../src/runtime/machine.js';
import type { Storage } from '../../src/runtime/outbox/storage.js';
import { DEFAULT_CRASH_POLICY } from '../../src/runtime/supervision/quarantine.js';
import { engines, newDatabase, type Hand, type TestDatabase } from '../support/databases.js';
import { shelf, type ShelfDemande, TERM } from '../support/toy-shelf.js';
import { Mortal } from './mortal.js';
import { storageOn } from './mutants.js';

let asked = 0;

class Librarian {
  readonly registry: Registry;
  readonly reports: string[] = [];
  private readonly machine: Machine;

  constructor(
    readonly storage: Storage,
    private readonly clock: Clock = systemClock,
  ) {
    const registry = { mailbox: 1000, living: 1000, idleMs: 600_000, crashes: DEFAULT_CRASH_POLICY };
    const report = (message: string): void => void this.reports.push(message);
    this.machine = new Machine({ storage, clock, journal: { group: 100, queue: 1000 }, registry, migrate: async () => undefined, report });
    this.machine.host(shelf as AnyAggregate);
    this.registry = this.machine.registries.get('shelf')!;
    this.registry.start();
  }

  async open(): Promise<this> {
    await this.machine.open();
    return this;
  }

  ask(stream: string, demande: ShelfDemande | typeof WAKE, { id = `d${++asked}`, instant = this.clock.now() } = {}): Promise<Outcome> {
    const deadline = this.clock.monotonic() + 10_000;
    return this.registry.ask(stream, demande, {
      scope: 'test',
      id,
      minted: false,
      acteur: null,
      instant,
      hash: JSON.stringify(demande),
      deadline,
    });
  }

  async stop(): Promise<void> {
    await this.registry.stop(1_000);
    await this.storage.close();
  }
}

describe.each(engines)('a family of streams on %s', (engine) => {
  let database: TestDatabase;
  let hand: Hand;
  const staff: Librarian[] = [];
  const librarian = async (storage = openStorage(database.url)): Promise<Librarian> => {
    const one = await new Librarian(storage).open();
    staff.push(one);
    return one;
  };
  beforeAll(async () => {
    database = await newDatabase(engine);
    hand = await database.hand();
  });
  afterAll(async () => {
    for (const one of staff) await one.stop();
    await database.drop();
  });

  const facts = async (root: string): Promise<string[]> =>
    (
      await hand.type(
        `SELECT o.stream, s.kind, o.version, o.type FROM outbox o JOIN stream s ON s.id = o.stream WHERE o.stream LIKE '${root}%' ORDER BY o.stream, o.version`,
      )
    ).map((row) => [row['kind'], String(row['stream']).slice(root.length), row['version'], row['type']].join(' '));
  const timers = async (root: string): Promise<string[]> =>
    (await hand.type(`SELECT stream, name, kind, due, demande FROM timer WHERE root = '${root}' ORDER BY due, stream, name`)).map((row) =>
      [String(row['stream']).slice(root.length), row['name'], row['kind'], String(row['due'])].join(' '),
    );

  it('writes facts of root and companions, heads of both kinds and rows of timers in one commit, and reads them back', async () => {
    const one = await librarian();
    const t = 1_764_000_000_000;
    await one.ask('w', { type: 'open' }, { instant: t });
    await Promise.all([
      one.ask('w', { type: 'lend', id: 'w-a' }, { instant: t }),
      one.ask('w', { type: 'renew', id: 'w-a' }, { instant: t }),
      one.ask('w', { type: 'arm', name: 'bell', due: t + 5 }, { instant: t }),
    ]);
    expect(await facts('w')).toEqual([
      'shelf  1 Opened',
      'shelf  2 Lent',
      'shelf  3 Armed',
      'loan -a 1 LoanOpened',
      'loan -a 2 LoanRenewed',
    ]);
    expect(await timers('w')).toEqual([` bell shelf ${t + 5}`, `-a loan shelf ${t + 2 * TERM}`]);
    const other = await librarian();
    expect(await other.ask('w', { type: 'renew', id: 'w-a' }, { instant: t + 10 })).toMatchObject({
      is: 'done',
      answer: { loan: { version: 3 } },
    });
    expect(await timers('w')).toEqual([`-a loan shelf ${t + 3 * TERM}`]);
    expect(await other.ask('w', WAKE)).toEqual({ is: 'done', answer: null, replayed: false });
    expect(await timers('w'), 'three reminders, all overdue').toEqual([]);
    expect((await facts('w')).filter((fact) => fact.endsWith('Reminded'))).toHaveLength(3);
    expect(await one.ask('w', { type: 'back', id: 'w-a' })).toMatchObject({ is: 'done', answer: { loan: { ended: true, version: 7 } } });
    expect(await one.ask('w', { type: 'renew', id: 'w-a' })).toMatchObject({ is: 'refused', refusal: { refusal: 'ended' } });
    expect(await one.ask('w', { type: 'renew', id: 'w-ghost' })).toMatchObject({ is: 'refused', refusal: { refusal: 'unknown_loan' } });
    expect([...one.reports, ...other.reports]).toEqual([]);
  });

  it('two owners in a storm: every companion and every timer moves once per answer, and nobody crashes', { timeout: 60_000 }, async () => {
    const both = [await librarian(), await librarian()];
    const t = both[0]!.registry.now() - 10 * TERM;
    await both[0]!.ask('st', { type: 'open' }, { instant: t });
    for (const n of [0, 1, 2]) await both[0]!.ask('st', { type: 'lend', id: `st-${n}` }, { instant: t });
    await both[1]!.ask('st', { type: 'look', id: 'st-0' }, { instant: t });
    let renewed = 0;
    const one = async (owner: Librarian, n: number): Promise<void> => {
      const wake = n % 3 === 0;
      for (let tries = 0; tries < 200; tries++) {
        const outcome = wake ? await owner.ask('st', WAKE) : await owner.ask('st', { type: 'renew', id: `st-${n % 2}` }, { instant: t });
        if (outcome.is === 'unavailable') continue;
        if (outcome.is !== 'done') throw new Error(outcome.is);
        if (!wake) renewed++;
        return;
      }
    };
    await Promise.all(both.flatMap((owner) => Array.from({ length: 30 }, (_, n) => one(owner, n))));
    const all = await facts('st');
    expect(all.filter((fact) => fact.endsWith('LoanRenewed'))).toHaveLength(renewed);
    expect(renewed).toBe(40);
    const rings = await hand.type(
      `SELECT demande, count(*) AS n FROM outbox WHERE stream LIKE 'st%' AND acteur = 'machine' GROUP BY demande`,
    );
    expect(rings.length).toBeGreaterThan(0);
    expect(rings.filter(({ n }) => Number(n) !== 1)).toEqual([]);
    expect(both.map(({ registry }) => registry.crashes)).toEqual([0, 0]);
  });

  it('mutant: without the fence two owners give one version of a companion to two renewals', async () => {
    const [a, b] = [await librarian(storageOn(database, { fence: false })), await librarian(storageOn(database, { fence: false }))];
    await a.ask('mu', { type: 'open' });
    await a.ask('mu', { type: 'lend', id: 'mu-a' });
    await b.ask('mu', { type: 'look', id: 'mu-a' });
    const answers = [await a.ask('mu', { type: 'renew', id: 'mu-a' }), await b.ask('mu', { type: 'renew', id: 'mu-a' })];
    expect(answers).toMatchObject([{ answer: { loan: { version: 2 } } }, { answer: { loan: { version: 2 } } }]);
  });

  it('a process that dies anywhere loses nothing acknowledged; its successor applies each timer once', { timeout: 120_000 }, async () => {
    const t = Date.UTC(2026, 0, 5);
    const story = (root: string): [number, ShelfDemande][] => [
      [0, { type: 'open' }],
      [0, { type: 'lend', id: `${root}-a` }],
      [1, { type: 'arm', name: 'bell', due: t + 10, deed: 'again' }],
      [20, { type: 'lend', id: `${root}-b` }],
      [30, { type: 'back', id: `${root}-b` }],
      [2 * TERM, { type: 'look', id: `${root}-b` }],
      [4 * TERM, { type: 'peek' }],
    ];
    const died: string[] = [];
    const run = async (root: string, last: number): Promise<{ points: number; left: unknown }> => {
      const mortal = new Mortal(last);
      const real = openStorage(database.url);
      const first = await new Librarian(mortal.using(real), mortal.clock).open();
      const told: unknown[] = [];
      for (const [i, [at, demande]] of story(root).entries()) {
        const outcome = await Promise.race([first.ask(root, demande, { id: `${root}-${i}`, instant: t + at }), mortal.death]);
        if (outcome === undefined) break;
        told.push(outcome);
      }
      mortal.dead = true;
      died.push(mortal.points.at(-1)!);
      await real.close();
      const second = await new Librarian(openStorage(database.url)).open();
      const again: Outcome[] = [];
      for (const [i, [at, demande]] of story(root).entries())
        again.push(await second.ask(root, demande, { id: `${root}-${i}`, instant: t + at }));
      const answers = (outcomes: readonly unknown[]): unknown[] => outcomes.map((outcome) => (outcome as { answer: unknown }).answer);
      expect(answers(again).slice(0, told.length), `dead at ${mortal.points.at(-1)}`).toEqual(answers(told));
      expect(second.registry.crashes).toBe(0);
      const left = [JSON.stringify(answers(again)).replaceAll(root, 'R'), await facts(root), await timers(root)];
      await second.stop();
      return { points: mortal.points.length, left };
    };
    const whole = await run('k', Infinity);
    expect(whole.left).toMatchObject([expect.any(String), expect.arrayContaining(['loan -a 2 Reminded', 'shelf  4 Rung']), []]);
    for (let last = 0; last < whole.points; last += engine === 'sqlite' ? 1 : 3)
      expect((await run(`k${last}x`, last)).left, `dead at point ${last}`).toEqual(whole.left);
    expect(died).toContain('after commit');
    expect(died).toContain('before timersOf');
  });
});
