/** Several processes hammer one SQLite file: all of them get on, and what they were told is there. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Written } from '../../bench/support/file-writer.js';
import { newDatabase, type TestDatabase } from '../support/databases.js';
import { builtApp } from '../support/real-instance.js';

const PROCESSES = 3;
const MS = 3_000;

describe('a SQLite file that three processes write as fast as they can', () => {
  let database: TestDatabase;
  let children: ChildProcess[] = [];
  beforeEach(async () => {
    database = await newDatabase('sqlite');
    children = [];
  });
  afterEach(async () => {
    for (const child of children) child.kill('SIGKILL');
    await database.drop();
  });

  /** One writer: `ready` when it is about to begin, then what it did. */
  function writer(built: string, name: string, waits: readonly string[]) {
    const script = join(built, 'bench', 'support', 'file-writer.js');
    const child = spawn(process.execPath, [script, database.url, name, String(MS), ...waits], { stdio: ['pipe', 'pipe', 'inherit'] });
    children.push(child);
    let said = '';
    child.stdout.on('data', (piece: Buffer) => (said += piece.toString()));
    const ready = (): boolean => said.startsWith('ready');
    const written = new Promise<Written>((resolve, reject) => {
      child.on('close', (code) => {
        const [, line] = said.split('\n');
        if (code === 0 && line?.endsWith('}') === true) resolve(JSON.parse(line) as Written);
        else reject(new Error(`the writer ${name} ended with ${code}: ${said}`));
      });
    });
    return { ready, go: () => child.stdin.write('go'), written };
  }

  async function hammer(...waits: string[]): Promise<Written[]> {
    const built = await builtApp();
    const writers = Array.from({ length: PROCESSES }, (_, i) => writer(built, `p${i}`, waits));
    await expect.poll(() => writers.every((one) => one.ready()), { timeout: 30_000 }).toBe(true);
    for (const one of writers) one.go();
    return Promise.all(writers.map((one) => one.written));
  }
  const shares = (all: readonly Written[]): number[] => {
    const total = all.reduce((sum, { acknowledged }) => sum + acknowledged, 0);
    return all.map(({ acknowledged }) => acknowledged / total);
  };

  it('no write fails, none waits for long, nobody starves, a lease is renewed in time, and all that was acknowledged is there', async () => {
    const all = await hammer();
    const told = JSON.stringify(all);
    expect(
      all.flatMap(({ errors }) => errors),
      told,
    ).toEqual([]);
    for (const share of shares(all)) expect(share, told).toBeGreaterThan(0.1);
    for (const one of all) {
      expect(one.p99, told).toBeLessThan(400);
      expect(one.longestRenewal, told).toBeLessThan(750);
      expect(one.renewals, told).toBeGreaterThan(5);
    }
    const hand = await database.hand();
    for (const { name, acknowledged } of all) {
      for (const table of ['outbox', 'demande']) {
        const [row] = await hand.type(`SELECT COUNT(*) AS n FROM ${table} WHERE stream LIKE '${name}-%'`);
        expect(row!['n'], `${table} of ${name}`).toBe(acknowledged);
      }
    }
    expect(await hand.type('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  }, 90_000);

  it('mutant: without patience writes fail', async () => {
    const all = await hammer('0', '1', '0');
    expect(all.flatMap(({ errors }) => errors).length).toBeGreaterThan(0);
    expect(all.flatMap(({ errors }) => errors).every((error) => error.startsWith('Contended'))).toBe(true);
  }, 90_000);
});
