/** What the cluster's protocols need of the network: the real one is Nest's TCP transport, the tests' one is a seeded fake. */
import type { Peer } from './peer.js';

/** Who sent a message: proved by the handshake of its connection, never by the message. */
export type Sender = Pick<Peer, 'id' | 'incarnation'>;

/** Turns what came from the network into a value, or throws: the message is then dropped, counted, and harms nobody. */
export type Check<T> = (data: unknown) => T;

/**
 * Why a call has no answer.
 * - `unsent`: it provably never left this instance.
 * - `lost`: the connection broke after it left; it may have been executed, or still be.
 * - `late`: its time is up; it may have been executed, or still be.
 */
export class CallFailed extends Error {
  override readonly name = 'CallFailed';
  constructor(
    readonly why: 'unsent' | 'lost' | 'late',
    message: string,
  ) {
    super(message);
  }
}

/** Messages between instances. One authenticated connection to each followed peer; nothing is ever sent twice by the transport itself. */
export interface Transport {
  /** Tells the one who listens for `kind` there. At most once, in order per connection; dropped when there is no connection. */
  tell(to: Peer, kind: string, data: unknown): void;
  /**
   * Asks, and hands over each piece of the answer as it comes; resolves after the last one. Rejects with `CallFailed`.
   * A piece that comes after the end of the call is dropped.
   */
  call(
    to: Peer,
    kind: string,
    data: unknown,
    options: { readonly timeoutMs: number; readonly onPiece: (piece: unknown) => void },
  ): Promise<void>;
  /** What to do with `kind`. One listener per kind. */
  onTell<T>(kind: string, check: Check<T>, hear: (from: Sender, data: T) => void): void;
  /** What to answer to `kind`: `piece` may be called many times; the call ends when the promise resolves. A rejection ends it as `lost` there. */
  onCall<T>(kind: string, check: Check<T>, answer: (from: Sender, data: T, piece: (piece: unknown) => void) => Promise<void>): void;
  /** Keeps a connection to each of these, and to nobody else; tries again for ever, each time later up to a second. */
  follow(peers: readonly Peer[]): void;
  /** True while an authenticated connection to that very incarnation is open. */
  connected(peer: Peer): boolean;
  /** Calls `hear` when the connection to a peer opens or breaks. */
  onLink(hear: (peer: Peer, up: boolean) => void): void;
  /** Destroys every connection with that incarnation, both ways, and all that waits in them: suspicion. `follow` brings them back. */
  cut(peer: Sender): void;
}
