import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../../bench/support/real-process.js';
import { type Cable, layCable } from '../support/cable.js';
import { C, CompteursHttp, dit } from '../support/compteurs-http.js';
import { newDatabase, type TestDatabase } from '../support/databases.js';
import { openFlux } from '../support/flux.js';
import { on, type TestInstance } from '../support/instance.js';

/** Deux instances qui se connaissent sans la base, et une base que l’on peut leur ôter. */
describe('les compteurs sans la base', () => {
  let database: TestDatabase;
  let cable: Cable;
  let ports: [number, number];
  let a: CompteursHttp;
  let b: CompteursHttp;

  const env = (id: 'a' | 'b'): Record<string, string> => ({
    INSTANCE_ID: id,
    DATABASE_URL: cable.through(database.url),
    DEADLINE_MS: '3000',
    PG_CONNECT_MS: '500',
    CLUSTER_PORT: String(ports[id === 'a' ? 0 : 1]),
    CLUSTER_PEERS: `127.0.0.1:${ports[id === 'a' ? 1 : 0]}`,
  });
  const jointe = async (une: CompteursHttp, autre: string): Promise<boolean> =>
    (await une.http.get('/api/v1/convergence')).body.noeuds.some(
      ({ id, joignable }: { id: string; joignable: boolean }) => id === autre && joignable,
    );

  beforeEach(async () => {
    database = await newDatabase('postgres', { migrated: false });
    cable = await layCable(database.url);
    ports = [await freePort(), await freePort()];
    a = new CompteursHttp(await on(database, env('a'), {}));
    b = new CompteursHttp(await on(database, env('b'), {}));
    await expect.poll(() => jointe(a, 'b'), { timeout: 15_000 }).toBe(true);
  });
  afterEach(async () => {
    for (const une of [a, b]) await une.http.close();
    await cable.close();
    await database.drop();
  });

  /** Un produit que les deux connaissent, et de quoi le vendre. */
  const produit = async (fiche: object = {}): Promise<string> => {
    const ne = await a.produit(fiche);
    await a.ajouter(ne, 10);
    await expect.poll(() => b.valeur(ne)).toBe('10');
    return ne;
  };

  it(
    'la base s’en va : on compte, on se rejoint, on lit, on annule, on recompte ; un nouveau produit attend',
    { timeout: 60_000 },
    async () => {
      const ne = await produit();
      cable.cut();
      const retrait = await a.retirer(ne, 3);
      expect(dit(retrait)).toEqual([200, '7']);
      await expect.poll(() => b.valeur(ne)).toBe('7');
      expect(dit(await b.ajouter(ne, 5, {}, '?ecriture=majorite'))).toEqual([200, '12']);
      expect(dit(await b.annuler(ne, retrait.body.mouvementId))).toMatchObject([200, expect.any(String)]);
      await expect.poll(() => a.valeur(ne)).toBe('15');
      expect(dit(await a.recompter(ne, 20))).toEqual([200, '20']);
      expect((await a.http.get(C)).body.elements.map(({ valeur }: { valeur: string }) => valeur)).toEqual(['20']);
      expect((await a.http.get(`${C}/${ne}/mouvements`)).body.elements).toHaveLength(4);
      expect(dit(await a.http.send(C, { produit: 'nouveau', nom: 'Nouveau' }))).toEqual([503, 'base_indisponible']);
      cable.mend();
      await expect.poll(async () => (await a.http.send(C, { produit: 'nouveau', nom: 'Nouveau' })).status, { timeout: 20_000 }).toBe(201);
    },
  );

  it('sans base dès le départ : les produits et les comptes sont ceux du magasin, et l’on se rejoint', { timeout: 60_000 }, async () => {
    const ne = await produit();
    const borne = await produit({ borne: true });
    const meme = { 'idempotency-key': 'avant-la-coupure-01' };
    const avant = await a.ajouter(ne, 1, meme);
    await expect.poll(() => b.valeur(ne)).toBe('11');
    cable.cut();
    a.http = await a.http.again();
    expect((await a.http.get('/health/ready')).status).toBe(503);
    await expect.poll(() => a.valeur(ne)).toBe('11');
    const reprise = await a.ajouter(ne, 1, meme);
    expect([reprise.body, reprise.headers.get('idempotent-replayed')]).toEqual([avant.body, 'true']);
    expect((await a.http.get(`/api/v1/demandes/${meme['idempotency-key']}`)).body).toEqual({ etat: 'faite', reponse: avant.body });
    expect(dit(await a.retirer(ne, 2))).toEqual([200, '9']);
    await expect.poll(() => b.valeur(ne), { timeout: 15_000 }).toBe('9');
    // L’autre l’a vue : ses droits d’avant sont sûrs sans la base.
    await expect.poll(async () => dit(await a.retirer(borne, 6)), { timeout: 15_000 }).toEqual([200, '4']);
  });

  it('le flux s’ouvre sans la base, montre les compteurs, puis le reste quand elle revient', { timeout: 60_000 }, async () => {
    const ne = await produit();
    cable.cut();
    await expect.poll(async () => (await a.http.get('/api/v1/seances')).status).toBe(503);
    const flux = await openFlux(`${a.http.url}/api/v1/flux`);
    expect(flux.status).toBe(200);
    const valeurs = () =>
      flux.events
        .filter(({ event }) => event === 'compteurs')
        .flatMap(({ data }) => data['elements'] as { produit: string; valeur: string }[])
        .filter((un) => un.produit === ne)
        .map(({ valeur }) => valeur);
    await expect.poll(valeurs).toEqual(['10']);
    await b.ajouter(ne, 1);
    await expect.poll(() => valeurs().at(-1)).toBe('11');
    cable.mend();
    await expect.poll(() => flux.events.some(({ event }) => event === 'relire_tout'), { timeout: 20_000 }).toBe(true);
    const fiche = { titre: 'Germinal', debut: '2036-01-15T18:00:00Z', fin: '2036-01-15T20:00:00Z', places: 2 };
    await expect.poll(async () => (await a.http.send('/api/v1/seances', fiche)).status, { timeout: 20_000 }).toBe(201);
    await expect.poll(() => flux.facts.length, { timeout: 20_000 }).toBeGreaterThan(0);
    flux.close();
  });
});

describe('le magasin des compteurs', () => {
  let database: TestDatabase;
  let files: string;
  let premiere: TestInstance;
  beforeEach(async () => {
    database = await newDatabase('sqlite', { migrated: false });
    files = await mkdtemp(join(tmpdir(), 'monclub-magasin-'));
    premiere = await on(database, { INSTANCE_ID: 'bar', DATA_DIR: files }, {});
  });
  afterEach(async () => {
    await premiere.close();
    await database.drop();
    await rm(files, { recursive: true, force: true });
  });

  it('ne sert qu’à une instance : une autre au même nom répond 503, et s’y met quand il se libère', { timeout: 60_000 }, async () => {
    const bar = new CompteursHttp(premiere);
    const ne = await bar.produit();
    await bar.ajouter(ne, 4);
    const ailleurs = await newDatabase('sqlite', { migrated: false });
    const seconde = await on(ailleurs, { INSTANCE_ID: 'bar', DATA_DIR: files }, {});
    try {
      for (const reponse of [
        await seconde.get(C),
        await seconde.get(`${C}/${ne}`),
        await seconde.send(`${C}/${ne}/increments`, { quantite: 1 }),
        await seconde.send(`${C}/${ne}/mouvements/mou_${'0'.repeat(26)}_bar/annulation`),
        await seconde.get(`${C}/${ne}/mouvements`),
        await seconde.send(C, { produit: 'the', nom: 'Thé' }),
        await seconde.get('/api/v1/demandes/jamais-vue-00000001'),
      ])
        expect([...dit(reponse), reponse.headers.get('retry-after')]).toEqual([503, 'compteurs_indisponibles', '1']);
      await expect.poll(async () => (await seconde.get('/health/ready')).status).toBe(200);
      expect((await seconde.get('/metrics')).body).toMatch(/^monclub_counters_open 0$/m);
      await premiere.close();
      // Its database is another club's: what the first one counted is put aside.
      await expect.poll(async () => dit(await seconde.get(`${C}/${ne}`)), { timeout: 10_000 }).toEqual([404, 'produit_inconnu']);
      expect((await seconde.send(C, { produit: 'the', nom: 'Thé' })).status).toBe(201);
    } finally {
      await seconde.close();
      await ailleurs.drop();
    }
  });
});
