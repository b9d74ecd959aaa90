/** What becomes of the rights that former lives of an instance left: taken over, or frozen. Each play in full, on a seeded fake network. */
import { describe, expect, it } from 'vitest';
import type { Replica } from '../../src/modules/crdt/replica.js';
import { intercept } from '../guards/intercept.js';
import { bags, quietly, type Setting, sound, spend, unasked } from '../support/counters-bags.js';
import type { CounterStage, Parts } from '../support/counters-stage.js';

const told = (stage: CounterStage, words: string): string[] => stage.reports.filter((line) => line.includes(words));

describe('the rights that a former life left', () => {
  /** n1 had all of them and comes back. */
  async function comesBack(setting: Setting = {}, meanwhile: (stage: CounterStage) => void = () => {}): Promise<CounterStage> {
    const stage = await bags(9n, { ids: ['n1', 'n2'], parts: quietly, ...setting });
    await stage.network.pass(1_500);
    meanwhile(stage);
    if (stage.network.node('n1') !== undefined) stage.crash('n1');
    stage.boot('n1');
    return stage;
  }

  it('are taken over when those who saw it know nothing more of it', async () => {
    const stage = await comesBack({ witness: false });
    const from = stage.story().length;
    await stage.network.pass(1_900);
    expect(stage.at('n1').rights('tote')).toBe(0n);
    await stage.network.pass(400);
    expect(stage.story(from).filter((line) => line.includes('seen'))).toEqual(['n1 → n2 what was seen of n1#1?', 'n1 ← n2 seen: 1']);
    expect(stage.at('n1').rights('tote')).toBe(9n);
    await stage.settled();
    expect(stage.at('n2').replica.counters.buckets()).toEqual(stage.at('n1').replica.counters.buckets());
    sound(stage);
  });

  it('are taken over on the word of the database alone', async () => {
    const stage = await comesBack({ ids: ['n1'] });
    await stage.network.pass(2_500);
    expect(stage.at('n1').rights('tote')).toBe(9n);
  });

  it('wait while nobody can be asked, and move when somebody can', async () => {
    const stage = await comesBack({}, ({ network, unreachable }) => {
      unreachable.add('n1');
      network.crash('n2');
    });
    await stage.network.pass(20_000);
    expect([stage.at('n1').rights('tote'), stage.at('n1').replica.frozen('tote')]).toEqual([0n, 9n]);
    expect(await spend(stage, stage.at('n1'), 1n, 'a')).toBe('refused');
    expect(told(stage, 'frozen')).toEqual([]);
    stage.boot('n2');
    await stage.network.pass(2_500);
    expect(stage.at('n1').rights('tote')).toBe(9n);
  });

  it('wait for the answer of every peer that is connected: the silent one may know more', async () => {
    const stage = await comesBack({ ids: ['n1', 'n2', 'n3'] });
    await stage.network.pass(100);
    stage.network.pause('n3');
    await stage.network.pass(4_000);
    expect(stage.at('n1').rights('tote')).toBe(0n);
    stage.network.resume('n3');
    await stage.network.pass(5_000);
    expect(stage.at('n1').rights('tote')).toBe(9n);
  });

  it('that others gave it are taken over by the next life, also when it never counted anything itself', async () => {
    const stage = await bags(9n, { ids: ['n1', 'n2'] });
    await stage.network.pass(4_000);
    expect(stage.at('n2').rights('tote')).toBeGreaterThan(0n);
    for (let times = 0; times < 3; times++) {
      stage.crash('n2');
      stage.boot('n2');
      await stage.network.pass(6_000);
      const held = stage.rights('tote');
      expect(held['n1']! + held['n2']!).toBe(9n);
    }
    sound(stage);
  });

  it('that others gave it when it was already dead are taken over too', async () => {
    const stage = await bags(9n, { ids: ['n1', 'n2'], parts: quietly });
    await stage.network.pass(100);
    const [n1, n2] = [stage.at('n1'), stage.at('n2')];
    n2.change('tote', 1n, 'own');
    await stage.settled();
    const dead = n2.replica.slot;
    stage.crash('n2');
    void n1.replica.give('tote', dead, 4n);
    await stage.network.pass(50);
    stage.boot('n2');
    await stage.network.pass(6_000);
    expect(stage.rights('tote')).toEqual({ n1: 5n, n2: 5n });
    sound(stage);
  });

  /** An old store is put back in place, so that its file does not tell: n1 had spent 6 of 9 since. */
  const older = (setting: Setting, seenBy: (stage: CounterStage) => void = () => {}): Promise<CounterStage> => {
    let backup: ReturnType<CounterStage['image']>;
    return bags(9n, { ids: ['n1', 'n2'], parts: quietly, ...setting }).then(async (stage) => {
      await stage.network.pass(1_500);
      backup = stage.image('n1');
      expect(await spend(stage, stage.at('n1'), 6n, 'spent')).toBe('done');
      await stage.network.pass(1_500);
      stage.crash('n1');
      stage.disks.get('n1')!.putBack(backup, undefined);
      seenBy(stage);
      stage.boot('n1');
      return stage;
    });
  };

  it.each<[string, Setting, (stage: CounterStage) => void]>([
    ['a peer', { witness: false }, () => {}],
    ['the database', {}, (stage) => stage.crash('n2')],
  ])('stay frozen, for ever, when %s has seen more than an old store that was put back', async (_, setting, seenBy) => {
    const stage = await older(setting, seenBy);
    await stage.network.pass(5_000);
    expect(stage.at('n1').rights('tote')).toBe(0n);
    expect(await spend(stage, stage.at('n1'), 1n, 'more')).toBe('refused');
    stage.crash('n1');
    stage.boot('n1');
    await stage.network.pass(5_000);
    expect(stage.at('n1').replica.frozen('tote')).toBeGreaterThan(0n);
    expect(await spend(stage, stage.at('n1'), 1n, 'again')).toBe('refused');
    sound(stage);
  });

  it('mutant: moved without asking, they are spent a second time', async () => {
    const stage = await older(
      { witness: false, parts: { ...quietly, opened: ({ replica }) => void replica.adopt().catch(() => undefined) } },
      (all) => all.network.partition(['n1'], ['n2']),
    );
    await stage.network.pass(500);
    expect(await spend(stage, stage.at('n1'), 9n, 'twice')).toBe('done');
    expect(stage.truth.faults[0]).toMatch(/tote is at -6/);
  });

  it('stay frozen when somebody knows a later life that the store does not', async () => {
    const stage = await bags(9n, { ids: ['n1', 'n2'], parts: quietly, witness: false });
    await stage.network.pass(500);
    stage.crash('n1');
    const backup = stage.image('n1');
    stage.boot('n1');
    await stage.network.pass(200);
    stage.at('n1').change('tote', 1n, 'later');
    await stage.network.pass(200);
    stage.crash('n1');
    stage.disks.get('n1')!.putBack(backup, undefined);
    stage.boot('n1');
    await stage.network.pass(5_000);
    expect(stage.at('n1').rights('tote')).toBe(0n);
    expect(told(stage, 'knows a later slot')).toHaveLength(1);
    sound(stage);
  });

  /** Two processes on copies of one store, and the file of neither tells; `n2` is the witness. */
  async function clones(parts: Parts, witness = false): Promise<CounterStage> {
    const stage = await bags(9n, { ids: ['n1', 'n2'], parts, witness });
    await stage.network.pass(500);
    stage.crash('n1');
    const copy = stage.boot('copy', 'n1');
    stage.crash('copy');
    stage.disks.get('copy')!.putBack(stage.image('n1'), undefined);
    // They do not see each other.
    stage.network.partition(['n1'], ['copy']);
    stage.boot('n1');
    stage.boot('copy', 'n1');
    expect(copy.node.alive).toBe(false);
    return stage;
  }

  it('go to one of two copies of a store at most, also when both ask at once', async () => {
    const stage = await clones(quietly);
    await stage.network.pass(30_000);
    const rights = [stage.at('n1').rights('tote'), stage.at('copy').rights('tote')];
    expect(new Set(rights)).toEqual(new Set([0n, 9n]));
    for (const name of ['n1', 'copy']) await spend(stage, stage.at(name), 9n, `all-${name}`);
    sound(stage);
  });

  it('go to one of two copies that see nothing but the database; the other’s stay frozen, also when the first one is gone', async () => {
    const stage = await clones(quietly, true);
    stage.network.crash('n2');
    await stage.network.pass(10_000);
    const all = ['n1', 'copy'].map((name) => stage.at(name));
    expect(new Set(all.map((one) => one.rights('tote')))).toEqual(new Set([0n, 9n]));
    expect(told(stage, 'another copy of this store')).toHaveLength(1);
    const [winner, loser] = stage.at('n1').rights('tote') === 9n ? ['n1', 'copy'] : ['copy', 'n1'];
    stage.crash(winner!);
    stage.crash(loser!);
    stage.boot(loser!, 'n1');
    await stage.network.pass(5_000);
    expect(await spend(stage, stage.at(loser!), 1n, 'frozen')).toBe('refused');
    stage.boot(winner!, 'n1');
    await stage.network.pass(100);
    stage.network.partition([winner!], [loser!]);
    await stage.network.pass(20_000);
    expect(await spend(stage, stage.at(winner!), 9n, 'all')).toBe('done');
    sound(stage);
  });

  it('mutant: a database that forgets who has claimed lets both copies have them', async () => {
    const stage = await clones(quietly, true);
    stage.network.crash('n2');
    stage.claims.get = () => undefined;
    await stage.network.pass(5_000);
    for (const name of ['n1', 'copy']) await spend(stage, stage.at(name), 9n, `all-${name}`, 300);
    expect(stage.truth.faults[0]).toMatch(/tote is at -9/);
  });

  /** The second life claims them and is killed before they are its own; what the third one has in the end. */
  async function claimedInVain(second: (honest: Replica) => Partial<Replica>): Promise<CounterStage> {
    let lives = 0;
    const replica = (honest: Replica): Replica => {
      const never = { adopt: () => new Promise<bigint>(() => {}) };
      return lives++ === 1 ? intercept(honest, { ...never, ...second(honest) }) : honest;
    };
    const stage = await bags(9n, { ids: ['n1'], parts: { ...quietly, replica } });
    await stage.network.pass(1_500);
    const first = stage.at('n1').replica.slot;
    for (const life of [2, 3]) {
      stage.crash('n1');
      stage.boot('n1');
      await stage.network.pass(3_000);
      if (life === 2) expect([stage.claims.get(first), stage.at('n1').rights('tote')]).toEqual([stage.at('n1').replica.slot, 0n]);
    }
    return stage;
  }

  it('that were claimed by a life which ended before it had them go to the next one', async () => {
    const stage = await claimedInVain(() => ({}));
    expect(stage.at('n1').rights('tote')).toBe(9n);
    sound(stage);
  });

  it('mutant: claimed for a slot that the store does not know, they are nobody’s afterwards', async () => {
    const stage = await claimedInVain(() => ({ begin: () => Promise.resolve() }));
    expect(stage.at('n1').rights('tote')).toBe(0n);
    expect(told(stage, 'another copy of this store')).toHaveLength(1);
  });

  it('go to none of two copies of a store that see each other, and to the one that is left when the other ends', async () => {
    const stage = await clones(quietly);
    stage.network.heal();
    await stage.network.pass(30_000);
    expect([stage.at('n1').rights('tote'), stage.at('copy').rights('tote')]).toEqual([0n, 0n]);
    stage.crash('copy');
    await stage.network.pass(15_000);
    expect(stage.at('n1').rights('tote')).toBe(9n);
    sound(stage);
  });

  it('mutant: without claims both copies take them', async () => {
    const claimless: Parts = {
      transport: (honest) =>
        intercept(unasked(honest), {
          onCall: (kind, check, answer) =>
            kind === 'counters.witness'
              ? honest.onCall(kind, check, (from, question, piece) =>
                  answer({ ...from, incarnation: 'one and the same' }, question, (said) =>
                    piece({ ...(said as object), known: (said as { known: unknown[] }).known.map((one) => (one === 'claimed' ? 1 : one)) }),
                  ),
                )
              : honest.onCall(kind, check, answer),
        }),
    };
    const stage = await clones({ ...quietly, ...claimless });
    await stage.network.pass(2_150);
    for (const name of ['n1', 'copy']) await spend(stage, stage.at(name), 9n, `all-${name}`, 300);
    expect(stage.truth.faults[0]).toMatch(/tote is at -9/);
  });
});
