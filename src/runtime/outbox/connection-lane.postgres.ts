import { isServerError, postgresFailure } from './failures.postgres.js';
import { Lane } from './lane.js';
import { Reconnecting } from './reconnecting.postgres.js';
import type { PostgresSession } from './session.postgres.js';
import type { Ghost } from './settle.postgres.js';
import { CommitUnknown, StorageUnavailable } from './storage.js';

/** One connection of a storage: it answers one piece of work at a time, each timed from when it is sent, and is opened again when it was lost. */
export class ConnectionLane {
  /** Sessions lost with a commit in flight: they may still be at it. Whoever connects next ends them first, if that matters, and empties this. */
  ghosts: Ghost[] = [];
  private readonly lane = new Lane();
  private readonly connection: Reconnecting;
  private closed = false;

  constructor(connect: () => Promise<PostgresSession>) {
    this.connection = new Reconnecting(connect);
  }

  /** Runs `work` in its turn and gives its errors their meaning. `committing` tells, when it fails, whether a commit was in flight. */
  run<T>(committing: () => boolean, work: (on: PostgresSession) => Promise<T>): Promise<T> {
    return this.lane.run(async () => {
      if (this.closed) throw new StorageUnavailable('the storage is closed');
      const on = await this.connection.session();
      try {
        return await work(on);
      } catch (error) {
        const failure = postgresFailure(error, on.lost, committing());
        if (failure instanceof CommitUnknown) this.ghosts.push({ pid: on.pid, name: on.name });
        // A server error that we do not know leaves a connection of which we know nothing: the next call starts on a fresh one.
        if (failure instanceof CommitUnknown || failure instanceof StorageUnavailable || isServerError(failure)) on.destroy();
        throw failure;
      }
    });
  }

  /** Ends the connection after what was asked before; the next work opens a fresh one. */
  async reset(): Promise<void> {
    this.closed = false;
    await this.lane.run(() => this.connection.close());
  }

  /** Ends the connection for good (until `reset`), after what was asked before; `atOnce`: whatever it is at. */
  async close(atOnce = false): Promise<void> {
    this.closed = true;
    await (atOnce ? this.connection.close() : this.lane.run(() => this.connection.close()));
  }
}
