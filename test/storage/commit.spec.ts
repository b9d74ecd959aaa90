import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GroupRefused, type GroupWrite } from '../../src/runtime/outbox/storage.js';
import { engines } from '../support/databases.js';
import { entree, devient, fact, group, head, inscrit, openClub, planifiee, refusal, seanceRow, type Club } from './club.js';

const counted = ['stream', 'outbox', 'demande', 'snapshot', 'seance', 'inscription', 'motif'];

describe.each(engines)('A commit on %s', (engine) => {
  let club: Club;
  beforeAll(async () => void (club = await openClub(engine)));
  afterAll(() => club.end());

  const commit = (write: GroupWrite): Promise<void> => club.storage.commit(write);
  const sizes = async (): Promise<unknown[]> => {
    const counts: unknown[] = [];
    for (const table of counted) counts.push((await club.hand.type(`SELECT count(*) AS n FROM ${table}`))[0]?.['n']);
    return counts;
  };
  const refusedWhole = async (write: GroupWrite, reason: string): Promise<GroupRefused> => {
    const before = await sizes();
    const error = await refusal(commit(write));
    expect(error).toBeInstanceOf(GroupRefused);
    expect((error as GroupRefused).reason).toBe(reason);
    expect(await sizes()).toEqual(before);
    return error as GroupRefused;
  };

  it('writes heads, facts, answers, snapshots and rows together', async () => {
    await commit(planifiee('together', 2));
    await commit({ ...inscrit('together', 2, 'm1'), snapshots: [['together', 2, 1, { assis: ['m1'] }]] });
    const [stored] = await club.storage.load(['together']);
    expect(stored).toEqual({ stream: 'together', snapshot: { version: 2, format: 1, state: { assis: ['m1'] } }, facts: [] });
    expect((await club.storage.facts('together', 0, 9)).map(({ version }) => version)).toEqual([1, 2]);
    expect(await club.hand.type("SELECT prises, en_attente FROM seance WHERE id = 'together'")).toEqual([{ prises: 1, en_attente: 0 }]);
    expect(await club.storage.demandes([['test', 'together-2']])).toMatchObject([{ stream: 'together', answer: { version: 2 } }]);
  });

  it('refuses whole a group with one stale head, and nothing of it is written', async () => {
    await commit(planifiee('fresh', 5));
    await commit(planifiee('stale', 5));
    await commit(inscrit('stale', 2, 'm1'));
    const both = group({
      heads: [head('fresh', 1, 2), head('stale', 1, 2)],
      facts: [fact('fresh', 2), fact('stale', 2)],
      demandes: [['test', 'stale-again', 'fresh', 'h', {}, 1]],
      tables: { inscription: { inserts: [entree('fresh', 2, 'm2')] } },
    });
    await refusedWhole(both, 'fence');
    expect([...(await club.storage.examine(both)).fenced]).toEqual(['stale']);
  });

  it('refuses to open a stream that exists, and to move one that does not', async () => {
    await commit(planifiee('opened', 5));
    await refusedWhole(planifiee('opened', 5), 'fence');
    await refusedWhole(group({ heads: [head('nowhere', 3, 4)], facts: [fact('nowhere', 4)] }), 'fence');
  });

  it('compares a head that it does not move, and one of a stream that must not exist', async () => {
    await commit(planifiee('compared', 5));
    await commit(planifiee('moving', 5));
    await commit(group({ heads: [head('compared', 1, 1), head('ghost', 0, 0)] }));
    await commit(group({ heads: [head('compared', 1, 1), head('moving', 1, 2)], facts: [fact('moving', 2)] }));
    await refusedWhole(group({ heads: [head('compared', 2, 2)] }), 'fence');
    await refusedWhole(group({ heads: [head('compared', 0, 0)] }), 'fence');
    await refusedWhole(group({ heads: [head('compared', 2, 2), head('moving', 2, 3)], facts: [fact('moving', 3)] }), 'fence');
    await refusedWhole(group({ heads: [head('ghost', 4, 4)] }), 'fence');
    expect((await club.storage.examine(group({ heads: [head('ghost', 0, 0)] }))).fenced.size).toBe(0);
  });

  it('refuses a demande that was stored before, as accepted and as refused', async () => {
    await commit(planifiee('twice', 5));
    await commit(inscrit('twice', 2, 'm1'));
    const again = group({ heads: [head('twice', 2, 2)], demandes: [['test', 'twice-2', 'twice', 'other', {}, 1]] });
    await refusedWhole(again, 'known');
    const refused = group({ heads: [head('twice', 2, 2)], absent: [['test', 'twice-2']] });
    await refusedWhole(refused, 'known');
    const verdict = await club.storage.examine(refused);
    expect(verdict.known.get('test\ntwice-2')).toMatchObject({ stream: 'twice', hash: 'hash', answer: { version: 2 } });
    await commit(
      group({
        heads: [head('twice', 2, 2)],
        absent: [
          ['test', 'never'],
          ['other', 'twice-2'],
        ],
      }),
    );
  });

  it('names the guard that refused, the same on both engines', async () => {
    await commit(planifiee('named', 1));
    await commit(inscrit('named', 2, 'm1'));
    const cause = async (write: GroupWrite): Promise<unknown> => (await refusedWhole(write, 'guard')).cause;
    expect(await cause(inscrit('named', 3, 'm2'))).toMatchObject({ constraint: 'seance_complete' });
    expect(await cause(inscrit('named', 3, 'm1', 'en_attente'))).toMatchObject({ constraint: 'inscription_vivante' });
    expect(await cause(inscrit('named', 3, 'nobody', 'en_attente'))).toMatchObject({ constraint: 'membre_inconnu' });
  });

  it('tells by rehearsal which parts are guilty, judges the innocent after them, and writes nothing', async () => {
    await commit(planifiee('tried', 1));
    await commit(planifiee('beside', 5));
    const before = await sizes();
    const parts = [inscrit('tried', 2, 'm1'), inscrit('tried', 3, 'm2'), inscrit('tried', 4, 'm3'), inscrit('beside', 2, 'm4')];
    const verdicts = await club.storage.rehearse(parts);
    expect(verdicts.map((verdict) => verdict?.constraint)).toEqual([undefined, 'seance_complete', undefined, undefined]);
    expect(await sizes()).toEqual(before);
    await expect(club.storage.rehearse([inscrit('beside', 9, 'm4')])).rejects.toMatchObject({ reason: 'fence' });
    await commit(inscrit('tried', 2, 'm1'));
  });

  it('writes limits that rise before the rows that take, and limits that fall after the rows that free', async () => {
    await commit(planifiee('order', 1));
    await commit(inscrit('order', 2, 'm1'));
    const row = (places: number) => seanceRow('order', places).map((cell, column) => (column === 0 || column === 9 ? cell : null));
    const rise = { seance: { updates: [row(2)] }, inscription: { inserts: [entree('order', 3, 'm2')] } };
    await commit(group({ heads: [head('order', 2, 3)], tables: rise }));
    const fall = { seance: { updates: [row(1)] }, inscription: { updates: [devient('order', 2, 'annulee')] } };
    await commit(group({ heads: [head('order', 3, 4)], tables: fall }));
    const swap = { inscription: { inserts: [entree('order', 5, 'm3')], updates: [devient('order', 3, 'annulee')] } };
    await commit(group({ heads: [head('order', 4, 5)], tables: swap }));
    expect(await club.hand.type("SELECT prises, places FROM seance WHERE id = 'order'")).toEqual([{ prises: 1, places: 1 }]);
    await commit(group({ heads: [head('order', 5, 6)], tables: { inscription: { deletes: [entree('order', 5, 'm3')] } } }));
    expect(await club.hand.type("SELECT prises FROM seance WHERE id = 'order'")).toEqual([{ prises: 0 }]);
  });

  it('gives back every fact and answer to the letter', async () => {
    const awkward = { z: 'é\u2028"\\ 🎉 \u0001', a: [null, true, 1.5, 1764000000123, { b: {} }], '': '' };
    await commit(
      group({
        heads: [head('letter', 0, 2)],
        facts: [fact('letter', 1, awkward), fact('letter', 2, {})],
        demandes: [['t', 'l', 'letter', 'h', awkward, 1]],
      }),
    );
    const [stored] = await club.storage.load(['letter']);
    expect(JSON.stringify(stored?.facts[0]?.data)).toBe(JSON.stringify(awkward));
    const answers: unknown[] = ['text', null, 0, false, []];
    await commit(group({ heads: [head('letter', 2, 2)], demandes: answers.map((answer, i) => ['t', `l${i}`, 'letter', 'h', answer, 1]) }));
    const kept = await club.storage.demandes([['t', 'l'], ...answers.map((_, i) => ['t', `l${i}`] as const)]);
    const byId = kept.toSorted((a, b) => (a.id < b.id ? -1 : 1)).map(({ answer }) => JSON.stringify(answer));
    expect(byId).toEqual([awkward, ...answers].map((answer) => JSON.stringify(answer)));
  });

  it('loads many streams at once, each in order, and an unknown one empty', async () => {
    const ids = Array.from({ length: 300 }, (_, i) => `many-${i}`);
    await commit(
      group({
        heads: ids.toSorted().map((id) => head(id, 0, 3)),
        facts: ids.flatMap((id) => [3, 1, 2].map((version) => fact(id, version, { id }))),
      }),
    );
    const streams = await club.storage.load([...ids, 'none']);
    expect(streams.map(({ stream }) => stream)).toEqual([...ids, 'none']);
    expect(streams.every(({ stream, facts }) => facts.map(({ version }) => version).join() === (stream === 'none' ? '' : '1,2,3'))).toBe(
      true,
    );
  });

  it('hands out unpublished facts oldest first per stream, no more than asked, and starves no stream', async () => {
    await club.storage.transact(async (tx) => {
      for (const { id, version } of await tx.select('stream', {})) await tx.update('stream', { published: version ?? 0 }, { id: id ?? '' });
    });
    expect(await club.storage.unpublished(10, 5, '')).toEqual([]);
    await commit(
      group({
        heads: ['ua', 'ub', 'uc'].map((id) => head(id, 0, 3)),
        facts: ['ua', 'ub', 'uc'].flatMap((id) => [1, 2, 3].map((v) => fact(id, v))),
      }),
    );
    const names = async (limit: number, each: number, after: string) =>
      (await club.storage.unpublished(limit, each, after)).map(({ stream, version }) => `${stream}${version}`);
    expect(await names(10, 2, '')).toEqual(['ua1', 'ua2', 'ub1', 'ub2', 'uc1', 'uc2']);
    expect(await names(3, 2, 'ua')).toEqual(['ub1', 'ub2', 'uc1']);
    expect(await names(5, 3, 'ub')).toEqual(['uc1', 'uc2', 'uc3', 'ua1', 'ua2']);
    await club.storage.transact(async (tx) => {
      await tx.updateAll(
        'outbox',
        ['stream', 'version'],
        [
          { stream: 'ub', version: 1, position: 7 },
          { stream: 'ua', version: 1, position: 8 },
        ],
      );
      await tx.updateAll(
        'stream',
        ['id'],
        [
          { id: 'ua', published: 1 },
          { id: 'ub', published: 1 },
        ],
      );
    });
    expect((await club.storage.published(0, 9)).map(({ stream, position, kind }) => [stream, position, kind])).toEqual([
      ['ub', 7, 'seance'],
      ['ua', 8, 'seance'],
    ]);
    expect((await club.storage.published(7, 9)).length).toBe(1);
    expect(await names(9, 1, '')).toEqual(['ua2', 'ub2', 'uc1']);
  });
});
