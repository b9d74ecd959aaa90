/** Real processes that count on a file of their own, and are killed in the middle of it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { builtApp } from '../support/real-instance.js';

let built: string;
let folder: string;
let file: string;
let children: ChildProcess[] = [];
beforeAll(async () => {
  built = await builtApp();
}, 200_000);
beforeEach(async () => {
  children = [];
  folder = await mkdtemp(join(tmpdir(), 'monclub-compteurs-'));
  file = join(folder, 'a', 'compteurs.sqlite');
});
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

/** One writer (see counter-writer.ts), and what it has said so far. */
function writer(first: number, callers = 64) {
  const script = join(built, 'bench', 'support', 'counter-writer.js');
  const child = spawn(process.execPath, [script, file, 'a', String(first), String(callers)], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  let text = '';
  child.stdout.on('data', (piece: Buffer) => (text += piece.toString()));
  const lines = (word: string): string[] =>
    text.split('\n').flatMap((line) => (line.startsWith(`${word} `) || line === word ? [line.slice(word.length + 1)] : []));
  const numbers = (word: string): number[] => lines(word).map(Number);
  const opened = async (): Promise<{ slot: string; value: bigint }> => {
    await expect.poll(() => lines('open').length, { timeout: 20_000 }).toBe(1);
    const [slot, value] = lines('open')[0]!.split(' ');
    return { slot: slot!, value: BigInt(value!) };
  };
  const kill = async (): Promise<void> => {
    const ended = once(child, 'close');
    child.kill('SIGKILL');
    await ended;
  };
  return { lines, numbers, opened, kill };
}

const sum = (operations: Iterable<number>): bigint => [...operations].reduce((all, i) => all + BigInt(i + 1), 0n);

/**
 * The operations of a killed life that are counted although nobody heard of them: `amount` is theirs. A commit carries whole groups in
 * the order in which they were asked, so they are the first ones. Undefined when no such ones make up the amount.
 */
function silent(amount: bigint, unheard: readonly number[]): number[] | undefined {
  const counted: number[] = [];
  let left = amount;
  for (const i of unheard.toSorted((a, b) => a - b)) {
    if (left === 0n) break;
    counted.push(i);
    left -= BigInt(i + 1);
  }
  return left === 0n ? counted : undefined;
}

describe('kill -9 in the middle of a rush', () => {
  it('loses no acknowledged unit and adds none; each life has its own slot; the same ids sent again count once', async () => {
    const counted = new Set<number>();
    const slots = new Set<string>();
    let unheard: number[] = [];
    let next = 0;
    for (let life = 0; life < 5; life++) {
      const one = writer(life === 4 ? 0 : next);
      const { slot, value } = await one.opened();
      slots.add(slot);
      const extra = silent(value - sum(counted), unheard);
      expect(extra, `${value} is neither Σ acknowledged nor that and some of those nobody heard of`).toBeDefined();
      for (const i of extra!) counted.add(i);
      const enough = life === 4 ? next + 100 : 1000;
      await expect.poll(() => one.lines('done').length, { timeout: 30_000, interval: 5 }).toBeGreaterThan(enough);
      await one.kill();
      const done = new Set(one.numbers('done'));
      for (const i of done) counted.add(i);
      unheard = one.numbers('ask').filter((i) => !done.has(i));
      next = Math.max(...one.numbers('ask')) + 1;
    }
    expect(slots.size).toBe(5);
    const { value } = await writer(-1).opened();
    expect(
      silent(
        value - sum(counted),
        unheard.filter((i) => !counted.has(i)),
      ),
    ).toBeDefined();
  }, 120_000);
});

describe('a second process on the same folder', () => {
  it('does not get the store, waits, and has it within a second of the first one’s kill -9', async () => {
    const first = writer(0, 8);
    await first.opened();
    const second = writer(1_000_000, 8);
    await expect.poll(() => second.lines('busy').length, { timeout: 20_000 }).toBe(1);
    await expect.poll(() => first.lines('done').length, { timeout: 20_000 }).toBeGreaterThan(100);
    expect(second.lines('open')).toEqual([]);
    await first.kill();
    const killed = performance.now();
    const { value } = await second.opened();
    expect(performance.now() - killed).toBeLessThan(1000);
    expect(value).toBeGreaterThanOrEqual(sum(first.numbers('done')));
  }, 60_000);
});
