/** Owners that leave, sleep or crash, and instances that cannot reach the database: what becomes of what they had accepted. */
import { describe, expect, it } from 'vitest';
import { ToyCluster } from '../support/toy-cluster.js';

const take = { type: 'take' } as const;
const done = (version: number, taken: number, replayed = false) => ({ is: 'done', answer: { version, taken }, replayed });

async function three(): Promise<ToyCluster> {
  const cluster = new ToyCluster(1);
  await cluster.start('n1', 'n2', 'n3');
  return cluster;
}

describe('a planned leave', () => {
  it('finishes what is queued; what comes later is executed by a guest, then by the heir', async () => {
    const cluster = await three();
    const { stream, from } = await cluster.opened('n2');
    cluster.database.lag = [30, 40];
    const queued = [cluster.at('n1').ask(stream, take, 'a')];
    await cluster.network.pass(10);
    queued.push(cluster.at('n3').ask(stream, take, 'b'));
    await cluster.network.pass(10);
    const left = cluster.at('n2').leave();
    const late = cluster.at('n1').ask(stream, take, 'c');
    await cluster.network.pass(600);
    await left;
    expect(cluster.story(from)).toEqual([
      'n1 → n2 a',
      'n3 → n2 b',
      'n1 → n2 c',
      'n1 ← n2 c moved',
      `n2 writes a as ${stream} v2`,
      'n1 ← n2 a done',
      `n2 writes b as ${stream} v3`,
      'n2 crashes',
      'n3 ← n2 b done',
      `n1 writes c as ${stream} v4`,
    ]);
    expect([...queued, late].map(({ outcome }) => outcome)).toEqual([done(2, 1), done(3, 2), done(4, 3)]);
    cluster.database.lag = [1, 3];
    await cluster.network.pass(1_000);
    const heir = cluster.at('n1').router.ownerOf(stream)!.id;
    const after = cluster.at('n1').ask(stream, { type: 'free' }, 'd');
    await cluster.network.pass(50);
    expect(after.outcome).toEqual(done(5, 2));
    expect(cluster.living(stream)).toEqual([heir]);
  });

  it('ends with a proof for its own callers, and is not asked again for ever', async () => {
    const cluster = await three();
    const { stream } = await cluster.opened('n2');
    cluster.at('n2').router.leave();
    void cluster.at('n2').registry.stop(0);
    const asked = cluster.at('n2').ask(stream, take, 'a');
    await cluster.network.pass(10);
    expect(asked.outcome).toMatchObject({ is: 'unavailable', effect: 'not_executed' });
    expect(cluster.at('n2').router.traffic.retries).toBe(0);
  });
});

describe('a new view', () => {
  it('an activation that another owns now leaves memory once its queue is empty; nothing queued is lost', async () => {
    const cluster = await three();
    const { stream } = await cluster.opened('n1');
    const idle = await cluster.opened('n1', 1);
    const queued = cluster.at('n1').ask(stream, take, 'a');
    cluster.at('n1').registry.release(() => false);
    expect(cluster.living(stream)).toEqual(['n1']);
    expect(cluster.living(idle.stream)).toEqual([]);
    await cluster.network.pass(50);
    expect(queued.outcome).toEqual(done(2, 1));
    expect(cluster.living(stream)).toEqual([]);
  });

  it('one that comes home before it has left stays', async () => {
    const cluster = await three();
    const { stream } = await cluster.opened('n1');
    cluster.at('n1').ask(stream, take, 'a');
    cluster.at('n1').registry.release(() => false);
    cluster.at('n1').registry.release(() => true);
    await cluster.network.pass(500);
    expect(cluster.living(stream)).toEqual(['n1']);
  });
});

/** n2 sleeps with a decision of its own staged; it is declared dead, its heirs go on; then it wakes. */
async function sleeper(wakes: boolean): Promise<{ cluster: ToyCluster; stream: string; late: unknown; seen: () => unknown; from: number }> {
  const cluster = await three();
  const { stream, from } = await cluster.opened('n2');
  if (!wakes) cluster.at('n2').wake = () => undefined;
  const late = cluster.at('n2').ask(stream, take, 'late', { deadlineMs: 60_000 });
  cluster.network.pause('n2');
  await cluster.network.pass(2_000);
  for (const id of ['n1', 'n3']) cluster.at(id).suspect('n2');
  cluster.remove('n2');
  await cluster.network.pass(800);
  for (const id of ['a', 'b']) cluster.at('n1').ask(stream, take, id);
  await cluster.network.pass(50);
  // From now on the database is out of its reach: what it shows is what it remembers.
  cluster.database.unreachable.add('n2');
  cluster.network.resume('n2');
  await cluster.network.pass(20);
  return { cluster, stream, late, seen: () => cluster.at('n2').lastSeen(stream), from };
}

describe('a zombie', () => {
  it('wakes after others have worked in its place: it changes nothing, shows nothing old, and decides again on what is stored', async () => {
    const { cluster, stream, late, seen, from } = await sleeper(true);
    expect(seen()).toBeUndefined();
    expect(cluster.database.rows.heads.get(stream)).toBe(3);
    cluster.database.unreachable.clear();
    await cluster.network.pass(2_000);
    expect(late).toMatchObject({ outcome: done(4, 3) });
    expect(cluster.story(from).filter((line) => line.includes('writes'))).toHaveLength(2);
    expect(cluster.at('n2').me.incarnation).not.toBe('n2.2');
    expect(cluster.view.members.map(({ id }) => id)).toEqual(['n1', 'n2', 'n3']);
  });

  it('mutant: one that keeps its copies shows what has long been overtaken', async () => {
    const { seen } = await sleeper(false);
    expect(seen()).toEqual({ version: 1, taken: 0 });
  });
});

describe('a quarantine', () => {
  it('holds on every instance, and ends on all of them', async () => {
    const cluster = await three();
    const { stream } = await cluster.opened('n2');
    for (let i = 0; i < 4; i++) {
      cluster.at('n2').ask(stream, { type: 'explode' }, `boom-${i}`);
      await cluster.network.pass(30);
    }
    for (const id of ['n1', 'n3']) cluster.at(id).suspect('n2');
    const asked = ['n1', 'n2', 'n3'].map((id) => cluster.at(id).ask(stream, take, `from-${id}`));
    await cluster.network.pass(30);
    for (const { outcome } of asked) {
      expect(outcome).toMatchObject({ is: 'quarantined' });
      expect((outcome as { retryAfterMs: number }).retryAfterMs).toBeGreaterThan(500);
    }
    await cluster.network.pass(1_000);
    const healed = cluster.at('n3').ask(stream, take, 'a');
    await cluster.network.pass(50);
    expect(healed.outcome).toEqual(done(2, 1));
  });

  it('is written when the database is there again, and forgotten when it is over before', async () => {
    const cluster = await three();
    const { stream } = await cluster.opened('n2');
    const explode = async (): Promise<void> => {
      for (let i = 0; i < 4; i++) {
        cluster.at('n2').ask(stream, { type: 'explode' }, `boom-${i}`);
        await cluster.network.pass(30);
      }
    };
    await explode();
    expect(cluster.database.rows.quarantines.get(stream)).toBeGreaterThan(cluster.at('n2').node.clock.now());
    await cluster.network.pass(1_000);
    const before = cluster.database.rows.quarantines.get(stream);
    cluster.at('n2').registry.crash(stream);
    cluster.database.unreachable.add('n2');
    await cluster.network.pass(5_000);
    cluster.database.unreachable.clear();
    await cluster.network.pass(2_000);
    expect(cluster.database.rows.quarantines.get(stream)).toBe(before);
  });
});

describe('time', () => {
  it('without the database a demande is told so before its deadline, wherever it came in, and is not asked again for ever', async () => {
    const cluster = await three();
    const { stream } = await cluster.opened('n2');
    for (const id of ['n1', 'n2', 'n3']) cluster.database.unreachable.add(id);
    const asked = ['n1', 'n2'].map((id) => cluster.at(id).ask(stream, take, `from-${id}`, { deadlineMs: 4_000 }));
    await cluster.network.pass(4_000);
    for (const { outcome, from, until } of asked) {
      expect(outcome).toMatchObject({ is: 'unavailable', effect: 'not_executed' });
      expect(until! - from).toBeLessThanOrEqual(4_000);
    }
    expect(cluster.at('n1').router.traffic.retries).toBeLessThan(5);
    cluster.database.unreachable.clear();
    await cluster.network.pass(5_000);
    expect(cluster.database.rows.heads.get(stream)).toBe(1);
  });

  it('a proof that nothing happened is tried again inside the budget, under the same id', async () => {
    const cluster = await three();
    const { stream } = await cluster.opened('n2');
    let busy = 2;
    const { rows } = cluster.database;
    const commit = rows.commit.bind(rows);
    rows.commit = async (group) => {
      // Somebody else writes first, twice: the second lost fence is answered `not_executed`.
      if (busy-- > 0) rows.overtake(stream, busy === 1 ? 'Taken' : 'Freed');
      await commit(group);
    };
    const asked = cluster.at('n1').ask(stream, take, 'a');
    await cluster.network.pass(300);
    expect(asked.outcome).toEqual(done(4, 1));
    expect(cluster.at('n1').router.traffic).toMatchObject({ retries: 1, forwarded: 2, guests: 0 });
  });

  it('a view that takes too long to read costs no caller more than its time', async () => {
    const cluster = await three();
    const { stream } = await cluster.opened('n2');
    cluster.at('n2').router.leave();
    cluster.at('n2').view = { ...cluster.view, version: 99 };
    cluster.database.lag = [20_000, 20_000];
    const asked = cluster.at('n1').ask(stream, take, 'a', { deadlineMs: 2_000 });
    await cluster.network.pass(2_000);
    expect(asked.outcome).toMatchObject({ is: 'unavailable', effect: 'not_executed' });
    expect(asked.until! - asked.from).toBeLessThanOrEqual(2_000);
  });

  it('more demandes than may wait for one owner are overloaded at once', async () => {
    const cluster = await three();
    const { stream } = await cluster.opened('n2');
    cluster.network.pause('n2');
    const asked = Array.from({ length: 8_193 }, (_, i) => cluster.at('n1').ask(stream, take, `a${i}`, { deadlineMs: 1_000 }));
    await cluster.network.pass(1);
    expect(asked.filter(({ outcome }) => outcome?.is === 'overloaded')).toHaveLength(1);
    await cluster.network.pass(1_000);
    expect(asked.every(({ outcome }) => outcome !== undefined)).toBe(true);
    expect(cluster.at('n1').router.outstanding).toBe(0);
  });
});
