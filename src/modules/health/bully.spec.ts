import { describe, expect, it } from 'vitest';
import { ANSWER_MS, COORDINATOR_MS, HEARTBEAT_MS, LEASE_MS, STABLE_MAX_MS, STABLE_MS, SUSPECT_MS } from '../../runtime/cluster/timing.js';
import type { Peer } from '../../runtime/cluster/peer.js';
import { newState, step, wakeAt } from './bully.js';
import type { Effect, Event, Message, State } from './bully-words.js';
import { backOffMs, heardFrom, isSteady, type Standings } from './damping.js';

const peer = (n: number): Peer => ({ id: `n${n}`, incarnation: `i${n}`, address: `n${n}:1` });
const peers = (n: number): Peer[] => Array.from({ length: n }, (_, i) => peer(i + 1));

/** One instance whose time and database are in the test's hands. */
class One {
  state: State;
  now = 0;
  contact: number | undefined;

  constructor(
    n: number,
    readonly members: readonly Peer[],
  ) {
    this.state = newState(peer(n));
    this.happens({ is: 'began', me: peer(n), members });
  }

  happens(event: Event): readonly Effect[] {
    const { state, effects } = step(this.state, event, { now: this.now, chance: 0, contact: this.contact ?? this.now });
    this.state = state;
    return effects;
  }
  hears(from: number, message: Message): readonly Effect[] {
    return this.happens({ is: 'message', from: peer(from), message });
  }
  after(ms: number): readonly Effect[] {
    this.now += ms;
    return this.happens({ is: 'time' });
  }
  granted(term: number): readonly Effect[] {
    return this.happens({ is: 'claimed', term, until: this.now + LEASE_MS });
  }
}

/** What is done, in short: `election>n2 n3`, `claim`. */
const short = (effects: readonly Effect[]): string[] =>
  effects.map((effect) => (effect.do === 'send' ? `${effect.message.is}>${effect.to.map(({ id }) => id).join(' ')}` : effect.do));

describe('the rules of the bully', () => {
  it('1: whoever nobody is above claims at once', () => expect(new One(3, peers(3)).state.phase.is).toBe('claiming'));

  it('1 and 3: another one asks everybody above, and claims when nobody has answered', () => {
    const one = new One(1, peers(3));
    expect(short(one.happens({ is: 'began', me: peer(1), members: peers(3) }))).toEqual(['election>n2 n3']);
    expect(short(one.after(ANSWER_MS))).toEqual(['claim']);
  });

  it('1: a silent leader, and one whose connection broke, start an election; any other connection does not', () => {
    const silent = new One(2, peers(3));
    silent.hears(3, { is: 'heartbeat', term: 1 });
    expect(short(silent.after(SUSPECT_MS - 1))).toEqual([]);
    expect(short(silent.after(1))).toEqual(['follow', 'election>n3']);
    const broken = new One(2, peers(3));
    broken.hears(3, { is: 'heartbeat', term: 1 });
    expect(short(broken.happens({ is: 'link lost', incarnation: 'i1' }))).toEqual([]);
    expect(short(broken.happens({ is: 'link lost', incarnation: 'i3' }))).toEqual(['follow', 'election>n3']);
  });

  it('2: asked from below it answers, and holds no second election', () => {
    expect(short(new One(2, peers(3)).hears(1, { is: 'election', term: 0 }))).toEqual(['answer>n1']);
  });

  it('2: a leader answers whoever asks that it leads', () => {
    const one = new One(3, peers(3));
    one.granted(1);
    expect(short(one.hears(1, { is: 'election', term: 0 }))).toEqual(['coordinator>n1']);
  });

  it('4: answered and then left alone, it looks at the lease, and begins again once it should be free', () => {
    const one = new One(1, peers(3));
    one.hears(2, { is: 'answer', term: 0 });
    expect(short(one.after(COORDINATOR_MS))).toEqual(['read']);
    one.happens({ is: 'read', holder: { holder: 'n3', incarnation: 'i3', term: 4, leftMs: 700 } });
    expect([one.state.leader?.id, one.state.term, wakeAt(one.state) - one.now]).toEqual(['n3', 4, 700 + COORDINATOR_MS]);
    expect(short(one.after(700 + COORDINATOR_MS))).toEqual(['follow', 'election>n2 n3']);
  });

  it('4: when the promised one’s connection breaks, it begins again at once', () => {
    const one = new One(1, peers(3));
    one.hears(2, { is: 'answer', term: 0 });
    expect(short(one.happens({ is: 'link lost', incarnation: 'i2' }))).toEqual(['election>n2 n3']);
  });

  it('5: a leader from below is followed', () => {
    const one = new One(3, peers(3));
    one.hears(1, { is: 'coordinator', term: 2 });
    expect([one.state.phase.is, one.state.leader?.id]).toEqual(['following', 'n1']);
  });

  it('6: a claim that is refused follows the holder and tries again when its lease should have run out', () => {
    const one = new One(3, peers(3));
    one.happens({ is: 'refused', by: { holder: 'n1', incarnation: 'i1', term: 9, leftMs: 1_200 } });
    expect([one.state.phase, one.state.leader?.id]).toEqual([{ is: 'waiting', until: 1_200, next: 'claim' }, 'n1']);
    expect(short(one.after(1_200))).toEqual(['claim']);
  });

  it('6: a claim that is granted too late, or under a term that is known to be over, is given back', () => {
    const one = new One(3, peers(3));
    expect(short(one.happens({ is: 'claimed', term: 1, until: 0 }))).toEqual(['release']);
    one.hears(2, { is: 'coordinator', term: 5 });
    expect(short(one.granted(4))).toEqual(['release']);
  });

  it('7: a leader gives way to a higher one that has been ready for long enough, and tells everybody whom', () => {
    const one = new One(1, peers(3));
    one.after(ANSWER_MS);
    one.granted(1);
    const from = one.now;
    let gave: readonly Effect[] = [];
    while (!short(gave).includes('release')) {
      for (const n of [2, 3]) one.hears(n, { is: 'ready', term: 1 });
      one.happens({ is: 'renewed', term: 1, until: one.now + LEASE_MS });
      gave = one.after(HEARTBEAT_MS);
    }
    expect(one.now - from).toBe(STABLE_MS);
    expect(gave).toContainEqual({
      do: 'release',
      term: 1,
      saying: { to: [peer(2), peer(3)], message: { is: 'resign', term: 1, to: 'n3' } },
    });
  });

  it('7: the one that is named claims at once, the others wait for it', () => {
    const [heir, other] = [new One(3, peers(3)), new One(2, peers(3))];
    for (const one of [heir, other]) one.hears(1, { is: 'coordinator', term: 1 });
    expect(short(heir.hears(1, { is: 'resign', term: 1, to: 'n3' }))).toEqual(['follow', 'claim']);
    other.hears(1, { is: 'resign', term: 1, to: 'n3' });
    expect(other.state.phase).toMatchObject({ is: 'promised', by: { id: 'n3' } });
  });

  it('8: an earlier term, a term that ended and a dead incarnation lead nobody', () => {
    const one = new One(2, peers(3));
    one.hears(3, { is: 'coordinator', term: 5 });
    one.hears(1, { is: 'coordinator', term: 4 });
    expect(one.state.leader?.id).toBe('n3');
    one.hears(3, { is: 'resign', term: 5, to: '' });
    one.hears(3, { is: 'heartbeat', term: 5 });
    expect(one.state.leader).toBeUndefined();
    one.happens({ is: 'members', members: peers(2) });
    one.hears(3, { is: 'heartbeat', term: 6 });
    expect(one.state.leader).toBeUndefined();
  });

  it('9: of two leaders the one of the earlier term stops, whoever tells it', () => {
    for (const message of [
      { is: 'heartbeat', term: 2 } as const,
      { is: 'answer', term: 2 } as const,
      { is: 'election', term: 2 } as const,
    ]) {
      const one = new One(3, peers(3));
      one.granted(1);
      expect(short(one.hears(2, message))[0]).toBe('end');
    }
  });

  it('10: without the database nobody answers or claims', () => {
    const one = new One(3, peers(3));
    one.hears(2, { is: 'coordinator', term: 1 });
    one.contact = 0;
    one.now = LEASE_MS / 2;
    expect(short(one.hears(1, { is: 'election', term: 1 }))).toEqual([]);
    expect(short(one.hears(2, { is: 'heartbeat', term: 1 }))).toEqual([]);
    expect(short(one.happens({ is: 'link lost', incarnation: 'i2' }))).toEqual(['follow']);
    expect(one.state.phase.is).toBe('unable');
  });

  it('10: a leader without the database, or past its lease, stops before it does anything else', () => {
    for (const [contact, later] of [
      [0, LEASE_MS / 2],
      [undefined, LEASE_MS],
    ] as const) {
      const one = new One(3, peers(3));
      one.granted(1);
      one.contact = contact;
      one.now = later;
      expect(short(one.hears(1, { is: 'election', term: 1 })).slice(0, 3)).toEqual(['end', 'follow', 'resign>n1 n2']);
    }
  });

  it('nobody leads who is not a member', () => expect(new One(3, peers(2)).state.phase.is).toBe('unable'));
});

describe('damping', () => {
  const often = (standings: Standings, from: number, to: number): Standings => {
    for (let now = from; now <= to; now += HEARTBEAT_MS) standings = heardFrom(standings, peer(9), now);
    return standings;
  };

  it('each flap doubles the time, up to the most', () => {
    expect([0, 1, 2, 5, 9].map(backOffMs)).toEqual([STABLE_MS, 2 * STABLE_MS, 4 * STABLE_MS, STABLE_MAX_MS, STABLE_MAX_MS]);
  });

  it('one is steady after its time without a gap, while it is heard', () => {
    const standings = often(new Map(), 0, STABLE_MS);
    expect(isSteady(standings, peer(9), STABLE_MS - 1)).toBe(false);
    expect(isSteady(standings, peer(9), STABLE_MS)).toBe(true);
    expect(isSteady(standings, peer(9), STABLE_MS + SUSPECT_MS + 1)).toBe(false);
  });

  it('silence, or another incarnation, is a flap; the longest time without one forgives all', () => {
    let standings = often(new Map(), 0, 1_000);
    standings = heardFrom(standings, peer(9), 1_001 + SUSPECT_MS);
    expect(standings.get('n9')?.flaps).toBe(1);
    standings = heardFrom(standings, { id: 'n9', incarnation: 'other' }, 4_000);
    expect(standings.get('n9')?.flaps).toBe(2);
    standings = often(heardFrom(standings, peer(9), 4_500), 5_000, 5_000 + STABLE_MAX_MS);
    expect(standings.get('n9')?.flaps).toBe(0);
  });

  it('it remembers a bounded number', () => {
    let standings: Standings = new Map();
    for (let n = 0; n < 1_000; n++) standings = heardFrom(standings, peer(n), n);
    expect([standings.size, standings.has('n999'), standings.has('n0')]).toEqual([256, true, false]);
  });
});

/** Messages of one election among n members of which the highest has crashed; `by` notices first. */
function messages(n: number, by: 'next' | 'all'): number {
  const members = peers(n);
  const living = members.slice(0, -1).map((_, i) => new One(i + 1, members));
  const queue: { readonly to: string; readonly run: (one: One) => readonly Effect[] }[] = [];
  let counted = 0;
  const done = (of: One, effects: readonly Effect[]): void => {
    for (const effect of effects) {
      if (effect.do === 'claim') queue.push({ to: of.state.me.id, run: (one) => one.granted(2) });
      if (effect.do !== 'send') continue;
      if (['election', 'answer', 'coordinator'].includes(effect.message.is)) counted += effect.to.length;
      for (const { id } of effect.to)
        queue.push({ to: id, run: (one) => one.happens({ is: 'message', from: of.state.me, message: effect.message }) });
    }
  };
  const carry = (): void => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const one = living.find(({ state }) => state.me.id === next!.to);
      if (one !== undefined) done(one, next.run(one));
    }
  };
  for (const one of living) one.hears(n, { is: 'coordinator', term: 1 });
  for (const one of by === 'next' ? living.slice(-1) : living) done(one, one.happens({ is: 'link lost', incarnation: `i${n}` }));
  carry();
  for (const one of living) done(one, one.after(ANSWER_MS));
  carry();
  expect(living.map(({ state }) => state.leader?.id)).toEqual(living.map(() => `n${n - 1}`));
  return counted;
}

describe('the number of messages is the theory’s (Garcia-Molina 1982)', () => {
  it.each([2, 3, 5, 10, 50])('%d members, noticed by the next highest: n − 1', (n) => expect(messages(n, 'next')).toBe(n - 1));
  it.each([
    [3, 5],
    [5, 19],
    [10, 89],
    [50, 2_449],
  ])('%d members, noticed by all: n² − n − 1 = %d', (n, count) => expect(messages(n, 'all')).toBe(count));
});
