/** What lacks rights right after a restart, while those of the former life are on their way. Each play in full, on a seeded fake network. */
import { describe, expect, it } from 'vitest';
import { intercept } from '../guards/intercept.js';
import { bags, quietly, type Setting, sound, spend } from '../support/counters-bags.js';
import type { Asked, CounterStage } from '../support/counters-stage.js';
import { product } from '../support/counters-stage.js';

/** n1 had all nine of them, and has just come back. */
async function comesBack(setting: Setting = {}, meanwhile: (stage: CounterStage) => void = () => {}): Promise<CounterStage> {
  const stage = await bags(9n, { ids: ['n1', 'n2'], parts: quietly, ...setting });
  await stage.network.pass(1_500);
  meanwhile(stage);
  stage.crash('n1');
  stage.boot('n1');
  await stage.network.pass(50);
  return stage;
}

const alone = (stage: CounterStage): void => {
  stage.unreachable.add('n1');
  stage.network.crash('n2');
};
const ended = (stage: CounterStage, ...asked: readonly Asked[]): (string | undefined)[] =>
  asked.map(
    ({ outcome, until, from }) => outcome && `${outcome.is} after ${Math.round(((until ?? stage.network.now) - from) / 500) / 2} s`,
  );
const take = (stage: CounterStage, by: bigint, id: string, deadlineMs = 10_000): Asked =>
  stage.at('n1').change('tote', -by, id, deadlineMs);

describe('a withdrawal right after a restart', () => {
  it('waits for the rights of the former life, and has them', async () => {
    const stage = await comesBack();
    const from = stage.story().length;
    const asked = take(stage, 9n, 'all');
    await stage.network.pass(1_500);
    expect(asked.outcome).toBeUndefined();
    await stage.network.pass(1_000);
    expect(ended(stage, asked)).toEqual(['done after 2 s']);
    expect(stage.story(from).filter((line) => line.includes('seen'))).toEqual(['n1 → n2 what was seen of n1#1?', 'n1 ← n2 seen: 1']);
    sound(stage);
  });

  it('mutant: whoever does not wait is refused what is on its way', async () => {
    const hasty = await comesBack({ parts: { ...quietly, replica: (honest) => intercept(honest, { movable: () => 0n }) } });
    expect(await spend(hasty, hasty.at('n1'), 9n, 'all')).toBe('refused');
    expect(hasty.network.now).toBeLessThan(3_000);
    await hasty.network.pass(2_500);
    expect(hasty.at('n1').rights('tote')).toBe(9n);
  });

  it('does not wait when another instance has enough', async () => {
    const stage = await bags(9n, { ids: ['n1', 'n2'] });
    await stage.network.pass(1_500);
    stage.crash('n1');
    stage.boot('n1');
    await stage.network.pass(100);
    const asked = take(stage, 3n, 'some');
    await stage.network.pass(250);
    expect(ended(stage, asked)).toEqual(['done after 0 s']);
    sound(stage);
  });

  it('is done with what another one brings who comes while it waits, though the former life’s rights stay undecided', async () => {
    const stage = await bags(9n, { ids: ['n1', 'n2'] });
    await stage.network.pass(1_500);
    expect(stage.rights('tote')).toEqual({ n1: 5n, n2: 4n });
    stage.network.partition(['n1'], ['n2']);
    stage.unreachable.add('n1');
    stage.crash('n1');
    stage.boot('n1');
    await stage.network.pass(50);
    const asked = take(stage, 3n, 'some');
    await stage.network.pass(1_000);
    expect(asked.outcome).toBeUndefined();
    stage.network.heal();
    await stage.network.until(() => asked.outcome !== undefined, 1_000);
    expect(asked.outcome?.is).toBe('done');
    sound(stage);
  });

  it('is refused as soon as these are known to be frozen', async () => {
    const stage = await bags(9n, { ids: ['n1', 'n2'], parts: quietly });
    await stage.network.pass(1_500);
    const backup = stage.image('n1');
    expect(await spend(stage, stage.at('n1'), 6n, 'spent')).toBe('done');
    await stage.network.pass(1_500);
    stage.crash('n1');
    stage.disks.get('n1')!.putBack(backup, undefined);
    stage.crash('n2');
    stage.boot('n1');
    await stage.network.pass(50);
    const asked = take(stage, 1n, 'more');
    await stage.network.pass(4_000);
    expect(ended(stage, asked)).toEqual(['refused after 2 s']);
    sound(stage);
  });

  it('is refused after six seconds when nobody can say whether they may move, and later at once', async () => {
    const stage = await comesBack({}, alone);
    const [early, short] = [take(stage, 1n, 'early'), take(stage, 1n, 'short', 2_000)];
    await stage.network.pass(8_000);
    expect(ended(stage, early, short)).toEqual(['refused after 6 s', 'refused after 2 s']);
    const late = take(stage, 1n, 'late');
    await stage.network.pass(100);
    expect(ended(stage, late)).toEqual(['refused after 0 s']);
  });

  it('is done as soon as somebody brings in what it lacks', async () => {
    const stage = await comesBack({}, alone);
    const asked = take(stage, 2n, 'two');
    await stage.network.pass(500);
    stage.at('n1').change('tote', 1n, 'one');
    await stage.network.pass(100);
    expect(asked.outcome).toBeUndefined();
    stage.at('n1').change('tote', 1n, 'another');
    await stage.network.pass(100);
    expect(ended(stage, asked)).toEqual(['done after 0.5 s']);
    sound(stage);
  });

  it('holds nobody else up: other products, and what needs no rights, go on', async () => {
    const stage = await bags(9n, { ids: ['n1'] });
    void stage.at('n1').replica.learn([product('cafe'), product('mug', true)]);
    await stage.network.pass(1_500);
    stage.crash('n1');
    const n1 = stage.boot('n1');
    await stage.network.pass(50);
    const waiting = take(stage, 9n, 'all');
    n1.change('mug', 2n, 'mugs');
    await stage.network.pass(20);
    const [cafe, mug, more, tote] = [
      n1.change('cafe', -3n, 'cafe'),
      n1.change('mug', -2n, 'mug'),
      n1.change('mug', -1n, 'mug too many'),
      n1.change('tote', 1n, 'tote'),
    ];
    await stage.network.pass(20);
    expect(ended(stage, waiting, cafe, mug, more, tote)).toEqual([
      undefined,
      'done after 0 s',
      'done after 0 s',
      'refused after 0 s',
      'done after 0 s',
    ]);
    await stage.network.pass(2_500);
    expect(waiting.outcome?.is).toBe('done');
    sound(stage);
  });

  it('sent again meanwhile takes effect once, and both are told so', async () => {
    const stage = await comesBack();
    const [first, again] = [take(stage, 4n, 'same'), take(stage, 4n, 'same')];
    await stage.network.pass(500);
    const third = take(stage, 4n, 'same');
    await stage.network.pass(2_500);
    const told = [first, again, third].map(({ outcome }) => outcome?.is === 'done' && [outcome.replayed, outcome.answer.mouvementId]);
    const [, movement] = told[0] as [boolean, string];
    expect(told).toEqual([[false, movement], [true, movement], [true, movement]]); // prettier-ignore
    expect(stage.value('n1', 'tote')).toBe(5n);
    sound(stage);
  });

  it('is answered when the counters stop, and when the rights do', async () => {
    const stage = await comesBack({}, alone);
    const one = take(stage, 9n, 'one');
    await stage.network.pass(500);
    stage.at('n1').rightsProcess.start().stop();
    await stage.network.pass(10);
    expect(ended(stage, one)).toEqual(['refused after 0.5 s']);
    stage.at('n1').rightsProcess.start();
    const other = take(stage, 9n, 'other');
    await stage.network.pass(500);
    expect(other.outcome).toBeUndefined();
    stage.at('n1').stop();
    await stage.network.pass(10);
    expect(other.outcome).toMatchObject({ is: 'unavailable', effect: 'not_executed' });
  });
});
