/** Membership as plays: real `Members` on a fake network, a fake table and a virtual clock. The searches are in membership.search.spec.ts. */
import { describe, expect, it } from 'vitest';
import { DEAD_MS, HEARTBEAT_MS, PULSE_MS, SUSPECT_MS, TICK_MS } from '../../src/runtime/cluster/timing.js';

import { MembersPlay } from '../support/members-play.js';

/** A death is declared at the latest so long after the last beat: the wait, a try, and the questions. */
const DECLARED_MS = DEAD_MS + 1_500;
const NEWS_MS = PULSE_MS + HEARTBEAT_MS;

describe('joining', () => {
  it('one instance alone is a member after one transaction, and says nothing to nobody', async () => {
    const play = new MembersPlay();
    const { members } = play.boot('n1');
    await play.network.until(() => members.joined, 15);
    expect(members.view).toEqual({ version: 1, members: [members.me] });
    await play.network.pass(10_000);
    expect(play.network.counts.sent).toBe(0);
    expect(members.counters).toMatchObject({ view: 1, suspicions: 0, deaths: 0, pauses: 0 });
  });

  it('without the database it is no member, and joins by itself when the database comes', async () => {
    const play = new MembersPlay();
    play.model.down = true;
    const { members, reports } = play.boot('n1');
    let tried = false;
    void members.join().then(() => (tried = true));
    await play.network.pass(20_000);
    expect(tried).toBe(true);
    expect([members.joined, members.view.version, members.contact()]).toEqual([false, 0, -Infinity]);
    expect(reports).toHaveLength(1);
    play.model.down = false;
    expect(await play.settled(['n1'])).toBeLessThanOrEqual(PULSE_MS + TICK_MS + 20);
  });

  it('a newcomer is in every view at the next beat, not at the next pulse', async () => {
    const play = new MembersPlay();
    await play.gather('n1', 'n2', 'n10');
    expect(play.get('n1').members.view.members.map(({ id }) => id)).toEqual(['n1', 'n2', 'n10']);
    play.boot('n3');
    expect(await play.settled(['n1', 'n2', 'n3', 'n10'])).toBeLessThan(NEWS_MS);
  });

  it('all at once: every view ends the same', async () => {
    const play = new MembersPlay();
    const names = ['n1', 'n2', 'n3', 'n4', 'n5', 'n6', 'n7'];
    await play.gather(...names);
    expect(play.model.broken).toEqual([]);
  });

  it('a restart declares its former life dead in the transaction that joins', async () => {
    const play = new MembersPlay();
    await play.gather('n1', 'n2');
    const before = play.get('n2').members.me.incarnation;
    play.network.crash('n2');
    play.boot('n2');
    expect(await play.settled(['n1', 'n2'])).toBeLessThan(NEWS_MS);
    expect(play.model.rows.get(before)?.state).toBe('dead');
    expect(play.model.view).toBe(3);
    expect(play.state('n1', 'n2')).toBe('alive');
  });

  it('a restart at another port, too', async () => {
    const play = new MembersPlay();
    await play.gather('n1', 'n2');
    play.network.crash('n2');
    play.boot('n2b', 'n2');
    await play.settled(['n1', 'n2b'], NEWS_MS);
  });

  it('a database that was put back to an older day is joined anew', async () => {
    const play = new MembersPlay();
    await play.gather('n1', 'n2', 'n3');
    play.model.restore();
    await play.settled(['n1', 'n2', 'n3'], NEWS_MS * 2);
    expect(play.get('n1').members.view.version).toBeLessThanOrEqual(3);
  });
});

describe('a crash', () => {
  it('is suspected when the socket breaks, declared when the row is stale, and shown as dead for an hour', async () => {
    const play = new MembersPlay();
    await play.gather('n1', 'n2', 'n3');
    const { members } = play.get('n1');
    const n3 = play.get('n3').members.me;
    play.network.crash('n3');
    await play.network.until(() => !members.reachable(n3), 20);
    expect(play.state('n1', 'n3')).toBe('suspect');
    expect(await play.settled(['n1', 'n2'])).toBeLessThan(DECLARED_MS);
    expect(play.state('n2', 'n3')).toBe('dead');
    expect(play.get('n1').members.counters.deaths + play.get('n2').members.counters.deaths).toBe(1);
    // The virtual hour goes by faster when nobody beats.
    play.network.crash('n1');
    await play.network.pass(3_600_000);
    expect(play.state('n2', 'n3')).toBeUndefined();
  });

  it('reads like this', async () => {
    const play = new MembersPlay(3);
    await play.gather('n1', 'n2', 'n3');
    const from = play.network.transcript().split('\n').length;
    play.network.crash('n3');
    await play.settled(['n1', 'n2']);
    const told = play.network.transcript().split('\n').slice(from);
    const lines = told.map((line) => line.replace(/^t=\d+ /, '').replaceAll(/[0-9a-f]{8}-[0-9a-f-]+/g, '…'));
    expect([...new Set(lines)]).toEqual([
      'n3 crashes',
      'n2 says: n3 is silent: suspect, and routed around',
      'n1 says: n3 is silent: suspect, and routed around',
      'n1 → n2 TESTIFY(incarnation …)',
      'n2 → n1 TESTIFY(incarnation …)',
      'n2 → n1 ANSWER(true)',
      'n1 → n2 ANSWER(true)',
      'n3 is dead in the table (silent)',
      'n1 sees view 4: n1 n2',
      'n2 sees view 4: n1 n2',
    ]);
  });

  it('of all the others at once leaves one who judges alone', async () => {
    const play = new MembersPlay();
    await play.gather('n1', 'n2', 'n3', 'n4');
    for (const name of ['n2', 'n3', 'n4']) play.network.crash(name);
    expect(await play.settled(['n1'])).toBeLessThan(DECLARED_MS + 1_500);
  });
});

describe('a cut', () => {
  it('one way: suspicion, and nobody dies while all reach the database', async () => {
    const play = new MembersPlay();
    await play.gather('n1', 'n2', 'n3');
    play.network.cut('n3', 'n1');
    await play.network.until(() => play.state('n1', 'n3') === 'suspect', SUSPECT_MS + HEARTBEAT_MS + TICK_MS);
    await play.network.pass(60_000);
    expect(play.model.view).toBe(3);
    play.network.heal();
    await play.settled(['n1', 'n2', 'n3'], 3_000);
  });

  it('from one member and the database: one who is heard by another lives; heard by nobody, it dies', async () => {
    const play = new MembersPlay();
    await play.gather('n1', 'n2', 'n3');
    play.model.cutOff.add('n3');
    play.network.partition(['n1'], ['n3']);
    await play.network.pass(60_000);
    expect(play.state('n2', 'n3')).toBe('alive');
    expect(play.state('n1', 'n3')).toBe('suspect');
    play.network.partition(['n2'], ['n3']);
    await play.settled(['n1', 'n2'], DECLARED_MS);
  });

  it('that comes and goes every second changes no view', async () => {
    const play = new MembersPlay();
    await play.gather('n1', 'n2', 'n3');
    for (let turn = 0; turn < 30; turn++) {
      play.network.partition(['n1', 'n2'], ['n3']);
      await play.network.pass(2_700);
      play.network.heal();
      await play.network.pass(1_500);
    }
    expect(play.get('n1').members.counters.suspicions).toBeGreaterThan(5);
    expect(play.model.view).toBe(3);
    await play.settled(['n1', 'n2', 'n3'], 3_000);
  });

  it('from everybody: the lonely one accuses all, and the database spares them', async () => {
    const play = new MembersPlay();
    await play.gather('n1', 'n2', 'n3');
    play.network.partition(['n1'], ['n2', 'n3']);
    await play.network.pass(30_000);
    expect([play.model.view, play.get('n1').members.counters.deaths]).toEqual([3, 0]);
  });
});

describe('a pause', () => {
  it('shorter than a death: everything is dropped before any message is heard, and the life goes on', async () => {
    const play = new MembersPlay();
    await play.gather('n1', 'n2');
    const { members, dropped } = play.get('n2');
    const before = members.me.incarnation;
    play.network.pause('n2');
    await play.network.pass(SUSPECT_MS + 2 * TICK_MS);
    expect(play.state('n1', 'n2')).toBe('suspect');
    play.network.resume('n2');
    await play.network.pass(0);
    expect(dropped).toEqual(['pause']);
    await play.settled(['n1', 'n2']);
    expect([members.me.incarnation, members.counters.pauses]).toEqual([before, 1]);
  });

  it('longer than a death: it reads its own death, drops everything and comes back as another', async () => {
    const play = new MembersPlay();
    await play.gather('n1', 'n2', 'n3');
    const { members, dropped } = play.get('n3');
    const before = members.me.incarnation;
    play.network.pause('n3');
    await play.settled(['n1', 'n2'], DECLARED_MS + SUSPECT_MS);
    play.network.resume('n3');
    await play.settled(['n1', 'n2', 'n3'], NEWS_MS);
    expect(dropped).toEqual(['pause', 'death']);
    expect(members.me.incarnation).not.toBe(before);
    expect(play.model.rows.get(before)?.state ?? 'dead').toBe('dead');
  });

  it('of everybody at once (a laptop that slept) kills nobody', async () => {
    const play = new MembersPlay();
    await play.gather('n1', 'n2', 'n3');
    for (const name of ['n1', 'n2', 'n3']) play.network.pause(name);
    await play.network.pass(3_600_000);
    for (const name of ['n1', 'n2', 'n3']) play.network.resume(name);
    await play.settled(['n1', 'n2', 'n3'], 5_000);
    expect(play.model.view).toBe(3);
  });
});
