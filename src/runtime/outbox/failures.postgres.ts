import { CommitUnknown, ConstraintViolated, Contended, StorageUnavailable } from './storage.js';

/** An error of the server, as the driver hands it over. */
interface ServerError extends Error {
  readonly code: string;
  readonly severity: string;
  readonly constraint?: string;
  readonly table?: string;
  readonly column?: string;
}

/** Definite rollbacks that say nothing against the group: serialization, deadlock, lock not available, statement or transaction timeout. */
const CONTENDED = new Set(['40001', '40P01', '55P03', '57014', '25P03', '25P04']);
/** The server ended the connection, perhaps between the commit and its acknowledgement; or it could not be reached. */
const CONNECTION_LOST = /^(08|57P)/;
/** No resources, a disk error, a standby that only reads. */
const UNAVAILABLE = /^(53|58|25006|28|3D)/;

/**
 * What an error means to the caller; errors of other origin come back as they are. `lost` says that the connection is gone,
 * `committing` that a commit was in flight: only the two together leave its fate unknown, since a statement that the server
 * refused has been rolled back.
 */
export function postgresFailure(error: unknown, lost: boolean, committing: boolean): unknown {
  if (!(error instanceof Error)) return error;
  if (!isServerError(error)) return lost ? disconnected(error, committing) : error;
  const server = error;
  if (CONTENDED.has(server.code)) return new Contended(error.message, { cause: error });
  if (CONNECTION_LOST.test(server.code)) return disconnected(error, committing);
  if (UNAVAILABLE.test(server.code)) return new StorageUnavailable(error.message, { cause: error });
  if (server.code.startsWith('23')) return new ConstraintViolated(constraintName(server), error.message);
  return lost ? disconnected(error, committing) : error;
}

function disconnected(error: Error, committing: boolean): Error {
  return committing ? new CommitUnknown(error.message, { cause: error }) : new StorageUnavailable(error.message, { cause: error });
}

/** True of an error that the server sent, as against one of the socket or of our own code. */
export function isServerError(error: unknown): error is ServerError {
  return error instanceof Error && 'severity' in error && 'code' in error && typeof error.code === 'string';
}

function constraintName({ constraint, table, column }: ServerError): string {
  return constraint ?? `${table ?? ''}.${column ?? ''}`;
}
