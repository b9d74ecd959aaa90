import { setMaxListeners } from 'node:events';
import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';

/** A demande as a person sends it, under a key of their own. */
export interface Call {
  readonly method: 'POST' | 'DELETE' | 'PATCH';
  readonly path: string;
  readonly key: string;
  readonly body?: unknown;
}

/** An answer that settles the demande. */
export interface Settled {
  readonly status: number;
  readonly body: Record<string, unknown>;
  /** The same answer was given before. */
  readonly replayed: boolean;
  /** How often it was asked. */
  readonly attempts: number;
  /** When the attempt that was answered began, in milliseconds of `performance.now()`. */
  readonly askedAt: number;
}

const PATIENCE_MS = 5_000;
/** Doubled at each attempt up to the longest: a crowd that knocks without rest slows down the very start it waits for. */
const PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 320;

/**
 * Asks with one key until something settles it: 2xx, or a refusal. A dead socket, a silent one and 5xx settle nothing.
 * Undefined when `gaveUp` aborts first.
 */
export async function insist(url: string, call: Call, gaveUp: AbortSignal): Promise<Settled | undefined> {
  for (let attempts = 1; !gaveUp.aborted; attempts++) {
    const askedAt = performance.now();
    const answer = await askOnce(url, call, gaveUp);
    if (answer !== undefined && settles(answer)) return { ...answer, attempts, askedAt };
    const pause = Math.min(LONGEST_PAUSE_MS, PAUSE_MS * 2 ** (attempts - 1)) * (0.5 + Math.random());
    await wait(pause, undefined, { signal: gaveUp }).catch(() => undefined);
  }
  return undefined;
}

/** One answer, whatever it says. */
export type Answer = Pick<Settled, 'status' | 'body' | 'replayed'>;

/** True for 2xx and refusals: asking again would change nothing. */
export function settles({ status }: Pick<Answer, 'status'>): boolean {
  return status < 500 && status !== 429;
}

/** Asks once; undefined when no whole answer came within `patienceMs`. */
export async function askOnce(
  url: string,
  { method, path, key, body }: Call,
  gaveUp: AbortSignal,
  patienceMs = PATIENCE_MS,
): Promise<Answer | undefined> {
  const { signal, done } = within(patienceMs, gaveUp);
  try {
    const headers = { 'idempotency-key': key, ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
    const content = body === undefined ? {} : { body: JSON.stringify(body) };
    const answer = await fetch(`${url}/api/v1${path}`, { method, headers, ...content, signal });
    // An answer cut in its middle is no answer.
    const read = (await answer.json()) as Record<string, unknown>;
    return { status: answer.status, body: read, replayed: answer.headers.get('idempotent-replayed') === 'true' };
  } catch {
    return undefined;
  } finally {
    done();
  }
}

/**
 * Aborted after `ms`, or with `gaveUp`; `done` lets go of both. Not `AbortSignal.any` of an `AbortSignal.timeout`: nothing holds that timeout, so
 * the collector takes it and a silent instance is waited for without end (issue 57736 of nodejs/node).
 */
function within(ms: number, gaveUp: AbortSignal): { readonly signal: AbortSignal; done(): void } {
  const late = new AbortController();
  const abort = (): void => late.abort();
  const timer = setTimeout(abort, ms);
  // A whole crowd listens to one signal.
  setMaxListeners(0, gaveUp);
  gaveUp.addEventListener('abort', abort, { once: true });
  if (gaveUp.aborted) abort();
  return {
    signal: late.signal,
    done: () => {
      clearTimeout(timer);
      gaveUp.removeEventListener('abort', abort);
    },
  };
}
