/**
 * Makes `npm start` and `npm test` work on a fresh machine: installs when the lockfile, the Node ABI or the platform changed,
 * builds when a source changed, and does nothing otherwise. Two at once wait for each other. Node built-ins only.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

process.chdir(join(dirname(fileURLToPath(import.meta.url)), '..'));
const LOCK = join('.cache', 'prepare.lock');
const OWNER = join(LOCK, 'pid');
/** Longer than a cold install on a slow machine: past it, a recorded pid that still runs is another process with the same number. */
const STALE_MS = 20 * 60_000;
let child;
let locked = false;
let interrupted;

const say = (text) => console.error(`prepare: ${text}`);
const read = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : '');

function fail(text) {
  say(text);
  process.exit(1);
}

function checkNode() {
  const { engines } = JSON.parse(readFileSync('package.json', 'utf8'));
  const [major, minor] = engines.node.match(/\d+/g).map(Number);
  const [haveMajor, haveMinor] = process.versions.node.split('.').map(Number);
  const enough = haveMajor > major || (haveMajor === major && haveMinor >= minor);
  if (!enough) fail(`Node ${engines.node} is needed, this is ${process.version}: https://nodejs.org/en/download`);
}

/** Nothing is built from these: specs, and types that are themselves made from what was built. */
const unbuilt = (path) => path.endsWith('.spec.ts') || path.endsWith('api-types.d.ts');

/** A fingerprint of these files and folders, names included. */
function stampOf(...roots) {
  const hash = createHash('sha256').update(`${process.versions.modules} ${process.platform} ${process.arch}`);
  const add = (path) => {
    if (!existsSync(path) || unbuilt(path)) return;
    if (statSync(path).isDirectory()) for (const name of readdirSync(path).toSorted()) add(join(path, name));
    else hash.update(`\0${path}\0`).update(readFileSync(path));
  };
  roots.forEach(add);
  return hash.digest('hex');
}

/** True when the holder recorded as `pid` cannot be preparing any more. */
function isStale(pid) {
  const age = Date.now() - (statSync(LOCK, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
  if (pid === '') return age > 5_000; // died between mkdir and its name
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    if (error.code === 'ESRCH') return true;
  }
  return age > STALE_MS;
}

/** Moves a stale lock away: of several that try, one rename wins. Whoever moved a fresh lock by mistake puts it back. */
function breakLock(pid) {
  const aside = `${LOCK}.${process.pid}`;
  try {
    renameSync(LOCK, aside);
    if (read(join(aside, 'pid')) !== pid) renameSync(aside, LOCK);
    else rmSync(aside, { recursive: true, force: true });
  } catch {
    // another one was faster
  }
}

async function lock() {
  mkdirSync('.cache', { recursive: true });
  for (let told = false; ; told = true) {
    try {
      mkdirSync(LOCK);
      locked = true;
      writeFileSync(OWNER, String(process.pid));
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const pid = read(OWNER);
    if (isStale(pid)) breakLock(pid);
    else if (!told) say(`another preparation is running (pid ${pid || 'not known yet'}), waiting for it`);
    await wait(200);
  }
}

function unlock() {
  if (locked) rmSync(LOCK, { recursive: true, force: true });
  locked = false;
}

function run(command, args) {
  return new Promise((resolve) => {
    child = spawn(command, args, { stdio: ['ignore', 2, 2] }); // stdout stays for the program that is being prepared
    const end = (problem) => {
      child = undefined;
      if (interrupted !== undefined) process.exit(interrupted);
      resolve(problem);
    };
    child.on('error', (error) => end(error.message));
    child.on('exit', (code, signal) => end(code === 0 ? '' : `exit ${code ?? signal}`));
  });
}

async function install() {
  const stamp = stampOf('package-lock.json');
  const file = join('node_modules', '.prepare-stamp');
  if (read(file) === stamp) return;
  say('installing dependencies (about a minute the first time)');
  const npm = process.env.npm_execpath?.endsWith('js') ? [process.execPath, process.env.npm_execpath] : ['npm'];
  const [command, ...first] = npm;
  const failed = await run(command, [...first, 'ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']);
  const compiler = 'If sqlite3 could not be compiled, install a compiler and try again (Debian: apt-get install python3 make g++).';
  if (failed !== '') fail(`npm ci failed (${failed}). ${compiler}`);
  const unloadable = await run(process.execPath, ['-e', "require('sqlite3')"]);
  if (unloadable !== '') fail(`sqlite3 was installed but does not load. ${compiler}`);
  writeFileSync(file, stamp);
}

async function build() {
  const stamp = stampOf(
    'src',
    'bench',
    'web',
    'ormconfig.ts',
    'scripts/bundle.mjs',
    'tsconfig.json',
    'tsconfig.build.json',
    'nest-cli.json',
    'package-lock.json',
  );
  const file = join('dist', '.prepare-stamp');
  if (read(file) === stamp) return;
  say('building');
  // Into dist as it is: another instance may be running from it.
  const nest = join('node_modules', '@nestjs', 'cli', 'bin', 'nest.js');
  const vite = [join('node_modules', 'vite', 'bin', 'vite.js'), 'build', '--config', join('web', 'vite.config.mjs')];
  const steps = [
    [nest, 'build'],
    [join('scripts', 'bundle.mjs'), 'dist'],
    [...vite, '--outDir', join(process.cwd(), 'dist', 'web')],
  ];
  let failed = '';
  for (const step of steps) failed ||= await run(process.execPath, step);
  if (failed !== '') fail(`the build failed (${failed}); the messages above say where`);
  writeFileSync(file, stamp);
}

process.on('exit', unlock);
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
]) {
  process.on(signal, () => {
    if (child === undefined) process.exit(code);
    // The lock is kept until the child is gone: nobody else may install beside it.
    interrupted = code;
    child.kill(signal);
  });
}

checkNode();
await lock();
await install();
await build();
