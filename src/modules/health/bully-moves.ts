/** The moves of the election, as steps of one turn. Pure: a turn is a draft of the next state and a list of what must be done. */
import { compareIds } from '../../runtime/cluster/order.js';
import type { Peer } from '../../runtime/cluster/peer.js';
import { ANSWER_MS, COORDINATOR_MS, HEARTBEAT_MS, LEASE_MS, PULSE_MS } from '../../runtime/cluster/timing.js';
import type { Sender } from '../../runtime/cluster/transport-port.js';
import type { Cause, Effect, Message, Moment, State } from './bully-words.js';

type Draft = { -readonly [K in keyof State]: State[K] };

export interface Turn extends Draft {
  readonly at: Moment;
  readonly effects: Effect[];
}

/** How much later than it must a waiting one moves, at most: so that not all move at once. */
const JITTER_MS = 100;

export const isAbove = (one: Pick<Sender, 'id'>, other: Pick<Sender, 'id'>): boolean => compareIds(one.id, other.id) > 0;

/** Rule 10; and nobody leads who is not a member. */
export function isAble({ at, members, me }: Turn): boolean {
  return at.now - at.contact < LEASE_MS / 2 && members.some(({ incarnation }) => incarnation === me.incarnation);
}

export function others({ members, me }: Turn): Peer[] {
  return members.filter(({ incarnation }) => incarnation !== me.incarnation);
}

/** Rule 1. */
export function elect(turn: Turn, cause: Cause): void {
  forgetLeader(turn);
  turn.election ??= { cause, since: turn.at.now };
  if (!isAble(turn)) return waitUnable(turn);
  const above = turn.members.filter((member) => isAbove(member, turn.me) && member.incarnation !== turn.gone);
  if (above.length === 0) return claim(turn);
  send(turn, above, { is: 'election', term: turn.term });
  turn.phase = { is: 'asking', until: turn.at.now + ANSWER_MS };
}

/** Rule 6: asks for the lease. */
export function claim(turn: Turn): void {
  if (turn.phase.is === 'claiming') return;
  if (!isAble(turn)) return waitUnable(turn);
  turn.election ??= { cause: 'silence', since: turn.at.now };
  turn.phase = { is: 'claiming' };
  turn.effects.push({ do: 'claim', ...turn.election });
}

/** Rule 6: the lease is mine. COORDINATOR goes to those below, as the textbook has it; those above, if there are any, hear the first beat at once. */
export function lead(turn: Turn, term: number, until: number): void {
  endMandate(turn);
  turn.phase = { is: 'leading', term, until, beatAt: turn.at.now + HEARTBEAT_MS };
  turn.term = term;
  turn.leader = { id: turn.me.id, incarnation: turn.me.incarnation, term };
  turn.election = undefined;
  turn.gone = '';
  turn.effects.push({ do: 'lead', term }, { do: 'follow', leader: turn.leader });
  const above = others(turn).filter((member) => isAbove(member, turn.me));
  const below = others(turn).filter((member) => isAbove(turn.me, member));
  send(turn, below, { is: 'coordinator', term });
  beat(turn, term, above);
}

/** Rule 9. */
export function beat(turn: Turn, term: number, to = others(turn)): void {
  send(turn, to, { is: 'heartbeat', term });
}

/** Rule 5. */
export function follow(turn: Turn, from: Sender, term: number): void {
  endMandate(turn);
  // A claim may be in flight: if it is granted, it is under a later term than this one, and its answer will say so.
  turn.phase = { is: 'following' };
  learn(turn, term);
  turn.heardAt = turn.at.now;
  turn.election = undefined;
  turn.gone = '';
  nameLeader(turn, from, term);
}

/** Rule 6: it holds the lease, whether it lives or not. */
export function nameLeader(turn: Turn, { id, incarnation }: Sender, term: number): void {
  if (turn.leader?.term === term) return;
  turn.leader = { id, incarnation, term };
  turn.effects.push({ do: 'follow', leader: turn.leader });
}

export function forgetLeader(turn: Turn): void {
  if (turn.leader === undefined) return;
  turn.leader = undefined;
  turn.effects.push({ do: 'follow', leader: undefined });
}

/** Terms only grow; one that is later than mine ends my mandate, whoever told me. */
export function learn(turn: Turn, term: number): void {
  if (term <= turn.term) return;
  turn.term = term;
  if (turn.phase.is !== 'leading') return;
  endMandate(turn);
  forgetLeader(turn);
  read(turn);
}

export function leads({ phase }: Turn, term: number): boolean {
  return phase.is === 'leading' && phase.term === term;
}

export function endMandate(turn: Turn): void {
  if (turn.phase.is === 'leading') turn.effects.push({ do: 'end', term: turn.phase.term });
}

export function read(turn: Turn): void {
  turn.phase = { is: 'reading' };
  turn.effects.push({ do: 'read' });
}

/** Gives the lease back, then names the one who should have it: rule 7, and a leave. */
export function resign(turn: Turn, term: number, to: string): void {
  endMandate(turn);
  turn.ended = term;
  forgetLeader(turn);
  turn.effects.push({ do: 'release', term, saying: { to: others(turn), message: { is: 'resign', term, to } } });
}

/**
 * Before anything else in every turn, so that a leader that was paused stops before it does or says anything: rule 10, and a lease that
 * may have run out. The others are told at once, for the database may not hear the release.
 */
export function stopInTime(turn: Turn): void {
  if (turn.phase.is !== 'leading' || (turn.at.now < turn.phase.until && isAble(turn))) return;
  const { term } = turn.phase;
  endMandate(turn);
  turn.ended = term;
  forgetLeader(turn);
  send(turn, others(turn), { is: 'resign', term, to: '' });
  turn.effects.push({ do: 'release', term });
  turn.election = { cause: 'lost_lease', since: turn.at.now };
  waitFor(turn, PULSE_MS, 'elect');
}

/** `by` should lead soon. */
export function awaitCoordinator(turn: Turn, by: Sender): void {
  turn.phase = { is: 'promised', by, until: turn.at.now + COORDINATOR_MS };
}

export function waitFor(turn: Turn, ms: number, next: 'claim' | 'elect'): void {
  turn.phase = { is: 'waiting', until: turn.at.now + Math.max(0, ms) + turn.at.chance * JITTER_MS, next };
}

export function waitUnable(turn: Turn): void {
  turn.phase = { is: 'unable', until: turn.at.now + PULSE_MS };
}

/** Nothing is said to one who is not a member here. */
export function reply(turn: Turn, to: Sender, message: Message): void {
  const peers = turn.members.filter(({ incarnation }) => incarnation === to.incarnation);
  send(turn, peers, message);
}

function send(turn: Turn, to: readonly Peer[], message: Message): void {
  if (to.length > 0) turn.effects.push({ do: 'send', to, message });
}
