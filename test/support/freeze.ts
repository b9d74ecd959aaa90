import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { linuxProcesses } from '../../src/runtime/cluster/frozen.js';
import type { Hand, TestDatabase } from './databases.js';
import type { Seat } from './real-cluster.js';

/** `writing`: inside a transaction that has written and has not ended; on PostgreSQL the leader's own, which has moved the publication. */
export type Where = 'writing' | 'idle';

export interface Frozen {
  /** The instant of the SIGSTOP, of `performance.now()`. */
  readonly at: number;
  /** How often it was stopped and let go before it was caught there. */
  readonly tries: number;
  /** The sessions of the server that belong to it and were inside a transaction; PostgreSQL only. */
  readonly sessions: readonly number[];
}

/** Byte of the `-shm` file that a writer of a file in WAL mode locks: WAL_WRITE_LOCK, https://sqlite.org/walformat.html#locks */
const WRITE_LOCK_BYTE = 120;

/**
 * Stops (SIGSTOP) the process of a seat at the moment when it is where it should be: it is stopped, looked at, and let go again until it is caught
 * there. `besides` is looked at just before. The pauses in between are far shorter than what anybody notices.
 */
export async function freeze(database: TestDatabase, seat: Seat, where: Where, besides = (): boolean => true): Promise<Frozen> {
  const hand = await database.hand();
  const { process } = seat;
  try {
    for (let tries = 1; tries <= 5_000; tries++) {
      await wait(Math.random() * 12);
      if (!besides()) continue;
      process.kill('SIGSTOP');
      const at = performance.now();
      const sessions = await caught(hand, database, process.pid, where);
      if (sessions !== undefined) return { at, tries, sessions };
      process.kill('SIGCONT');
    }
    throw new Error(`${seat.id} was never caught ${where}`);
  } catch (error) {
    process.kill('SIGCONT');
    throw error;
  } finally {
    await hand.close();
  }
}

async function caught(hand: Hand, database: TestDatabase, pid: number, where: Where): Promise<readonly number[] | undefined> {
  while (linuxProcesses.find(pid)?.stopped === false) await wait(1);
  if (database.engine === 'sqlite') return holdsFile(pid, database.file) === (where === 'writing') ? [] : undefined;
  const sessions = await openSessions(hand, portsOf(pid));
  const writing = sessions.filter(({ publishes }) => publishes).map((session) => session.pid);
  if (where === 'writing') return writing.length > 0 ? writing : undefined;
  return sessions.length === 0 ? [] : undefined;
}

/** Whether this process is the one that holds the write lock of a SQLite file. */
function holdsFile(pid: number, file: string): boolean {
  const { ino } = statSync(`${file}-shm`);
  const lock = new RegExp(` WRITE ${pid} [0-9a-f]+:[0-9a-f]+:${ino} ${WRITE_LOCK_BYTE} ${WRITE_LOCK_BYTE}$`, 'm');
  return lock.test(readFileSync('/proc/locks', 'utf8'));
}

interface Session {
  readonly pid: number;
  readonly publishes: boolean;
}

/** The sessions of a stopped client that are inside a transaction; what the server still works at ends meanwhile. */
async function openSessions(hand: Hand, ports: readonly number[]): Promise<Session[]> {
  for (;;) {
    const rows = await hand.type(
      `SELECT pid, state, EXISTS (SELECT 1 FROM pg_locks l
          WHERE l.pid = a.pid AND l.relation = 'publication'::regclass AND l.mode = 'RowExclusiveLock') AS publishes
       FROM pg_stat_activity a WHERE client_port IN (${[0, ...ports].join()}) AND application_name LIKE 'monclub-%' AND state <> 'idle'`,
    );
    const open = rows.filter(({ state }) => state === 'idle in transaction');
    if (open.length === rows.length) return open.map(({ pid, publishes }) => ({ pid: Number(pid), publishes: publishes === true }));
    await wait(2);
  }
}

/** The local TCP ports of a process. */
function portsOf(pid: number): number[] {
  const sockets = new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap((fd) => /socket:\[(\d+)\]/.exec(link(`/proc/${pid}/fd/${fd}`))?.[1] ?? []),
  );
  const lines = readFileSync(`/proc/${pid}/net/tcp`, 'utf8').trim().split('\n').slice(1);
  return lines
    .map((line) => line.trim().split(/\s+/))
    .filter((columns) => sockets.has(columns[9]!))
    .map((columns) => parseInt(columns[1]!.split(':')[1]!, 16));
}

/** A descriptor may close while the others are read. */
function link(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

/** Which of these sessions the server still has. */
export async function livingSessions(hand: Hand, sessions: readonly number[]): Promise<readonly number[]> {
  const rows = await hand.type(`SELECT pid FROM pg_stat_activity WHERE pid IN (${[0, ...sessions].join()})`);
  return rows.map(({ pid }) => Number(pid));
}
