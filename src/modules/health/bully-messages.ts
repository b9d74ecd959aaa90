/** What each message of the election does to the one who hears it. Pure; the numbers are the rules of `bully.ts`. */
import type { Sender } from '../../runtime/cluster/transport-port.js';
import * as moves from './bully-moves.js';
import type { Turn } from './bully-moves.js';
import type { Message } from './bully-words.js';
import { heardFrom } from './damping.js';

/** Rule 8 first. */
export function hear(turn: Turn, from: Sender, message: Message): void {
  if (turn.dead.includes(from.incarnation) || from.incarnation === turn.me.incarnation) return;
  if (message.is !== 'election' && message.term < turn.term) return;
  if (message.is !== 'election' && message.is !== 'resign' && moves.isAbove(from, turn.me))
    turn.standings = heardFrom(turn.standings, from, turn.at.now);
  switch (message.is) {
    case 'election':
      return beAsked(turn, from, message.term);
    case 'answer':
      return beAnswered(turn, from, message.term);
    case 'coordinator':
      return void hearLeader(turn, from, message.term);
    case 'heartbeat':
      return hearBeat(turn, from, message.term);
    case 'ready':
      return moves.learn(turn, message.term);
    case 'resign':
      return hearResignation(turn, from, message.term, message.to);
  }
}

function beAsked(turn: Turn, from: Sender, term: number): void {
  moves.learn(turn, term);
  const { phase, leader } = turn;
  if (phase.is === 'leading') return moves.reply(turn, from, { is: 'coordinator', term: phase.term });
  if (!moves.isAble(turn) || !moves.isAbove(turn.me, from)) return;
  moves.reply(turn, from, { is: 'answer', term: turn.term });
  if (phase.is === 'unable') return moves.elect(turn, 'silence');
  // A leader that asks leads no more: its resignation was lost.
  if (phase.is === 'following' && leader?.incarnation === from.incarnation) moves.elect(turn, 'resignation');
}

function beAnswered(turn: Turn, from: Sender, term: number): void {
  moves.learn(turn, term);
  const { phase } = turn;
  if (phase.is === 'asking') return moves.awaitCoordinator(turn, from);
  // The highest one that answered is the one to wait for.
  if (phase.is === 'promised' && moves.isAbove(from, phase.by)) turn.phase = { ...phase, by: from };
}

function hearBeat(turn: Turn, from: Sender, term: number): void {
  const leads = hearLeader(turn, from, term);
  // A leader below me must know that I am here, and able: it gives way when I have been for long enough.
  if (leads && moves.isAbove(turn.me, from) && moves.isAble(turn)) moves.reply(turn, from, { is: 'ready', term });
}

/** False when it is no leader's word any more. */
function hearLeader(turn: Turn, from: Sender, term: number): boolean {
  if (term <= turn.ended || moves.leads(turn, term)) return false;
  moves.follow(turn, from, term);
  return true;
}

function hearResignation(turn: Turn, from: Sender, term: number, to: string): void {
  moves.learn(turn, term);
  if (term <= turn.ended) return;
  turn.ended = term;
  moves.forgetLeader(turn);
  const cause = to === '' ? 'resignation' : 'preemption';
  turn.election = { cause, since: turn.at.now };
  if (to === turn.me.id) return moves.claim(turn);
  const heir = turn.members.find(({ id }) => id === to);
  if (heir !== undefined) return moves.awaitCoordinator(turn, heir);
  turn.gone = from.incarnation;
  moves.elect(turn, cause);
}
