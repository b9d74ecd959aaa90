import type { Journal } from '../outbox/journal.js';
import type { StoredTimer } from '../outbox/storage.js';
import type { Activation } from './activation.js';
import type { AnyAggregate } from './aggregate.js';
import type { Held } from './held.js';

/** What an activation needs of the registry that keeps it. */
export interface Keeper {
  readonly aggregate: AnyAggregate;
  readonly journal: Journal;
  /** How many timers were applied and are committed, by the demande that they put. */
  readonly rung: Map<string, number>;
  /** Wall time, milliseconds since 1970. */
  now(): number;
  /** The staged state is gone: bring it back, and settle what may have been written already. */
  rebuild(activation: Activation): void;
  /** A bug, or the crash button: the policy decides what follows. */
  crashed(activation: Activation, error: unknown): void;
  /** An accepted demande or a commit: not idle. */
  touched(activation: Activation): void;
}

/** What a reader may be shown. */
export interface View {
  readonly view: unknown;
  readonly version: number;
}

/** A state folded from the database: what a life begins with. */
export interface Revived {
  readonly state: unknown;
  readonly version: number;
  readonly instant: number;
  readonly snapshotVersion: number;
  /** For a kind with companions. */
  readonly held?: Held;
  /** In any order. */
  readonly timers?: readonly StoredTimer[];
}
