/** What membership must know of the table of nodes: the real one is in the shared database, the tests' one in memory. */
import type { Peer } from './peer.js';

/** Where an incarnation runs: names its process for good. Empty texts: unknown. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly host: string;
  /** When the process started, in the system's own words: a pid that is used again has another one. */
  readonly started: string;
  /** This run of the machine, and the room (namespace) in which the pid counts. */
  readonly boot: string;
}

/** One incarnation as the table holds it. Times are the database's, ms since 1970. */
export interface NodeRow extends Peer, ProcessIdentity {
  readonly state: 'alive' | 'left' | 'dead';
  readonly since: number;
  /** Its last touch. */
  readonly seen: number;
}

/** What one transaction read. */
export interface Reading {
  /** The view's number. */
  readonly view: number;
  /** Those alive in that very view, and those that ended within the hour. Absent: the view is the one that the caller knew. */
  readonly nodes?: readonly NodeRow[];
}

/** Every method is one transaction and rejects when the database cannot be asked, or may have done it. */
export interface NodeTable {
  /** Writes the incarnation down as alive. Whoever had its id or its address is declared dead, and loses the lease. */
  join(me: Peer): Promise<Reading>;
  /** Renews `seen` of a living incarnation, and reads; `known` is the view that needs no reading. `alive` false: it is dead, or was never there. */
  touch(incarnation: string, known: number): Promise<Reading & { readonly alive: boolean }>;
  /**
   * Declares an incarnation dead whose last touch is older than `DEAD_MS` by the database's clock. Undefined: it was spared, for it
   * touches its row (also while this transaction runs), or has ended already.
   */
  judge(incarnation: string): Promise<Reading | undefined>;
  /** Planned: the incarnation leaves, and gives the lease back if it holds it. */
  leave(incarnation: string): Promise<Reading>;
  /** Those alive, read without a lock: works while a writer holds the whole file. */
  look(): Promise<readonly NodeRow[]>;
}
