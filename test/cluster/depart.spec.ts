import { createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { insist } from '../../bench/support/persistent-caller.js';
import { newDatabase, type TestDatabase } from '../support/databases.js';
import { type RealPlace, realPlace } from '../support/real-instance.js';

const TIMEOUT = { timeout: 120_000 };

describe('a process, from its start to its end', () => {
  let database: TestDatabase;
  let place: RealPlace;

  beforeEach(async () => {
    database = await newDatabase('sqlite', { migrated: false });
    place = await realPlace(database);
  }, 240_000);
  afterEach(async () => {
    await place.clear();
    await database.drop();
  });

  it('is ready soon after a cold start, with the demo club in it', TIMEOUT, async () => {
    const ms = await place.start({ DEMO: 'true' }).ready(60_000);
    console.log(`cold start to ready: ${Math.round(ms)} ms, demo club included`);
    const { elements } = (await (await fetch(`${place.url}/api/v1/seances`)).json()) as { elements: unknown[] };
    expect(elements.length).toBe(6);
    // Under two on a machine that does nothing else; other tests run beside this one, and starting is nothing but work.
    expect(ms).toBeLessThan(15_000);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)(
    '%s: finishes what was accepted, lets an event stream go, and exits 0',
    TIMEOUT,
    async (signal) => {
      const one = place.start();
      await one.ready(60_000);
      const stream = await fetch(`${place.url}/api/v1/flux`);
      expect(stream.status).toBe(200);
      const streamed = stream.text().catch(() => 'cut');
      const gaveUp = new AbortController();
      const accepted: string[] = [];
      const asking = Promise.all(
        Array.from({ length: 200 }, async (_, i) => {
          const key = `depart-membre-${String(i).padStart(4, '0')}`;
          const answer = await insist(place.url, { method: 'POST', path: '/membres', key, body: { nom: `M ${i}` } }, gaveUp.signal);
          if (answer?.status === 201) accepted.push(String(answer.body['id']));
        }),
      );
      while (accepted.length === 0) await wait(1);
      one.kill(signal);
      const end = await Promise.race([one.ended, wait(10_000)]);
      gaveUp.abort();
      await asking;
      expect(end, one.said).toEqual({ code: 0, signal: null });
      await streamed;
      const hand = await database.hand();
      const rows = new Set((await hand.type('SELECT id FROM membre')).map(({ id }) => id));
      expect(accepted.filter((id) => !rows.has(id))).toEqual([]);
    },
  );

  it('Ctrl-C heard twice at once is one order', TIMEOUT, async () => {
    const one = place.start();
    await one.ready(60_000);
    one.kill('SIGINT');
    one.kill('SIGINT');
    await wait(20);
    one.kill('SIGINT');
    expect(await one.ended, one.said).toEqual({ code: 0, signal: null });
  });

  it('a second signal of another kind does not wait', TIMEOUT, async () => {
    const one = place.start();
    await one.ready(60_000);
    one.kill('SIGINT');
    one.kill('SIGTERM');
    expect([130, 143]).toContain((await one.ended).code);
  });

  it('refuses to open the club to the network', TIMEOUT, async () => {
    const one = place.start({ HOST: '0.0.0.0' });
    expect((await one.ended).code).toBe(1);
    expect(one.said).toContain('HOST');
    expect(one.said).toContain('ALLOW_OPEN_HOST=true');
  });

  it('says that its port is taken', TIMEOUT, async () => {
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(place.port, '127.0.0.1', resolve));
    try {
      const one = place.start();
      expect((await one.ended).code).toBe(1);
      expect(one.said).toContain(`127.0.0.1:${place.port} is taken`);
    } finally {
      await new Promise((resolve) => squatter.close(resolve));
    }
  });
});
