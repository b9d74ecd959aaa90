/** What the database's answers about the lease do to the one who asked. Pure; the numbers are the rules of `bully.ts`. */
import type { Holder } from '../../runtime/cluster/lease.js';
import { COORDINATOR_MS, PULSE_MS } from '../../runtime/cluster/timing.js';
import * as moves from './bully-moves.js';
import type { Turn } from './bully-moves.js';

/** Rule 6: granted. */
export function takeLease(turn: Turn, term: number, until: number): void {
  // Too late, or somebody has claimed since: what I was given is of no use to me, and must not keep others waiting.
  if (term < turn.term || turn.at.now >= until || !moves.isAble(turn)) {
    turn.effects.push({ do: 'release', term });
    if (turn.phase.is === 'claiming') moves.waitFor(turn, PULSE_MS, 'elect');
    return;
  }
  moves.lead(turn, term, until);
}

/** Rule 6: refused. */
export function isRefused(turn: Turn, by: Holder): void {
  if (turn.phase.is === 'claiming') barred(turn, by, 0, 'claim');
}

/** Rule 4, when the promised one has not come. Undefined: nobody holds the lease, or the row could not be read. */
export function readLease(turn: Turn, holder: Holder | undefined): void {
  if (turn.phase.is !== 'reading') return;
  if (holder === undefined) return moves.waitFor(turn, turn.at.chance * COORDINATOR_MS, 'elect');
  // Mine: a claim whose answer was lost.
  if (holder.incarnation === turn.me.incarnation) return moves.claim(turn);
  // Whoever answered me claims when the lease has run out: it has the time of rule 4 again.
  barred(turn, holder, COORDINATOR_MS, 'elect');
}

function barred(turn: Turn, { holder, incarnation, term, leftMs }: Holder, moreMs: number, next: 'claim' | 'elect'): void {
  moves.learn(turn, term);
  moves.nameLeader(turn, { id: holder, incarnation }, term);
  moves.waitFor(turn, leftMs + moreMs, next);
}

/** A renewal found another in the row. */
export function loseLease(turn: Turn, term: number): void {
  if (!moves.leads(turn, term)) return;
  moves.endMandate(turn);
  moves.forgetLeader(turn);
  turn.ended = term;
  turn.election = { cause: 'lost_lease', since: turn.at.now };
  moves.read(turn);
}
