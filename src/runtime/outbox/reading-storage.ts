import type { Executor } from './dialect.js';
import { readBacklog } from './stored-backlog.js';
import type { Backlog, DemandeInstant, DemandeKey, OutboxFact, StoredDemande, StoredStream, StoredTimer } from './storage.js';
import { readDemandeInstants } from './stored-instants.js';
import {
  type ArmedTimer,
  type DueBacklog,
  type DueKey,
  type DueRoot,
  readDueBacklog,
  readDueTimers,
  readNextTimer,
  readTimers,
  type TimerKey,
} from './stored-timers.js';
import { readDemandes, readPublished, readRanges, readStreams, readTimersOf, readUnpublished } from './stored-reads.js';

/** What a settled read has to wait for first: whoever may still be writing these streams or these demandes. */
export type Settle = { readonly streams: readonly string[] } | { readonly keys: readonly (readonly [scope: string, id: string])[] };

/** The reads of a storage, the same on both engines but for the connection and the way to wait. See `Storage`. */
export abstract class ReadingStorage {
  /** Runs `work` on what is committed; with `settle`, not before what was in flight has ended. */
  protected abstract read<T>(settle: Settle | undefined, work: (on: Executor) => Promise<T>): Promise<T>;

  load(streams: readonly string[], settled = false): Promise<StoredStream[]> {
    return this.read(settled ? { streams } : undefined, (on) => readStreams(on, streams));
  }

  timersOf(roots: readonly string[]): Promise<StoredTimer[]> {
    return this.read(undefined, (on) => readTimersOf(on, roots));
  }

  demandes(keys: readonly (readonly [scope: string, id: string])[], settled = false): Promise<StoredDemande[]> {
    return this.read(settled ? { keys } : undefined, (on) => readDemandes(on, keys));
  }

  unpublished(limit: number, perStream: number, after: string): Promise<OutboxFact[]> {
    return this.read(undefined, (on) => readUnpublished(on, limit, perStream, after));
  }

  facts(stream: string, from: number, to: number): Promise<OutboxFact[]> {
    return this.read(undefined, (on) => readRanges(on, [[stream, from, to]]));
  }

  published(after: number, limit: number): Promise<OutboxFact[]> {
    return this.read(undefined, (on) => readPublished(on, after, limit));
  }

  demandeInstants(after: DemandeKey | undefined, limit: number): Promise<DemandeInstant[]> {
    return this.read(undefined, (on) => readDemandeInstants(on, after, limit));
  }

  backlog(): Promise<Backlog> {
    return this.read(undefined, readBacklog);
  }

  dueTimers(now: number, limit: number, after?: DueKey): Promise<DueRoot[]> {
    return this.read(undefined, (on) => readDueTimers(on, now, limit, after));
  }

  nextTimer(after: number): Promise<number | undefined> {
    return this.read(undefined, (on) => readNextTimer(on, after));
  }

  timers(after: TimerKey | undefined, limit: number): Promise<ArmedTimer[]> {
    return this.read(undefined, (on) => readTimers(on, after, limit));
  }

  dueBacklog(now: number): Promise<DueBacklog> {
    return this.read(undefined, (on) => readDueBacklog(on, now));
  }
}
