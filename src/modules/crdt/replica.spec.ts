import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { intercept } from '../../../test/guards/intercept.js';
import { change, recount, ReplicaStage, said, undo } from '../../../test/support/replica-stage.js';
import { runs } from '../../../test/support/runs.js';
import type { Store } from './store.js';

describe('an operation', () => {
  it('is answered with the value after it, its movement and the instance that did it', async () => {
    const stage = await ReplicaStage.open();
    const { outcome, slot, version } = await stage.ask(change(5));
    expect(outcome).toMatchObject({ is: 'done', replayed: false, answer: { valeur: '5', instance: 'a' } });
    expect(outcome.is === 'done' && outcome.answer.mouvementId).toMatch(/^mou_[0-9a-z]{26}_a$/);
    expect({ slot, version }).toEqual({ slot: stage.replica.slot, version: 1 });
    expect(await stage.told(change(-7))).toBe('-2');
    expect(stage.replica.version).toBe(2);
    expect(stage.replica.last('cafe')).toMatchObject({ by: -7n, value: -2n });
  });

  it('on a product that nobody described is unknown, and changes nothing', async () => {
    const stage = await ReplicaStage.open();
    expect(await stage.told(change(1, 'absent'))).toBe('missing');
    expect([...stage.replica.counters.products()]).toEqual([]);
  });

  it('of a rush is carried with the others in few commits, each answered with the value of its turn', async () => {
    const stage = await ReplicaStage.open();
    const { commits } = stage.replica.figures;
    const rush = Array.from({ length: 5000 }, () => stage.begin(change(1)));
    await stage.clock.settle();
    expect(rush.map(({ answered }) => said(answered!))).toEqual(Array.from({ length: 5000 }, (_, i) => `${i + 1}`));
    expect(stage.replica.figures.commits - commits).toBe(2);
  });

  it('that a recount finds right is a movement too', async () => {
    const stage = await ReplicaStage.open();
    await stage.done(change(4));
    const { version } = await stage.ask(recount(4));
    expect(version).toBe(2);
    expect(stage.replica.last('cafe')).toMatchObject({ by: 0n, kind: 'recount', value: 4n });
  });

  it('recount answers what was counted and moves the value by the difference', async () => {
    const stage = await ReplicaStage.open();
    await stage.done(change(10));
    expect(await stage.told(recount(7))).toBe('7');
    expect(stage.replica.last('cafe')).toMatchObject({ by: -3n, kind: 'recount' });
    expect(await stage.told(change(1))).toBe('8');
  });
});

describe('an undo', () => {
  it('is the inverse movement, once', async () => {
    const stage = await ReplicaStage.open();
    const { mouvementId } = await stage.done(change(5));
    await stage.done(change(2));
    expect(await stage.told(undo(mouvementId))).toBe('2');
    expect(stage.replica.last('cafe')).toMatchObject({ kind: 'undo', by: -5n, undoes: mouvementId });
    expect(await stage.told(undo(mouvementId))).toBe('mouvement_deja_annule');
    await stage.reboot();
    expect(await stage.told(undo(mouvementId))).toBe('mouvement_deja_annule');
    expect(stage.value()).toBe(2n);
  });

  it('asked twice at once is done once', async () => {
    const stage = await ReplicaStage.open();
    const { mouvementId } = await stage.done(change(5));
    const both = [stage.begin(undo(mouvementId)), stage.begin(undo(mouvementId))];
    await stage.clock.settle();
    expect(both.map(({ answered }) => said(answered!))).toEqual(['0', 'mouvement_deja_annule']);
  });

  it('of an unknown movement, or of another product’s, is refused and leaves no trace', async () => {
    const stage = await ReplicaStage.open();
    const { mouvementId } = await stage.done(change(5));
    expect(await stage.told(undo('mou_0123456789abcdefghjkmnpqrs_a'))).toBe('mouvement_inconnu');
    expect(await stage.told(undo(mouvementId, 'the'))).toBe('mouvement_inconnu');
    expect(await stage.told(undo(mouvementId))).toBe('0');
  });

  it('of an undo does the movement again', async () => {
    const stage = await ReplicaStage.open();
    const first = await stage.done(change(5));
    const second = await stage.done(undo(first.mouvementId));
    expect(await stage.told(undo(second.mouvementId))).toBe('5');
  });
});

describe('one demande id', () => {
  it('is one effect and one answer, at any time, across kill -9', async () => {
    const stage = await ReplicaStage.open();
    const first = await stage.done(change(5), { id: 'x' });
    await stage.done(change(1));
    expect(await stage.done(change(5), { id: 'x' })).toEqual({ ...first, replayed: true });
    await stage.reboot();
    const { slot, version, outcome } = await stage.ask(change(5), { id: 'x' });
    expect(outcome).toMatchObject({ is: 'done', replayed: true, answer: { valeur: '5', mouvementId: first.mouvementId } });
    expect({ slot: slot === stage.replica.slot, version }).toEqual({ slot: false, version: 1 });
    expect(stage.value()).toBe(6n);
  });

  it('sent twice at once is one effect', async () => {
    const stage = await ReplicaStage.open();
    const both = [stage.begin(change(5), { id: 'x' }), stage.begin(change(5), { id: 'x' })];
    await stage.clock.settle();
    expect(both.map(({ answered }) => said(answered!))).toEqual(['5', 'again 5']);
    expect(stage.value()).toBe(5n);
  });

  it('with another content, or for another product, is another demande: said so, nothing done', async () => {
    const stage = await ReplicaStage.open();
    await stage.done(change(5), { id: 'x' });
    expect(await stage.told(change(6), { id: 'x' })).toBe('different');
    expect(await stage.told(change(5, 'the'), { id: 'x', hash: 'same' })).toBe('different');
    expect(await stage.told(change(5), { id: 'x', scope: 'somebody else' })).toBe('10');
    expect(stage.value('the')).toBe(0n);
  });

  it('that was refused leaves no trace: it is decided anew', async () => {
    const stage = await ReplicaStage.open();
    expect(await stage.told(change(-1, 'tote'), { id: 'x' })).toBe('droits_insuffisants');
    await stage.done(change(1, 'tote'));
    expect(await stage.told(change(-1, 'tote'), { id: 'x' })).toBe('0');
  });

  it('that the door made for the call is not looked up', async () => {
    const stage = await ReplicaStage.open();
    await stage.done(change(1), { minted: true });
    expect(stage.store.lookups).toBe(0);
    await Promise.all([stage.begin(change(1)), stage.begin(change(1))].map(async ({ answer }) => stage.end(answer)));
    expect(stage.store.lookups).toBe(1);
  });

  it('mutant: a store that forgets demandes counts a retry twice', async () => {
    let n = 0;
    const forgetful = (store: Store): Store =>
      intercept(store, {
        answered: async () => [],
        commit: (batch) => store.commit({ ...batch, movements: batch.movements.map((one) => ({ ...one, operation: `${++n}` })) }),
      });
    const stage = await ReplicaStage.open({ as: forgetful });
    await stage.done(change(5), { id: 'x' });
    await stage.done(change(5), { id: 'x' });
    expect(stage.value()).toBe(10n);
  });
});

describe('any operations, retries and kills', () => {
  it('leave each id counted once when it was acknowledged, at most once when nobody heard of it', async () => {
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.record({ id: fc.integer({ min: 0, max: 9 }), rest: fc.boolean() }) },
      { weight: 1, arbitrary: fc.constant('kill' as const) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const stage = await ReplicaStage.open();
        const begun: { readonly id: number; readonly sent: ReturnType<typeof stage.begin> }[] = [];
        for (const one of steps) {
          if (one === 'kill') await stage.reboot();
          else begun.push({ id: one.id, sent: stage.begin(change(10 ** one.id), { id: `x${one.id}` }) });
          if (one !== 'kill' && one.rest) await stage.clock.settle();
        }
        await stage.clock.settle();
        await stage.reboot();
        const digits = stage.value().toString().padStart(10, '0');
        for (let id = 0; id < 10; id++) {
          const sent = begun.filter((one) => one.id === id).map(({ sent: { answered } }) => answered?.outcome.is === 'done');
          const counted = Number(digits[9 - id]);
          expect(counted).toBeGreaterThanOrEqual(sent.includes(true) ? 1 : 0);
          expect(counted).toBeLessThanOrEqual(sent.length > 0 ? 1 : 0);
        }
      }),
      { numRuns: runs(100) },
    );
  });
});
