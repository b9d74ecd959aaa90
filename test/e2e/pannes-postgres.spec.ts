/** PostgreSQL s’arrête et revient, sous un club qui sert : refuser plutôt que se tromper, et reprendre sans qu’on y touche. */
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ClubHttp, jusqua } from '../support/club-instance.js';
import { startPostgres, type PostgresServer } from '../support/postgres.js';

describe('PostgreSQL arrêté puis relancé', { timeout: 60_000 }, () => {
  let server: PostgresServer;
  let club: ClubHttp | undefined;
  let bases = 0;
  const base = async (): Promise<Record<string, string>> => {
    const client = new pg.Client({ connectionString: `${server.url}/postgres` });
    await client.connect();
    await client.query(`CREATE DATABASE panne_${++bases}`);
    await client.end();
    return { DATABASE_URL: `${server.url}/panne_${bases}`, DEADLINE_MS: '2000', PG_CONNECT_MS: '500' };
  };
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterEach(() => club?.fermer());
  afterAll(() => server.stop());

  it('les écritures répondent 503, une séance vivante montre son dernier état, et rien d’accepté n’est perdu', async () => {
    club = await ClubHttp.ouvrir('sqlite', await base());
    const membres = await club.membres(30);
    const [vivante, prix] = [await club.planifier(20), { prixCentimes: 500 }];
    const payante = await club.planifier(20, prix);
    await vivante.inscrire(membres[0]!);
    const avant = (await vivante.lire()).body;

    // On arrête la base au milieu d'une ruée : chaque réponse est un oui, un « rien n'a été fait » ou un « on ne sait pas ».
    const clef = (membre: string) => ({ 'idempotency-key': `ruee-${membre}` });
    const ruee = membres.slice(1, 15).map((membre) => payante.inscrire(membre, {}, clef(membre)));
    await Promise.race(ruee);
    await server.halt();
    const reponses = await Promise.all(ruee);
    for (const { status, body } of reponses)
      expect([status, body.etat]).toEqual(status === 201 ? [201, undefined] : [503, expect.stringMatching(/^(not_executed|unknown)$/)]);

    const refus = [
      await vivante.inscrire(membres[20]!),
      await vivante.porterA(5),
      await club.http.send('/api/v1/membres', { nom: 'Tard' }),
    ];
    for (const { status, body, headers } of refus) {
      expect([status, body.code]).toEqual([503, expect.stringMatching(/^(seance_injoignable|base_indisponible)$/)]);
      expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    }
    const perimee = await vivante.lire();
    expect([perimee.status, perimee.body, perimee.headers.get('cache-control')]).toEqual([200, { ...avant, perime: true }, 'no-store']);
    expect((await club.seance('sea_01jd3xq7r5t8v2w4y6z8a0b2c4').lire()).body.code).toBe('seance_injoignable');
    expect((await club.http.get('/api/v1/membres')).status).toBe(503);
    expect([(await club.http.get('/health/live')).status, (await club.http.get('/health/ready')).status]).toEqual([200, 503]);

    await server.resume();
    await jusqua('le club sert de nouveau', async () => (await vivante.inscrire(membres[21]!)).status !== 503, 20_000);
    await jusqua('le club se dit prêt', async () => (await club!.http.get('/health/ready')).status === 200, 20_000);
    expect((await vivante.lire()).body).not.toHaveProperty('perime');
    const inscrits = (await payante.inscriptions()).map((une) => une.membreId);
    for (const [i, { status, body }] of reponses.entries()) {
      const membre = membres[i + 1]!;
      if (status === 201) expect(inscrits, 'acceptée, elle est là').toContain(membre);
      if (body.etat === 'not_executed') expect(inscrits, 'rien n’a été fait').not.toContain(membre);
      // Redemandée sous le même identifiant, chacune a son oui, une fois.
      expect((await payante.inscrire(membre, {}, clef(membre))).status).toBe(201);
    }
    expect((await payante.lire()).body).toMatchObject({ inscrits: 14, version: 15 });
    await jusqua(
      'chacune a été publiée, une fois',
      async () => (await club!.http.get('/api/v1/paiements?limite=100')).body.elements.length === 14,
      20_000,
    );
  });

  it('démarrer sans base : l’instance vit, n’est pas prête, répond 503 ; la base venue, elle sert', async () => {
    const env = await base();
    await server.halt();
    club = await ClubHttp.ouvrir('sqlite', env);
    expect([(await club.http.get('/health/live')).status, (await club.http.get('/health/ready')).status]).toEqual([200, 503]);
    const refus = await club.http.send('/api/v1/membres', { nom: 'Tôt' });
    expect([refus.status, refus.body.code, refus.headers.has('retry-after')]).toEqual([503, 'base_indisponible', true]);
    expect((await club.http.get('/api/v1/seances')).status).toBe(503);
    await server.resume();
    await jusqua('prête', async () => (await club!.http.get('/health/ready')).status === 200, 20_000);
    const [membre] = await club.membres(1);
    expect((await (await club.planifier(1)).inscrire(membre!)).status).toBe(201);
  });
});
