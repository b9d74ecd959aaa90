/**
 * The bully algorithm (Garcia-Molina 1982) over a lease: bully finds the candidate, the lease makes it leader (`runtime/cluster/lease.ts`). Pure.
 *
 * 1. The leader is silent, or I begin: if nobody is above me I claim, else I ask everybody above me.
 * 2. Asked from below, I answer, and hold my own election unless one is under way or I hear the leader.
 * 3. Nobody answers within `ANSWER_MS`: I claim.
 * 4. Somebody answers and no COORDINATOR comes within `COORDINATOR_MS`: I look who holds the lease, and begin again when it should be free.
 * 5. I follow whoever leads under the latest term, also from below: rule 7 sees to it later.
 * 6. Only the lease makes a leader. Held by another, it ends my election: I follow its holder, and claim again when it should have run out.
 * 7. A leader gives way to a higher instance only when that one has been steady for long enough (`damping.ts`).
 * 8. A leader's word under an earlier term, under one that ended, or from a dead incarnation is dropped. A question never is: who asks under an
 *    earlier term has only just come, and learns the term from the answer.
 * 9. The leader beats to everybody; of two leaders that meet, the one of the earlier term stops.
 * 10. Who has not reached the database for half a lease neither answers nor claims, and resigns.
 */
import { HEARTBEAT_MS, PULSE_MS, SUSPECT_MS } from '../../runtime/cluster/timing.js';
import type { Peer } from '../../runtime/cluster/peer.js';
import type { Sender } from '../../runtime/cluster/transport-port.js';
import { isRefused, loseLease, readLease, takeLease } from './bully-lease.js';
import { hear } from './bully-messages.js';
import * as moves from './bully-moves.js';
import type { Turn } from './bully-moves.js';
import type { Event, Moment, Phase, State, Step } from './bully-words.js';
import { isSteady } from './damping.js';

/** Incarnations remembered as dead. */
const DEAD_KEPT = 256;

export function newState(me: Sender): State {
  return {
    me,
    members: [],
    dead: [],
    phase: { is: 'unable', until: Infinity },
    term: 0,
    ended: 0,
    leader: undefined,
    heardAt: -Infinity,
    gone: '',
    standings: new Map(),
    election: undefined,
  };
}

/** What happens next. `state` is left as it was. */
export function step(state: State, event: Event, at: Moment): Step {
  const turn: Turn = { ...state, at, effects: [] };
  if (turn.phase.is !== 'left') {
    moves.stopInTime(turn);
    happen(turn, event);
  } else if (event.is === 'claimed') {
    turn.effects.push({ do: 'release', term: event.term });
  }
  return { state: stateOf(turn), effects: turn.effects };
}

function stateOf(turn: Turn): State {
  const { me, members, dead, phase, term, ended, leader, heardAt, gone, standings, election } = turn;
  return { me, members, dead, phase, term, ended, leader, heardAt, gone, standings, election };
}

/** When `step` wants to be told the time; Infinity: not before something else happens. */
export function wakeAt({ phase, heardAt }: State): number {
  switch (phase.is) {
    case 'following':
      return heardAt + SUSPECT_MS;
    case 'leading':
      return Math.min(phase.beatAt, phase.until);
    case 'asking':
    case 'promised':
    case 'waiting':
    case 'unable':
      return phase.until;
    case 'claiming':
    case 'reading':
    case 'left':
      return Infinity;
  }
}

function happen(turn: Turn, event: Event): void {
  switch (event.is) {
    case 'began':
      return begin(turn, event.me, event.members);
    case 'members':
      return hearOfMembers(turn, event.members);
    case 'message':
      return hear(turn, event.from, event.message);
    case 'link lost':
      return loseLink(turn, event.incarnation);
    case 'time':
      return timePasses(turn);
    case 'claimed':
      return takeLease(turn, event.term, event.until);
    case 'refused':
      return isRefused(turn, event.by);
    case 'claim failed':
      if (turn.phase.is === 'claiming') moves.waitFor(turn, PULSE_MS, 'elect');
      return;
    case 'read':
      return readLease(turn, event.holder);
    case 'renewed':
      if (turn.phase.is === 'leading' && turn.phase.term === event.term) turn.phase = { ...turn.phase, until: event.until };
      return;
    case 'lease lost':
      return loseLease(turn, event.term);
    case 'leave':
      if (turn.phase.is === 'leading') moves.resign(turn, turn.phase.term, '');
      turn.phase = { is: 'left' };
  }
}

/** What was true of the life before is no longer; what was learned of terms and of others is. */
function begin(turn: Turn, me: Sender, members: readonly Peer[]): void {
  if (turn.phase.is === 'leading') moves.resign(turn, turn.phase.term, '');
  turn.me = me;
  turn.members = members;
  turn.election = undefined;
  turn.gone = '';
  moves.elect(turn, 'start');
}

function hearOfMembers(turn: Turn, members: readonly Peer[]): void {
  const before = turn.members;
  turn.members = members;
  const left = before.filter((one) => !isIn(members, one)).map(({ incarnation }) => incarnation);
  turn.dead = [...turn.dead, ...left].slice(-DEAD_KEPT);
  const { phase, leader } = turn;
  if (phase.is === 'unable') return moves.elect(turn, 'start');
  if (phase.is === 'following' && leader !== undefined && left.includes(leader.incarnation)) return moves.elect(turn, 'silence');
  // One that has just come need not wait for the next beat.
  const come = moves.others(turn).filter((one) => !isIn(before, one));
  if (phase.is === 'leading') moves.beat(turn, phase.term, come);
}

/** A broken connection is the quickest news of a crash. */
function loseLink(turn: Turn, incarnation: string): void {
  const { phase, leader } = turn;
  if (phase.is === 'following' && leader?.incarnation === incarnation) return moves.elect(turn, 'silence');
  if (phase.is === 'promised' && phase.by.incarnation === incarnation) moves.elect(turn, 'silence');
}

function timePasses(turn: Turn): void {
  const { phase, at } = turn;
  if (at.now < wakeAt(turn)) return;
  switch (phase.is) {
    case 'leading':
      return leadOn(turn, phase);
    case 'following':
    case 'unable':
      return moves.elect(turn, 'silence');
    case 'asking':
      return moves.claim(turn);
    case 'promised':
      return moves.read(turn);
    case 'waiting':
      return phase.next === 'claim' ? moves.claim(turn) : moves.elect(turn, 'silence');
    case 'claiming':
    case 'reading':
    case 'left':
  }
}

/** Rules 7 and 9. */
function leadOn(turn: Turn, phase: Phase & { readonly is: 'leading' }): void {
  const heir = moves.others(turn).findLast((one) => moves.isAbove(one, turn.me) && isSteady(turn.standings, one, turn.at.now));
  if (heir === undefined) {
    moves.beat(turn, phase.term);
    turn.phase = { ...phase, beatAt: turn.at.now + HEARTBEAT_MS };
    return;
  }
  moves.resign(turn, phase.term, heir.id);
  turn.election = { cause: 'preemption', since: turn.at.now };
  moves.awaitCoordinator(turn, heir);
}

function isIn(members: readonly Sender[], one: Sender): boolean {
  return members.some(({ incarnation }) => incarnation === one.incarnation);
}
