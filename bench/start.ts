import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median } from './support/load.js';
import { line, title } from './support/report.js';

const MAIN = fileURLToPath(new URL('../monclub.js', import.meta.url));

/** From nothing to ready, once built: a process of its own, an empty database, the demo club seeded. */
export async function start(rounds: number): Promise<void> {
  title('From nothing to ready (new database, demo club seeded)');
  const times: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const ms = await once();
    if (round > 0) times.push(ms);
  }
  const ms = median(times);
  line({ what: 'cold start to ready, under 2 s', ratio: 2000 / ms, unit: '× faster', floor: 1, figures: `${ms.toFixed(0)} ms` });
}

async function once(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'monclub-start-'));
  const port = await freePort();
  const env = { ...process.env, PORT: String(port), DATA_DIR: folder, DATABASE_URL: `sqlite:${join(folder, 'club.sqlite')}` };
  const began = performance.now();
  const child = spawn(process.execPath, [MAIN], { env, stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  while (!(await ready(port))) await new Promise((resolve) => setTimeout(resolve, 20));
  const ms = performance.now() - began;
  child.kill('SIGTERM');
  await ended;
  rmSync(folder, { recursive: true, force: true });
  return ms;
}

async function ready(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/health/ready`)).ok;
  } catch {
    return false;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
