import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import pg from 'pg';
import { openStorage } from '../../src/database/open-storage.js';
import { CommitUnknown, Contended, GroupRefused, StorageUnavailable, type Storage } from '../../src/runtime/outbox/storage.js';
import type { Hand } from '../support/databases.js';
import { clubTables, group, head, inscrit, openClub, planifiee, refusal, until, type Club } from './club.js';
import { openRelay, type TcpRelay } from './tcp-relay.js';

describe('PostgreSQL in trouble', () => {
  let club: Club;
  let storage: Storage;
  let other: Hand;
  let seances = 0;
  let s = '';
  beforeAll(async () => {
    club = await openClub('postgres');
    ({ storage } = club);
    other = await club.db.hand();
  });
  afterAll(() => club.end());
  beforeEach(async () => {
    s = `s${(seances += 1)}`;
    await storage.commit(planifiee(s, 1));
  });

  const ours = (state: string) =>
    `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'monclub-write-%' AND ${state}`;
  const waiting = (by: Hand) => until(async () => (await by.type(ours(`wait_event_type = 'Lock'`))).length > 0);
  const kill = (state: string) => club.hand.type(ours(state).replace('SELECT pid', 'SELECT pg_terminate_backend(pid, 2000)'));
  const version = async (): Promise<unknown> => (await club.hand.type(`SELECT version FROM stream WHERE id = '${s}'`))[0]?.['version'];

  it('a connection killed while it commits leaves the fate unknown until the settled read', async () => {
    await other.type(`BEGIN; SELECT 1 FROM stream WHERE id = '${s}' FOR UPDATE`);
    const result = refusal(storage.commit(inscrit(s, 2, 'm1')));
    await waiting(club.hand);
    await kill(`wait_event_type = 'Lock'`);
    expect(await result).toBeInstanceOf(CommitUnknown);
    await other.type('ROLLBACK');
    expect((await storage.load([s], true))[0]?.facts.length).toBe(1);
    await storage.commit(inscrit(s, 2, 'm1'));
    expect(await version()).toBe(2);
  });

  it('a connection killed while idle costs at most one failed commit, which was not made', async () => {
    await kill('true');
    const error = await refusal(storage.commit(inscrit(s, 2, 'm1')));
    if (error !== undefined) {
      expect(error instanceof CommitUnknown || error instanceof StorageUnavailable).toBe(true);
      expect((await storage.load([s], true))[0]?.facts.length).toBe(1);
      await storage.commit(inscrit(s, 2, 'm1'));
    }
    expect(await version()).toBe(2);
  });

  it('a settled read waits for the transaction that holds the head', async () => {
    await other.type(`BEGIN; UPDATE stream SET version = 2 WHERE id = '${s}'`);
    await other.type(`INSERT INTO outbox VALUES ('${s}', 2, 'Fait', '{}', 'd', NULL, 1, 1, NULL)`);
    const settled = storage.load([s], true);
    await waiting(club.hand);
    expect((await storage.load([s]))[0]?.facts.length).toBe(1);
    await other.type('COMMIT');
    expect((await settled)[0]?.facts.length).toBe(2);
  });

  it('a settled read waits for the transaction that is opening the stream, and leaves none behind', async () => {
    await other.type(`BEGIN; INSERT INTO stream (id, kind, version, instant) VALUES ('${s}-new', 'seance', 1, 1)`);
    await other.type(`INSERT INTO outbox VALUES ('${s}-new', 1, 'Fait', '{}', 'd', NULL, 1, 1, NULL)`);
    const settled = storage.load([`${s}-new`, `${s}-never`], true);
    await waiting(club.hand);
    await other.type('COMMIT');
    expect((await settled).map(({ facts }) => facts.length)).toEqual([1, 0]);
    expect(await club.hand.type(`SELECT 1 FROM stream WHERE id = '${s}-never'`)).toEqual([]);
  });

  it('a settled look at a demande waits for the transaction that is writing it', async () => {
    await other.type(`BEGIN; INSERT INTO demande VALUES ('test', '${s}-x', '${s}', 'h', '{"a":1}', 1)`);
    const settled = storage.demandes(
      [
        ['test', `${s}-x`],
        ['test', `${s}-y`],
      ],
      true,
    );
    await waiting(club.hand);
    await other.type('COMMIT');
    expect(await settled).toMatchObject([{ id: `${s}-x`, answer: { a: 1 } }]);
    expect(await club.hand.type(`SELECT 1 FROM demande WHERE id = '${s}-y'`)).toEqual([]);
  });

  it('a row held too long is contended, and the group passes when sent again', async () => {
    const impatient = openStorage(club.db.url, { postgres: { lockTimeoutMs: 50 } });
    await impatient.open(clubTables);
    await other.type(`BEGIN; SELECT 1 FROM stream WHERE id = '${s}' FOR UPDATE`);
    await expect(impatient.commit(inscrit(s, 2, 'm1'))).rejects.toBeInstanceOf(Contended);
    await expect(impatient.load([s], true)).rejects.toBeInstanceOf(Contended);
    await other.type('ROLLBACK');
    await impatient.commit(inscrit(s, 2, 'm1'));
    await impatient.close();
  });

  it('a compared head holds off whoever would move it until the group has committed', async () => {
    await other.type(`BEGIN; UPDATE stream SET version = 2 WHERE id = '${s}'`);
    const compared = refusal(storage.commit(group({ heads: [head(s, 1, 1)] })));
    await waiting(club.hand);
    await other.type('COMMIT');
    expect(await compared).toMatchObject({ reason: 'fence' });
  });

  it('two hands on the last place: the second waits for the first, and is refused', async () => {
    const seat = (entree: number, membre: string) => `INSERT INTO inscription VALUES ('${s}', ${entree}, '${membre}', 'inscrite', NULL, 1)`;
    await other.type(`BEGIN; ${seat(10, 'm1')}`);
    const commit = refusal(storage.commit(inscrit(s, 2, 'm2')));
    await waiting(club.hand);
    await other.type('COMMIT');
    const error = await commit;
    expect(error).toBeInstanceOf(GroupRefused);
    expect((error as GroupRefused).cause).toMatchObject({ constraint: 'seance_complete' });
  });

  it('an entry waits for the erasure of its member, and is then refused', async () => {
    await other.type(`BEGIN; UPDATE membre SET efface_le = 1 WHERE id = 'm8'`);
    const commit = refusal(storage.commit(inscrit(s, 2, 'm8')));
    await waiting(club.hand);
    await other.type('COMMIT');
    expect(((await commit) as GroupRefused).cause).toMatchObject({ constraint: 'membre_inconnu' });
  });

  it('a transaction left alone is ended by the server, not committed, and the next one passes', async () => {
    const slow = openStorage(club.db.url, { postgres: { idleInTransactionMs: 50 } });
    await slow.open(clubTables);
    const error = await refusal(
      slow.transact(async (tx) => {
        await tx.insert('marker', [{ name: s, instant: 1 }]);
        await until(async () => (await club.hand.type(ours(`state = 'idle in transaction'`))).length === 0);
        await tx.insert('marker', [{ name: `${s}b`, instant: 1 }]);
      }),
    );
    expect(error instanceof StorageUnavailable || error instanceof Contended).toBe(true);
    expect(await club.hand.type(`SELECT 1 FROM marker WHERE name = '${s}'`)).toEqual([]);
    expect(await slow.transact((tx) => tx.insert('marker', [{ name: s, instant: 1 }]))).toBe(1);
    await slow.close();
  });

  it('a server that is not there is unavailable, and so is a database that does not exist', async () => {
    const nowhere = openStorage('postgres://monclub@127.0.0.1:1/club', { postgres: { connectTimeoutMs: 500 } });
    await expect(nowhere.open(clubTables)).rejects.toBeInstanceOf(StorageUnavailable);
    await expect(nowhere.commit(planifiee('x', 1))).rejects.toBeInstanceOf(StorageUnavailable);
    await nowhere.close();
    const unknown = openStorage(`${club.db.url}_none`);
    await expect(unknown.open(clubTables)).rejects.toBeInstanceOf(StorageUnavailable);
    await unknown.close();
  });

  it('numbers are numbers on our connections only', async () => {
    const [stored] = await storage.facts(s, 0, 9);
    expect(stored?.instant).toBe(1);
    await storage.transact(async (tx) => expect((await tx.select('publication', { id: 1 }))[0]).toEqual({ id: 1, position: 0, term: 0 }));
    expect(pg.types.getTypeParser(20)('1')).toBe('1');
  });

  describe('behind a network that holds back', () => {
    let relay: TcpRelay;
    let far: Storage;
    beforeEach(async () => {
      relay = await openRelay(Number(new URL(club.db.url).port));
      const url = new URL(club.db.url);
      url.port = String(relay.port);
      far = openStorage(url.href, { postgres: { statementTimeoutMs: 200 } });
      await far.open(clubTables);
    });
    afterEach(async () => {
      await far.close();
      await relay.close();
    });

    it('a commit that the server has not read yet never runs once its fate was settled', async () => {
      relay.hold();
      const result = refusal(far.commit(inscrit(s, 2, 'm1')));
      await until(() => relay.held > 0);
      expect(await result).toBeInstanceOf(CommitUnknown);
      // New connections pass; what was sent on the old ones still waits in the network.
      relay.passNew();
      expect((await far.load([s], true))[0]?.facts.length).toBe(1);
      await relay.release();
      expect(await version()).toBe(1);
      await far.commit(inscrit(s, 2, 'm1'));
    });

    it('a commit whose acknowledgement is lost is unknown, and the settled read finds it', async () => {
      relay.holdAnswers();
      expect(await refusal(far.commit(inscrit(s, 2, 'm1')))).toBeInstanceOf(CommitUnknown);
      relay.passNew();
      expect((await far.load([s], true))[0]?.facts.length).toBe(2);
      await expect(far.commit(inscrit(s, 2, 'm1'))).rejects.toMatchObject({ reason: 'fence' });
    });
  });
});
