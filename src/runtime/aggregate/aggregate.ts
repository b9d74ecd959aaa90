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

/** A fact of a companion stream: one that lives under another, in its mailbox and at its place, with a journal and a version of its own. */
export interface Beside<Fait extends Fact> {
  /** The companion's stream; a new one begins with the first fact that is said of it. */
  readonly beside: string;
  readonly fact: Fait;
}

/** Says `fact` of the companion `stream` rather than of the root. */
export function beside<Fait extends Fact>(stream: string, fact: Fait): Beside<Fait> {
  return { beside: stream, fact };
}

/** True when what was decided is said of a companion. */
export function isBeside<Fait extends Fact>(said: Fait | Beside<Fait>): said is Beside<Fait> {
  return 'beside' in said;
}

/** What a decision says: facts of the root, and of its companions. */
export type Said<Fait extends Fact> = Fait | Beside<Fait>;

/**
 * Streams that live under one root: the root's mailbox decides for all of them, one commit checks the head of every one read or written.
 *
 * - A fact changes only the part of the state that belongs to its own stream: a root is folded first, then each companion.
 * - Only the root has snapshots: `encode` leaves the companions out.
 */
export interface Companions<State, Demande> {
  /** Their kind, as in the journal. */
  readonly kind: string;
  /** Those that are brought back with the root: the ones alive. */
  living(state: State): Iterable<string>;
  /** The companion that a demande is about: it is brought back when it is not held, its head is compared, and `If-Match` means its version. */
  subject(demande: Demande): string | undefined;
  /** Lets go of what need not be held: called after a commit, and only when nothing is staged. */
  forget?(state: State): readonly string[];
}

/**
 * A réveil, set or cleared in the commit of the fact that says so. `name` is unique in the fact's stream; `set` replaces the one of that name.
 * At `due` (milliseconds since 1970) the machine puts `demande` before whatever waits, in due order, under an id of its own. Its facts must clear or
 * set anew the timer that it came from: one that leaves it armed, or is refused, is a bug and crashes the process.
 */
export type TimerChange<Demande> = { readonly set: string; readonly due: number; readonly demande: Demande } | { readonly clear: string };

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
export interface Aggregate<
  State,
  Demande extends { readonly type: string },
  Fait extends Fact,
  Refus extends string,
  Reponse,
  /** `Beside<Fait>` for a kind with companions. */
  Aside extends Beside<Fait> = never,
> {
  /** The kind's name, as in logs, metrics and the supervision tree. */
  readonly kind: string;
  /** The demande that may open a new stream; any other one on an empty stream is answered "unknown". */
  readonly opens: Demande['type'];
  initial(): State;
  decide(state: State, demande: Demande, instant: number): readonly (Fait | Aside)[] | Refusal<Refus>;
  /** `stream`: the one that the fact is of, the root's or a companion's; the machine always says it. */
  evolve(state: State, fait: Fait, stream?: string): State;
  /** `faits`: in the order in which they were decided, whatever their stream. */
  answer(state: State, faits: readonly Fait[], demande: Demande): Reponse;
  /** What a reader may be shown of the last committed state when the database cannot be asked. Undefined while there is nothing to show. */
  view(state: State): unknown;
  /** Which rows a fact writes, in the same transaction as the fact. */
  rows(fait: Fait, place: FactPlace<Demande>): readonly RowChange[];
  /** Which timers of the fact's stream it sets or clears; none when absent. */
  timers?(fait: Fait, place: FactPlace<Demande>): readonly TimerChange<Demande>[];
  readonly companions?: Companions<State, Demande>;
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
export type AnyAggregate = Aggregate<any, any, any, string, any, any>;
