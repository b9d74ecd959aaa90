import { describe, expect, it } from 'vitest';
import { change, ReplicaStage } from '../../../test/support/replica-stage.js';
import { LectureDesCompteurs } from './compteurs.lecture.js';
import { montrer } from './montre.lecture.js';
import { ligneDe } from './mouvements.lecture.js';
import type { Replica } from './replica.js';

/** `c` has brought ten in and given them to `a`, who gave them to `b`, who took four: `b` and `d` have heard of all but the ten. */
async function unheard(): Promise<{ readonly b: ReplicaStage; readonly d: ReplicaStage; readonly later: () => Promise<void> }> {
  const c = await ReplicaStage.open({ id: 'c' });
  const [a, b, d] = [
    await ReplicaStage.open({ id: 'a', clock: c.clock }),
    await ReplicaStage.open({ id: 'b', clock: c.clock }),
    await ReplicaStage.open({ id: 'd', clock: c.clock }),
  ];
  await c.done(change(10, 'tote'));
  await c.end(c.replica.give('tote', a.replica.slot, 10n));
  await a.hear(c.deltas());
  await a.end(a.replica.give('tote', b.replica.slot, 10n));
  await b.hear(a.deltas());
  await b.done(change(-4, 'tote'));
  await d.hear(b.deltas());
  const later = async (): Promise<void> => {
    for (const one of [b, d]) for (const from of [a, c]) await one.hear(from.deltas());
  };
  return { b, d, later };
}

const fiche = (replica: Replica) => new LectureDesCompteurs(replica).fiche('tote');

describe('a bounded product of which not all has been heard', () => {
  it('is shown at zero, never below, where something was taken and where that was heard; and at its value as soon as all is heard', async () => {
    const { b, d, later } = await unheard();
    // Counting goes on with what is known: the sum is what others have told, no more and no less.
    expect([b.value('tote'), d.value('tote')]).toEqual([-4n, -4n]);
    expect([fiche(b.replica)?.valeur, fiche(d.replica)?.valeur]).toEqual(['0', '0']);
    await later();
    expect([fiche(b.replica)?.valeur, fiche(d.replica)?.valeur]).toEqual(['6', '6']);
  });

  it('is answered, refused and listed so too', async () => {
    const { b } = await unheard();
    const { products } = b.replica;
    const tote = products.get('tote');
    const taken = (await b.ask(change(-1, 'tote'), { id: 'one' })).outcome;
    expect([taken, montrer(taken, tote)]).toMatchObject([
      { answer: { valeur: '-5' } },
      { is: 'done', answer: { valeur: '0', instance: 'b' } },
    ]);
    const refused = montrer((await b.ask(change(-6, 'tote'))).outcome, tote);
    expect(refused).toMatchObject({ is: 'refused', refusal: { refusal: 'droits_insuffisants', data: { valeur: '0', droits: '5' } } });
    expect(ligneDe((await b.replica.movements('tote', undefined, 1))[0]!, tote).valeur).toBe('0');
  });

  it('one that is not bounded is shown as it is', async () => {
    const { b } = await unheard();
    const { outcome } = await b.ask(change(-3));
    expect([montrer(outcome, b.replica.products.get('cafe')), new LectureDesCompteurs(b.replica).fiche('cafe')?.valeur]).toMatchObject([
      { answer: { valeur: '-3' } },
      '-3',
    ]);
  });
});
