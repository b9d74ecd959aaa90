import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { champs, CompteursHttp, dit } from '../support/compteurs-http.js';
import { engines } from '../support/databases.js';
import { startInstance } from '../support/instance.js';

const clef = () => ({ 'idempotency-key': randomUUID() });

describe.each(engines)('une instance seule, sur %s', (engine) => {
  let bar: CompteursHttp;
  beforeAll(async () => {
    bar = new CompteursHttp(await startInstance(engine, { INSTANCE_ID: 'bar' }));
  });
  afterAll(() => bar.http.end());

  describe('un compteur borné', () => {
    it('ne passe jamais au-dessous de zéro, et dit ce qui reste', async () => {
      const produit = await bar.produit({ borne: true });
      await bar.ajouter(produit, 3);
      expect(await bar.lire(produit)).toMatchObject({ valeur: '3', borne: true, droits: '3' });
      expect(dit(await bar.retirer(produit, 2))).toEqual([200, '1']);
      const refus = await bar.retirer(produit, 2);
      expect([refus.status, refus.body.code, refus.body.droits, refus.body.valeur]).toEqual([409, 'droits_insuffisants', '1', '1']);
      expect(await bar.lire(produit)).toMatchObject({ valeur: '1', droits: '1' });
    });

    it('cent retraits pour dix unités : dix réussissent', async () => {
      const produit = await bar.produit({ borne: true });
      await bar.ajouter(produit, 10);
      const reponses = await Promise.all(Array.from({ length: 100 }, () => bar.retirer(produit, 1)));
      expect(reponses.filter(({ status }) => status === 200)).toHaveLength(10);
      expect(reponses.filter(({ body }) => body.code === 'droits_insuffisants')).toHaveLength(90);
      expect(await bar.valeur(produit)).toBe('0');
    });

    it('refusée, une demande n’a pas laissé de trace : la même est décidée à nouveau', async () => {
      const [produit, meme] = [await bar.produit({ borne: true }), clef()];
      expect(dit(await bar.retirer(produit, 1, meme))).toEqual([409, 'droits_insuffisants']);
      expect((await bar.http.get(`/api/v1/demandes/${meme['idempotency-key']}`)).body.code).toBe('demande_inconnue');
      await bar.ajouter(produit, 1);
      expect(dit(await bar.retirer(produit, 1, meme))).toEqual([200, '0']);
    });

    it('ne se recompte pas au-dessous de zéro ; annuler un ajout déjà vendu est refusé', async () => {
      const produit = await bar.produit({ borne: true });
      const refus = await bar.recompter(produit, '-1');
      expect([refus.status, champs(refus)]).toEqual([422, ['valeur']]);
      const { body } = await bar.ajouter(produit, 4);
      await bar.retirer(produit, 3);
      expect(dit(await bar.annuler(produit, body.mouvementId))).toEqual([409, 'droits_insuffisants']);
      expect(dit(await bar.recompter(produit, 0))).toEqual([200, '0']);
    });

    it('garde ses droits à travers un redémarrage : un retrait les attend, les autres produits n’attendent pas', async () => {
      const [produit, libre] = [await bar.produit({ borne: true }), await bar.produit()];
      await bar.ajouter(produit, 4);
      bar.http = await bar.http.again();
      const attend = bar.retirer(produit, 4);
      expect(dit(await bar.retirer(libre, 1))).toEqual([200, '-1']);
      expect(await bar.lire(produit)).toMatchObject({ droits: '0', droitsGeles: '4' });
      expect(dit(await attend)).toEqual([200, '0']);
    });
  });

  it('seule : la majorité, c’est elle ; une paire n’est pas possible, et se dit vite, sans recompter', async () => {
    const [produit, meme] = [await bar.produit(), clef()];
    expect(dit(await bar.ajouter(produit, 1, {}, '?ecriture=majorite'))).toEqual([200, '1']);
    expect(dit(await bar.ajouter(produit, 1, {}, '?ecriture=locale'))).toEqual([200, '2']);
    const debut = performance.now();
    const refus = await bar.ajouter(produit, 1, meme, '?ecriture=pair');
    expect(performance.now() - debut).toBeLessThan(5_000);
    expect([refus.status, refus.body.code, refus.headers.get('retry-after')]).toEqual([503, 'ecriture_incomplete', '1']);
    expect(refus.body).toMatchObject({
      valeur: '3',
      mouvementId: expect.stringMatching(/^mou_[0-9a-z]{26}_bar$/),
      replique: 'bar',
      etat: 'locale',
    });
    const moins = await bar.ajouter(produit, 1, meme);
    expect([moins.status, moins.body.mouvementId, moins.headers.get('idempotent-replayed')]).toEqual([200, refus.body.mouvementId, 'true']);
    expect(await bar.valeur(produit)).toBe('3');
  });

  it('la convergence, seule', async () => {
    const { status, body } = await bar.http.get('/api/v1/convergence');
    expect(status).toBe(200);
    expect(body.noeuds).toEqual([{ id: 'bar', empreinte: expect.any(String), ecart: 0, dernierEchangeMs: 0, joignable: true }]);
    const [premier] = body.compteurs;
    expect(premier).toEqual({ produit: premier.produit, valeur: premier.valeur, parNoeud: { bar: premier.valeur } });
  });
});
