import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { newDatabase, type TestDatabase } from '../support/databases.js';
import { on, startInstance, type TestInstance } from '../support/instance.js';

const E = '/api/v1/epreuves';
const COMPTEUR = '/api/v1/compteurs/jetons';
const SOON = { timeout: 15_000 };

describe('les épreuves de la visite, à deux instances', () => {
  let database: TestDatabase;
  let a: TestInstance;
  let b: TestInstance;
  const ended: string[] = [];

  beforeAll(async () => {
    database = await newDatabase('sqlite');
    const start = (id: string): Promise<TestInstance> =>
      on(database, { INSTANCE_ID: id, DEMO: 'true' }, { end: () => void ended.push(id) });
    [a, b] = [await start('a'), await start('b')];
    await joints();
  });
  afterAll(async () => {
    await b.close();
    await a.end();
  });

  const voisines = (): number[] =>
    [a, b].map(({ grappe: { members } }) => members.view.members.filter((peer) => members.reachable(peer)).length);
  const joints = (): Promise<void> => vi.waitFor(() => expect(voisines()).toEqual([1, 1]), SOON);
  const valeurs = async (): Promise<unknown[]> => Promise.all([a, b].map(async (une) => (await une.get(COMPTEUR)).body.valeur));

  it('arrêter l’autre : elle l’apprend par le port de la grappe, une fois par demande', async () => {
    const headers = { 'idempotency-key': 'arreter-b-une-fois' };
    const { status, body } = await a.send(`${E}/arret`, { noeud: 'b' }, headers);
    expect([status, body]).toEqual([200, { noeud: 'b', par: 'a' }]);
    await expect.poll(() => ended, SOON).toEqual(['b']);
    const again = await a.send(`${E}/arret`, { noeud: 'b' }, headers);
    expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([200, 'true']);
    expect(ended).toEqual(['b']);
  });

  it('s’arrêter soi-même : après avoir répondu', async () => {
    expect((await b.send(`${E}/arret`, { noeud: 'b' })).status).toBe(200);
    await expect.poll(() => ended, SOON).toEqual(['b', 'b']);
  });

  it('un nom que personne ne porte : 404 ; rien à compter en face sans nom de produit : 422', async () => {
    expect((await a.send(`${E}/arret`, { noeud: 'z' })).body.code).toBe('noeud_inconnu');
    expect((await a.send(`${E}/isolement`, { dureeMs: 2000, enFace: { quantite: 1 } })).body.code).toBe('demande_invalide');
  });

  it('coupée, elle compte de son côté et inscrit encore ; puis tous savent tout', async () => {
    expect((await a.send('/api/v1/compteurs', { produit: 'jetons', nom: 'Jetons' })).status).toBe(201);
    await expect.poll(valeurs, SOON).toEqual(['0', '0']);
    const { status, body } = await a.send(`${E}/isolement`, { dureeMs: 3000, enFace: { produit: 'jetons', quantite: 5 } });
    expect([status, body]).toMatchObject([200, { noeud: 'a', enFace: 'b' }]);
    expect((await a.send(`${E}/isolement`, { dureeMs: 3000 })).body.code).toBe('isolement_en_cours');
    expect((await a.send(`${COMPTEUR}/increments`, { quantite: 3 })).status).toBe(200);
    await expect.poll(valeurs, SOON).toEqual(['3', '5']);
    const noeuds = (await a.get('/api/v1/convergence')).body.noeuds;
    expect(noeuds).toContainEqual(expect.objectContaining({ id: 'b', joignable: false }));
    await expect.poll(valeurs, SOON).toEqual(['8', '8']);
    await joints();
  });
});

it('là où les plantages ne sont pas permis, les épreuves non plus', async () => {
  const club = await startInstance('sqlite');
  for (const [quoi, corps] of [
    ['arret', { noeud: club.config.instanceId }],
    ['isolement', { dureeMs: 1000 }],
  ] as const) {
    const { status, body } = await club.send(`${E}/${quoi}`, corps);
    expect([status, body.code]).toEqual([409, 'plantage_desactive']);
  }
  await club.end();
});
