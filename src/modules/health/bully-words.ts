/** The words of the election: what is said, what is remembered, what may happen and what must be done. Types only. */
import type { Holder } from '../../runtime/cluster/lease.js';
import type { Peer } from '../../runtime/cluster/peer.js';
import type { Sender } from '../../runtime/cluster/transport-port.js';
import type { Leader } from '../../runtime/cluster/leadership.js';
import type { Standings } from './damping.js';

/** Why an election began. */
export type Cause = 'start' | 'silence' | 'resignation' | 'preemption' | 'lost_lease';

/**
 * What instances say to each other. `term`: the latest one that the sender knows; of a leader's message, its own. Who sent it is proved by
 * its connection and comes with it.
 */
export type Message =
  /** To every higher id: is anybody above me? */
  | { readonly is: 'election'; readonly term: number }
  /** To a lower id that asked: I am here, and able to lead. */
  | { readonly is: 'answer'; readonly term: number }
  /** I lead. */
  | { readonly is: 'coordinator'; readonly term: number }
  /** I still lead. */
  | { readonly is: 'heartbeat'; readonly term: number }
  /** To a leader that is lower, after each of its beats: I hear you, and am able to lead. */
  | { readonly is: 'ready'; readonly term: number }
  /** I lead no more; `to` is the id that should, or empty: elect. */
  | { readonly is: 'resign'; readonly term: number; readonly to: string };

export type MessageKind = Message['is'];

/** Instants are of the monotonic clock. */
export type Phase =
  /** The leader is heard. */
  | { readonly is: 'following' }
  /** Higher ids were asked. */
  | { readonly is: 'asking'; readonly until: number }
  /** `by` is above me and able, or was named by the one who resigned: its COORDINATOR must come. */
  | { readonly is: 'promised'; readonly by: Sender; readonly until: number }
  /** The database is asked for the lease. */
  | { readonly is: 'claiming' }
  /** The database is asked who holds it. */
  | { readonly is: 'reading' }
  /** The lease is held by one that is not heard, or could not be asked for: later. */
  | { readonly is: 'waiting'; readonly until: number; readonly next: 'claim' | 'elect' }
  /** Without the database, or not a member yet: takes no part. */
  | { readonly is: 'unable'; readonly until: number }
  /** `until`: when my lease may have run out, by my own clock. */
  | { readonly is: 'leading'; readonly term: number; readonly until: number; readonly beatAt: number }
  /** Has left for good. */
  | { readonly is: 'left' };

export interface State {
  readonly me: Sender;
  /** The live members, me among them, in the order of the election. */
  readonly members: readonly Peer[];
  /** Incarnations that were members and are no more, the last ones. */
  readonly dead: readonly string[];
  readonly phase: Phase;
  /** The latest term that is known. */
  readonly term: number;
  /** The latest term whose leader said that it ended. */
  readonly ended: number;
  readonly leader: Leader | undefined;
  readonly heardAt: number;
  /** The one that resigned without naming anybody: not to be waited for. */
  readonly gone: string;
  readonly standings: Standings;
  /** The election that is under way. */
  readonly election: { readonly cause: Cause; readonly since: number } | undefined;
}

export type Event =
  /** A life begins: the first one, or another one after a pause or the own death. */
  | { readonly is: 'began'; readonly me: Sender; readonly members: readonly Peer[] }
  | { readonly is: 'members'; readonly members: readonly Peer[] }
  | { readonly is: 'message'; readonly from: Sender; readonly message: Message }
  | { readonly is: 'link lost'; readonly incarnation: string }
  | { readonly is: 'time' }
  /** `until`: when the lease may have run out, by my own clock: counted from before the claim was sent. */
  | { readonly is: 'claimed'; readonly term: number; readonly until: number }
  | { readonly is: 'refused'; readonly by: Holder }
  | { readonly is: 'claim failed' }
  /** Undefined: nobody holds the lease, or the row could not be read. */
  | { readonly is: 'read'; readonly holder: Holder | undefined }
  | { readonly is: 'renewed'; readonly term: number; readonly until: number }
  | { readonly is: 'lease lost'; readonly term: number }
  | { readonly is: 'leave' };

/** When something happens. */
export interface Moment {
  readonly now: number;
  /** In [0, 1): jitter. */
  readonly chance: number;
  /** When the database last answered this instance. */
  readonly contact: number;
}

export type Effect =
  | { readonly do: 'send'; readonly to: readonly Peer[]; readonly message: Message }
  | { readonly do: 'claim'; readonly cause: Cause; readonly since: number }
  | { readonly do: 'read' }
  /** My mandate begins. */
  | { readonly do: 'lead'; readonly term: number }
  /** My mandate is over, now. */
  | { readonly do: 'end'; readonly term: number }
  /** Gives the lease of that term back, then says so; also when the database does not take it in time. */
  | { readonly do: 'release'; readonly term: number; readonly saying?: { readonly to: readonly Peer[]; readonly message: Message } }
  | { readonly do: 'follow'; readonly leader: Leader | undefined };

export interface Step {
  readonly state: State;
  readonly effects: readonly Effect[];
}
