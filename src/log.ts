import { type DestinationStream, type Logger, type LoggerOptions, pino, stdSerializers } from 'pino';
import type { LogLevel } from './config.js';

/** Where the lines of one instance go. */
export interface Log {
  readonly logger: Logger;
  /** For whoever puts serializers of its own on children of `logger`. */
  readonly serializers: NonNullable<LoggerOptions['serializers']>;
  /** Everything logged so far has left the process. */
  flush(): void;
}

/** How long a line may wait for company, and how many bytes: a write of its own for each line would cost as much as a short demande. */
const FLUSH_MS = 200;
const BUFFER = 8_192;
/** Bytes that wait for a reader who does not read; lines beyond them are lost rather than kept in memory. */
const MOST = 8_388_608;

/**
 * One JSON object per line, each with the instance's name, on standard output or on `to`.
 *
 * What is logged are ids, routes and numbers. An error keeps its kind, message and stack: drivers hang whole rows on theirs.
 */
export function openLog(
  { instanceId, logLevel }: { readonly instanceId: string; readonly logLevel: LogLevel },
  to?: DestinationStream,
): Log {
  const serializers = { err: withoutData };
  const options = { level: logLevel, base: { instance: instanceId }, serializers };
  if (to !== undefined || logLevel === 'silent')
    return { logger: pino(options, to ?? { write: () => undefined }), serializers, flush: () => undefined };
  const stream = standardOutput();
  return { logger: pino(options, stream), serializers, flush: () => stream.flushSync() };
}

type Buffered = ReturnType<typeof pino.destination>;
let stdout: Buffered | undefined;

/** One for the whole process: two buffers on one stream would cut each other's lines. Flushed when the process exits, whatever the reason it gives. */
function standardOutput(): Buffered {
  return (stdout ??= pino.destination({ fd: 1, sync: false, minLength: BUFFER, periodicFlush: FLUSH_MS, maxLength: MOST }));
}

/** What of an error may be logged: never the row that it is about, nor an address. */
function withoutData(error: unknown): unknown {
  if (!(error instanceof Error)) return withoutAddresses(String(error));
  const { type, message, stack } = stdSerializers.err(error);
  const { code, constraint } = error as { code?: unknown; constraint?: unknown };
  return {
    type,
    message: withoutAddresses(message),
    stack: withoutAddresses(stack),
    ...(typeof code === 'string' ? { code } : undefined),
    ...(typeof constraint === 'string' ? { constraint } : undefined),
  };
}

function withoutAddresses(text: string): string {
  return text.replace(/[\w.+-]+@[\w-]+\.[\w.-]+/g, '…@…');
}
