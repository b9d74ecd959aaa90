/** How counts travel between instances: each play in full, on a seeded fake network. */
import { describe, expect, it } from 'vitest';
import { CounterStage, product } from '../support/counters-stage.js';

async function three(products = [product('cafe'), product('the')]): Promise<CounterStage> {
  const stage = new CounterStage(1, { products, record: true });
  await stage.start('n1', 'n2', 'n3');
  return stage;
}

const values = (stage: CounterStage, name = 'cafe'): string => stage.alive.map(({ id }) => `${id} ${stage.value(id, name)}`).join(', ');

describe('what is counted at one instance', () => {
  it('is pushed to every other at once', async () => {
    const stage = await three();
    const from = stage.story().length;
    stage.at('n1').change('cafe', 3n, 'a');
    await stage.network.pass(15);
    expect(stage.story(from).toSorted()).toEqual(['n1 → n2 n1#1 0..1: cafe +3', 'n1 → n3 n1#1 0..1: cafe +3']);
    expect(values(stage)).toBe('n1 3, n2 3, n3 3');
  });

  it('leaves at most every 50 ms while more comes, each time from what the other holds; nothing is read under steady load', async () => {
    const stage = await three();
    for (const id of ['n1', 'n2', 'n3']) {
      let nth = 0;
      const more = (): void => {
        stage.at(id).change('cafe', 1n, `${id}-${nth++}`);
        if (nth < 1000) stage.network.after(10, more);
      };
      more();
    }
    await stage.network.pass(10_500);
    expect(values(stage)).toBe('n1 3000, n2 3000, n3 3000');
    for (const { sync } of stage.alive) {
      expect(sync.figures).toMatchObject({ repairs: 0, reads: 0, failures: 0, lies: 0 });
      expect(sync.figures.pushes).toBeLessThan(2 * 210);
      expect(sync.figures.looks).toBeLessThan(6);
    }
  });

  it('reaches the others though one of them cannot write, and that one when it can again', async () => {
    const stage = await three();
    stage.at('n2').disk.down = new Error('the disk is full');
    stage.at('n1').change('cafe', 3n, 'a');
    await stage.network.pass(500);
    expect([stage.value('n1', 'cafe'), stage.value('n2', 'cafe'), stage.value('n3', 'cafe')]).toEqual([3n, 0n, 3n]);
    stage.at('n2').disk.down = undefined;
    await stage.settled(5_000);
    expect(values(stage)).toBe('n1 3, n2 3, n3 3');
  });

  it('is held by another, or by most, when they have said so; at the deadline the answer is no', async () => {
    const stage = await three();
    const n1 = stage.at('n1');
    n1.change('cafe', 3n, 'a');
    await stage.network.pass(1);
    const reached = async (peers: number, slot = n1.replica.slot, at = n1): Promise<boolean> => {
      let answer: boolean | undefined;
      void at.sync.reached(slot, 1, peers, stage.network.now + 300).then((yes) => (answer = yes));
      await stage.network.until(() => answer !== undefined, 310);
      return answer!;
    };
    expect([await reached(0), await reached(1), await reached(2), await reached(3)]).toEqual([true, true, true, false]);
    // Seen from another instance: the slot's own does not count.
    expect([await reached(2, n1.replica.slot, stage.at('n2')), await reached(3, n1.replica.slot, stage.at('n2'))]).toEqual([true, false]);
    stage.network.partition(['n1'], ['n2', 'n3']);
    n1.change('cafe', 3n, 'b');
    await stage.network.pass(1);
    let far: boolean | undefined;
    void n1.sync.reached(n1.replica.slot, 2, 1, stage.network.now + 1_000).then((yes) => (far = yes));
    await stage.network.pass(1_001);
    expect(far).toBe(false);
  });
});

describe('an instance that was away', () => {
  it.each([3_000, 60_000])('meets the others within 3 s of the end of a cut of %d ms, whoever counted meanwhile', async (cutMs) => {
    const stage = await three();
    stage.network.partition(['n1'], ['n2', 'n3']);
    for (const id of ['n1', 'n2', 'n3']) stage.at(id).change('cafe', 1n, `cut-${id}`);
    await stage.network.pass(cutMs);
    expect(values(stage)).toBe('n1 1, n2 2, n3 2');
    stage.network.heal();
    expect(await stage.settled(3_000)).toBeLessThanOrEqual(3_000);
    expect(values(stage)).toBe('n1 3, n2 3, n3 3');
  });

  it('learns from the third what the second cannot tell it: one way is cut', async () => {
    const stage = await three();
    stage.network.cut('n1', 'n3');
    stage.at('n1').change('cafe', 3n, 'a');
    await stage.network.pass(100);
    expect(values(stage)).toBe('n1 3, n2 3, n3 0');
    const from = stage.story().length;
    await stage.settled(8_000);
    expect(stage.story(from)).toContain('n3 → n2 what did n1#1 do after 0?');
    expect(stage.story(from)).toContain('n3 ← n2 n1#1 0..1: cafe +3');
  });

  it('that has just come asks once for all there is', async () => {
    const stage = await three();
    for (const id of ['n1', 'n2', 'n3']) stage.at(id).change('the', 2n, `a-${id}`);
    await stage.settled();
    const n4 = stage.boot('n4');
    expect(await stage.settled()).toBeLessThan(500);
    expect(stage.value('n4', 'the')).toBe(6n);
    expect(n4.sync.figures.reads).toBeLessThanOrEqual(3);
  });

  it('that died goes on in a new slot, and its old one stays what it was', async () => {
    const stage = await three();
    stage.at('n1').change('cafe', 3n, 'a');
    await stage.settled();
    stage.crash('n1');
    stage.boot('n1');
    await stage.network.pass(200);
    const from = stage.story().length;
    stage.at('n1').change('cafe', 2n, 'b');
    await stage.network.pass(20);
    expect(stage.story(from).toSorted()).toEqual(['n1 → n2 n1#2 0..1: cafe +2', 'n1 → n3 n1#2 0..1: cafe +2']);
    expect(values(stage)).toBe('n1 5, n2 5, n3 5');
  });

  it('whose old store was put back gets back what the others know of it, and counts on', async () => {
    const stage = await three();
    stage.at('n1').change('cafe', 1n, 'a');
    await stage.settled();
    const backup = stage.image('n1');
    stage.at('n1').change('cafe', 1n, 'b');
    await stage.settled();
    stage.crash('n1');
    stage.disks.get('n1')!.putBack(backup, 'a copy');
    stage.boot('n1');
    await stage.network.pass(50);
    stage.at('n1').change('cafe', 1n, 'c');
    await stage.settled();
    expect(values(stage)).toBe('n1 3, n2 3, n3 3');
  });

  it('for so long that slots were archived on both sides gets from the stores what it lacks', { timeout: 60_000 }, async () => {
    const stage = await three();
    stage.network.partition(['n3'], ['n1', 'n2']);
    stage.at('n3').change('cafe', 10n, 'a');
    stage.at('n1').change('cafe', 100n, 'b');
    await stage.network.pass(100);
    for (const id of ['n1', 'n3']) {
      stage.crash(id);
      stage.boot(id);
    }
    await stage.network.pass(100);
    for (const id of ['n1', 'n3']) stage.at(id).change('cafe', 1000n, `c-${id}`);
    await stage.network.pass(12 * 60_000);
    for (const { replica } of stage.alive) expect(replica.figures.archived).toBeGreaterThan(0);
    stage.network.heal();
    await stage.settled();
    expect(values(stage)).toBe('n1 2110, n2 2110, n3 2110');
  });
});

describe('products', () => {
  it('are learned from peers by one that has no database', async () => {
    const stage = await three();
    const { products } = stage.options;
    (stage.options as { products: typeof products }).products = [];
    stage.boot('n4');
    await stage.network.pass(200);
    expect([...stage.at('n4').replica.products.keys()].toSorted()).toEqual(['cafe', 'the']);
    stage.at('n4').change('cafe', 1n, 'a');
    await stage.settled();
    expect(stage.value('n1', 'cafe')).toBe(1n);
  });
});

describe('one who looks', () => {
  it('sees who knows the same, how far the others are, and who cannot be reached', async () => {
    const stage = await three();
    const n1 = stage.at('n1');
    const look = async (): Promise<Awaited<ReturnType<typeof n1.sync.convergence>>> => {
      let seen: Awaited<ReturnType<typeof n1.sync.convergence>> | undefined;
      void n1.sync.convergence(['n9']).then((all) => (seen = all));
      await stage.network.until(() => seen !== undefined, 2_100);
      return seen!;
    };
    n1.change('cafe', 3n, 'a');
    await stage.settled();
    const together = await look();
    expect(together.map(({ id, ecart, joignable }) => [id, ecart, joignable])).toEqual([
      ['n1', 0, true],
      ['n2', 0, true],
      ['n3', 0, true],
      ['n9', null, false],
    ]);
    expect(new Set(together.slice(0, 3).map(({ empreinte }) => empreinte)).size).toBe(1);
    let shown: ReadonlyMap<string, ReadonlyMap<string, bigint>> | undefined;
    void n1.sync.values(['cafe', 'the']).then((all) => (shown = all));
    await stage.network.pass(50);
    expect([...shown!].map(([id, all]) => [id, all.get('cafe')])).toEqual([
      ['n1', 3n],
      ['n2', 3n],
      ['n3', 3n],
    ]);
    stage.network.cut('n1', 'n3');
    for (let i = 0; i < 4; i++) n1.change('cafe', 1n, `b${i}`);
    await stage.network.pass(60);
    stage.network.heal();
    const apart = await look();
    expect(apart.map(({ id, ecart }) => [id, ecart]).slice(0, 3)).toEqual([
      ['n1', 0],
      ['n2', 0],
      ['n3', 4],
    ]);
    expect(apart[2]!.empreinte).not.toBe(apart[0]!.empreinte);
  });
});
