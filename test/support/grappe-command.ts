import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { copyFile, mkdtemp, rm, symlink } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { End } from '../../bench/support/real-process.js';
import { builtApp } from './real-instance.js';
import type { Grappe } from './real-cluster.js';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** `npm run grappe` in a folder of its own, as a terminal runs it: in a process group that Ctrl-C reaches whole. */
export class GrappeCommand {
  /** Both channels, whole. */
  said = '';
  ended: Promise<End> = Promise.resolve({ code: null, signal: null });
  private child: ChildProcess | undefined;

  private constructor(
    /** Where it is run: what a person's copy of MonClub holds, but for what is installed and built, which is linked. */
    readonly folder: string,
    /** Three in a row, free on both of their ports. */
    readonly ports: readonly [number, number, number],
  ) {}

  static async place(): Promise<GrappeCommand> {
    const folder = await mkdtemp(join(tmpdir(), 'monclub-commande-'));
    await copyFile(join(ROOT, 'package.json'), join(folder, 'package.json'));
    await symlink(join(ROOT, 'scripts'), join(folder, 'scripts'));
    await symlink(await builtApp(), join(folder, 'dist'));
    return new GrappeCommand(folder, await freePorts());
  }

  /** Without preparing: the linked build is ready. */
  start(env: Readonly<Record<string, string>> = {}): void {
    const { PATH, HOME, TZ } = process.env;
    const child = spawn('npm', ['run', '--silent', '--ignore-scripts', 'grappe'], {
      cwd: this.folder,
      detached: true,
      env: { PATH, HOME, TZ, PORT: String(this.ports[0]), LOG_LEVEL: 'error', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    this.said = '';
    for (const channel of [child.stdout, child.stderr]) channel.on('data', (piece: Buffer) => (this.said += String(piece)));
    this.ended = new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal })));
  }

  /** Sent to the whole group, as the terminal does, or to npm alone. */
  kill(signal: NodeJS.Signals, whole = true): void {
    process.kill(whole ? -this.child!.pid! : this.child!.pid!, signal);
  }

  /** Processes of the group that are still there. */
  group(): number[] {
    const pids = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
    return pids.filter((pid) => {
      // pid (name) state ppid pgrp …
      const [state, , group] = read(pid, 'stat')
        .replace(/^.*\) /s, '')
        .split(' ');
      return Number(group) === this.child?.pid && state !== 'Z';
    });
  }

  /** The instance on that port. */
  pidOf(port: number): number {
    const found = this.group().find((pid) => {
      const [command, environment] = [read(pid, 'cmdline'), read(pid, 'environ').split('\0')];
      return command.includes('dist/monclub.js') && environment.includes(`PORT=${port}`);
    });
    if (found === undefined) throw new Error(`no instance on ${port}\n${this.said}`);
    return found;
  }

  async seen(port: number): Promise<Grappe | undefined> {
    return fetch(`http://127.0.0.1:${port}/api/v1/grappe`, { signal: AbortSignal.timeout(1_000) })
      .then((answer) => answer.json() as Promise<Grappe>)
      .catch(() => undefined);
  }

  /** Waits until `among` are ready, each seeing exactly them alive and one of them leading. Returns the leader's port. */
  async settled(among: readonly number[], withinMs = 120_000): Promise<number> {
    const names = among.map((port) => `monclub-${port}`).join();
    let last: unknown;
    for (const end = performance.now() + withinMs; ; await wait(50)) {
      const all = await Promise.all(among.map(async (port) => ({ ready: await isReady(port), seen: await this.seen(port) })));
      last = all;
      const leaders = new Set(all.map(({ seen }) => `${seen?.leader} ${seen?.terme}`));
      const alive = all.map(({ seen }) =>
        seen?.noeuds
          .filter(({ etat }) => etat === 'vivant')
          .map(({ id }) => id)
          .join(),
      );
      const leader = among.find((port) => all[0]?.seen?.leader === `monclub-${port}`);
      if (all.every(({ ready }) => ready) && leaders.size === 1 && leader !== undefined && alive.every((ids) => ids === names))
        return leader;
      if (performance.now() > end) throw new Error(`${names}: ${JSON.stringify(last)}\n${this.said}`);
    }
  }

  async clear(): Promise<void> {
    for (const pid of this.group()) process.kill(pid, 'SIGKILL');
    await this.ended;
    await rm(this.folder, { recursive: true, force: true });
  }
}

function read(pid: number, what: string): string {
  try {
    return readFileSync(`/proc/${pid}/${what}`, 'latin1');
  } catch {
    return '';
  }
}

async function isReady(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/health/ready`, { signal: AbortSignal.timeout(1_000) }).then(
    async (answer) => (await answer.text(), answer.status === 200),
    () => false,
  );
}

async function freePorts(): Promise<[number, number, number]> {
  for (;;) {
    const first = 20_000 + Math.floor(Math.random() * 10_000);
    const ports = [first, first + 1, first + 2] as const;
    const taken = await Promise.all(ports.flatMap((port) => [isTaken(port), isTaken(port + 1000)]));
    if (!taken.includes(true)) return [...ports];
  }
}

function isTaken(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => (socket.destroy(), resolve(true)));
    socket.on('error', () => resolve(false));
  });
}
