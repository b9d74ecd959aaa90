import { createServer } from 'node:http';
import { performance } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { askOnce } from '../../bench/support/persistent-caller.js';

const PATIENCE_MS = 300;
const CALL = { method: 'POST', path: '/silence', key: 'a-key-that-nobody-answers' } as const;

const silent = createServer(() => undefined);
let url: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const address = silent.address();
  if (typeof address === 'object' && address !== null) url = `http://127.0.0.1:${address.port}`;
});
afterAll(() => {
  silent.closeAllConnections();
  silent.close();
});

it('a silent instance is given up after the patience, whatever the collector takes meanwhile', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const collecting = setInterval(collect, PATIENCE_MS / 10);
  const never = new AbortController().signal;
  const begun = performance.now();
  try {
    const answers = await Promise.all(Array.from({ length: 20 }, () => askOnce(url, CALL, never, PATIENCE_MS)));
    expect(answers.filter((one) => one !== undefined)).toEqual([]);
    expect(performance.now() - begun).toBeGreaterThanOrEqual(PATIENCE_MS - 5);
  } finally {
    clearInterval(collecting);
  }
});

it('and at once when the caller gives up', async () => {
  const gaveUp = new AbortController();
  const asked = askOnce(url, CALL, gaveUp.signal, 60_000);
  gaveUp.abort();
  expect(await asked).toBeUndefined();
  expect(await askOnce(url, CALL, gaveUp.signal, 60_000)).toBeUndefined();
});
