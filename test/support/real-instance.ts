import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { inject } from 'vitest';
import { freePort, RealProcess } from '../../bench/support/real-process.js';
import type { TestDatabase } from './databases.js';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const BUILD_MS = 180_000;

/**
 * The folder of the application, built once per run: by `npm test` into `dist` before anything runs, else by the first test that
 * asks, into a folder of the run's own. Types are checked elsewhere.
 */
export async function builtApp(): Promise<string> {
  if (process.env['npm_lifecycle_event']?.startsWith('test') === true) return join(ROOT, 'dist');
  const built = inject('built');
  const mine = await mkdir(join(built, 'lock')).then(
    () => true,
    () => false,
  );
  if (mine) await build(built);
  for (const until = Date.now() + BUILD_MS; !existsSync(join(built, 'done')); await wait(100)) {
    if (Date.now() > until) throw new Error('the application was not built in time');
  }
  return built;
}

async function build(built: string): Promise<void> {
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  await promisify(execFile)(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--noCheck', '--outDir', built], { cwd: ROOT });
  await promisify(execFile)(process.execPath, [join(ROOT, 'scripts', 'bundle.mjs'), built]);
  const vite = join(ROOT, 'node_modules', 'vite', 'bin', 'vite.js');
  const page = [vite, 'build', '--config', join(ROOT, 'web', 'vite.config.mjs'), '--outDir', join(built, 'web')];
  // Else Vite would see the tests' own environment, and build for them.
  await promisify(execFile)(process.execPath, page, { cwd: ROOT, env: { ...process.env, NODE_ENV: 'production' } });
  await copyFile(join(ROOT, 'package.json'), join(built, 'package.json'));
  await symlink(join(ROOT, 'node_modules'), join(built, 'node_modules'));
  await writeFile(join(built, 'done'), '');
}

/** The place of one instance: it may be started there again and again, on the same port and database. */
export interface RealPlace {
  readonly url: string;
  readonly port: number;
  /** Its working directory. */
  readonly folder: string;
  /** Starts a process here; `env` completes what the environment says. */
  start(env?: Readonly<Record<string, string>>): RealProcess;
  /** Ends whatever still runs here and removes its folder; the database is the caller's. */
  clear(): Promise<void>;
}

/** A place of its own, on a free port, for instances of `database`. */
export async function realPlace(database: Pick<TestDatabase, 'url'>): Promise<RealPlace> {
  const built = await builtApp();
  const folder = await mkdtemp(join(tmpdir(), 'monclub-real-'));
  const port = await freePort();
  const started: RealProcess[] = [];
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    folder,
    start(env = {}) {
      const all = { DATABASE_URL: database.url, DEMO: 'false', CLUSTER_PORT: '0', INSTANCE_ID: `real-${port}`, ...env };
      const one = RealProcess.start({ built, folder, port, env: all });
      started.push(one);
      return one;
    },
    async clear() {
      for (const one of started) await one.kill9();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
