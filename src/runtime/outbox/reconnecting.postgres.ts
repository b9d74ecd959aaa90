import type { PostgresSession } from './session.postgres.js';
import { StorageUnavailable } from './storage.js';

/** A connection that is opened when it is needed, and again when it was lost. */
export class Reconnecting {
  private opening: Promise<PostgresSession> | undefined;

  constructor(private readonly connect: () => Promise<PostgresSession>) {}

  /** The living session; throws `StorageUnavailable` when there can be none for the moment. */
  async session(): Promise<PostgresSession> {
    const former = this.opening;
    const session = await former?.catch(() => undefined);
    if (session !== undefined && !session.lost) return session;
    // Whoever comes second waits for the connection that the first one opens.
    if (this.opening === former) this.opening = this.connect();
    try {
      return await this.opening!;
    } catch (error) {
      throw new StorageUnavailable(error instanceof Error ? error.message : String(error), { cause: error });
    }
  }

  async close(): Promise<void> {
    const opening = this.opening;
    this.opening = undefined;
    await (await opening?.catch(() => undefined))?.close();
  }
}

/** Begins, and leaves the transaction open when `work` succeeds. */
export async function begun<T>(on: PostgresSession, work: () => Promise<T>): Promise<T> {
  await on.exec('BEGIN');
  try {
    return await work();
  } catch (error) {
    await on.exec('ROLLBACK').catch(() => on.destroy());
    throw error;
  }
}

/** Runs `work` in a transaction that is undone in any case. */
export async function rolledBack<T>(on: PostgresSession, work: () => Promise<T>): Promise<T> {
  const result = await begun(on, work);
  await on.exec('ROLLBACK');
  return result;
}
