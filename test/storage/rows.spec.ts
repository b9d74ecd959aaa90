import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ConstraintViolated, type RowTransaction } from '../../src/runtime/outbox/storage.js';
import { engines } from '../support/databases.js';
import { openClub, planifiee, refusal, type Club } from './club.js';

describe.each(engines)('A transaction of plain rows on %s', (engine) => {
  let club: Club;
  beforeAll(async () => void (club = await openClub(engine)));
  afterAll(() => club.end());
  beforeEach(() => club.hand.type('DELETE FROM inbox'));

  const transact = <T>(work: (tx: RowTransaction) => Promise<T>): Promise<T> => club.storage.transact(work);
  const row = (listener: string, stream: string, version = 1) => ({ listener, stream, version });
  const stored = async (): Promise<string[]> =>
    (await club.hand.type('SELECT listener, stream, version FROM inbox ORDER BY listener, stream')).map((found) =>
      Object.values(found).join(' '),
    );

  it('tells how many rows each operation touched', async () => {
    await transact(async (tx) => {
      expect(await tx.insert('inbox', [])).toBe(0);
      expect(await tx.insert('inbox', [row('a', 's1'), row('a', 's2')])).toBe(2);
      expect(await tx.insert('inbox', [row('a', 's2', 9), row('b', 's1')], true)).toBe(1);
      expect(await tx.update('inbox', { version: 2 }, { listener: 'a', stream: 's1' })).toBe(1);
      expect(await tx.update('inbox', { version: 3 }, { listener: 'a', stream: 's1', version: 1 })).toBe(0);
      expect(await tx.updateAll('inbox', ['listener', 'stream'], [row('a', 's2', 5), row('b', 's1', 6), row('c', 'none', 7)])).toBe(2);
      expect(await tx.delete('inbox', { listener: 'none' })).toBe(0);
    });
    expect(await stored()).toEqual(['a s1 2', 'a s2 5', 'b s1 6']);
  });

  it('reads its own writes, by equality, by list, by null and by what is due, in the order of the key', async () => {
    await transact(async (tx) => {
      await tx.insert('membre', [
        { id: 'y', nom: null, suspendu_jusqua: 1764000000123, cree_le: 1, version: 1 },
        { id: 'x', nom: null, suspendu_jusqua: 1764000000124, cree_le: 1, version: 1 },
        { id: 'z', nom: 'Z', suspendu_jusqua: 1, cree_le: 1, version: 1 },
      ]);
      const ids = async (where: Parameters<RowTransaction['select']>[1], limit?: number) =>
        (await tx.select('membre', where, limit)).map(({ id }) => id);
      expect(await ids({ nom: null })).toEqual(['x', 'y']);
      expect(await ids({ nom: null }, 1)).toEqual(['x']);
      expect(await ids({ id: ['z', 'y', 'none'] })).toEqual(['y', 'z']);
      expect(await ids({ id: [] })).toEqual([]);
      expect(await ids({ suspendu_jusqua: { atMost: 1764000000123 } })).toEqual(['y', 'z']);
      const [found] = await tx.select('membre', { id: 'y' });
      expect(found).toMatchObject({
        id: 'y',
        nom: null,
        courriel: null,
        suspendu_jusqua: 1764000000123,
        cree_le: 1,
        efface_le: null,
        version: 1,
      });
      await tx.update('membre', { nom: 'Y', suspendu_jusqua: null }, { id: 'y' });
      expect(await ids({ suspendu_jusqua: null, nom: 'Y' })).toEqual(['y']);
    });
  });

  it('undoes everything when its work throws, and rethrows that very error', async () => {
    const mine = new Error('changed my mind');
    const failing = transact(async (tx) => {
      await tx.insert('inbox', [row('a', 's1')]);
      throw mine;
    });
    await expect(failing).rejects.toBe(mine);
    expect(await stored()).toEqual([]);
  });

  it('is lost as a whole by a refused row, even when its work goes on', async () => {
    const error = await refusal(
      transact(async (tx) => {
        await tx.insert('inbox', [row('a', 's1')]);
        await tx.insert('inbox', [row('a', 's1')]).catch(() => undefined);
        await expect(tx.insert('inbox', [row('b', 's1')])).rejects.toBeInstanceOf(ConstraintViolated);
      }),
    );
    expect(error).toMatchObject({ name: 'ConstraintViolated', constraint: 'inbox_pkey' });
    expect(await stored()).toEqual([]);
  });

  it('loses only the savepoint in which a row was refused, to any depth', async () => {
    await transact(async (tx) => {
      await tx.insert('inbox', [row('a', 's1')]);
      const inner = tx.savepoint(async () => {
        await tx.insert('inbox', [row('b', 's1')]);
        await tx.savepoint(() => tx.insert('inbox', [row('c', 's1')]));
        await tx.insert('inbox', [row('a', 's1')]);
      });
      await expect(inner).rejects.toMatchObject({ constraint: 'inbox_pkey' });
      await expect(tx.savepoint(() => Promise.reject(new Error('mine')))).rejects.toThrow('mine');
      expect(await tx.savepoint(() => tx.insert('inbox', [row('d', 's1')]))).toBe(1);
    });
    expect(await stored()).toEqual(['a s1 1', 'd s1 1']);
  });

  it('lets a swallowed refusal undo the savepoint around it, never half of it', async () => {
    await transact(async (tx) => {
      const swallowing = tx.savepoint(async () => {
        await tx.insert('inbox', [row('a', 's1')]);
        await tx.insert('inbox', [row('a', 's1')]).catch(() => undefined);
      });
      await expect(swallowing).rejects.toBeInstanceOf(ConstraintViolated);
      await tx.insert('inbox', [row('b', 's1')]);
    });
    expect(await stored()).toEqual(['b s1 1']);
  });

  it('knows no table, no column and no row shape but those it was given', async () => {
    const wrong = (work: (tx: RowTransaction) => Promise<unknown>) =>
      expect(transact(work)).rejects.toThrow(/no table|no column|same columns|missing/);
    await wrong((tx) => tx.select('sqlite_schema', {}));
    await wrong((tx) => tx.select('pg_user', {}));
    await wrong((tx) => tx.update('inbox', { 'version" = 1 --': 1 }, {}));
    await wrong((tx) => tx.select('inbox', { constructor: 1 }));
    await wrong((tx) => tx.insert('seance', [{ id: 'x', prises: 1 }]));
    await wrong((tx) => tx.insert('inbox', [row('a', 's'), { listener: 'b', stream: 's' }]));
    await wrong((tx) => tx.insert('inbox', [row('a', 's'), { listener: 'b', stream: 's', acteur: 1 }]));
    expect(await stored()).toEqual([]);
  });

  it('is of no use after its end', async () => {
    let kept: RowTransaction | undefined;
    await transact(async (tx) => void (kept = tx));
    await expect(kept?.insert('inbox', [row('late', 's')])).rejects.toThrow('ended');
    expect(await stored()).toEqual([]);
  });

  it('shows nothing to readers before its end, and takes its turn with commits and other transactions', async () => {
    const turns: string[] = [];
    const slow = transact(async (tx) => {
      await tx.insert('inbox', [row('slow', 's')]);
      expect(await club.storage.load(['turn'])).toEqual([{ stream: 'turn', facts: [] }]);
      expect(await stored()).toEqual([]);
      turns.push('first');
    });
    const commit = club.storage.commit(planifiee('turn', 1)).then(() => turns.push('second'));
    const failing = transact((tx) => tx.insert('inbox', [row('slow', 's')])).catch(() => turns.push('third'));
    const last = transact(async (tx) => void turns.push(`last sees ${(await tx.select('inbox', {})).length}`));
    await Promise.all([slow, commit, failing, last]);
    expect(turns).toEqual(['first', 'second', 'third', 'last sees 1']);
    expect(await stored()).toEqual(['slow s 1']);
  });
});
