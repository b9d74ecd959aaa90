import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engines } from '../support/databases.js';
import { openFlux } from '../support/flux.js';
import { on, startGrappe, type TestInstance } from '../support/instance.js';

const S = '/api/v1/seances';
const M = '/api/v1/membres';
const G = '/api/v1/grappe';
const FICHE = { titre: 'Germinal', debut: '2036-01-15T19:00:00+01:00', fin: '2036-01-15T21:00:00+01:00', places: 2, prixCentimes: 500 };

describe.each(engines)('la grappe, sur %s', (engine) => {
  let toutes: TestInstance[];
  let a: TestInstance;
  let b: TestInstance;
  beforeAll(async () => {
    toutes = await startGrappe(engine, 3, { DEMO: 'true' });
    [a, b] = toutes as [TestInstance, TestInstance, TestInstance];
  });
  afterAll(async () => {
    const [derniere, ...autres] = toutes.toReversed();
    for (const une of autres) await une.close();
    await derniere!.end();
  });

  const planifier = async (chez = a): Promise<string> => (await chez.send(S, FICHE)).body.id;
  const membre = async (chez = a): Promise<string> => (await chez.send(M, { nom: 'Ana' })).body.id;
  const proprietaire = async (id: string): Promise<TestInstance> => {
    const { body } = await a.get(`${G}/proprietaires/${id}`);
    return toutes.find(({ config }) => config.instanceId === body.proprietaire)!;
  };

  it('se montre pareille à chaque instance : une vue, un leader, la plus haute', async () => {
    const vues = await Promise.all(toutes.map(async (une) => (await une.get(G)).body));
    expect(vues.map(({ moi }) => moi)).toEqual(['a', 'b', 'c']);
    for (const vue of vues) {
      expect(vue).toMatchObject({ leader: expect.any(String), terme: expect.any(Number), vue: vues[0].vue });
      expect(vue.noeuds.map((noeud: { id: string; etat: string }) => [noeud.id, noeud.etat])).toEqual([
        ['a', 'vivant'],
        ['b', 'vivant'],
        ['c', 'vivant'],
      ]);
    }
    expect(new Set(vues.map(({ leader }) => leader)).size).toBe(1);
  });

  it('raconte ses élections, la dernière d’abord, pareilles partout', async () => {
    const [premiere, ...autres] = await Promise.all(toutes.map(async (une) => (await une.get(`${G}/elections`)).body.elements));
    expect(premiere.at(-1)).toMatchObject({ terme: 1, cause: 'demarrage', dureeMs: expect.any(Number) });
    for (const autre of autres) expect(autre).toEqual(premiere);
  });

  it('dit à qui revient un agrégat, pareil partout, et les répartit', async () => {
    const ids = Array.from({ length: 60 }, (_, i) => `sea_${i}`);
    const parts = await Promise.all(
      toutes.map((une) => Promise.all(ids.map(async (id) => (await une.get(`${G}/proprietaires/${id}`)).body.proprietaire))),
    );
    expect(parts[1]).toEqual(parts[0]);
    expect(parts[2]).toEqual(parts[0]);
    expect(new Set(parts[0])).toEqual(new Set(['a', 'b', 'c']));
  });

  it('une séance se demande à n’importe laquelle : elle ne vit que chez une, et chacune la lit aussitôt', async () => {
    const id = await planifier(a);
    const membres = await Promise.all(toutes.map((une) => membre(une)));
    const versions: number[] = [];
    for (const [i, une] of toutes.entries()) {
      const { status, body } = await une.send(`${S}/${id}/inscriptions`, { membreId: membres[i] });
      expect(status).toBe(201);
      versions.push(body.version);
      for (const autre of toutes) expect((await autre.get(`${S}/${id}`)).body.version).toBe(body.version);
    }
    expect(versions).toEqual([2, 3, 4]);
    const chez = await proprietaire(id);
    const vivantes = await Promise.all(
      toutes.map(async (une) => (await une.get(`/api/v1/supervision?sous=coeur.club.reunions.${id}`)).status),
    );
    expect(vivantes).toEqual(toutes.map((une) => (une === chez ? 200 : 404)));
  });

  it('le même identifiant aux trois à la fois : un seul effet, la même réponse', async () => {
    const [id, membreId] = [await planifier(), await membre()];
    const cle = { 'idempotency-key': `grappe-${engine}-inscrire-01` };
    const reponses = await Promise.all(toutes.map((une) => une.send(`${S}/${id}/inscriptions`, { membreId }, cle)));
    expect(reponses.map(({ status }) => status)).toEqual([201, 201, 201]);
    for (const { body } of reponses) expect(body).toEqual(reponses[0]!.body);
    expect((await b.get(`${S}/${id}`)).body).toMatchObject({ inscrits: 1, version: 2 });
    const creer = { 'idempotency-key': `grappe-${engine}-membre-01` };
    const crees = await Promise.all(toutes.map((une) => une.send(M, { nom: 'Bob' }, creer)));
    expect(new Set(crees.map(({ body }) => body.id)).size).toBe(1);
    const planifiees = await Promise.all(toutes.map((une) => une.send(S, FICHE, { 'idempotency-key': `grappe-${engine}-planifier-1` })));
    expect(new Set(planifiees.map(({ body }) => body.id)).size).toBe(1);
  });

  it('deux demandes sous un même identifiant, à deux instances : la seconde est refusée', async () => {
    const cle = { 'idempotency-key': `grappe-${engine}-different-1` };
    const id = await planifier();
    expect((await a.send(`${S}/${id}/fermeture`, undefined, cle)).status).toBe(200);
    expect((await b.send(`${S}/${id}/reouverture`, undefined, cle)).body.code).toBe('demande_differente');
  });

  it('ce qui se passe chez l’une se suit chez chacune, à la même position', async () => {
    const flux = await Promise.all(toutes.map((une) => openFlux(`${une.url}/api/v1/flux`, {})));
    const id = await planifier();
    await Promise.all(toutes.map(async (une) => une.send(`${S}/${id}/inscriptions`, { membreId: await membre(une) })));
    const vus = flux.map((un) => () => un.facts.filter(({ agregat }) => agregat === id).map(({ position }) => position));
    for (const un of vus) await expect.poll(un).toHaveLength(4);
    for (const un of vus) expect(un()).toEqual(vus[0]!());
    for (const un of flux) un.close();
  });

  it('une séance en quarantaine l’est sur chaque instance', async () => {
    const id = await planifier();
    const chez = await proprietaire(id);
    for (let n = 0; n < 4; n++) {
      await expect
        .poll(async () => (await chez.send(`/api/v1/supervision/coeur.club.reunions.${id}/plantage`)).status, { timeout: 10_000 })
        .toBe(200);
    }
    for (const une of toutes) expect((await une.send(`${S}/${id}/fermeture`)).body.code).toBe('en_quarantaine');
  });

  it('un membre effacé chez l’une quitte sa place chez une autre, et qui attendait la prend', async () => {
    const id = (await a.send(S, { ...FICHE, places: 1 })).body.id;
    const [part, reste] = [await membre(), await membre()];
    for (const membreId of [part, reste]) await a.send(`${S}/${id}/inscriptions`, { membreId });
    expect((await b.send(`${M}/${part}`, undefined, {}, 'DELETE')).status).toBeLessThan(300);
    await expect
      .poll(async () =>
        (await a.get(`${S}/${id}/inscriptions`)).body.elements.map((une: { membreId: string; statut: string }) => une.statut),
      )
      .toEqual(['inscrite']);
    expect((await b.get(`${S}/${id}/inscriptions`)).body.elements[0].membreId).toBe(reste);
  });

  it('la grappe qui plante chez l’une se reforme, et le club ne s’en aperçoit pas', async () => {
    const id = await planifier();
    expect((await a.send('/api/v1/supervision/coeur.grappe.membres/plantage')).status).toBe(200);
    expect((await a.send('/api/v1/supervision/reseau/plantage')).status).toBe(200);
    for (const une of toutes) expect((await une.send(`${S}/${id}/inscriptions`, { membreId: await membre() })).status).toBe(201);
    await expect.poll(async () => (await b.get('/health/ready')).status).toBe(200);
  });

  it('les chiffres de la grappe sont dans /metrics', async () => {
    const { body } = await a.get('/metrics');
    expect(body).toMatch(/^monclub_cluster_members 3$/m);
    expect(body).toMatch(/^monclub_cluster_links 2$/m);
    expect(body).toMatch(/^monclub_cluster_demandes_total\{way="forwarded"\} [1-9]/m);
  });
});

describe.each(engines)('partir et revenir, sur %s', (engine) => {
  it('le leader qui part passe la main ; son travail est repris, ses séances vivent ailleurs', async () => {
    const [a, b] = (await startGrappe(engine, 2)) as [TestInstance, TestInstance];
    const leader = (await a.get(G)).body.leader === 'a' ? a : b;
    const autre = leader === a ? b : a;
    const { body: seance } = await leader.send(S, FICHE);
    await leader.close();
    await expect.poll(async () => (await autre.get(G)).body.leader).toBe(autre.config.instanceId);
    const etat = async () => (await autre.get(G)).body.noeuds.find(({ id }: { id: string }) => id === leader.config.instanceId).etat;
    await expect.poll(etat).toBe('parti');
    expect((await autre.get(`${G}/elections`)).body.elements[0].cause).toBe('depart');
    expect((await autre.send(`${S}/${seance.id}/fermeture`)).status).toBe(200);
    await expect.poll(async () => (await autre.get('/api/v1/boite-envoi')).body.nonPublies).toBe(0);
    await autre.end();
  });

  it('deux instances vivantes sous un même nom : la première s’arrête et le dit', async () => {
    let remplacee = 0;
    const [autre] = (await startGrappe(engine, 1)) as [TestInstance];
    const premiere = await on(autre.database, { INSTANCE_ID: 'z' }, { onReplaced: () => remplacee++ });
    const seconde = await on(autre.database, { INSTANCE_ID: 'z' }, {});
    await expect.poll(() => remplacee, { timeout: 20_000 }).toBe(1);
    for (const une of [premiere, seconde]) await une.close();
    await autre.end();
  });
});
