/** Codes by which drivers say that the database cannot be asked for the moment, as opposed to having been asked something wrong. */
const CODES =
  /^(SQLITE_(BUSY|LOCKED|CANTOPEN|IOERR|FULL|NOTADB|CORRUPT|READONLY|PROTOCOL)|E(CONNREFUSED|CONNRESET|PIPE|TIMEDOUT|HOSTUNREACH|NETUNREACH|NOTFOUND|AI_AGAIN)|ENOTFOUND|08\w{3}|53\w{3}|57\w{3}|55P03)$/;
const WORDS = /^(Connection terminated|timeout exceeded when trying to connect|Client was closed|Cannot use a pool after calling end)/;

/** The machine's own word for it; and TypeORM's, which before its first connection knows neither driver nor tables. */
const NAMES = new Set(['StorageUnavailable', 'CannotExecuteNotConnectedError', 'EntityMetadataNotFoundError']);

/** True when `error` says that the database is out of reach: a state, answered 503, not a bug. */
export function isUnreachable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, driverError } = error as { code?: unknown; driverError?: unknown };
  if (NAMES.has(error.name)) return true;
  if ((typeof code === 'string' && CODES.test(code)) || WORDS.test(error.message)) return true;
  return driverError !== undefined && driverError !== error && isUnreachable(driverError);
}
