import { concernsStorage, type RowTransaction } from './storage.js';

/**
 * Runs first in each transaction of a leader's duty, and throws when the term is over: then nothing of the transaction is written.
 * What it throws for reasons of the storage (see `concernsStorage`) says nothing about the term.
 */
export type Fence = (tx: RowTransaction) => Promise<void>;

/** The term under which a duty works is over, for good. */
export class TermOver extends Error {
  override readonly name = 'TermOver';
}

/** Runs the fence; throws `TermOver` when it says that the term is over, and the storage's own errors as they are. */
export async function guardTerm(fence: Fence, tx: RowTransaction): Promise<void> {
  try {
    await fence(tx);
  } catch (error) {
    throw concernsStorage(error) ? error : new TermOver(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
