/** What happens to a member, and what it then wants done. Effects are done in their order, at once. */
import type { NodeRow, Reading } from './node-port.js';
import type { Peer, View } from './peer.js';
import type { Sender } from './transport-port.js';

/** `flight` names the request that an answer belongs to; `began` is the monotonic instant at which it was sent. */
export type Event =
  | { readonly type: 'tick' }
  /** `blind`: its sender cannot reach the database. */
  | { readonly type: 'beat'; readonly from: Sender; readonly view: number; readonly blind?: boolean }
  | { readonly type: 'link'; readonly peer: Peer; readonly up: boolean }
  /** Something came from outside: was there a pause? */
  | { readonly type: 'woke' }
  /** Somebody wants the view read now. */
  | { readonly type: 'refresh' }
  | { readonly type: 'joined'; readonly flight: number; readonly me: Peer; readonly began: number; readonly reading: Reading }
  | {
      readonly type: 'touched';
      readonly flight: number;
      readonly incarnation: string;
      readonly began: number;
      readonly alive: boolean;
      readonly reading: Reading;
    }
  /** A join or a touch failed. `locked`: another writer holds the whole database. */
  | { readonly type: 'failed'; readonly flight: number; readonly began: number; readonly locked: boolean }
  /** How many witnesses agree that a member is silent, and how many hear it. */
  | { readonly type: 'testified'; readonly about: string; readonly agree: number; readonly deny: number }
  /** Without a reading: spared, or the database could not be asked. */
  | { readonly type: 'judged'; readonly about: string; readonly reading: Reading | undefined }
  /** This instance is about to leave (told before its row says so, which a touch under way would read as a death), and has left. */
  | { readonly type: 'leaving' }
  | { readonly type: 'left'; readonly reading: Reading };

export type Effect =
  | { readonly type: 'beat'; readonly to: readonly Peer[]; readonly view: number; readonly blind?: boolean }
  /** Join under a new incarnation. */
  | { readonly type: 'join'; readonly flight: number }
  | { readonly type: 'touch'; readonly flight: number }
  | { readonly type: 'ask'; readonly about: string; readonly witnesses: readonly Peer[] }
  | { readonly type: 'judge'; readonly about: string }
  | { readonly type: 'cut'; readonly peer: Peer }
  | { readonly type: 'suspected'; readonly peer: Peer }
  | { readonly type: 'trusted'; readonly peer: Peer }
  /** Another view holds: keep links to `follow`. */
  | { readonly type: 'view'; readonly view: View; readonly follow: readonly Peer[] }
  /** Every copy and every leadership must be dropped before anything else is done. */
  | { readonly type: 'dropped'; readonly why: Dropped }
  /** Another living process has this one's id or address: stop. */
  | { readonly type: 'twin'; readonly by: NodeRow }
  /** The database has been locked for so long. */
  | { readonly type: 'locked'; readonly forMs: number };

/** `pause`: it slept; `death`: it was declared dead, and starts another life unless a twin lives. */
export type Dropped = 'pause' | 'death';
