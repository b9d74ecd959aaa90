/** What ends, what lies, what is somebody else's to do: replication at its edges, on a seeded fake network. */
import { describe, expect, it } from 'vitest';
import { writeDelta } from '../../src/modules/crdt/counter-text.js';
import { NO_GIFTS } from '../../src/modules/crdt/pn-counter.js';
import type { CallFailed } from '../../src/runtime/cluster/transport-port.js';
import { type CounterNode, CounterStage, product } from '../support/counters-stage.js';

const SOMEBODY = '019b8f50-dd00-7383-bfa7-88ccff3d4ee4';

async function two(): Promise<readonly [CounterStage, CounterNode, CounterNode]> {
  const stage = new CounterStage(1, { products: [product('cafe'), product('tote', true)], record: true });
  await stage.start('n1', 'n2');
  for (const one of stage.alive) {
    one.change('cafe', 1n, `first-${one.id}`);
    one.change('tote', 10n, `tote-${one.id}`);
  }
  await stage.settled();
  return [stage, stage.at('n1'), stage.at('n2')];
}

/** What comes of a call that no honest instance makes. */
async function answered(
  stage: CounterStage,
  { transport }: CounterNode,
  to: CounterNode,
  kind: string,
  data: unknown,
): Promise<unknown[] | string> {
  const pieces: unknown[] = [];
  let end: unknown[] | string | undefined;
  const failed = (error: CallFailed): string => (end = error.why);
  void transport.call(to.me, kind, data, { timeoutMs: 1000, onPiece: (piece) => pieces.push(piece) }).then(() => (end = pieces), failed);
  await stage.network.until(() => end !== undefined, 1_100);
  return end!;
}

const delta = (slot: string, replica: string, from: number, to: number): string =>
  writeDelta({ slot, replica, from, to, last: true, entries: [['cafe', { plus: 1_000n, minus: 0n, given: NO_GIFTS }]] });

describe('a peer that lies or talks nonsense', () => {
  it('writes nobody else’s slot, and not this one’s own', async () => {
    const [stage, n1, n2] = await two();
    const before = n1.replica.counters.buckets().join();
    const own = n1.replica.slot;
    for (const lie of [delta(own, 'n2', 2, 9), delta(own, 'n1', 2, 9), delta(SOMEBODY, 'n3', 0, 9), delta(own, 'n2', 0, 1)])
      expect(await answered(stage, n2, n1, 'counters.delta', lie)).toBe('lost');
    expect(n1.sync.figures.lies).toBe(4);
    expect(n1.replica.counters.buckets().join()).toBe(before);
    expect(stage.value('n1', 'cafe')).toBe(2n);
    expect(n1.replica.slot).toBe(own);
    // Ten seconds' worth of lies is one line.
    expect(stage.reports.filter((line) => line.includes('untrue'))).toHaveLength(1);
  });

  it.each<[string, unknown]>([
    ['counters.delta', 'hello'],
    ['counters.delta', 'x'.repeat(600_000)],
    ['counters.delta', { slot: SOMEBODY }],
    ['counters.versions', [64]],
    ['counters.versions', [3, 3]],
    ['counters.versions', 'all'],
    ['counters.read', [SOMEBODY]],
    ['counters.read', [SOMEBODY, -1]],
    ['counters.holds', [1]],
    ['counters.holds', Array.from({ length: 300 }, () => SOMEBODY)],
    ['counters.rights', { product: 'tote', to: SOMEBODY, wanted: '0', needed: '0', held: null }],
    ['counters.rights', { product: 'tote', to: SOMEBODY, wanted: '1', needed: '2', held: null }],
    ['counters.rights', { product: 'tote', to: SOMEBODY, wanted: '-1', needed: '-1', held: null }],
    ['counters.rights', { product: 'tote', to: SOMEBODY, wanted: '9'.repeat(41), needed: '0', held: null }],
    ['counters.witness', { slots: [SOMEBODY], as: 'me' }],
    ['counters.undo', { scope: 'play' }],
    ['counters.undo', null],
    ['counters.values', ['CAFÉ']],
    ['counters.products', ['all']],
    ['counters.fingerprint', 1],
  ])('asks %s with nonsense (%j) and gets nothing', async (kind, data) => {
    const [stage, n1, n2] = await two();
    const { refused } = n1.transport;
    expect(await answered(stage, n2, n1, kind, data)).toBe('lost');
    expect(n1.transport.refused).toBe(refused + 1);
    n2.change('cafe', 1n, 'after');
    await stage.settled();
    expect(stage.value('n1', 'cafe')).toBe(3n);
  });

  it('tells a digest of nonsense and is not heard', async () => {
    const [stage, n1, n2] = await two();
    for (const nonsense of [
      null,
      {},
      { buckets: [], products: 'a', slot: SOMEBODY },
      { buckets: Array.from({ length: 64 }, () => 'A'), products: 'a', slot: '1' },
    ])
      n2.transport.tell(n1.me, 'counters.digest', nonsense);
    await stage.network.pass(100);
    expect(n1.transport.refused).toBe(4);
    expect(n1.sync.neighbours.find(n2.me)?.slot).toBe(n2.replica.slot);
  });

  it('answers with nonsense, or with what was not asked, and nothing is taken; the others go on', async () => {
    const answers: unknown[] = [7, 'hello', delta(SOMEBODY, 'n2', 0, 3), null];
    let lies = 0;
    const stage = new CounterStage(1, {
      products: [product('cafe')],
      parts: {
        transport: (honest, { id }) =>
          new Proxy(honest, {
            get: (target, name) => {
              const value: unknown = Reflect.get(target, name);
              if (typeof value !== 'function') return value;
              if (name !== 'onCall' || id !== 'n2') return value.bind(target) as unknown;
              return (kind: string, check: never, answer: never) =>
                kind === 'counters.read'
                  ? target.onCall(kind, check, async (_, __, piece) => piece(answers[lies++ % answers.length]))
                  : target.onCall(kind, check, answer);
            },
          }),
      },
    });
    await stage.start('n1', 'n2', 'n3');
    stage.network.cut('n1', 'n3');
    stage.at('n1').change('cafe', 1n, 'a');
    await stage.network.pass(12_000);
    expect(lies).toBeGreaterThan(0);
    expect(stage.value('n3', 'cafe')).toBe(0n);
    expect(stage.at('n3').replica.counters.vector.size).toBe(0);
    stage.at('n3').change('cafe', 5n, 'b');
    await stage.network.pass(200);
    expect(stage.value('n2', 'cafe')).toBe(6n);
    stage.network.heal();
    await stage.settled();
    expect(stage.value('n3', 'cafe')).toBe(6n);
  });

  it('who asks too much at once is turned away, and answered again later', async () => {
    const [stage, n1, n2] = await two();
    const all = Array.from({ length: 40 }, () =>
      n2.transport.call(n1.me, 'counters.read', [n1.replica.slot, 0], { timeoutMs: 500, onPiece: () => undefined }).then(
        () => 'answered',
        () => 'turned away',
      ),
    );
    let ends: string[] = [];
    void Promise.all(all).then((those) => (ends = those));
    await stage.network.until(() => ends.length > 0, 600);
    expect(ends).toContain('answered');
    expect(await answered(stage, n2, n1, 'counters.holds', [n1.replica.slot])).toEqual([[2]]);
  });
});

describe('replication that is stopped', () => {
  it('asks, tells and answers nothing any more; started again it goes on', async () => {
    const [stage, n1, n2] = await two();
    n1.stop();
    await stage.network.pass(10);
    const sent = stage.network.counts.sent;
    const { figures } = n2.sync;
    n2.stop();
    await stage.network.pass(30_000);
    expect(stage.network.counts.sent).toBe(sent);
    expect(n2.sync.figures).toEqual(figures);
    expect(await answered(stage, n2, n1, 'counters.holds', [n1.replica.slot])).toBe('lost');
    for (const one of [n1, n2]) one.start();
    await stage.network.pass(50);
    n1.change('cafe', 5n, 'again');
    await stage.settled();
    expect([stage.value('n1', 'cafe'), stage.value('n2', 'cafe')]).toEqual([7n, 7n]);
  });

  it('keeps nobody waiting who waits for others to hold something', async () => {
    const [stage, n1] = await two();
    stage.network.partition(['n1'], ['n2']);
    n1.change('cafe', 1n, 'b');
    await stage.network.pass(1);
    let answer: boolean | undefined;
    void n1.sync.reached(n1.replica.slot, 3, 1, stage.network.now + 60_000).then((yes) => (answer = yes));
    await stage.network.pass(10);
    n1.stop();
    await stage.network.pass(1);
    expect(answer).toBe(false);
  });
});

describe('a movement is undone at the instance that its id names', () => {
  const undo = async (stage: CounterStage, at: CounterNode, movement: string, id: string, deadlineMs = 4_000): Promise<unknown> => {
    let outcome: unknown;
    void at.forward.undo(at.envelope(id, deadlineMs, false, movement), 'cafe', movement).then((it) => (outcome = it));
    await stage.network.until(() => outcome !== undefined, deadlineMs);
    return outcome;
  };

  it('wherever it is asked: carried there, done once, answered the same again', async () => {
    const [stage, n1, n2] = await two();
    const movement = stage.truth.movements.find(({ operation }) => operation === 'first-n2')!.id;
    const from = stage.story().length;
    const done = { is: 'done', answer: { valeur: '1', instance: 'n2' }, replayed: false };
    expect(await undo(stage, n1, movement, 'u')).toMatchObject(done);
    expect(stage.story(from).slice(0, 1)).toEqual(['n1 → n2 undo u']);
    expect(await undo(stage, n1, movement, 'u')).toMatchObject({ ...done, replayed: true });
    expect(await undo(stage, n2, movement, 'v')).toMatchObject({ is: 'refused', refusal: { refusal: 'mouvement_deja_annule' } });
    expect(await undo(stage, n1, `mou_${'0'.repeat(26)}_n2`, 'w')).toMatchObject({
      is: 'refused',
      refusal: { refusal: 'mouvement_inconnu' },
    });
    expect(await undo(stage, n1, 'mou_nonsense', 'x')).toMatchObject({ is: 'refused', refusal: { refusal: 'mouvement_inconnu' } });
    await stage.settled();
    expect(stage.value('n1', 'cafe')).toBe(1n);
  });

  it('and nowhere else: not executed when it is not there, unknown when it was asked and did not answer', async () => {
    const [stage, n1, n2] = await two();
    const movement = stage.truth.movements.find(({ operation }) => operation === 'first-n2')!.id;
    expect(await undo(stage, n1, `${movement}x`, 'a')).toMatchObject({ is: 'unavailable', effect: 'not_executed' });
    stage.network.pause('n2');
    expect(await undo(stage, n1, movement, 'b', 1_000)).toMatchObject({ is: 'unavailable', effect: 'unknown' });
    stage.network.resume('n2');
    await stage.network.pass(500);
    stage.crash('n2');
    await stage.network.pass(100);
    expect(await undo(stage, n1, movement, 'c')).toMatchObject({ is: 'unavailable', effect: 'not_executed' });
    expect(n2.node.alive).toBe(false);
  });
});
