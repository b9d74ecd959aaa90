/** Membership as plays, second part: twins, the database, departures, and what the others of this process are told. */
import { describe, expect, it } from 'vitest';
import { DEAD_MS, HEARTBEAT_MS, LEASE_MS, PULSE_MS, SUSPECT_MS } from '../../src/runtime/cluster/timing.js';
import { runs } from '../support/runs.js';
import { MembersPlay } from '../support/members-play.js';

describe('a twin', () => {
  it('with the same id: the former stops and says so, the later one goes on', async () => {
    const play = new MembersPlay();
    await play.gather('n1', 'n2');
    const former = play.get('n2');
    play.boot('n9', 'n2');
    await play.network.until(() => former.twins.length > 0, 4 * PULSE_MS);
    expect(former.dropped).toEqual(['death']);
    expect(former.reports.at(-1)).toMatch(/Another living process \(n2 at n9.*INSTANCE_ID and CLUSTER_ADDRESS/);
    await play.network.pass(20_000);
    expect(former.twins).toEqual(['n2']);
    play.network.crash('n2');
    await play.settled(['n1', 'n9']);
    expect(play.get('n9').twins).toEqual([]);
  });

  it('with the same address (two machines that tell `127.0.0.1`): likewise', async () => {
    const play = new MembersPlay();
    await play.gather('n1', 'n2');
    const former = play.get('n2');
    const row = { id: 'n7', address: 'n2', incarnation: 'elsewhere' };
    play.model.join(row);
    play.model.touch(row.incarnation, 0);
    await play.network.pass(1);
    play.model.touch(row.incarnation, 0);
    await play.network.until(() => former.twins.length > 0, 2 * PULSE_MS);
    expect(former.twins).toEqual(['n7']);
  });

  it('a row that its own earlier life wrote too late is no twin: it joins over it', async () => {
    const play = new MembersPlay();
    await play.gather('n1', 'n2');
    play.model.join({ id: 'n2', address: 'n2', incarnation: 'a life that ended while its transaction was under way' });
    const { members, twins } = play.get('n2');
    await play.network.until(() => members.joined && members.counters.rebirths === 1, DEAD_MS + 2 * PULSE_MS);
    await play.settled(['n1', 'n2'], 3_000);
    expect(twins).toEqual([]);
  });
});

describe('the database', () => {
  it('down: nobody dies and the view stays; back: the dead one is declared', async () => {
    const play = new MembersPlay();
    await play.gather('n1', 'n2', 'n3');
    play.model.down = true;
    play.network.crash('n3');
    await play.network.pass(120_000);
    expect([play.model.view, play.get('n1').members.view.version, play.state('n1', 'n3')]).toEqual([3, 3, 'suspect']);
    let asked = false;
    void play
      .get('n1')
      .members.refresh()
      .then(() => (asked = true));
    await play.network.until(() => asked, 100);
    const since = play.network.now - play.get('n1').members.contact();
    expect(since).toBeGreaterThan(120_000);
    play.model.down = false;
    await play.settled(['n1', 'n2'], DEAD_MS);
  });

  it('lost by one alone: it stays a member, says so in its beats, and is routed around until it has it back', async () => {
    const play = new MembersPlay();
    await play.gather('n1', 'n2', 'n3');
    const [one, two] = [play.get('n1').members, play.get('n2').members];
    const routed = (): boolean => one.reachable(two.me);
    expect(routed()).toBe(true);
    play.model.cutOff.add('n2');
    await play.network.until(() => !routed(), LEASE_MS + PULSE_MS + 2 * HEARTBEAT_MS);
    expect([play.state('n1', 'n2'), play.model.view]).toEqual(['alive', 3]);
    await play.network.pass(60_000);
    expect([routed(), play.state('n1', 'n2'), two.reachable(one.me)]).toEqual([false, 'alive', true]);
    play.model.cutOff.delete('n2');
    await play.network.until(routed, PULSE_MS + 2 * HEARTBEAT_MS);
    expect(play.model.view).toBe(3);
  });

  it('is asked once for all who want a fresh view at the same time', async () => {
    const play = new MembersPlay();
    await play.gather('n1');
    const { members } = play.get('n1');
    let touches = 0;
    const touch = play.model.touch.bind(play.model);
    play.model.touch = (incarnation, known) => (touches++, touch(incarnation, known));
    let resolved = 0;
    for (let i = 0; i < 50; i++) void members.refresh().then(() => resolved++);
    await play.network.pass(20);
    expect([touches, resolved]).toEqual([1, 50]);
  });
});

describe('a planned leave', () => {
  it('is known to the others at once, and nobody suspects who leaves', async () => {
    const play = new MembersPlay();
    await play.gather('n1', 'n2', 'n3');
    const from = play.network.now;
    const { members } = play.get('n3');
    void members.leave();
    await play.network.until(() => play.agreed(['n1', 'n2']), 100);
    expect(play.network.now - from).toBeLessThan(100);
    expect(play.state('n1', 'n3')).toBe('left');
    expect(members.view.members.map(({ id }) => id)).toEqual(['n1', 'n2']);
    await play.network.pass(20_000);
    expect([members.counters.rebirths, play.get('n1').members.counters.suspicions]).toEqual([0, 0]);
  });

  it('without the database ends all the same, and the others find it silent', async () => {
    const play = new MembersPlay();
    await play.gather('n1', 'n2');
    play.model.cutOff.add('n2');
    let left = false;
    void play
      .get('n2')
      .members.leave()
      .then(() => (left = true));
    await play.network.until(() => left, 100);
    play.network.crash('n2');
    await play.settled(['n1'], DEAD_MS + 2_000);
  });
});

describe('an instance that lags', () => {
  it('waits longer before it suspects, and does not testify until it keeps time again', async () => {
    const play = new MembersPlay();
    await play.gather('n1', 'n2');
    let lag = 0;
    const { members } = play.boot('n3', 'n3', (clock) => ({ ...clock, after: (ms, run) => clock.after(ms + lag, run) }));
    await play.settled(['n1', 'n2', 'n3']);
    lag = 400;
    await play.network.pass(2_000);
    expect(members.healthy).toBe(false);
    play.network.partition(['n3'], ['n1', 'n2']);
    await play.network.pass(3 * SUSPECT_MS);
    expect(members.counters.suspicions).toBe(0);
    lag = 0;
    play.network.heal();
    await play.network.until(() => members.healthy, 10_000);
    await play.settled(['n1', 'n2', 'n3'], 5_000);
    expect(play.model.view).toBe(3);
  });
});

describe('who listens', () => {
  it('hears each view once; one that throws disturbs nobody; after cancel, nothing', async () => {
    const play = new MembersPlay();
    const { members, reports } = play.boot('n1');
    const heard: number[] = [];
    members.onView(() => {
      throw new Error('a bug');
    });
    const cancel = members.onView(({ version }) => heard.push(version));
    await play.network.until(() => members.joined, 100);
    play.boot('n2');
    await play.settled(['n1', 'n2']);
    cancel();
    play.boot('n3');
    await play.settled(['n1', 'n2', 'n3']);
    expect(heard).toEqual([1, 2]);
    expect(reports).toContain('A listener of the cluster failed');
  });

  it('after stop nothing is armed and nothing is asked', async () => {
    const play = new MembersPlay();
    const { members } = play.boot('n1');
    await play.network.until(() => members.joined, 100);
    members.start().stop();
    const contact = members.contact();
    await play.network.pass(10_000);
    expect(members.contact()).toBe(contact);
    await members.refresh();
  });
});

describe('real processes under seeded trouble', () => {
  it('settle after any of it', { timeout: runs(30_000) }, async () => {
    for (let seed = 1; seed <= runs(25); seed++) {
      const play = new MembersPlay(seed);
      const names = ['n1', 'n2', 'n3', 'n4'].slice(0, play.network.between(2, 4));
      await play.gather(...names);
      for (let fault = 0; fault < 4; fault++) await trouble(play, names);
      play.network.heal();
      play.model.down = false;
      for (const name of names) play.network.resume(name);
      await play.settled(names, 15_000).catch((error: unknown) => {
        throw new Error(`seed ${seed}: ${String(error)}`);
      });
      expect(play.model.broken, `seed ${seed}`).toEqual([]);
      for (const name of names) expect(play.get(name).twins, `seed ${seed}`).toEqual([]);
    }
  });
});

async function trouble(play: MembersPlay, names: readonly string[]): Promise<void> {
  const { network, model } = play;
  const [a, b] = [network.pick(names), network.pick(names)];
  const what = network.between(0, 4);
  if (what === 0) network.pause(a);
  if (what === 1 && a !== b) network.cut(a, b);
  if (what === 2)
    network.partition(
      [a],
      names.filter((name) => name !== a),
    );
  if (what === 3) model.down = true;
  if (what === 4) network.crash(a);
  await network.pass(network.between(HEARTBEAT_MS, 8_000));
  network.resume(a);
  if (what === 4) play.boot(a);
}
