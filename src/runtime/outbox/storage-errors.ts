/** How a database says no, in words that both engines share. What is none of these is a bug. */

/**
 * A guard refused the group; nothing was written. The journal then finds out which streams are guilty.
 * `fence`: a head differs. `known`: a demande was stored before. `guard`: a constraint of the club, which is the `cause`.
 */
export class GroupRefused extends Error {
  override readonly name = 'GroupRefused';
  constructor(
    readonly reason: 'fence' | 'known' | 'guard',
    options: { readonly cause: ConstraintViolated },
  ) {
    super(`group refused: ${reason} (${options.cause.message})`, options);
  }
}

/** A definite rollback that says nothing against the group (deadlock, lock or statement timeout, busy file): send it once more. */
export class Contended extends Error {
  override readonly name = 'Contended';
}

/** Nothing was written, and nothing can be for the moment (unreachable, read-only, disk full, file replaced). */
export class StorageUnavailable extends Error {
  override readonly name: string = 'StorageUnavailable';
}

/** The database file is no longer the one that was opened. For good: what is written to the old one, nobody will ever read. */
export class FileReplaced extends StorageUnavailable {
  override readonly name: string = 'FileReplaced';
}

/** The transaction may or may not have been committed (connection lost while it was in flight). */
export class CommitUnknown extends Error {
  override readonly name = 'CommitUnknown';
}

/** True for what the database as a whole suffers from: no fault of the rows at hand, so the same work may be tried again. */
export function concernsStorage(error: unknown): boolean {
  return error instanceof StorageUnavailable || error instanceof CommitUnknown || error instanceof Contended;
}

/** A named constraint refused a row. `constraint` has one name on both engines: of the CHECK, of the unique index (`<table>_pkey` for a primary key) or of the trigger's refusal; `table.column` for a NOT NULL. */
export class ConstraintViolated extends Error {
  override readonly name = 'ConstraintViolated';
  constructor(
    readonly constraint: string,
    message: string,
  ) {
    super(message);
  }
}
