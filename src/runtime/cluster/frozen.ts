/**
 * SQLite only: one file, one writer. A process that was stopped inside a write transaction holds the file for ever, and with it the club.
 *
 * Another instance of the same machine ends it with SIGKILL when all of this holds: the file has been locked longer than `LEASE_MS`; the row of a
 * living node has not been touched for as long; that node is silent on the network; and its recorded pid still is the recorded process
 * (same start, same run of the machine). Its transaction is then rolled back: nothing of it was ever acknowledged.
 */
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Clock } from '../clock.js';
import type { NodeRow, NodeTable, ProcessIdentity } from './node-port.js';
import type { Peer } from './peer.js';
import type { Transport } from './transport-port.js';
import { LEASE_MS, SUSPECT_MS } from './timing.js';

/** The processes of this machine. */
export interface Processes {
  /** When it started, and whether it is stopped (SIGSTOP, a debugger); undefined: there is none of that pid, or it cannot be known. */
  find(pid: number): { readonly started: string; readonly stopped: boolean } | undefined;
  /** SIGKILL; throws when it may not. */
  kill(pid: number): void;
}

export interface FrozenOptions {
  readonly table: Pick<NodeTable, 'look'>;
  readonly transport: Pick<Transport, 'follow' | 'connected'>;
  readonly process: ProcessIdentity;
  /** False (`SQLITE_KILL_FROZEN=false`): it is only reported. */
  readonly kill: boolean;
  readonly clock: Clock;
  readonly report: (message: string, error?: unknown) => void;
  readonly processes?: Processes;
}

/** What the one who looks knows of the others. */
export interface Lookout {
  readonly me: Peer;
  /** Not yet a member: it has never heard anybody, so that only a process that is visibly stopped counts as silent. */
  readonly member: boolean;
  suspect(incarnation: string): boolean;
}

export class Frozen {
  killed = 0;
  private readonly silentSince = new Map<string, number>();
  private readonly said = new Set<string>();
  private looking = false;

  constructor(private readonly options: FrozenOptions) {}

  /** To be called about every second while the database is locked; `forMs`: since when. Never rejects. */
  async look(forMs: number, lookout: Lookout): Promise<void> {
    if (this.looking) return;
    this.looking = true;
    try {
      const rows = (await this.options.table.look()).filter(({ incarnation }) => incarnation !== lookout.me.incarnation);
      // One that has no view yet follows nobody: it must listen before it can call anybody silent.
      if (!lookout.member) this.options.transport.follow(rows);
      const frozen = rows.filter((row) => this.silent(row, lookout)).toSorted((a, b) => a.seen - b.seen);
      if (forMs > LEASE_MS) this.end(frozen);
    } catch (error) {
      this.say('read', 'The database is locked, and the nodes cannot be read: the club waits', error);
    } finally {
      this.looking = false;
    }
  }

  /** Silent at every look for as long as it takes to be suspect. */
  private silent(row: NodeRow, { member, suspect }: Lookout): boolean {
    const { clock, transport } = this.options;
    const silent = member ? suspect(row.incarnation) : !transport.connected(row);
    if (!silent) this.silentSince.delete(row.incarnation);
    else if (!this.silentSince.has(row.incarnation)) this.silentSince.set(row.incarnation, clock.monotonic());
    const since = this.silentSince.get(row.incarnation) ?? Infinity;
    return clock.now() - row.seen > LEASE_MS && clock.monotonic() - since >= (member ? 0 : SUSPECT_MS) && this.visible(row, member);
  }

  /** Without a membership, silence may be this instance's own fault (a wrong secret, say): the process must be seen to be stopped. */
  private visible(row: NodeRow, member: boolean): boolean {
    return member || this.processes.find(row.pid)?.stopped === true;
  }

  /** One at a time: when it held the file, the others are needed. */
  private end([row]: readonly NodeRow[]): void {
    if (row === undefined) return;
    const named = `${row.id} (pid ${row.pid} on ${row.host === '' ? 'an unknown host' : row.host})`;
    if (!this.same(row)) {
      this.say(
        row.incarnation,
        `The database is locked and ${named} is silent, but it may be another process by now: the club waits; end it by hand`,
      );
    } else if (!this.options.kill) {
      this.say(
        row.incarnation,
        `The database is locked and ${named} is frozen; SQLITE_KILL_FROZEN=false: the club waits until somebody ends it`,
      );
    } else {
      this.kill(row, named);
    }
  }

  private kill(row: NodeRow, named: string): void {
    try {
      this.processes.kill(row.pid);
      this.killed++;
      this.options.report(`The database was locked by ${named}, which was frozen: it was ended with SIGKILL`);
    } catch (error) {
      this.say(row.incarnation, `The database is locked by ${named}, which is frozen, and ending it failed: end it by hand`, error);
    }
  }

  private same({ pid, host, started, boot }: NodeRow): boolean {
    const { process } = this.options;
    const known = process.boot !== '' && started !== '' && pid > 1 && pid !== process.pid;
    return known && host === process.host && boot === process.boot && this.processes.find(pid)?.started === started;
  }

  private say(about: string, message: string, error?: unknown): void {
    if (this.said.has(about)) return;
    this.said.add(about);
    this.options.report(message, error);
  }

  private get processes(): Processes {
    return this.options.processes ?? linuxProcesses;
  }
}

/** Read from `/proc`; elsewhere than on Linux nothing is ever found. */
export const linuxProcesses: Processes = {
  find(pid) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // `pid (any name) state ppid …`: fields are counted after the last parenthesis, the state being the third one and the start the 22nd.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const [state = '', started = ''] = [fields[0], fields[19]];
      return state === 'Z' || started === '' ? undefined : { started, stopped: state === 'T' || state === 't' };
    } catch {
      return undefined;
    }
  },
  kill: (pid) => void process.kill(pid, 'SIGKILL'),
};

/** This process, for its row. Texts are empty where the system does not tell (not Linux). */
export function thisProcess(processes: Processes = linuxProcesses): ProcessIdentity {
  return { pid: process.pid, host: hostname(), started: processes.find(process.pid)?.started ?? '', boot: boot() };
}

function boot(): string {
  try {
    // A pid counts in its namespace only: two containers of one machine both have a process 1.
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return '';
  }
}
