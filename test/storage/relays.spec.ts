/** Two relays, each under its term: what is published once is published for good, and the older one changes nothing. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStorage } from '../../src/database/open-storage.js';
import { fence } from '../../src/runtime/cluster/lease.js';
import type { Machine } from '../../src/runtime/machine.js';
import type { Fence } from '../../src/runtime/outbox/fence.js';
import { letterId } from '../../src/runtime/outbox/relay.js';
import { Contended, type RowTransaction, type Storage } from '../../src/runtime/outbox/storage.js';
import { engines, newDatabase, type Hand, type TestDatabase } from '../support/databases.js';
import { intercept } from '../guards/intercept.js';
import { Owner, planifier } from '../guards/owner.js';

describe.each(engines)('relays on %s', (engine) => {
  let database: TestDatabase;
  let hand: Hand;
  let gate: Gate;
  let a: Owner;
  let b: Owner;
  let streams = 0;
  beforeEach(async () => {
    database = await newDatabase(engine);
    hand = await database.hand();
    gate = new Gate(openStorage(database.url));
    a = await Owner.on(database, { storage: gate.storage });
    b = await Owner.on(database);
  });
  afterEach(async () => {
    gate.open();
    await a.stop();
    await b.stop();
    await database.drop();
  });

  const lead = (holder: string, term: number) =>
    hand.type(`UPDATE lease SET holder = '${holder}', incarnation = '${holder}1', term = ${term}, expires = 0`);
  const under =
    (term: number): Fence =>
    (tx) =>
      fence(tx, { number: term });
  const write = async (owner: Owner, count: number): Promise<void> => {
    for (let i = 0; i < count; i++) expect(await owner.ask(`s${++streams}`, planifier(`s${streams}`, 1))).toMatchObject({ is: 'done' });
  };
  const publication = async (): Promise<{ position: number; term: number }> => {
    const [row] = await hand.type('SELECT position, term FROM publication');
    return { position: Number(row!['position']), term: Number(row!['term']) };
  };
  /** Everything is published, each position once. */
  const dense = async (count: number): Promise<void> => {
    const sql = 'SELECT position FROM outbox WHERE position IS NOT NULL ORDER BY position';
    const positions = async () => (await hand.type(sql)).map((row) => Number(row['position']));
    await expect.poll(positions).toEqual(Array.from({ length: count }, (_, i) => i + 1));
  };
  const lost = (machine: Machine): { count: number } => {
    const told = { count: 0 };
    machine.relay.onTermLost = () => void told.count++;
    return told;
  };

  it('publish under their term; at the next one the former changes nothing more, says so once, and stops', async () => {
    await lead('a', 3);
    const end = lost(a.machine);
    a.machine.relay.start(under(3), 3);
    await write(a, 5);
    await dense(5);
    expect(await publication()).toEqual({ position: 5, term: 3 });
    await lead('b', 4);
    b.machine.relay.start(under(4), 4);
    await write(a, 10);
    await dense(15);
    await expect.poll(() => end.count).toBe(1);
    expect(a.machine.relay.running).toBe(false);
    expect(a.machine.relay.published).toBe(5);
    expect(await publication()).toEqual({ position: 15, term: 4 });
    expect([...a.reports, ...b.reports]).toEqual([]);
  });

  it('a batch that was made under a term which ended meanwhile is not written', async () => {
    await lead('a', 3);
    const end = lost(a.machine);
    a.machine.relay.start(under(3), 3);
    await write(a, 1);
    await dense(1);
    gate.shut();
    await write(b, 4);
    a.machine.relay.poke();
    await expect.poll(() => gate.waiting).toBeGreaterThan(0);
    await lead('b', 4);
    gate.open();
    await expect.poll(() => end.count).toBe(1);
    expect(await publication()).toEqual({ position: 1, term: 3 });
    b.machine.relay.start(under(4), 4);
    await dense(5);
  });

  it('the term in the database never decreases, even where no lease is looked at', async () => {
    const end = lost(a.machine);
    b.machine.relay.start(async () => {}, 7);
    await write(b, 2);
    await dense(2);
    b.machine.relay.stop();
    a.machine.relay.start(async () => {}, 6);
    await write(a, 2);
    await expect.poll(() => end.count).toBe(1);
    expect(await publication()).toEqual({ position: 2, term: 7 });
  });

  it('mutant: without its fence a relay publishes on after the end of its term', async () => {
    await lead('a', 3);
    a.machine.relay.start(async () => {}, 3);
    await lead('b', 4);
    await write(a, 1);
    await dense(1);
    expect(await publication()).toEqual({ position: 1, term: 3 });
  });

  it('a database in trouble is no end of a term', async () => {
    let troubles = 2;
    const shaken: Fence = async (tx) => {
      if (troubles-- > 0) throw new Contended('locked');
      return under(3)(tx);
    };
    await lead('a', 3);
    const end = lost(a.machine);
    a.machine.relay.start(shaken, 3);
    await write(a, 3);
    await dense(3);
    expect(end.count).toBe(0);
  });

  it('two under the same term race, and each fact is still published once', async () => {
    a.machine.relay.start();
    b.machine.relay.start();
    await Promise.all([write(a, 30), write(b, 30)]);
    await dense(60);
    expect(a.machine.relay.published + b.machine.relay.published).toBe(60);
  });

  it('one that does not run gives the cue to tell the leader, one that does tells where publication stands', async () => {
    let cues = 0;
    const positions: number[] = [];
    b.machine.relay.onCue = () => void cues++;
    a.machine.relay.onPublished = (position) => void positions.push(position);
    a.machine.relay.start();
    await write(b, 1);
    expect(cues).toBe(1);
    a.machine.relay.poke();
    await dense(1);
    await expect.poll(() => positions).toEqual([1]);
    await write(a, 1);
    await expect.poll(() => positions).toEqual([1, 2]);
    expect(cues).toBe(1);
  });

  describe('what a listener could not take', () => {
    let poisoned = true;
    beforeEach(() => {
      poisoned = true;
      for (const { machine } of [a, b]) {
        machine.listen({
          name: 'essai',
          kinds: ['seance'],
          react(fact) {
            if (poisoned) throw new Error('illegible');
            return [{ table: 'marker', insert: { name: `${fact.stream}:${fact.version}`, instant: 1 } }];
          },
        });
      }
    });
    const letters = (): Promise<unknown[]> => hand.type('SELECT * FROM dead_letter');
    const markers = async (): Promise<unknown[]> => (await hand.type('SELECT name FROM marker ORDER BY name')).map(({ name }) => name);
    /** A person on b settles it while the relay runs on a; then one more fact comes. */
    const settledElsewhere = async (): Promise<void> => {
      a.machine.relay.start();
      await write(a, 1);
      await expect.poll(letters).toHaveLength(1);
      poisoned = false;
      const id = letterId({ listener: 'essai', stream: `s${streams}`, version: 1 });
      expect(await b.machine.storage.transact((tx) => b.machine.relay.settle(tx, id, false))).toBe(true);
      expect(await b.machine.storage.transact((tx) => b.machine.relay.settle(tx, id, false))).toBe(false);
      expect(await a.ask(`s${streams}`, { type: 'fermerInscriptions' })).toMatchObject({ is: 'done' });
      await dense(2);
    };

    it('is settled on another instance than the relay’s, and what comes after reaches the listener', async () => {
      await settledElsewhere();
      expect(await letters()).toEqual([]);
      await expect.poll(markers).toEqual([`s${streams}:1`, `s${streams}:2`]);
    });

    it('mutant: a relay that trusts what it remembers of the letters loses the fact that comes after', async () => {
      const remembered = a.machine.inbox.reload.bind(a.machine.inbox);
      let reads = 0;
      a.machine.inbox.reload = async (tx: RowTransaction) => (reads++ === 0 ? remembered(tx) : undefined);
      await settledElsewhere();
      expect(await letters()).toEqual([]);
      expect(await markers()).toEqual([`s${streams}:1`]);
    });

    it('is settled once when two persons order it at the same time', async () => {
      a.machine.relay.start();
      await write(a, 1);
      await expect.poll(letters).toHaveLength(1);
      a.machine.relay.stop();
      poisoned = false;
      const id = letterId({ listener: 'essai', stream: `s${streams}`, version: 1 });
      const settle = ({ machine }: Owner): Promise<boolean> => machine.storage.transact((tx) => machine.relay.settle(tx, id, false));
      expect((await Promise.all([a, b].map(settle))).filter(Boolean)).toHaveLength(1);
      await expect.poll(markers).toEqual([`s${streams}:1`]);
    });
  });
});

/** A storage whose transactions stop before the database while it is shut: an instance paused at the worst moment. */
class Gate {
  readonly storage: Storage;
  waiting = 0;
  private held: Promise<void> | undefined;
  private release: () => void = () => undefined;

  constructor(real: Storage) {
    this.storage = intercept(real, {
      transact: async (work, options) => {
        if (this.held !== undefined) this.waiting++;
        await this.held;
        return real.transact(work, options);
      },
    });
  }

  shut(): void {
    this.held = new Promise((resolve) => (this.release = resolve));
  }

  open(): void {
    this.held = undefined;
    this.release();
  }
}
