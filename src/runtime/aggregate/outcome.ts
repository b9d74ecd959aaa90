import type { Refusal } from './aggregate.js';

/** What travels around a demande: who asks, under which id, and how long there is to answer. */
export interface Envelope {
  /** Namespace of the id: one per caller; the machine's own begin with `machine`. */
  readonly scope: string;
  /** The demande id. One id = at most one effect, whatever happens to the answer. */
  readonly id: string;
  /** True when the door invented the id for this call: no earlier answer can exist, so none is looked up. */
  readonly minted: boolean;
  readonly acteur: string | null;
  /** Stamp of the door, milliseconds since 1970. No part of `hash`. */
  readonly instant: number;
  /** Fingerprint of the content as the caller sent it; the same id with another fingerprint is another demande. */
  readonly hash: string;
  /** The aggregate must have this version, or nothing happens. */
  readonly expectedVersion?: number;
  /** Monotonic milliseconds after which the caller must have been answered. */
  readonly deadline: number;
}

/**
 * What a caller gets, always, before its deadline.
 *
 * `not_executed` is a proof: the demande had no effect and will have none. `unknown` is a confession: ask again with the same id.
 */
export type Outcome<Reponse = unknown> =
  | { readonly is: 'done'; readonly answer: Reponse; readonly replayed: boolean }
  | { readonly is: 'refused'; readonly refusal: Refusal }
  /** The stream does not exist, and this demande does not open one. */
  | { readonly is: 'missing' }
  /** The id was used before, for another content or another aggregate. */
  | { readonly is: 'different' }
  /** `expectedVersion` is not the version. */
  | { readonly is: 'stale'; readonly version: number }
  /** A queue is full. */
  | { readonly is: 'overloaded'; readonly retryAfterMs: number }
  | { readonly is: 'quarantined'; readonly retryAfterMs: number }
  /** The database cannot be written, or not before the deadline. */
  | { readonly is: 'unavailable'; readonly effect: 'not_executed' | 'unknown'; readonly retryAfterMs: number }
  /** A bug in deciding this very demande; nothing happened. */
  | { readonly is: 'failed' };

/** Asks one kind of aggregate. Never throws, never stays silent. */
export interface Asks<Demande, Reponse> {
  ask(stream: string, demande: Demande, envelope: Envelope): Promise<Outcome<Reponse>>;
  /** Last published view of a living aggregate, for when the database cannot be read; undefined when none lives here. */
  lastSeen(stream: string): { readonly view: unknown; readonly version: number } | undefined;
}
