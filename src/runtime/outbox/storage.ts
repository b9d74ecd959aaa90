/**
 * The port between the journal and a database engine. One implementation per engine; each owns one write connection
 * (one transaction in flight) and one connection of its own for loading streams.
 */
import type { ConstraintViolated } from './storage-errors.js';
import type { Cell, RowChange, TableSchema } from './rows.js';
import type { StoredTimers } from './stored-timers.js';

export * from './storage-errors.js';

/** `[stream, kind, expected version, next version, instant of the last fact]`. `next === expected`: compared only. `expected === 0`: the stream must not exist. */
export type HeadWrite = readonly [stream: string, kind: string, expected: number, next: number, instant: number];
/** `data` is the fact without its type, as a JSON value. */
export type FactWrite = readonly [
  stream: string,
  version: number,
  type: string,
  data: unknown,
  demande: string,
  acteur: string | null,
  instant: number,
  format: number,
];
/** One accepted demande; `answer` is a JSON value. The primary key is (scope, id). */
export type DemandeWrite = readonly [scope: string, id: string, stream: string, hash: string, answer: unknown, instant: number];
export type SnapshotWrite = readonly [stream: string, version: number, format: number, state: unknown];

/** Net changes of one table: at most one entry per key. Rows are arrays in the order of `TableSchema.columns`. */
export interface TableWrite {
  readonly inserts: readonly (readonly Cell[])[];
  /** Null keeps what the row holds. */
  readonly updates: readonly (readonly Cell[])[];
  /** In the order of `TableSchema.columns` too; only the columns of the key are read. */
  readonly deletes: readonly (readonly Cell[])[];
}

/** Everything that one transaction writes. Commits whole or not at all. */
export interface GroupWrite {
  /** Every stream that the group answers for, ordered by name (one lock order for all writers). */
  readonly heads: readonly HeadWrite[];
  readonly facts: readonly FactWrite[];
  readonly demandes: readonly DemandeWrite[];
  /** Demandes that were refused: `[scope, id]` that must not already be stored, else the refusal would contradict an earlier answer. */
  readonly absent: readonly (readonly [scope: string, id: string])[];
  readonly tables: ReadonlyMap<string, TableWrite>;
  readonly snapshots: readonly SnapshotWrite[];
}

/** A demande found in the database. `answer` is parsed JSON. */
export interface StoredDemande {
  readonly scope: string;
  readonly id: string;
  readonly stream: string;
  readonly hash: string;
  readonly answer: unknown;
}

/** A stream as the database holds it: the newest snapshot (if any) and the facts after it, oldest first. Version 0: no such stream. */
export interface StoredStream {
  readonly stream: string;
  readonly snapshot?: { readonly version: number; readonly format: number; readonly state: unknown };
  /** Wall instant until which no instance may let it live; absent when it never was in quarantine. */
  readonly quarantinedUntil?: number;
  readonly facts: readonly {
    readonly version: number;
    readonly type: string;
    readonly format: number;
    readonly instant: number;
    readonly data: Record<string, unknown>;
  }[];
}

/** A timer as the database holds it, with the demande that it puts. */
export interface StoredTimer {
  readonly root: string;
  /** The stream of the fact that set it: the root's or a companion's. */
  readonly stream: string;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly due: number;
  readonly demande: { readonly type: string };
}

/** What is wrong with a refused group, stream by stream. A stream that is not named may be sent again as it was. */
export interface Verdict {
  /** Streams whose head differs from what the group expected. */
  readonly fenced: ReadonlySet<string>;
  /** Demandes of the group that were stored before, by `demandeKey(scope, id)`. */
  readonly known: ReadonlyMap<string, StoredDemande>;
}

/** What a column must be: equal to a cell, equal to one of several, or a number at most so great (what is due). */
export type Condition = Cell | readonly Cell[] | { readonly atMost: number };

/**
 * A transaction of plain rows, for modules without aggregates, listeners and the relay. Runs alone in the write lane.
 *
 * - Await each call before the next one. After `work` has ended, every call throws.
 * - A guard that refuses throws `ConstraintViolated`, and with it the whole transaction is lost (every later call throws the same error, and so
 *   does the commit), unless it happened inside `savepoint`, which loses only what `savepoint` did.
 */
export interface RowTransaction {
  /** Runs `work` so that its failure undoes only what it did; the error is rethrown and the transaction goes on. */
  savepoint<T>(work: () => Promise<T>): Promise<T>;
  /** Inserts rows (columns by name). With `ignore`, rows whose key exists are left alone. Returns how many were inserted. */
  insert(table: string, rows: readonly Readonly<Record<string, Cell>>[], ignore?: boolean): Promise<number>;
  /** Sets `values` where every column of `where` equals. Returns how many rows changed: zero is the caller's refusal. */
  update(table: string, values: Readonly<Record<string, Cell>>, where: Readonly<Record<string, Cell>>): Promise<number>;
  /** One statement for many rows: each row holds the columns of `key` and the ones to set (the same columns in every row). Returns how many rows changed. */
  updateAll(table: string, key: readonly string[], rows: readonly Readonly<Record<string, Cell>>[]): Promise<number>;
  delete(table: string, where: Readonly<Record<string, Condition>>): Promise<number>;
  /** Rows that meet every condition of `where`, as the transaction sees them, in the order of the primary key. */
  select(table: string, where: Readonly<Record<string, Condition>>, limit?: number): Promise<Record<string, Cell>[]>;
  /** `select` whose rows nobody else changes before this transaction ends: a fence (a plain select is none on PostgreSQL, `FOR SHARE` is). */
  hold(table: string, where: Readonly<Record<string, Condition>>): Promise<Record<string, Cell>[]>;
  /** The database's own clock at this very moment, milliseconds since 1970: the one clock that all instances share. */
  now(): Promise<number>;
}

/** A fact as the relay reads it. `position` is null until it is published. */
export interface OutboxFact {
  readonly stream: string;
  readonly kind: string;
  readonly version: number;
  readonly type: string;
  readonly data: Record<string, unknown>;
  readonly demande: string;
  readonly acteur: string | null;
  readonly instant: number;
  readonly format: number;
  readonly position: number | null;
}

/** What waits to be published and what is held back, as the database tells it: the same on every instance. */
export interface Backlog {
  /** Unpublished facts, counted over at most `BACKLOG_STREAMS` streams: a floor when `bounded`. */
  readonly facts: number;
  readonly bounded: boolean;
  /** Instant of the oldest of them; null when nothing waits. */
  readonly oldest: number | null;
  /** The last position given. */
  readonly position: number;
  /** Rows of `dead_letter`, oldest first, at most `BACKLOG_LETTERS`. */
  readonly letters: readonly Readonly<Record<string, Cell>>[];
}

export type DemandeKey = readonly [scope: string, id: string];
/** A stored demande without its answer. */
export interface DemandeInstant {
  readonly scope: string;
  readonly id: string;
  readonly instant: number;
}

export const BACKLOG_STREAMS = 10_000;
export const BACKLOG_LETTERS = 1_000;

export interface Storage extends StoredTimers {
  /** Opens the connections and prepares the commit program for `tables`. Throws `StorageUnavailable` when the database cannot be reached; may be called again. */
  open(tables: readonly TableSchema[]): Promise<void>;
  close(): Promise<void>;

  /** Writes the group in one transaction. Throws GroupRefused (with the first constraint as cause), Contended, StorageUnavailable or CommitUnknown. */
  commit(group: GroupWrite): Promise<void>;
  /** Compares every head and looks up every demande (stored or `absent`) of a refused group, in one read of the write connection. */
  examine(group: GroupWrite): Promise<Verdict>;
  /**
   * Tries each part in turn inside one transaction that is always rolled back; the constraint that each would violate, or undefined. Later parts see
   * the earlier ones that passed; a part on a stream of a refused one is not tried (undefined). Throws `GroupRefused` when a head moved meanwhile.
   */
  rehearse(parts: readonly GroupWrite[]): Promise<readonly (ConstraintViolated | undefined)[]>;

  /** Streams as committed. `settled`: first waits for any transaction that still holds these heads (after CommitUnknown). */
  load(streams: readonly string[], settled?: boolean): Promise<StoredStream[]>;
  /** The armed timers of `roots`, in any order. Whoever rests on them compares the heads of the streams that set them: so they are read after these. */
  timersOf(roots: readonly string[]): Promise<StoredTimer[]>;
  /** Stored demandes among `keys`, read from what is committed. */
  demandes(keys: readonly (readonly [scope: string, id: string])[], settled?: boolean): Promise<StoredDemande[]>;

  /** The oldest unpublished facts of each stream (`version > stream.published`), at most `limit` in all and `perStream` of one stream, in version order per stream; streams after `after` by name first, so that no stream starves. */
  unpublished(limit: number, perStream: number, after: string): Promise<OutboxFact[]>;
  /** Facts of one stream with `from < version <= to`, in order. */
  facts(stream: string, from: number, to: number): Promise<OutboxFact[]>;
  /** Published facts with `position > after`, in position order. */
  published(after: number, limit: number): Promise<OutboxFact[]>;
  /** How far publication is behind. */
  backlog(): Promise<Backlog>;
  /** The next `limit` demandes after a key, in the order of the key: when each was accepted. `after` absent: from the first one. */
  demandeInstants(after: DemandeKey | undefined, limit: number): Promise<DemandeInstant[]>;

  /**
   * Runs `work` in one transaction of the write connection. Errors thrown by `work` roll it back and are rethrown.
   * `urgent` (lease, membership): on SQLite ahead of everything that waits for the connection, on PostgreSQL on a connection of its own.
   */
  transact<T>(work: (tx: RowTransaction) => Promise<T>, options?: { readonly urgent?: boolean }): Promise<T>;
}

export type { RowChange };
