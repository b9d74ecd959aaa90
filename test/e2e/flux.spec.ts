import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engines } from '../support/databases.js';
import { FluxReader, openFlux } from '../support/flux.js';
import { startInstance, type TestInstance } from '../support/instance.js';

const FICHE = { titre: 'Germinal', debut: '2036-01-15T19:00:00+01:00', fin: '2036-01-15T21:00:00+01:00', places: 2 };

describe.each(engines)('le flux, sur %s', (engine) => {
  let club: TestInstance;
  const readers: FluxReader[] = [];
  beforeAll(async () => {
    club = await startInstance(engine, { MAX_CONNECTIONS: '80' });
  });
  afterAll(() => club.end());

  const open = async (headers: Record<string, string> = {}, query = ''): Promise<FluxReader> => {
    const reader = await openFlux(`${club.url}/api/v1/flux${query}`, headers);
    readers.push(reader);
    return reader;
  };
  const planifier = async (): Promise<string> => (await club.send('/api/v1/seances', FICHE)).body.id;

  it('dit ce qui se passe, avec les en-têtes qu’il faut', async () => {
    const flux = await open();
    expect(flux.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      'x-content-type-options': 'nosniff',
    });
    const id = await planifier();
    await expect.poll(() => flux.facts.filter(({ agregat }) => agregat === id)).toHaveLength(1);
    const [fait] = flux.facts;
    expect(fait).toMatchObject({ agregat: id, genre: 'seance', version: 1, type: 'SeancePlanifiee', donnees: { titre: 'Germinal' } });
    expect(fait!.instant).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    await expect.poll(() => flux.events.filter(({ event }) => event === 'seance')).toHaveLength(1);
    const shown = flux.events.find(({ event }) => event === 'seance')!;
    expect([shown.id, shown.data]).toEqual([undefined, (await club.get(`/api/v1/seances/${id}`)).body]);
  });

  it('reprend où l’on s’était arrêté, par l’en-tête ou par ?depuis=, sans trou ni doublon, pendant que l’on publie', async () => {
    await planifier();
    await expect.poll(async () => (await club.get('/api/v1/boite-envoi')).body.nonPublies).toBe(0);
    const { position } = (await club.get('/api/v1/boite-envoi')).body;
    const publishing = Promise.all(Array.from({ length: 30 }, planifier));
    const [byHeader, byQuery] = [await open({ 'last-event-id': String(position) }), await open({}, `?depuis=${position}`)];
    await publishing;
    const positions = Array.from({ length: 30 }, (_, i) => position + i + 1);
    for (const flux of [byHeader, byQuery]) await expect.poll(() => flux.facts.map((fait) => fait.position)).toEqual(positions);
    const before = await open({ 'last-event-id': '0' });
    await expect.poll(() => before.facts.map((fait) => fait.position)).toEqual(Array.from({ length: position + 30 }, (_, i) => i + 1));
  });

  it('une position qui n’a jamais été : relire_tout', async () => {
    for (const id of ['999999', 'douze']) {
      const flux = await open({ 'last-event-id': id });
      // States of what the tests before have just changed may come in between.
      const words = (): unknown[] => flux.events.map(({ event }) => event).filter((event) => event !== 'seance');
      await expect.poll(words).toEqual(['grappe', 'compteurs', 'relire_tout']);
      flux.close();
    }
  });

  it('un paramètre inconnu : 422 ; HEAD ne reste pas ouvert', async () => {
    expect((await club.get('/api/v1/flux?sujet=x')).body.code).toBe('demande_invalide');
    expect((await fetch(`${club.url}/api/v1/flux`, { method: 'HEAD' })).status).toBe(200);
  });

  it('au-delà de la moitié des connexions : 503 surcharge ; une place rendue se reprend', async () => {
    while (readers.length > 0) readers.pop()!.close();
    await expect.poll(async () => (await club.get('/metrics')).body).toMatch(/^monclub_sse_clients 0$/m);
    for (let i = 0; i < 40; i++) await open();
    const { status, body, headers } = await club.get('/api/v1/flux');
    expect([status, body.code, headers.get('retry-after')]).toEqual([503, 'surcharge', '5']);
    readers.pop()!.close();
    await expect.poll(() => open().then((flux) => flux.status)).toBe(200);
  });

  it('un lecteur qui part au milieu d’une réponse ne laisse rien', async () => {
    while (readers.length > 0) readers.pop()!.close();
    for (let i = 0; i < 20; i++) {
      const one = request(`${club.url}/api/v1/flux`, { agent: false });
      one.on('error', () => undefined);
      one.end();
      one.once('socket', (socket) => socket.once('connect', () => one.destroy()));
    }
    await expect.poll(async () => (await club.get('/metrics')).body).toMatch(/^monclub_sse_clients 0$/m);
  });

  it('l’arrêt termine les flux, sans attendre', async () => {
    const flux = await open();
    await planifier();
    await expect.poll(() => flux.facts.length).toBe(1);
    const ended = flux.ended;
    const next = await club.again();
    expect(await ended).toBe('end');
    club = next;
    const flow = await open({ 'last-event-id': String(flux.facts[0]!.position - 1) });
    await expect.poll(() => flow.facts.map(({ agregat }) => agregat)).toEqual([flux.facts[0]!.agregat]);
  });
});
