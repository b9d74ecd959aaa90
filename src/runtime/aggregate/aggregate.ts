/**
 * The contract between the club and the machine: an aggregate is three pure functions and some data.
 *
 * The machine calls `decide` for one demande at a time, folds the facts with `evolve`, takes the answer from the state right
 * after them, writes everything in one transaction, and only then lets anyone see it.
 */
import type { RowChange } from '../outbox/rows.js';

/** A no that the caller must read: a value, never thrown; it leaves no trace. */
export interface Refusal<Code extends string = string> {
  readonly refusal: Code;
  /** The figures that explain it ("how many are inscribed"). Ids and numbers only, never a name. */
  readonly data?: Readonly<Record<string, unknown>>;
}

/** The refusal `code`, with the figures that explain it. */
export function refuse<Code extends string>(code: Code, data?: Readonly<Record<string, unknown>>): Refusal<Code> {
  return data === undefined ? { refusal: code } : { refusal: code, data };
}

/** True when a decision is a refusal rather than facts. */
export function isRefusal<Code extends string>(decision: object): decision is Refusal<Code> {
  return 'refusal' in decision;
}

/** Something that happened to one aggregate; it is kept for ever and never rewritten. */
export interface Fact {
  readonly type: string;
}

/** Where a fact stands when its rows are computed. */
export interface FactPlace<Demande> {
  /** The stream's name, which is the aggregate's public id. */
  readonly stream: string;
  /** The fact's version: its place in its stream, from 1, without a gap. */
  readonly version: number;
  /** Milliseconds since 1970; never less than the fact before it. */
  readonly instant: number;
  /** The demande that caused it: the only way to the erasable texts that a fact may not hold. */
  readonly demande: Demande;
}

/** How the state of a long stream is kept so that activation need not fold the whole stream. */
export interface SnapshotFormat<State> {
  /** Raised whenever the encoding changes: a snapshot of another format is ignored. */
  readonly format: number;
  /** Facts to let pass between two snapshots of `state`; at least proportional to its size, so that the cost per fact stays flat. */
  every(state: State): number;
  /** A JSON value that shares nothing with `state`. */
  encode(state: State): unknown;
  decode(json: unknown): State;
}

/**
 * A kind of aggregate.
 *
 * - `decide` reads the state and changes nothing. `instant` is the demande's stamp, never before the last fact's instant.
 * - `evolve` owns the state it receives: it may change it in place and return it. The machine drops the whole state when a commit fails.
 * - `answer` is computed on the state right after the demande's facts; it must share nothing with it that `evolve` changes.
 * - None of them may cost more when the aggregate grows.
 */
export interface Aggregate<State, Demande extends { readonly type: string }, Fait extends Fact, Refus extends string, Reponse> {
  /** The kind's name, as in logs, metrics and the supervision tree. */
  readonly kind: string;
  /** The demande that may open a new stream; any other one on an empty stream is answered "unknown". */
  readonly opens: Demande['type'];
  initial(): State;
  decide(state: State, demande: Demande, instant: number): readonly Fait[] | Refusal<Refus>;
  evolve(state: State, fait: Fait): State;
  answer(state: State, faits: readonly Fait[], demande: Demande): Reponse;
  /** What a reader may be shown of the last committed state when the database cannot be asked. Undefined while there is nothing to show. */
  view(state: State): unknown;
  /** Which rows a fact writes, in the same transaction as the fact. */
  rows(fait: Fait, place: FactPlace<Demande>): readonly RowChange[];
  /** What the database's own guards mean, by constraint name. A violation that is not listed is a bug and crashes the process. */
  readonly guards: Readonly<Record<string, Refus>>;
  readonly snapshot?: SnapshotFormat<State>;
  /** Brings a stored fact to today's form; the identity when absent. */
  upcast?(type: string, format: number, data: Readonly<Record<string, unknown>>): Fait;
  /** Format number written with each new fact. */
  readonly factFormat: number;
}

/** Any kind, where the machine handles kinds it does not know. */
// oxlint-disable-next-line typescript/no-explicit-any -- the machine is unaware of the club's types by design
export type AnyAggregate = Aggregate<any, any, any, string, any>;
