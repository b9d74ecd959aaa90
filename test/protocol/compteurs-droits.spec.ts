/** The rights to bounded products: asked for, given, evened out. Each play in full, on a seeded fake network. */
import { describe, expect, it } from 'vitest';
import { bags, sound, spend } from '../support/counters-bags.js';

describe('rights to a bounded product', () => {
  it('are asked of the richest when an operation lacks them, and come with the answer', async () => {
    const stage = await bags(9n);
    const from = stage.story().length;
    expect(await spend(stage, stage.at('n2'), 4n, 'a')).toBe('done');
    expect(stage.story(from).filter((line) => /please|n2 ←/.test(line))).toEqual([
      'n2 → n1 rights, please: 4 of 4 tote now',
      'n2 ← n1 n1#1 1..2: tote +9 →n2#1 4',
    ]);
    await stage.settled();
    expect(stage.value('n3', 'tote')).toBe(5n);
    sound(stage);
  });

  it('are gathered from several when none has enough', async () => {
    const stage = await bags(9n);
    await stage.network.pass(2_000);
    expect(stage.rights('tote')).toEqual({ n1: 3n, n2: 3n, n3: 3n });
    expect(await spend(stage, stage.at('n2'), 9n, 'a')).toBe('done');
    expect(await spend(stage, stage.at('n2'), 1n, 'b')).toBe('refused');
    sound(stage);
  });

  it('are evened out before anybody lacks them, and then let be', async () => {
    const stage = await bags(12n);
    await stage.network.pass(2_000);
    expect(stage.rights('tote')).toEqual({ n1: 4n, n2: 4n, n3: 4n });
    const gifts = stage.alive.map(({ rightsProcess }) => rightsProcess.figures.gifts);
    await stage.network.pass(60_000);
    expect(stage.alive.map(({ rightsProcess }) => rightsProcess.figures.gifts)).toEqual(gifts);
  });

  it('stay where they are when all of them would not do', async () => {
    const stage = await bags(12n);
    await stage.network.pass(2_000);
    expect(await spend(stage, stage.at('n2'), 13n, 'a')).toBe('refused');
    expect(stage.rights('tote')).toEqual({ n1: 4n, n2: 4n, n3: 4n });
  });

  it('end with one of two who collect at once', async () => {
    const stage = await bags(12n);
    await stage.network.pass(2_000);
    const asked = ['n1', 'n2', 'n3'].map((id) => stage.at(id).change('tote', -12n, `all-${id}`));
    await stage.network.pass(4_000);
    expect(asked.map(({ outcome }) => outcome?.is)).toEqual(['done', 'refused', 'refused']);
    sound(stage);
  });

  it('are all that a side has while the network is cut: it spends them, then refuses in time', async () => {
    const stage = await bags(12n);
    await stage.network.pass(2_000);
    stage.network.partition(['n1'], ['n2', 'n3']);
    expect(await spend(stage, stage.at('n1'), 4n, 'a')).toBe('done');
    const from = stage.network.now;
    expect(await spend(stage, stage.at('n1'), 1n, 'b', 2_500)).toBe('refused');
    expect(stage.network.now - from).toBeLessThan(2_500);
    expect(await spend(stage, stage.at('n2'), 8n, 'c')).toBe('done');
    stage.network.heal();
    await stage.settled();
    expect(stage.value('n1', 'tote')).toBe(0n);
    sound(stage);
  });

  it('are not given for somebody else’s slot', async () => {
    const stage = await bags(12n, { ids: ['n1', 'n2'] });
    stage.at('n2').change('tote', 1n, 'own');
    await stage.settled();
    const [n1, n2] = [stage.at('n1'), stage.at('n2')];
    const ask = (to: string): Promise<string> =>
      n2.transport
        .call(
          n1.me,
          'counters.rights',
          { product: 'tote', to, wanted: '5', needed: '5', held: null },
          { timeoutMs: 500, onPiece: () => undefined },
        )
        .then(
          () => 'answered',
          () => 'refused',
        );
    let ends: string[] = [];
    void Promise.all([ask(n1.replica.slot), ask('019b8f50-dd00-7383-bfa7-88ccff3d4ee4')]).then((all) => (ends = all));
    await stage.network.until(() => ends.length > 0, 600);
    // One is a lie; the other is of a slot that n2 has not: an answer, and no gift.
    expect(ends).toEqual(['refused', 'answered']);
    expect(n1.rights('tote') + n2.rights('tote')).toBe(13n);
  });
});
