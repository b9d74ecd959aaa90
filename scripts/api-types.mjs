/**
 * Writes web/api-types.d.ts: the types of the public interface, from the document that the built application itself gives out. A field that the
 * page reads and the interface does not have is then an error of the compiler.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import openapi, { astToString } from 'openapi-typescript';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PATIENCE_MS = 60_000;

const folder = mkdtempSync(join(tmpdir(), 'monclub-types-'));
const { PATH } = process.env;
const env = { PATH, PORT: '0', CLUSTER_PORT: '0', DEMO: 'false', LOG_LEVEL: 'error' };
const instance = spawn(process.execPath, [resolve(ROOT, 'dist', 'monclub.js')], { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] });
try {
  const document = await (await fetch(`${await opened()}/api/openapi.json`)).json();
  writeFileSync(join(ROOT, 'web', 'api-types.d.ts'), astToString(await openapi(document)));
} finally {
  instance.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}

/** Where it listens, from what it tells the person at the terminal. */
function opened() {
  return new Promise((found, failed) => {
    let said = '';
    setTimeout(() => failed(new Error(`the application did not start: ${said}`)), PATIENCE_MS).unref();
    instance.once('exit', (code) => failed(new Error(`the application ended (${code}): ${said}`)));
    instance.stdout.on('data', (piece) => {
      said += String(piece);
      const url = /http:\/\/\S+/.exec(said)?.[0];
      if (url !== undefined) found(url);
    });
  });
}
