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
}

const PATIENCE_MS = 5_000;
const PAUSE_MS = 40;

/**
 * Asks with one key until something settles it: 2xx, or a refusal. A dead socket, a silent one and 5xx settle nothing.
 * Undefined when `gaveUp` aborts first.
 */
export async function insist(url: string, call: Call, gaveUp: AbortSignal): Promise<Settled | undefined> {
  for (let attempts = 1; !gaveUp.aborted; attempts++) {
    const answer = await once(url, call, gaveUp);
    if (answer !== undefined) return { ...answer, attempts };
    await wait(PAUSE_MS * (0.5 + Math.random()), undefined, { signal: gaveUp }).catch(() => undefined);
  }
  return undefined;
}

async function once(url: string, { method, path, key, body }: Call, gaveUp: AbortSignal): Promise<Omit<Settled, 'attempts'> | undefined> {
  try {
    const headers = { 'idempotency-key': key, ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
    const content = body === undefined ? {} : { body: JSON.stringify(body) };
    const signal = AbortSignal.any([gaveUp, AbortSignal.timeout(PATIENCE_MS)]);
    const answer = await fetch(`${url}/api/v1${path}`, { method, headers, ...content, signal });
    // An answer cut in its middle is no answer.
    const read = (await answer.json()) as Record<string, unknown>;
    if (answer.status >= 500 || answer.status === 429) return undefined;
    return { status: answer.status, body: read, replayed: answer.headers.get('idempotent-replayed') === 'true' };
  } catch {
    return undefined;
  }
}
