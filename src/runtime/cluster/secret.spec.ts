import { chmod, mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../clock.js';
import { clusterSecret } from './secret.js';

let folder: string;
let reports: string[];
const secret = (given?: string): Promise<string> =>
  clusterSecret({ given, file: join(folder, 'secret'), clock: systemClock, report: (message) => reports.push(message) });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'secret-'));
  reports = [];
});

describe('the secret of the grappe', () => {
  it('is the given one, and then nothing is written', async () => {
    expect(await secret('given by a person')).toBe('given by a person');
    expect(await readdir(folder)).toEqual([]);
  });

  it('is made once, of 32 bytes, for its owner only, and leaves nothing beside', async () => {
    const made = await secret();
    expect(Buffer.from(made, 'base64url')).toHaveLength(32);
    expect(await secret()).toBe(made);
    expect(await readdir(folder)).toEqual(['secret']);
    if (process.platform !== 'win32') expect((await stat(join(folder, 'secret'))).mode & 0o777).toBe(0o600);
    expect(reports).toEqual([]);
  });

  it('is the same for instances that start together', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => secret()));
    expect(new Set(all).size).toBe(1);
    expect((await readFile(join(folder, 'secret'), 'utf8')).trim()).toBe(all[0]);
    expect(await readdir(folder)).toEqual(['secret']);
  });

  it('warns of a file that others can read', async () => {
    const made = await secret();
    await chmod(join(folder, 'secret'), 0o644);
    expect(await secret()).toBe(made);
    expect(reports).toEqual(process.platform === 'win32' ? [] : [expect.stringContaining('chmod 600')]);
  });

  it('names a file that is of no use', async () => {
    await writeFile(join(folder, 'secret'), 'short\n');
    await expect(secret()).rejects.toThrow(/secret" has fewer than 16 characters/);
    folder = join(folder, 'nowhere');
    await expect(secret()).rejects.toThrow(/cannot be made in ".*nowhere/);
  });
});
