/**
 * A listener hears every published fact of some kinds, at least once, in order per stream, and says which rows follow.
 * Its rows and its progress commit together, so each fact takes effect exactly once in the database (inbox).
 */
import type { Cell } from './rows.js';
import type { OutboxFact, RowTransaction } from './storage.js';

/** What a fact does to a listener's own tables. */
export type Effect =
  /** Written unless a row with the same key is there. */
  | { readonly table: string; readonly insert: Readonly<Record<string, Cell>> }
  /** Written only where every column of `where` equals: zero rows is no error. */
  | { readonly table: string; readonly set: Readonly<Record<string, Cell>>; readonly where: Readonly<Record<string, Cell>> };

export interface ListenerContext {
  newId(prefix: string): string;
  /** Milliseconds since 1970, when the effects are computed. */
  readonly now: number;
}

export interface Listener {
  /** Its name in `inbox`: changing it makes it hear everything again. */
  readonly name: string;
  /** Kinds of streams that it hears. */
  readonly kinds: readonly string[];
  /** Pure. An exception holds back this stream for this listener only, and is tried again. */
  react(fact: OutboxFact, context: ListenerContext): readonly Effect[];
}

/** Writes effects in order: all inserts of a run of inserts together, conditional updates one by one. */
export async function applyEffects(tx: RowTransaction, effects: readonly Effect[]): Promise<void> {
  let run: Record<string, Readonly<Record<string, Cell>>[]> = {};
  const flush = async (): Promise<void> => {
    for (const [table, rows] of Object.entries(run)) await tx.insert(table, rows, true);
    run = {};
  };
  for (const effect of effects) {
    if ('insert' in effect) {
      (run[effect.table] ??= []).push(effect.insert);
    } else {
      await flush();
      await tx.update(effect.table, effect.set, effect.where);
    }
  }
  await flush();
}
