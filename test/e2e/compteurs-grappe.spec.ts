import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { C, CompteursHttp, dit } from '../support/compteurs-http.js';
import { engines } from '../support/databases.js';
import { openFlux } from '../support/flux.js';
import { startGrappe, type TestInstance } from '../support/instance.js';

describe.each(engines)('les compteurs de plusieurs instances, sur %s', (engine) => {
  let toutes: TestInstance[];
  let a: CompteursHttp;
  let b: CompteursHttp;
  beforeAll(async () => {
    toutes = await startGrappe(engine, 2);
    [a, b] = toutes.map((une) => new CompteursHttp(une)) as [CompteursHttp, CompteursHttp];
  });
  afterAll(async () => {
    const [derniere, ...autres] = toutes.toReversed();
    for (const une of autres) await une.close();
    await derniere!.end();
  });

  /** Un produit que les deux connaissent. */
  const produit = async (fiche: object = {}): Promise<string> => {
    const ne = await a.produit(fiche);
    await expect.poll(async () => (await b.http.get(`${C}/${ne}`)).status).toBe(200);
    return ne;
  };

  it('un produit né chez l’une est connu de l’autre en deux secondes', async () => {
    const ne = await a.produit();
    await expect.poll(async () => (await b.http.get(`${C}/${ne}`)).status, { timeout: 4_000 }).toBe(200);
  });

  it('le même produit aux deux à la fois : un seul naît ; sous la même demande, les deux répondent', async () => {
    const fiche = { produit: 'en-double', nom: 'Double' };
    const deux = await Promise.all([a.http.send(C, fiche), b.http.send(C, fiche)]);
    expect(new Set(deux.map(({ status }) => status))).toEqual(new Set([201, 409]));
    const meme = { 'idempotency-key': randomUUID() };
    const autres = await Promise.all([a, b].map((une) => une.http.send(C, { produit: 'une-fois', nom: 'Une' }, meme)));
    expect(autres.map(({ status }) => status)).toEqual([201, 201]);
  });

  it('chacune compte ; elles se rejoignent, et le montrent', async () => {
    const ne = await produit();
    await Promise.all(Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? a.ajouter(ne, 3) : b.retirer(ne, 1))));
    for (const une of [a, b]) {
      await expect.poll(() => une.valeur(ne)).toBe('40');
      expect((await une.lire(ne))['parReplique']).toEqual([
        { replique: 'a', plus: '60', moins: '0' },
        { replique: 'b', plus: '0', moins: '20' },
      ]);
    }
    await expect
      .poll(async () => (await a.http.get('/api/v1/convergence')).body.noeuds)
      .toEqual([
        { id: 'a', empreinte: expect.any(String), ecart: 0, dernierEchangeMs: 0, joignable: true },
        { id: 'b', empreinte: expect.any(String), ecart: 0, dernierEchangeMs: expect.any(Number), joignable: true },
      ]);
    const { noeuds, compteurs } = (await b.http.get('/api/v1/convergence')).body;
    expect(new Set(noeuds.map(({ empreinte }: { empreinte: string }) => empreinte)).size).toBe(1);
    expect(compteurs.find((un: { produit: string }) => un.produit === ne)).toEqual({
      produit: ne,
      valeur: '40',
      parNoeud: { a: '40', b: '40' },
    });
  });

  it('une annulation demandée à l’autre est portée chez qui a compté, une fois', async () => {
    const ne = await produit();
    const { body } = await a.ajouter(ne, 5);
    const meme = { 'idempotency-key': randomUUID() };
    const annulation = await b.annuler(ne, body.mouvementId, meme);
    expect([annulation.status, annulation.body.valeur, annulation.body.instance]).toEqual([200, '0', 'a']);
    const reprise = await b.annuler(ne, body.mouvementId, meme);
    expect([reprise.body, reprise.headers.get('idempotent-replayed')]).toEqual([annulation.body, 'true']);
    expect(dit(await a.annuler(ne, body.mouvementId))).toEqual([409, 'mouvement_deja_annule']);
    expect(dit(await b.annuler(ne, `mou_${'0'.repeat(26)}_a`))).toEqual([404, 'mouvement_inconnu']);
    await expect.poll(() => b.valeur(ne)).toBe('0');
  });

  it.each(['pair', 'majorite'])('ecriture=%s : la réponse vient quand l’autre l’a, et l’autre le montre déjà', async (niveau) => {
    const ne = await produit();
    const reponse = await a.ajouter(ne, 2, {}, `?ecriture=${niveau}`);
    expect(dit(reponse)).toEqual([200, '2']);
    expect(await b.valeur(ne)).toBe('2');
  });

  it('borné : qui manque de droits en demande à l’autre ; à elles deux, jamais plus que ce qu’il y a', async () => {
    const ne = await produit({ borne: true });
    await a.ajouter(ne, 10);
    await expect.poll(() => b.valeur(ne)).toBe('10');
    expect(dit(await b.retirer(ne, 4))).toEqual([200, '6']);
    const reponses = await Promise.all(Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? a : b).retirer(ne, 1)));
    const faits = reponses.filter(({ status }) => status === 200).length;
    expect(faits).toBeLessThanOrEqual(6);
    for (const une of [a, b]) await expect.poll(() => une.valeur(ne)).toBe(`${6 - faits}`);
    for (const { status, body } of reponses.filter((un) => un.status !== 200))
      expect([status, body.code]).toEqual([409, 'droits_insuffisants']);
  });

  it('le flux de l’une montre ce que l’autre compte, et la grappe', async () => {
    const ne = await produit();
    const flux = await openFlux(`${b.http.url}/api/v1/flux`);
    await expect.poll(() => flux.events.map(({ event }) => event)).toEqual(expect.arrayContaining(['grappe', 'compteurs']));
    expect(flux.events.find(({ event }) => event === 'grappe')).toMatchObject({
      id: undefined,
      data: (await b.http.get('/api/v1/grappe')).body,
    });
    await a.ajouter(ne, 7);
    const vus = () =>
      flux.events
        .filter(({ event }) => event === 'compteurs')
        .flatMap(({ data }) => data['elements'] as { produit: string; valeur: string }[])
        .filter((un) => un.produit === ne)
        .map(({ valeur }) => valeur);
    await expect.poll(() => vus().at(-1)).toBe('7');
    flux.close();
  });

  it('celle qui part et revient n’a rien perdu, et apprend ce qui fut compté sans elle', async () => {
    const ne = await produit();
    await b.ajouter(ne, 3);
    await expect.poll(() => a.valeur(ne)).toBe('3');
    const [une, autre] = toutes as [TestInstance, TestInstance];
    const revient = autre.again();
    await a.ajouter(ne, 4);
    toutes = [une, await revient];
    b = new CompteursHttp(toutes[1]!);
    for (const chez of [a, b]) await expect.poll(() => chez.valeur(ne)).toBe('7');
    expect(dit(await b.ajouter(ne, 1))).toEqual([200, '8']);
  });

  it('le magasin ou l’échange qui plante est relancé, et rien n’est perdu', async () => {
    const ne = await produit();
    await a.ajouter(ne, 5);
    for (const quoi of ['magasin', 'synchronisation', 'droits', 'produits']) {
      expect(a.http.tree.crash(`compteurs.${quoi}`)).toBe('crashed');
      await expect.poll(async () => dit(await a.ajouter(ne, 1))[0]).toBe(200);
    }
    const { valeur } = await a.lire(ne);
    await expect.poll(() => b.valeur(ne)).toBe(valeur);
    expect(valeur).toBe('9');
  });
});
