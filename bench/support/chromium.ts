import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';

const DEBIAN = '/usr/bin/chromium';
const APT = '/usr/bin/apt-get';
/** Longer than a cold install on a slow line. */
export const INSTALL_MS = 300_000;

const HOW = `What looks at the page needs Chromium: install it (Debian: apt-get install -y --no-install-recommends chromium), or say where one is with CHROMIUM=PATH.`;

const QUIET = ['--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
/** What a browser without a screen is started with. */
export const CHROMIUM_ARGS: readonly string[] = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', ...QUIET];

/**
 * Where Chromium is: `CHROMIUM`, else Debian's. Where there is none, and whoever asks may install it, it is installed, once for all who share the
 * folder `shared`. Rejects with a sentence that says how to get it.
 */
export async function findChromium(shared: () => string, env: NodeJS.ProcessEnv = process.env, usual = DEBIAN): Promise<string> {
  const asked = env['CHROMIUM'];
  if (asked !== undefined && asked !== '') {
    if (existsSync(asked)) return asked;
    throw new Error(`CHROMIUM=${asked}: there is no such file. ${HOW}`);
  }
  const lock = usual === DEBIAN ? join(shared(), 'chromium') : undefined;
  // The file is there before all that it needs is.
  const onItsWay = lock !== undefined && existsSync(lock) && !existsSync(join(lock, 'done'));
  if (existsSync(usual) && !onItsWay) return usual;
  const why = lock === undefined ? '' : await installed(lock);
  if (existsSync(usual)) return usual;
  throw new Error(`${HOW} ${why}`.trim());
}

/** Installs it, or waits until whoever else does has ended; says what went wrong. */
async function installed(lock: string): Promise<string> {
  if (process.getuid?.() !== 0 || !existsSync(APT)) return '';
  const mine = await mkdir(lock).then(
    () => true,
    () => false,
  );
  const done = join(lock, 'done');
  if (mine) {
    const why = await install();
    await writeFile(done, '');
    return why;
  }
  for (const until = Date.now() + INSTALL_MS; !existsSync(done); await wait(200))
    if (Date.now() > until) return 'Its installation took too long.';
  return '';
}

async function install(): Promise<string> {
  const until = Date.now() + INSTALL_MS;
  const apt = (...args: string[]) =>
    promisify(execFile)(APT, ['-q', '-y', '-o', 'DPkg::Lock::Timeout=120', ...args], {
      timeout: Math.max(1, until - Date.now()),
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      maxBuffer: 64 * 1024 * 1024,
    });
  try {
    // One source that cannot be reached is no reason: the others may have it.
    await apt('update').catch(() => undefined);
    await apt('install', '--no-install-recommends', 'chromium');
    return '';
  } catch (error) {
    return `Installing it failed: ${(error as Error).message}`;
  }
}
