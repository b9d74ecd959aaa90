import type { StoredStream, StoredTimer } from '../outbox/storage.js';
import type { AnyAggregate } from './aggregate.js';
import { Held } from './held.js';
import type { Revived } from './keeper.js';

/** What the database holds of one root, as far as it has been read. A stream that cannot be folded throws from `revived`, and only there. */
export class Recollection {
  readonly quarantinedUntil: number | undefined;
  readonly timers: StoredTimer[] = [];
  private root: Revived | undefined;
  private wanted: ReadonlySet<string> = new Set();
  private beside: readonly StoredStream[] = [];
  private failure: { readonly error: unknown } | undefined;

  constructor(
    private readonly aggregate: AnyAggregate,
    readonly stream: string,
    private readonly stored: StoredStream | undefined,
  ) {
    this.quarantinedUntil = stored?.quarantinedUntil;
  }

  /** The companions to read: the living ones, and what somebody waits for. */
  companions(waited: () => ReadonlySet<string>): Iterable<string> {
    try {
      this.root = fold(this.aggregate, this.stored, this.stream);
      const wanted = new Set(waited());
      for (const name of this.aggregate.companions!.living(this.root.state)) wanted.add(name);
      this.wanted = wanted;
    } catch (error) {
      this.failure = { error };
    }
    return this.wanted;
  }

  bring(streams: ReadonlyMap<string, StoredStream>): void {
    this.beside = [...this.wanted].map((name) => streams.get(name) ?? { stream: name, facts: [] });
  }

  /** What a life begins with. */
  revived(): Revived {
    if (this.failure !== undefined) throw this.failure.error;
    const { aggregate, timers } = this;
    const root = this.root ?? fold(aggregate, this.stored, this.stream);
    if (aggregate.companions === undefined) return timers.length === 0 ? root : { ...root, timers };
    const held = new Held();
    let { state, instant } = root;
    for (const { stream, facts } of this.beside) {
      state = foldFacts(aggregate, state, facts, stream, 0);
      held.bring(stream, facts.length);
      instant = Math.max(instant, facts.at(-1)?.instant ?? 0);
    }
    return { ...root, state, instant, held, timers };
  }
}

/** The state that a stored stream stands for. */
function fold(aggregate: AnyAggregate, stored: StoredStream | undefined, stream: string): Revived {
  const snapshot = stored?.snapshot;
  const kept = snapshot?.state as { instant: number; state: unknown } | undefined;
  const from = snapshot?.version ?? 0;
  const before: unknown = kept === undefined ? aggregate.initial() : aggregate.snapshot!.decode(kept.state);
  const facts = stored?.facts ?? [];
  const state = foldFacts(aggregate, before, facts, stream, from);
  return { state, version: from + facts.length, instant: facts.at(-1)?.instant ?? kept?.instant ?? 0, snapshotVersion: from };
}

function foldFacts(aggregate: AnyAggregate, before: unknown, facts: StoredStream['facts'], stream: string, from: number): unknown {
  let state = before;
  let version = from;
  for (const fact of facts) {
    if (fact.version !== ++version) throw new Error(`Stream ${stream} has a hole before version ${fact.version}`);
    state = aggregate.evolve(state, aggregate.upcast?.(fact.type, fact.format, fact.data) ?? { ...fact.data, type: fact.type }, stream);
  }
  return state;
}
