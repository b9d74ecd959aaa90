/** Who executes a demande when views differ, owners leave, die, sleep or are slow: each play in full, on a seeded fake network. */
import { describe, expect, it } from 'vitest';
import { CallFailed } from '../../src/runtime/cluster/transport-port.js';
import { intercept } from '../guards/intercept.js';
import { type Asked, type Parts, ToyCluster } from '../support/toy-cluster.js';

const take = { type: 'take' } as const;
const done = (version: number, taken: number, replayed = false) => ({ is: 'done', answer: { version, taken }, replayed });

async function three(parts: Parts = {}): Promise<ToyCluster> {
  const cluster = new ToyCluster(1, parts);
  await cluster.start('n1', 'n2', 'n3');
  return cluster;
}

/** A stream whose owner changes from `before` to `joined` when that one joins. */
function streamThatMovesTo(cluster: ToyCluster, joined: string, before: string): string {
  const names = Array.from({ length: 500 }, (_, i) => `m${i}`);
  const was = new Map(names.map((name) => [name, cluster.at(before).router.ownerOf(name)?.id]));
  cluster.boot(joined);
  return names.find((name) => was.get(name) === before && cluster.at(joined).router.ownerOf(name)?.id === joined)!;
}

describe('a demande goes to the owner of its stream', () => {
  it('what one turn asks of one owner travels together, and its answers too', async () => {
    const cluster = await three();
    const { stream, from } = await cluster.opened('n2');
    const asked = ['a', 'b', 'c', 'd'].map((id) => cluster.at('n1').ask(stream, take, id));
    await cluster.network.pass(50);
    expect(cluster.story(from)).toEqual([
      'n1 → n2 a, b, c, d',
      `n2 writes a as ${stream} v2, b as ${stream} v3, c as ${stream} v4`,
      'n1 ← n2 a done, b done, c done, d refused',
    ]);
    expect(asked.map(({ outcome }) => outcome)).toEqual([
      done(2, 1),
      done(3, 2),
      done(4, 3),
      { is: 'refused', refusal: { refusal: 'full', data: { version: 4 } } },
    ]);
    expect(cluster.at('n1').router.traffic).toMatchObject({ forwarded: 4, received: 0, guests: 0, retries: 0 });
    expect(cluster.at('n2').router.traffic).toMatchObject({ received: 4, detours: 0 });
  });

  it('one that asks by an old view is handed on to the owner: two wires', async () => {
    const cluster = await three();
    const stream = streamThatMovesTo(cluster, 'n4', 'n2');
    cluster.at('n2').adopt();
    await cluster.network.pass(20);
    const from = cluster.story().length;
    const asked = cluster.at('n1').ask(stream, { type: 'open' }, 'a');
    await cluster.network.pass(50);
    expect(cluster.story(from)).toEqual([
      'n1 → n2 a',
      'n2 → n4 a (wire 2)',
      `n4 writes a as ${stream} v1`,
      'n2 ← n4 a done',
      'n1 ← n2 a done',
    ]);
    expect(asked.outcome).toEqual(done(1, 0));
    expect(cluster.living(stream)).toEqual(['n4']);
  });

  it('one that cannot be handed on comes back: the view is read again, and the owner found', async () => {
    const cluster = await three();
    const stream = streamThatMovesTo(cluster, 'n4', 'n2');
    for (const id of ['n2', 'n3']) cluster.at(id).adopt();
    await cluster.network.pass(20);
    cluster.at('n2').suspect('n4');
    await cluster.network.pass(300);
    const from = cluster.story().length;
    const asked = cluster.at('n1').ask(stream, { type: 'open' }, 'a');
    await cluster.network.pass(1);
    // The connection to the newcomer is made when the view is read: until then the stream has a guest.
    await cluster.network.pass(50);
    expect(cluster.story(from)).toEqual(['n1 → n2 a', 'n1 ← n2 a moved', `n1 writes a as ${stream} v1`]);
    expect(cluster.at('n1').view.version).toBe(cluster.view.version);
    expect(asked.outcome).toEqual(done(1, 0));
    const again = cluster.at('n1').ask(stream, take, 'b');
    await cluster.network.pass(50);
    expect(cluster.story(from).slice(3)).toEqual(['n1 → n4 b', `n4 writes b as ${stream} v2`, 'n1 ← n4 b done']);
    expect(again.outcome).toEqual(done(2, 1));
  });

  it('an owner with the older view reads it before it judges', async () => {
    const cluster = await three();
    const stream = streamThatMovesTo(cluster, 'n4', 'n2');
    // n4 has been declared dead, n2 owns the stream again: n1 knows, n2 still believes in n4.
    cluster.at('n2').view = cluster.view;
    cluster.network.crash('n4');
    cluster.remove('n4');
    cluster.at('n1').adopt();
    await cluster.network.pass(20);
    const from = cluster.story().length;
    cluster.at('n1').ask(stream, { type: 'open' }, 'a');
    await cluster.network.pass(50);
    expect(cluster.story(from)).toEqual(['n1 → n2 a', `n2 writes a as ${stream} v1`, 'n1 ← n2 a done']);
  });

  it('there is no third wire: whoever would have to take it sends the demande back, and it is executed where it came in', async () => {
    const cluster = await three();
    const stream = streamThatMovesTo(cluster, 'n4', 'n2');
    // Everybody's view is another: n1 believes in n2, n2 in n4, n4 in nobody that it can reach.
    cluster.at('n2').adopt();
    await cluster.network.pass(20);
    cluster.at('n4').view = { version: cluster.view.version, members: cluster.at('n1').view.members };
    const from = cluster.story().length;
    const asked = cluster.at('n1').ask(stream, { type: 'open' }, 'a');
    await cluster.network.pass(50);
    expect(cluster.story(from)).toEqual([
      'n1 → n2 a',
      'n2 → n4 a (wire 2)',
      'n2 ← n4 a moved',
      'n1 ← n2 a moved',
      `n1 writes a as ${stream} v1`,
    ]);
    expect(asked.outcome).toEqual(done(1, 0));
    expect(cluster.hops).toBe(2);
    expect(cluster.living(stream)).toEqual([]);
  });
});

describe('an owner out of reach', () => {
  it('is worked for by a guest, which keeps nothing', async () => {
    const cluster = await three();
    const { stream, from } = await cluster.opened('n2');
    cluster.at('n1').suspect('n2');
    const asked = [cluster.at('n1').ask(stream, take, 'a'), cluster.at('n1').ask(stream, take, 'b')];
    await cluster.network.pass(50);
    expect(cluster.story(from)).toEqual([`n1 writes a as ${stream} v2, b as ${stream} v3`]);
    expect(asked.map(({ outcome }) => outcome)).toEqual([done(2, 1), done(3, 2)]);
    expect(cluster.living(stream)).toEqual(['n2']);
    // The owner's copy is old now: it loses the fence once, reads again, and answers right.
    const later = cluster.at('n2').ask(stream, take, 'c');
    await cluster.network.pass(50);
    expect(later.outcome).toEqual(done(4, 3));
    expect(cluster.at('n2').registry.crashes).toBe(0);
  });

  it('dies before it has written: the demande is executed here under the same id', async () => {
    const cluster = await three();
    const { stream, from } = await cluster.opened('n2');
    const asked = cluster.at('n1').ask(stream, take, 'a');
    await cluster.toLine(/n1 → n2 a/);
    cluster.network.crash('n2');
    await cluster.network.pass(100);
    expect(cluster.story(from)).toEqual(['n1 → n2 a', 'n2 crashes', `n1 writes a as ${stream} v2`]);
    expect(asked.outcome).toEqual(done(2, 1));
  });

  /** The owner dies with the last seat written and nobody told. */
  async function diesUntold(parts: Parts = {}): Promise<Asked> {
    const cluster = await three(parts);
    const { stream, from } = await cluster.opened('n2');
    for (const id of ['a', 'b']) cluster.at('n2').ask(stream, take, id);
    await cluster.network.pass(20);
    const asked = cluster.at('n1').ask(stream, take, 'c', { minted: true });
    await cluster.toLine(/n2 writes c/);
    cluster.network.crash('n2');
    await cluster.network.pass(100);
    expect(cluster.story(from).slice(1)).toEqual(['n1 → n2 c', `n2 writes c as ${stream} v4`, 'n2 crashes']);
    return asked;
  }

  it('dies after it has written: the stored answer is found, also by a demande that would now be refused', async () => {
    // Nobody else knew the id: it is this very call's first answer, not a replay.
    expect((await diesUntold()).outcome).toEqual(done(4, 3));
  });

  it('mutant: an id that goes on counting as new is not looked up, and its caller never learns of the seat', async () => {
    const asNew: Parts['registry'] = (honest) =>
      intercept(honest, { ask: (stream, demande, envelope, as) => honest.ask(stream, demande, { ...envelope, minted: true }, as) });
    expect((await diesUntold({ registry: asNew })).outcome).toMatchObject({ is: 'unavailable', effect: 'unknown' });
  });

  it('dies, and the demande would be refused here: only the owner could have known whether it was executed, so nobody says no', async () => {
    const cluster = await three();
    const { stream } = await cluster.opened('n2');
    for (const id of ['a', 'b', 'c']) cluster.at('n2').ask(stream, take, id);
    await cluster.network.pass(20);
    const asked = cluster.at('n1').ask(stream, take, 'd');
    await cluster.toLine(/n1 → n2 d/);
    cluster.network.crash('n2');
    await cluster.network.pass(100);
    expect(asked.outcome).toMatchObject({ is: 'unavailable', effect: 'unknown' });
    const again = cluster.at('n1').ask(stream, take, 'd');
    await cluster.network.pass(100);
    expect(again.outcome).toMatchObject({ is: 'refused' });
  });

  it('is cut off with the call in flight and works on: one effect, whoever is first', async () => {
    const cluster = await three();
    const { stream } = await cluster.opened('n2');
    const asked = cluster.at('n1').ask(stream, take, 'a', { minted: true });
    await cluster.toLine(/n1 → n2 a/);
    await cluster.network.pass(3);
    cluster.network.partition(['n1'], ['n2']);
    cluster.at('n1').suspect('n2');
    await cluster.network.pass(100);
    expect(asked.outcome).toEqual(done(2, 1));
    expect(cluster.database.rows.heads.get(stream)).toBe(2);
  });

  it('does not keep up with what is sent to it: the demande is overloaded, and nothing is executed in its place', async () => {
    const full: Parts['transport'] = (honest) =>
      intercept(honest, { call: () => Promise.reject(new CallFailed('unsent', 'too much waits for it')) });
    const cluster = await three({ transport: full });
    const { stream } = await cluster.opened('n2');
    const asked = cluster.at('n1').ask(stream, take, 'a');
    await cluster.network.pass(50);
    expect(asked.outcome).toMatchObject({ is: 'overloaded' });
    expect(cluster.at('n1').router.traffic.guests).toBe(0);
  });

  it('is only slow: it is waited for, and nothing is executed in its place', async () => {
    const cluster = await three();
    const { stream, from } = await cluster.opened('n2');
    cluster.network.pause('n2');
    const asked = cluster.at('n1').ask(stream, take, 'a', { deadlineMs: 1_000 });
    await cluster.network.pass(1_000);
    expect(asked.outcome).toMatchObject({ is: 'unavailable', effect: 'unknown' });
    expect(asked.until! - asked.from).toBeLessThanOrEqual(1_000);
    expect(cluster.story(from)).toEqual(['n2 is paused', 'n1 → n2 a']);
    expect(cluster.at('n1').router.outstanding).toBe(0);
  });

  /** The same demande twice in the queue of its owner, under an id that the asking instance has invented: its first call was lost on the way back. */
  async function twice(as: 'forwarded' | 'owner'): Promise<{ outcomes: unknown[]; version: number | undefined }> {
    const cluster = await three();
    const { stream } = await cluster.opened('n2');
    const envelope = { scope: 'play', id: 'a', minted: true, acteur: null, instant: 0, hash: 'take', deadline: 10_000 };
    const asked = [1, 2].map(() => cluster.at('n2').registry.ask(stream, take, envelope, as));
    await cluster.network.pass(50);
    return { outcomes: await Promise.all(asked), version: cluster.database.rows.heads.get(stream) };
  }

  it('has one effect and one answer for a demande that reaches it twice, whoever invented the id', async () => {
    expect(await twice('forwarded')).toEqual({ outcomes: [done(2, 1), done(2, 1, true)], version: 2 });
  });

  it('mutant: an owner that trusts invented ids to come once takes two seats', async () => {
    expect((await twice('owner')).version).toBe(3);
  });
});
