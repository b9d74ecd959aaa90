import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';

export interface ProcessOptions {
  /** The folder where the application was built: the one that holds `monclub.js`. */
  readonly built: string;
  /** Its working directory: no `.env` of anybody's is read there. */
  readonly folder: string;
  readonly port: number;
  readonly env: Readonly<Record<string, string>>;
  /** Where it listens; 127.0.0.1 unless said. */
  readonly host?: string;
  /** A command that runs it in its own place, as `ip netns exec` does. */
  readonly within?: readonly string[];
}

export interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Whoever starts processes ends them, however it ends itself. */
const living = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of living) child.kill('SIGKILL');
});

/** One real process of the built application. */
export class RealProcess {
  readonly url: string;
  readonly ended: Promise<End>;
  /** What it said, on both channels; the last 64 KiB. */
  said = '';
  private readonly began = performance.now();
  private end: End | undefined;

  private constructor(
    private readonly child: ChildProcess,
    authority: string,
  ) {
    this.url = `http://${authority}`;
    living.add(child);
    for (const channel of [child.stdout, child.stderr])
      channel?.on('data', (piece: Buffer) => (this.said = (this.said + piece).slice(-65_536)));
    this.ended = new Promise((resolve) => {
      child.on('close', (code, signal) => {
        living.delete(child);
        this.end = { code, signal };
        resolve(this.end);
      });
    });
  }

  /** Starts it and returns at once. Nothing of the caller's environment reaches it but what a process needs to run. */
  static start({ built, folder, port, env, host = '127.0.0.1', within = [] }: ProcessOptions): RealProcess {
    const own = { PATH: process.env['PATH'], HOME: process.env['HOME'], TZ: process.env['TZ'], NODE_ENV: 'production' };
    const command = [...within, process.execPath, join(built, 'monclub.js')];
    const child = spawn(command[0]!, command.slice(1), {
      cwd: folder,
      env: { ...own, PORT: String(port), HOST: host, DATA_DIR: join(folder, 'data'), LOG_LEVEL: 'error', ...env } as NodeJS.ProcessEnv,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new RealProcess(child, `${host}:${port}`);
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Ends it now, as a power cut would; resolves when it is gone. */
  async kill9(): Promise<void> {
    this.kill('SIGKILL');
    await this.ended;
  }

  /** Asks it to leave and waits; a process that does not leave in time is ended, and that is an error. */
  async stop(withinMs = 10_000): Promise<End> {
    this.kill('SIGTERM');
    const end = await Promise.race([this.ended, wait(withinMs, undefined, { ref: false })]);
    if (end !== undefined) return end;
    await this.kill9();
    throw new Error(`the process did not leave within ${withinMs} ms\n${this.said}`);
  }

  /** Waits until it says that it is ready; returns the milliseconds since its start. Rejects when it ends or is late. */
  async ready(withinMs = 20_000): Promise<number> {
    for (;;) {
      const status = await fetch(`${this.url}/health/ready`).then(
        async (answer) => (await answer.text(), answer.status),
        () => 0,
      );
      const sinceStart = performance.now() - this.began;
      if (status === 200) return sinceStart;
      if (this.end !== undefined)
        throw new Error(`the process ended (${this.end.code ?? this.end.signal}) before it was ready\n${this.said}`);
      if (sinceStart > withinMs) throw new Error(`not ready after ${withinMs} ms\n${this.said}`);
      await wait(10);
    }
  }
}

/** Where systems take ports for outgoing connections from, or above: none of these is taken between the look and the use but by somebody who asks for it. */
const [FIRST, LAST] = [12_000, 32_000];

/** A port that is free now, on loopback. Throws when a hundred are taken. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 100; tries++) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST));
    const server = createServer();
    const free = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
    if (free) await new Promise((resolve) => server.close(resolve));
    if (free) return port;
  }
  throw new Error('no free port');
}
