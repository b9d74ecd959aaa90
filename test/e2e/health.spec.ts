import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createInstance } from '../../src/app.js';
import { readConfig } from '../../src/config.js';
import { Readiness } from '../../src/modules/health/readiness.js';
import { openFlux } from '../support/flux.js';
import { startInstance } from '../support/instance.js';

describe('la santé', () => {
  it('vivante et prête, avec le détail de chaque condition', async () => {
    const club = await startInstance();
    expect(await club.get('/health/live')).toMatchObject({ status: 200, body: { status: 'ok' } });
    await expect.poll(async () => (await club.get('/health/ready')).status).toBe(200);
    const { status, body, headers } = await club.get('/health/ready');
    expect([status, body.status, body.error, headers.get('cache-control')]).toEqual([200, 'ok', {}, 'no-store']);
    for (const name of ['arbre', 'boites', 'relais', 'reveils', 'base', 'grappe', 'porte'])
      expect(body.details[name]).toEqual({ status: 'up' });
    await club.end();
  });

  it('une condition qui manque : 503, Retry-After, et laquelle', async () => {
    const club = await startInstance();
    await expect.poll(async () => (await club.get('/health/ready')).status).toBe(200);
    club.app.get(Readiness).add('semence', () => 'le club n’est pas encore semé');
    const { status, body, headers } = await club.get('/health/ready');
    expect([status, headers.get('retry-after'), body.status]).toEqual([503, '1', 'error']);
    expect(body.error).toEqual({ semence: { status: 'down', message: 'le club n’est pas encore semé' } });
    expect((await club.get('/health/live')).status).toBe(200);
    await club.end();
  });

  it('sans base : vivante, pas prête, et dit pourquoi', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'monclub-sante-'));
    const config = readConfig({
      PORT: '0',
      INSTANCE_ID: 'sante',
      DATABASE_URL: 'postgres://x:x@127.0.0.1:1/rien',
      DATA_DIR: folder,
      LOG_LEVEL: 'silent',
    });
    const instance = await createInstance(config);
    const ready = await fetch(`${instance.url}/health/ready`);
    const { error } = (await ready.json()) as { error: Record<string, unknown> };
    expect([ready.status, Object.keys(error).sort()]).toEqual([503, ['base', 'grappe', 'relais', 'reveils']]);
    expect((await fetch(`${instance.url}/health/live`)).status).toBe(200);
    const flux = await openFlux(`${instance.url}/api/v1/flux`);
    await expect.poll(() => flux.events.map(({ event }) => event)).toEqual(['grappe', 'compteurs']);
    flux.close();
    expect((await fetch(`${instance.url}/metrics`)).status).toBe(200);
    await instance.close();
    await rm(folder, { recursive: true, force: true });
  });
});
