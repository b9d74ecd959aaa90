/**
 * One of several processes that write the same SQLite file as fast as they can, each through the storage of an instance:
 * `node file-writer.js DATABASE_URL NAME MILLISECONDS [BUSY_MS RETRY_MS FROZEN_MS]`. Says `ready`, begins at the first byte of its input, and ends with one line of JSON.
 */
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { openStorage } from '../../src/database/open-storage.js';
import { Contended, type GroupWrite, type RowTransaction, type Storage } from '../../src/runtime/outbox/storage.js';

/** What one process did. */
export interface Written {
  readonly name: string;
  /** Demandes acknowledged. */
  readonly acknowledged: number;
  /** Urgent transactions, as a lease makes them, made meanwhile. */
  readonly renewals: number;
  /** At most the first twenty. */
  readonly errors: readonly string[];
  /** Milliseconds that a write took. */
  readonly p50: number;
  readonly p99: number;
  readonly longest: number;
  readonly longestRenewal: number;
}

/** Demandes in one group. */
const GROUP = 8;
const RENEW_MS = 100;
const AGAIN_MS = 50;

export function groupOf(name: string, turn: number): GroupWrite {
  const stream = `${name}-${turn}`;
  const numbers = Array.from({ length: GROUP }, (_, i) => i + 1);
  return {
    heads: [[stream, 'essai', 0, GROUP, 1]],
    facts: numbers.map((version) => [stream, version, 'Fait', { name }, `${stream}-${version}`, null, 1, 1]),
    demandes: numbers.map((version) => ['test', `${stream}-${version}`, stream, 'h', { version }, 1]),
    absent: [],
    tables: new Map(),
    snapshots: [],
  };
}

/** As the journal does: a definite rollback goes once more. */
async function commit(storage: Storage, group: GroupWrite): Promise<void> {
  try {
    await storage.commit(group);
  } catch (error) {
    if (!(error instanceof Contended)) throw error;
    await storage.commit(group);
  }
}

/** As a pulse does: while demandes wait behind it, an urgent transaction soon gives way, and comes again. */
async function renew(storage: Storage, work: (tx: RowTransaction) => Promise<number>): Promise<void> {
  for (;;) {
    try {
      await storage.transact(work, { urgent: true });
      return;
    } catch (error) {
      if (!(error instanceof Contended)) throw error;
      await sleep(AGAIN_MS);
    }
  }
}

/** Writes until `ms` have passed; what fails is told by name, and not tried again. */
async function write(storage: Storage, name: string, ms: number): Promise<Written> {
  const [waits, renewals, errors]: [number[], number[], string[]] = [[], [], []];
  const end = performance.now() + ms;
  const timed = async (into: number[], work: () => Promise<unknown>): Promise<void> => {
    const began = performance.now();
    try {
      await work();
      into.push(performance.now() - began);
    } catch (error) {
      errors.push(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
    }
  };
  const writing = async (): Promise<void> => {
    for (let turn = 0; performance.now() < end; turn++) await timed(waits, () => commit(storage, groupOf(name, turn)));
  };
  const renewing = async (): Promise<void> => {
    await timed([], () => renew(storage, (tx) => tx.insert('marker', [{ name, instant: 0 }], true)));
    while (performance.now() < end) {
      await timed(renewals, () => renew(storage, async (tx) => tx.update('marker', { instant: await tx.now() }, { name })));
      await sleep(RENEW_MS);
    }
  };
  await Promise.all([writing(), renewing()]);
  const sorted = waits.toSorted((a, b) => a - b);
  const at = (part: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
  const [longest, longestRenewal] = [at(1), Math.max(0, ...renewals)];
  return {
    name,
    acknowledged: waits.length * GROUP,
    renewals: renewals.length,
    errors,
    p50: at(0.5),
    p99: at(0.99),
    longest,
    longestRenewal,
  };
}

async function main([url = '', name = '', ms = '0', busy, retry, frozen]: readonly string[]): Promise<void> {
  const waits =
    busy === undefined ? {} : { sqlite: { busyTimeoutMs: Number(busy), retryForMs: Number(retry), frozenAfterMs: Number(frozen) } };
  const storage = openStorage(url, waits);
  await storage.open([]);
  console.log('ready');
  await once(process.stdin, 'data');
  const written = await write(storage, name, Number(ms));
  await storage.close();
  console.log(JSON.stringify(written));
  process.exit(0);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main(process.argv.slice(2));
