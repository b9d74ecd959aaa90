import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toutes } from '../support/club-instance.js';
import { C, champs, CompteursHttp, dit } from '../support/compteurs-http.js';
import { engines } from '../support/databases.js';
import { startInstance } from '../support/instance.js';

const clef = () => ({ 'idempotency-key': randomUUID() });
const ID = /^mou_[0-9a-z]{26}_bar$/;

describe.each(engines)('les compteurs, sur %s', (engine) => {
  let bar: CompteursHttp;
  beforeAll(async () => {
    bar = new CompteursHttp(await startInstance(engine, { INSTANCE_ID: 'bar' }));
  });
  afterAll(() => bar.http.end());

  describe('un produit', () => {
    it('naît : 201, Location, et le corps exact de la lecture', async () => {
      const ne = await bar.http.send(C, { produit: 'cafe', nom: ' Café ', unite: 'tasse', seuil: 5 });
      expect([ne.status, ne.headers.get('location')]).toEqual([201, `${C}/cafe`]);
      expect(ne.body).toEqual({
        produit: 'cafe',
        nom: 'Café',
        unite: 'tasse',
        seuil: '5',
        valeur: '0',
        borne: false,
        parReplique: [],
        sousSeuil: true,
        dernierMouvement: null,
        instance: 'bar',
      });
      expect((await bar.http.get(`${C}/cafe`)).body).toEqual(ne.body);
      const rien = await bar.http.send(C, { produit: 'the', nom: 'Thé' });
      expect(rien.body).toMatchObject({ unite: null, seuil: null, borne: false, sousSeuil: false });
    });

    it('n’existe qu’une fois ; la même demande rend le même, une autre est refusée', async () => {
      const meme = clef();
      const fiche = { produit: 'cookies', nom: 'Cookies', borne: true };
      const [un, deux] = [await bar.http.send(C, fiche, meme), await bar.http.send(C, fiche, meme)];
      expect([un.status, deux.status, deux.headers.get('idempotent-replayed')]).toEqual([201, 201, 'true']);
      expect(deux.body).toEqual(un.body);
      const trois = await bar.http.send(C, fiche);
      expect([trois.status, trois.body.code, trois.body.produit]).toEqual([409, 'produit_existe', 'cookies']);
      expect(dit(await bar.http.send(C, { ...fiche, produit: 'autre' }, meme))).toEqual([422, 'demande_differente']);
    });

    it.each<[string, unknown, string[]]>([
      ['rien', {}, ['produit', 'nom']],
      ['un nom à majuscules et espace', { produit: 'Le Café', nom: 'x' }, ['produit']],
      ['un tiret au bout', { produit: 'cafe-', nom: 'x' }, ['produit']],
      ['un nom trop long', { produit: 'a'.repeat(61), nom: 'x' }, ['produit']],
      [
        'tout faux',
        { produit: 1, nom: '', unite: 'x'.repeat(41), seuil: 1.5, borne: 'oui', prix: 3 },
        ['produit', 'nom', 'unite', 'seuil', 'borne', 'prix'],
      ],
    ])('%s : 422 qui nomme chaque champ', async (_, fiche, attendus) => {
      const refus = await bar.http.send(C, fiche);
      expect([refus.status, refus.body.code]).toEqual([422, 'demande_invalide']);
      expect(champs(refus).toSorted()).toEqual(attendus.toSorted());
    });

    it('se trouve dans la liste, page par page, dans l’ordre des noms', async () => {
      for (let n = 0; n < 7; n++) await bar.produit();
      const noms = (await toutes<{ produit: string }>(bar.http, `${C}?limite=3`)).map(({ produit }) => produit);
      expect(noms).toEqual(noms.toSorted());
      expect(new Set(noms).size).toBe(noms.length);
      expect(noms.length).toBeGreaterThanOrEqual(7);
      expect((await bar.http.get(`${C}?apres=illisible`)).body.code).toBe('curseur_invalide');
      expect((await bar.http.get(`${C}?limite=0`)).body.code).toBe('demande_invalide');
    });
  });

  describe('un mouvement', () => {
    it('répond la valeur, son identifiant et l’instance ; la lecture le montre aussitôt', async () => {
      const produit = await bar.produit({ seuil: '3' });
      const ajout = await bar.ajouter(produit, 5);
      expect([ajout.status, ajout.body]).toEqual([200, { valeur: '5', mouvementId: expect.stringMatching(ID), instance: 'bar' }]);
      const retrait = await bar.retirer(produit, 7);
      expect(retrait.body).toMatchObject({ valeur: '-2', instance: 'bar' });
      expect(await bar.lire(produit)).toMatchObject({
        valeur: '-2',
        sousSeuil: true,
        parReplique: [{ replique: 'bar', plus: '5', moins: '7' }],
        dernierMouvement: { mouvementId: retrait.body.mouvementId, quantite: '-7', instant: expect.stringMatching(/Z$/), instance: 'bar' },
      });
    });

    it.each<[string, unknown]>([
      ['0', 0],
      ['1,5', 1.5],
      ['un texte', '3'],
      ['un million et un', 1_000_001],
      ['négative', -1],
      ['absente', undefined],
      ['null', null],
    ])('quantite %s : 422, et rien ne bouge', async (_, quantite) => {
      const produit = await bar.produit();
      for (const refus of [await bar.ajouter(produit, quantite), await bar.retirer(produit, quantite)]) {
        expect([refus.status, refus.body.code, champs(refus)]).toEqual([422, 'demande_invalide', ['quantite']]);
      }
      expect(await bar.valeur(produit)).toBe('0');
    });

    it('un million passe ; un paramètre inconnu, un niveau inconnu, un champ de trop : 422 qui les nomme', async () => {
      const produit = await bar.produit();
      expect(dit(await bar.ajouter(produit, 1_000_000))).toEqual([200, '1000000']);
      expect(champs(await bar.ajouter(produit, 1, {}, '?vite=oui'))).toEqual(['vite']);
      expect(champs(await bar.ajouter(produit, 0, {}, '?ecriture=partout'))).toEqual(['ecriture', 'quantite']);
      expect(champs(await bar.http.send(`${C}/${produit}/increments`, { quantite: 1, par: 'Ana' }))).toEqual(['par']);
      expect(champs(await bar.http.send(`${C}/${produit}/recomptages?ecriture=pair`, { valeur: 1 }))).toEqual(['ecriture']);
    });

    it('d’un produit inconnu : 404 partout', async () => {
      for (const produit of ['inconnu', 'x'.repeat(3_000), 'a%00b', '..%2f', '__proto__']) {
        const refus = [
          await bar.http.get(`${C}/${produit}`),
          await bar.ajouter(produit, 1),
          await bar.retirer(produit, 1),
          await bar.recompter(produit, 1),
          await bar.annuler(produit, `mou_${'0'.repeat(26)}_bar`),
          await bar.http.get(`${C}/${produit}/mouvements`),
        ];
        expect(refus.map(dit), produit).toEqual(refus.map(() => [404, 'produit_inconnu']));
      }
    });

    it('la même demande n’a lieu qu’une fois, dix fois ensemble comme après un redémarrage', async () => {
      const [produit, meme] = [await bar.produit(), clef()];
      const clics = await Promise.all(Array.from({ length: 10 }, () => bar.ajouter(produit, 3, meme)));
      expect(new Set(clics.map(({ body }) => JSON.stringify(body))).size).toBe(1);
      expect(clics.filter(({ headers }) => headers.get('idempotent-replayed') === 'true')).toHaveLength(9);
      await bar.ajouter(produit, 1);
      bar.http = await bar.http.again();
      await expect.poll(() => bar.valeur(produit)).toBe('4');
      const reprise = await bar.ajouter(produit, 3, meme);
      expect([reprise.status, reprise.body, reprise.headers.get('idempotent-replayed')]).toEqual([200, clics[0]!.body, 'true']);
      expect(await bar.valeur(produit)).toBe('4');
      expect((await bar.http.get(`/api/v1/demandes/${meme['idempotency-key']}`)).body).toEqual({ etat: 'faite', reponse: clics[0]!.body });
    });

    it('le même identifiant pour autre chose : 422, et rien ne bouge', async () => {
      const [produit, autre, meme] = [await bar.produit(), await bar.produit(), clef()];
      await bar.ajouter(produit, 3, meme);
      for (const reponse of [
        await bar.ajouter(produit, 4, meme),
        await bar.retirer(produit, 3, meme),
        await bar.ajouter(autre, 3, meme),
        await bar.recompter(produit, 3, meme),
      ])
        expect(dit(reponse)).toEqual([422, 'demande_differente']);
      expect([await bar.valeur(produit), await bar.valeur(autre)]).toEqual(['3', '0']);
    });

    it('mille à la fois : aucune unité perdue', async () => {
      const produit = await bar.produit();
      const reponses = await Promise.all(
        Array.from({ length: 1_000 }, (_, i) => (i % 4 === 0 ? bar.retirer(produit, 2) : bar.ajouter(produit, 3))),
      );
      expect(new Set(reponses.map(({ status }) => status))).toEqual(new Set([200]));
      expect(await bar.lire(produit)).toMatchObject({ valeur: '1750', parReplique: [{ plus: '2250', moins: '500' }] });
    });
  });

  describe('une annulation', () => {
    it('est le mouvement inverse, une fois ; la reprendre rend la même réponse', async () => {
      const [produit, meme] = [await bar.produit(), clef()];
      const { body } = await bar.ajouter(produit, 5);
      const annulation = await bar.annuler(produit, body.mouvementId, meme);
      expect([annulation.status, annulation.body]).toEqual([200, { valeur: '0', mouvementId: expect.stringMatching(ID), instance: 'bar' }]);
      expect((await bar.annuler(produit, body.mouvementId, meme)).body).toEqual(annulation.body);
      expect(dit(await bar.annuler(produit, body.mouvementId))).toEqual([409, 'mouvement_deja_annule']);
      expect(dit(await bar.annuler(produit, annulation.body.mouvementId))).toEqual([200, '5']);
    });

    it('d’un mouvement inconnu, d’un autre produit ou qui n’en est pas un : 404', async () => {
      const [produit, autre] = [await bar.produit(), await bar.produit()];
      const { body } = await bar.ajouter(autre, 5);
      for (const id of [body.mouvementId, `mou_${'0'.repeat(26)}_bar`, 'nimporte-quoi', 'x'.repeat(5_000), '%00'])
        expect(dit(await bar.annuler(produit, id))).toEqual([404, 'mouvement_inconnu']);
      expect(await bar.valeur(autre)).toBe('5');
    });

    it('d’un mouvement d’une instance injoignable : 503, rien n’est fait', async () => {
      const produit = await bar.produit();
      const refus = await bar.annuler(produit, `mou_${'0'.repeat(26)}_ailleurs`);
      expect([...dit(refus), refus.body.etat, refus.headers.get('retry-after')]).toEqual([
        503,
        'compteurs_indisponibles',
        'not_executed',
        '1',
      ]);
    });
  });

  describe('un recomptage', () => {
    it('met la valeur à ce que l’on a compté, texte ou nombre', async () => {
      const produit = await bar.produit();
      await bar.ajouter(produit, 5);
      expect(dit(await bar.recompter(produit, 12))).toEqual([200, '12']);
      expect(dit(await bar.recompter(produit, '-3'))).toEqual([200, '-3']);
      expect(dit(await bar.recompter(produit, '-1000000000000'))).toEqual([200, '-1000000000000']);
      expect(dit(await bar.recompter(produit, 1e12))).toEqual([200, '1000000000000']);
      const { elements } = (await bar.http.get(`${C}/${produit}/mouvements`)).body;
      expect(elements.map(({ genre, quantite }: Record<string, string>) => [genre, quantite])).toEqual([
        ['recomptage', '2000000000000'],
        ['recomptage', '-999999999997'],
        ['recomptage', '-15'],
        ['recomptage', '7'],
        ['mouvement', '5'],
      ]);
    });

    it('3 et "3" sont la même demande', async () => {
      const [produit, meme] = [await bar.produit(), clef()];
      const [un, deux] = [await bar.recompter(produit, 3, meme), await bar.recompter(produit, '3', meme)];
      expect([un.status, deux.body, deux.headers.get('idempotent-replayed')]).toEqual([200, un.body, 'true']);
    });

    it.each<[string, unknown]>([
      ['un mot', 'douze'],
      ['une virgule', 1.5],
      ['un texte à virgule', '1.5'],
      ['vide', ''],
      ['un zéro devant', '007'],
      ['un plus devant', '+3'],
      ['au-delà de 10¹²', '1000000000001'],
      ['au-delà des nombres', 1e15],
      ['absente', undefined],
      ['null', null],
      ['une liste', [3]],
    ])('%s : 422, et rien ne bouge', async (_, valeur) => {
      const produit = await bar.produit();
      const refus = await bar.recompter(produit, valeur);
      expect([refus.status, refus.body.code, champs(refus)]).toEqual([422, 'demande_invalide', ['valeur']]);
      expect((await bar.lire(produit))['dernierMouvement']).toBeNull();
    });
  });

  it('le journal : le dernier d’abord, page par page, avec qui annule quoi', async () => {
    const [produit, meme] = [await bar.produit(), clef()];
    const faits: string[] = [];
    for (let n = 1; n <= 5; n++) faits.push((await bar.ajouter(produit, n, n === 1 ? meme : {})).body.mouvementId);
    const annulation = (await bar.annuler(produit, faits[4]!)).body.mouvementId;
    const journal = await toutes<Record<string, unknown>>(bar.http, `${C}/${produit}/mouvements?limite=2`);
    expect(journal.map(({ mouvementId }) => mouvementId)).toEqual([annulation, ...faits.toReversed()]);
    expect(journal[0]).toMatchObject({ genre: 'annulation', quantite: '-5', valeur: '10', annule: faits[4], annulePar: null });
    expect(journal[1]).toMatchObject({ genre: 'mouvement', quantite: '5', valeur: '15', annule: null, annulePar: annulation });
    expect(journal.at(-1)).toMatchObject({ demandeId: meme['idempotency-key'], valeur: '1' });
    expect((await bar.http.get(`${C}/${produit}/mouvements?apres=x`)).body.code).toBe('curseur_invalide');
  });

  it('les chiffres des compteurs sont dans /metrics', async () => {
    const { body } = await bar.http.get('/metrics');
    expect(body).toMatch(/^monclub_counters_open 1$/m);
    expect(body).toMatch(/^monclub_counters_products [1-9]\d*$/m);
    expect(body).toMatch(/^monclub_counters_commits_total [1-9]\d*$/m);
  });
});
