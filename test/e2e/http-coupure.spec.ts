import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Cable, layCable } from '../support/cable.js';
import { newDatabase, type TestDatabase } from '../support/databases.js';
import { startInstance, type TestInstance } from '../support/instance.js';

const S = '/api/v1/seances';
const FICHE = { titre: 'Germinal', debut: '2036-01-15T18:00:00Z', fin: '2036-01-15T20:00:00Z', places: 2 };

describe('quand la base ne répond plus', () => {
  let database: TestDatabase;
  let cable: Cable;
  let club: TestInstance;
  let seance: string;
  let asleep: string;
  let membre: string;

  beforeAll(async () => {
    database = await newDatabase('postgres');
    cable = await layCable(database.url);
    // The club's own database file stays unused: DATABASE_URL goes through the cable.
    club = await startInstance('sqlite', { DATABASE_URL: cable.through(database.url), DEADLINE_MS: '1500', PG_CONNECT_MS: '500' });
    membre = (await club.send('/api/v1/membres', { nom: 'Jeanne' })).body.id;
    seance = (await club.send(S, FICHE)).body.id;
    asleep = (await club.send(S, FICHE)).body.id;
    club = await club.again();
    await club.send(`${S}/${seance}`, { places: 3 }, {}, 'PATCH');
    cable.cut();
  });
  afterAll(async () => {
    cable.mend();
    await club.end();
    await cable.close();
    await database.drop();
  });

  it('une séance vivante ici se lit encore, marquée périmée avec sa version', async () => {
    const { status, body } = await club.get(`${S}/${seance}`);
    expect([status, body]).toMatchObject([200, { id: seance, places: 3, version: 2, perime: true, debut: '2036-01-15T19:00:00+01:00' }]);
  });

  it('une autre : 503 seance_injoignable ; une liste : 503 base_indisponible ; avec Retry-After', async () => {
    const [one, list] = [await club.get(`${S}/${asleep}`), await club.get(S)];
    expect([one.status, one.body.code, list.status, list.body.code]).toEqual([503, 'seance_injoignable', 503, 'base_indisponible']);
    for (const { headers } of [one, list]) expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  });

  it('l’instance vit, n’est pas prête, et sert ce qui n’a pas besoin de la base', async () => {
    expect((await club.get('/health/live')).status).toBe(200);
    expect((await club.get('/api/openapi.json')).status).toBe(200);
  });

  it('une demande reçoit sa réponse avant son délai, avec ce que l’on sait de son effet ; reprise ensuite, elle a lieu une fois', async () => {
    const headers = { 'idempotency-key': 'pendant-la-coupure-1' };
    const refused = await club.send(`${S}/${seance}/inscriptions`, { membreId: membre }, headers);
    expect([refused.status, refused.body.code, refused.body.demandeId]).toEqual([503, 'seance_injoignable', headers['idempotency-key']]);
    expect(['not_executed', 'unknown']).toContain(refused.body.etat);
    const row = await club.send('/api/v1/membres', { nom: 'Paul' });
    expect([row.status, row.body.code]).toEqual([503, 'base_indisponible']);
    cable.mend();
    const done = await vi.waitFor(
      async () => {
        const answer = await club.send(`${S}/${seance}/inscriptions`, { membreId: membre }, headers);
        expect(answer.status).toBe(201);
        return answer;
      },
      { timeout: 15_000, interval: 50 },
    );
    expect(done.body).toMatchObject({ statut: 'inscrite', placesRestantes: 2 });
    expect((await club.get(`${S}/${seance}/inscriptions`)).body.elements).toEqual([{ membreId: membre, statut: 'inscrite' }]);
    await vi.waitFor(async () => expect((await club.get('/health/ready')).status).toBe(200), { timeout: 15_000, interval: 50 });
  });
});

describe('une base absente au départ', () => {
  it('l’instance part, dit qu’elle n’est pas prête, répond 503, et se met au travail quand la base vient', async () => {
    const database = await newDatabase('postgres', { migrated: false });
    const cable = await layCable(database.url);
    cable.cut();
    const club = await startInstance('sqlite', { DATABASE_URL: cable.through(database.url), DEADLINE_MS: '1500', PG_CONNECT_MS: '500' });
    try {
      expect((await club.get('/health/ready')).status).toBe(503);
      expect((await club.get('/health/live')).status).toBe(200);
      expect((await club.get(S)).body.code).toBe('base_indisponible');
      expect((await club.send(S, FICHE)).body.code).toBe('seance_injoignable');
      cable.mend();
      await vi.waitFor(async () => expect((await club.send(S, FICHE)).status).toBe(201), { timeout: 20_000, interval: 50 });
    } finally {
      await club.end();
      await cable.close();
      await database.drop();
    }
  });
});
