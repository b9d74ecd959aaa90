import type { SqliteConnection } from '../../runtime/outbox/connection.sqlite.js';
import type { ResultRow } from '../../runtime/outbox/dialect.js';
import { DatabaseFile } from '../../runtime/outbox/database-file.sqlite.js';
import { sqliteFailure } from '../../runtime/outbox/failures.sqlite.js';
import { Lane } from '../../runtime/outbox/lane.js';
import { ConstraintViolated, Contended, StorageUnavailable } from '../../runtime/outbox/storage-errors.js';
import type { Entry } from './counter-words.js';
import type { Slot } from './pn-counter.js';
import { clubOf, exchange, tie } from './store-club.sqlite.js';
import { connect, doubted, load, note, opening } from './store-opening.sqlite.js';
import { READ, SET, WRITE } from './store-program.sqlite.js';
import { demandeOf, entryOf, json, movementOf } from './store-rows.sqlite.js';
import { type Batch, type Loaded, type Movement, type Store, StoreBusy, StoreFailed } from './store.js';

export interface SqliteStoreOptions {
  /** `<DATA_DIR>/<INSTANCE_ID>/compteurs.sqlite`: of this instance alone; made when missing, folder too. */
  readonly file: string;
  /** INSTANCE_ID. */
  readonly instance: string;
}

type Params = readonly (string | number | null)[];
const PARTS = ['slots', 'entries', 'movements', 'undone', 'products'] as const;

/**
 * `Store` on a SQLite file of its own (WAL, synchronous=FULL, exclusive lock): a commit is on the disk when its promise resolves.
 * Any failure closes the file: nothing is written or read until it has been opened, and believed, anew.
 */
export class SqliteStore implements Store {
  private readonly path: string;
  private readonly instance: string;
  private file: DatabaseFile;
  private club: string | undefined;
  private readonly lane = new Lane();
  private connection: SqliteConnection | undefined;
  /** The youngest own slot that has been written. */
  private begun: Slot = '';

  constructor({ file, instance }: SqliteStoreOptions) {
    this.path = file;
    this.instance = instance;
    this.file = new DatabaseFile(file);
  }

  open(): Promise<Loaded> {
    return this.lane.run(async () => {
      await this.disconnect();
      try {
        this.file.check();
        this.connection = await connect(this.path);
        const { connection, aside } = await this.ownClub(this.connection);
        this.file.remember();
        const doubt = await doubted(connection, this.path, this.instance);
        return { ...(await load(connection, this.instance, doubt)), aside };
      } catch (error) {
        await this.disconnect();
        throw error instanceof StoreBusy ? error : opening(error, this.path);
      }
    });
  }

  belong(club: string): Promise<boolean> {
    this.club = club;
    return this.guarded(async (connection) => {
      const theirs = await clubOf(connection);
      if (theirs === undefined) await tie(connection, club);
      if (theirs === undefined || theirs === club) return true;
      await this.disconnect();
      return false;
    });
  }

  commit(batch: Batch): Promise<void> {
    const parts = PARTS.filter((part) => batch[part].length > 0).map((part) => [WRITE[part], json[part](batch)] as const);
    return this.guarded(async (connection) => {
      await connection.run('BEGIN IMMEDIATE', []);
      for (const [statement, text] of parts) await connection.run(statement, [text]);
      try {
        await connection.run('COMMIT', []);
        this.file.acknowledge();
      } catch (error) {
        throw failure(error, true);
      }
      this.note(batch);
    });
  }

  async answered(ids: readonly (readonly [scope: string, id: string])[]): Promise<Movement[]> {
    return (await this.all(READ.answered, [JSON.stringify(ids.map(([scope, id]) => demandeOf(scope, id)))])).map(movementOf);
  }

  async named(ids: readonly string[]): Promise<Movement[]> {
    return (await this.all(READ.named, [JSON.stringify(ids)])).map(movementOf);
  }

  async movements(product: string, before: string | undefined, limit: number): Promise<Movement[]> {
    const rows = before === undefined ? this.all(READ.newest, [product, limit]) : this.all(READ.older, [product, before, limit]);
    return (await rows).map(movementOf);
  }

  async rowsOf(slot: Slot): Promise<Entry[]> {
    return (await this.all(READ.rowsOf, [slot])).map(entryOf);
  }

  async archive(slot: Slot): Promise<void> {
    await this.guarded((connection) => connection.run(SET.archived, [1, slot]));
  }

  async restore(slot: Slot): Promise<void> {
    await this.guarded((connection) => connection.run(SET.archived, [0, slot]));
  }

  prune(before: number, limit: number): Promise<number> {
    return this.guarded((connection) => connection.run(SET.pruned, [limit, before]));
  }

  async close(): Promise<void> {
    await this.lane.run(() => this.disconnect());
  }

  /** Once per opening, when its slot has been written for the first time. */
  private note({ slots }: Batch): void {
    const begun = slots.reduce((newest, { slot, own }) => (own && slot > newest ? slot : newest), this.begun);
    if (begun === this.begun) return;
    this.begun = begun;
    note(this.path, begun);
  }

  private all(sql: string, params: Params): Promise<ResultRow[]> {
    return this.guarded((connection) => connection.all(sql, params));
  }

  private guarded<T>(work: (open: SqliteConnection) => Promise<T>): Promise<T> {
    return this.lane.run(async () => {
      if (this.connection === undefined) throw new StoreFailed('not_executed', `the counters' file ${this.path} is not open`);
      try {
        this.file.check();
        return await work(this.connection);
      } catch (error) {
        await this.disconnect();
        throw failure(error, false);
      }
    });
  }

  /** The file of the club that this store belongs to, if that is known. */
  private async ownClub(opened: SqliteConnection): Promise<{ readonly connection: SqliteConnection; readonly aside: string | undefined }> {
    const { club } = this;
    if (club === undefined) return { connection: opened, aside: undefined };
    let connection = opened;
    let aside: string | undefined;
    for (let theirs = await clubOf(connection); theirs !== club; theirs = await clubOf(connection)) {
      if (theirs === undefined) {
        await tie(connection, club);
        continue;
      }
      await this.disconnect();
      aside = exchange(this.path, theirs, club);
      this.file = new DatabaseFile(this.path);
      this.connection = connection = await connect(this.path);
    }
    return { connection, aside };
  }

  private async disconnect(): Promise<void> {
    const { connection } = this;
    this.connection = undefined;
    await connection?.close();
  }
}

/**
 * The engine runs in this process, so what it refuses is not done, and closing undoes what was begun. Only a COMMIT that met a disk error,
 * or a file that is no longer in its place, may have left something that the next opening finds.
 */
function failure(error: unknown, committing: boolean): StoreFailed {
  if (error instanceof StoreFailed) return error;
  const meaning = sqliteFailure(error, committing, new Map());
  const definite = !committing || [StorageUnavailable, Contended, ConstraintViolated].some((kind) => meaning instanceof kind);
  const said = error instanceof Error ? error.message : String(error);
  return new StoreFailed(definite ? 'not_executed' : 'unknown', `the counters cannot be written: ${said}`, { cause: error });
}
