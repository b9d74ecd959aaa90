/** A leader wakes what others own: over the wire, like any demande, whatever happens to owners, views and leaders. */
import { describe, expect, it } from 'vitest';
import { ReveilsPlay } from '../support/reveils-play.js';

async function three(): Promise<ReveilsPlay> {
  const play = new ReveilsPlay();
  await play.start('n1', 'n2', 'n3');
  return play;
}

describe('a root that another instance owns', () => {
  it('is woken there, and applies there what is due', async () => {
    const play = await three();
    const { cluster } = play;
    const [theirs, mine] = [cluster.streamOf('n2'), cluster.streamOf('n1')];
    play.arm(theirs, 500);
    play.arm(mine, 600);
    const from = cluster.story().length;
    play.lead('n1');
    await cluster.network.pass(2_000);
    expect(play.story(from)).toEqual([`n1 → n2 ${theirs}`, `n1 ← n2 ${theirs} done`]);
    expect(play.applied).toEqual([`n2 applies ${theirs}`, `n1 applies ${mine}`]);
    expect([play.timers.size, cluster.living(theirs), cluster.living(mine)]).toEqual([0, [], []]);
  });

  it('what one look finds for one owner travels in one frame, in due order', async () => {
    const play = await three();
    const { cluster } = play;
    const streams = [3, 1, 4, 0, 2].map((nth) => cluster.streamOf('n3', nth));
    for (const [i, stream] of streams.entries()) play.arm(stream, -100 + i);
    const from = cluster.story().length;
    play.lead('n1');
    await cluster.network.pass(500);
    expect(play.story(from)[0]).toBe(`n1 → n3 ${streams.join(', ')}`);
    expect([cluster.at('n1').router.frames, play.timers.size]).toEqual([1, 0]);
  });

  it('is woken by a guest when its owner is out of reach', async () => {
    const play = await three();
    const { cluster } = play;
    const stream = cluster.streamOf('n2');
    cluster.at('n1').suspect('n2');
    play.arm(stream, 200);
    play.lead('n1');
    await cluster.network.pass(1_500);
    expect(play.applied).toEqual([`n1 applies ${stream}`]);
    expect(cluster.at('n1').router.traffic.guests).toBe(1);
  });

  it('whose owner sleeps keeps nobody else waiting, and is applied once it goes on', async () => {
    const play = await three();
    const { cluster } = play;
    const [slow, others] = [cluster.streamOf('n2'), [0, 1, 2].map((nth) => cluster.streamOf('n3', nth))];
    play.arm(slow, 100);
    for (const [i, stream] of others.entries()) play.arm(stream, 200 + 700 * i);
    cluster.network.pause('n2');
    play.lead('n1');
    await cluster.network.pass(3_000);
    expect(play.applied).toEqual(others.map((stream) => `n3 applies ${stream}`));
    cluster.network.resume('n2');
    await cluster.network.pass(3_000);
    expect([play.applied.at(-1)?.endsWith(`applies ${slow}`), play.timers.size]).toEqual([true, 0]);
  });

  it('whose owner dies under the call is woken all the same: nothing is lost', async () => {
    const play = await three();
    const { cluster } = play;
    const stream = cluster.streamOf('n2');
    play.arm(stream, 200);
    play.lead('n1');
    await cluster.toLine(/n1 → n2 wake/);
    cluster.network.crash('n2');
    await cluster.network.pass(3_000);
    expect([play.timers.size, play.applied.length]).toEqual([0, 1]);
  });
});

describe('the leader', () => {
  it('dies with calls under way: the next one wakes what is left, and nothing is applied twice', async () => {
    const play = await three();
    const { cluster } = play;
    const streams = [0, 1, 2, 3, 4, 5].map((nth) => cluster.streamOf('n2', nth));
    for (const stream of streams) play.arm(stream, 200);
    for (const stream of [0, 1, 2].map((nth) => cluster.streamOf('n3', nth))) play.arm(stream, 1_200);
    play.lead('n1');
    await cluster.toLine(/n1 → n2 wake/);
    cluster.network.crash('n1');
    cluster.remove('n1');
    for (const id of ['n2', 'n3']) cluster.at(id).adopt();
    play.lead('n2');
    await cluster.network.pass(5_000);
    expect([play.timers.size, play.applied.length]).toEqual([0, 9]);
    expect(new Set(play.applied).size).toBe(9);
  });

  it('believes it still leads beside the new one: each timer is applied once', async () => {
    const play = await three();
    const { cluster } = play;
    const streams = [0, 1, 2].flatMap((nth) => ['n1', 'n2', 'n3'].map((id) => cluster.streamOf(id, nth)));
    for (const [i, stream] of streams.entries()) play.arm(stream, 100 * i);
    for (const id of ['n1', 'n3']) play.lead(id);
    await cluster.network.pass(5_000);
    expect([play.timers.size, play.applied.length]).toEqual([0, streams.length]);
  });

  it('cut off from the database reads nothing and wakes nobody; once it is back nothing is missing', async () => {
    const play = await three();
    const { cluster } = play;
    const stream = cluster.streamOf('n2');
    play.arm(stream, 500);
    cluster.database.unreachable.add('n1');
    play.lead('n1');
    await cluster.network.pass(5_000);
    expect(play.applied).toEqual([]);
    cluster.database.unreachable.delete('n1');
    await cluster.network.pass(2_000);
    expect(play.applied).toEqual([`n2 applies ${stream}`]);
  });

  it('whose clock is ahead wakes too early: the owner applies it when it is due by its own', async () => {
    const play = await three();
    const { cluster } = play;
    const stream = cluster.streamOf('n2');
    cluster.at('n1').node.skew = 3_000;
    play.arm(stream, 4_000);
    play.lead('n1');
    await cluster.network.pass(3_900);
    expect(play.applied).toEqual([]);
    await cluster.network.pass(6_000);
    expect(play.applied).toEqual([`n2 applies ${stream}`]);
  });
});
