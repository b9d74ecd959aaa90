import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engines } from '../support/databases.js';
import { startInstance, type TestInstance } from '../support/instance.js';

const S = '/api/v1/supervision';
const FICHE = { titre: 'Germinal', debut: '2036-01-15T19:00:00+01:00', fin: '2036-01-15T21:00:00+01:00', places: 2 };
const REUNIONS = 'monclub.coeur.club.reunions';

const toutesEnMarche = ({
  body,
}: {
  readonly body: { readonly taille: number; readonly comptes: { readonly en_marche: number } };
}): boolean => body.comptes.en_marche === body.taille;

describe.each(engines)('la supervision, sur %s', (engine) => {
  let club: TestInstance;
  beforeAll(async () => {
    club = await startInstance(engine, { DEMO: 'true' });
  });
  afterAll(() => club.end());

  const planifier = async (): Promise<string> => (await club.send('/api/v1/seances', FICHE)).body.id;

  it('montre l’arbre entier, avec la stratégie de chaque superviseur', async () => {
    const { status, body } = await club.get(S);
    expect(status).toBe(200);
    expect(body).toMatchObject({ nom: 'monclub', chemin: 'monclub', genre: 'superviseur', strategie: 'one_for_one', etat: 'en_marche' });
    const coeur = body.enfants.find((one: { nom: string }) => one.nom === 'coeur');
    expect(body.enfants.map(({ nom }: { nom: string }) => nom)).toEqual(['reseau', 'compteurs', 'coeur', 'web']);
    const compteurs = body.enfants[1];
    expect(compteurs).toMatchObject({ chemin: 'monclub.compteurs', strategie: 'rest_for_one' });
    expect(compteurs.enfants.map(({ nom }: { nom: string }) => nom)).toEqual(['magasin', 'synchronisation', 'droits', 'produits']);
    expect(coeur).toMatchObject({ chemin: 'monclub.coeur', strategie: 'rest_for_one', intensite: { redemarrages: 3, periodeMs: 5000 } });
  });

  it('montre une séance vivante sous sa famille, par son chemin entier ou depuis la racine', async () => {
    const id = await planifier();
    const chemin = `${REUNIONS}.${id}`;
    const shown = { nom: id, chemin, genre: 'membre', etat: 'en_marche', redemarrages: 0, boite: 0, derniereErreur: null };
    expect((await club.get(`${S}?sous=${chemin}`)).body).toEqual(shown);
    expect((await club.get(`${S}?sous=coeur.club.reunions.${id}`)).body).toEqual(shown);
    // Celles de la démonstration peuvent être encore à se charger.
    await expect.poll(async () => toutesEnMarche(await club.get(`${S}?sous=${REUNIONS}`))).toBe(true);
    const { body } = await club.get(`${S}?sous=${REUNIONS}`);
    expect(body).toMatchObject({ genre: 'famille', repliee: false });
    expect(body.enfants).toContainEqual(shown);
  });

  it('replie une famille de plus de 50 membres', async () => {
    await Promise.all(Array.from({ length: 51 }, planifier));
    const { body } = await club.get(`${S}?sous=${REUNIONS}`);
    expect([body.repliee, body.enfants, body.taille > 50]).toEqual([true, [], true]);
  });

  it('un chemin inconnu : 404 ; un paramètre inconnu : 422', async () => {
    expect((await club.get(`${S}?sous=monclub.lune`)).body.code).toBe('processus_inconnu');
    expect((await club.get(`${S}?sur=x`)).body.code).toBe('demande_invalide');
  });

  it('faire planter une séance : elle revient, intacte, et le dit', async () => {
    const id = await planifier();
    const crash = await club.send(`${S}/${REUNIONS}.${id}/plantage`);
    expect([crash.status, crash.body]).toMatchObject([200, { nom: id, redemarrages: 1, derniereErreur: 'Crash button' }]);
    expect((await club.send(`/api/v1/seances/${id}/fermeture`)).status).toBe(200);
    expect((await club.get(`/api/v1/seances/${id}`)).body).toMatchObject({ statut: 'fermee', version: 2 });
  });

  describe('un ouvrage et ses prêts', () => {
    const PRETS = 'monclub.coeur.club.prets';
    const membre = async (): Promise<string> => (await club.send('/api/v1/membres', { nom: 'Ana' })).body.id;
    const ajouter = async (exemplaires: number): Promise<string> =>
      (await club.send('/api/v1/ouvrages', { titre: 'Germinal', exemplaires })).body.id;
    const emprunter = async (ouvrageId: string, membreId: string): Promise<string> =>
      (await club.send('/api/v1/prets', { ouvrageId, membreId })).body.id;
    const rendre = (pret: string) => club.send(`/api/v1/prets/${pret}/retour`);

    it('chaque prêt vivant se montre sous son ouvrage, et sous lui seul ; rendu, il n’y est plus', async () => {
      const [ouvrage, autre] = [await ajouter(2), await ajouter(1)];
      const [un, deux] = [await emprunter(ouvrage, await membre()), await emprunter(ouvrage, await membre())];
      const chemin = `${PRETS}.${ouvrage}`;
      const montre = (nom: string) => ({
        nom,
        chemin: `${chemin}.${nom}`,
        genre: 'membre',
        etat: 'en_marche',
        redemarrages: 0,
        boite: 0,
        derniereErreur: null,
      });
      const { body } = await club.get(`${S}?sous=${PRETS}`);
      const noeud = body.enfants.find(({ nom }: { nom: string }) => nom === ouvrage);
      expect(noeud).toEqual({ ...montre(ouvrage), chemin, taille: 2, repliee: false, enfants: [montre(un), montre(deux)] });
      expect((await club.get(`${S}?sous=${chemin}`)).body).toEqual(noeud);
      expect((await club.get(`${S}?sous=coeur.club.prets.${ouvrage}.${un}`)).body).toEqual(montre(un));
      expect((await club.get(`${S}?sous=${PRETS}.${autre}`)).body).toMatchObject({ taille: 0, enfants: [] });
      for (const faux of [`${autre}.${un}`, un, `${ouvrage}.pre_rien`, `${ouvrage}.${un}.${deux}`])
        expect((await club.get(`${S}?sous=${PRETS}.${faux}`)).body.code).toBe('processus_inconnu');
      await rendre(un);
      expect((await club.get(`${S}?sous=${chemin}`)).body.enfants).toEqual([montre(deux)]);
      expect((await club.get(`${S}?sous=${chemin}.${un}`)).status).toBe(404);
    });

    it('un ouvrage de plus de 50 prêts vivants les replie ; chacun se montre encore par son chemin', async () => {
      const ouvrage = await ajouter(51);
      const prets = await Promise.all(Array.from({ length: 51 }, async () => emprunter(ouvrage, await membre())));
      const { body } = await club.get(`${S}?sous=${PRETS}.${ouvrage}`);
      expect([body.repliee, body.taille, body.enfants]).toEqual([true, 51, []]);
      expect((await club.get(`${S}?sous=${PRETS}.${ouvrage}.${prets[50]}`)).body.nom).toBe(prets[50]);
    });

    it('faire planter un prêt fait planter son ouvrage : ils reviennent ensemble, intacts', async () => {
      const ouvrage = await ajouter(2);
      const [un, deux] = [await emprunter(ouvrage, await membre()), await emprunter(ouvrage, await membre())];
      const { status, body } = await club.send(`${S}/${PRETS}.${ouvrage}.${un}/plantage`);
      expect([status, body]).toMatchObject([200, { nom: un, etat: 'en_marche', redemarrages: 1, derniereErreur: 'Crash button' }]);
      const { body: revenu } = await club.get(`${S}?sous=${PRETS}.${ouvrage}`);
      expect(revenu).toMatchObject({ redemarrages: 1, enfants: [{ nom: un }, { nom: deux, redemarrages: 1 }] });
      expect((await rendre(deux)).body).toMatchObject({ statut: 'rendu', version: 2 });
      await rendre(un);
      expect((await club.send(`${S}/${PRETS}.${ouvrage}.${un}/plantage`)).body.code).toBe('processus_inconnu');
    });
  });

  it('la même demande ne fait planter qu’une fois', async () => {
    const id = await planifier();
    const headers = { 'idempotency-key': `plantage-${engine}-0001` };
    await club.send(`${S}/${REUNIONS}.${id}/plantage`, undefined, headers);
    const again = await club.send(`${S}/${REUNIONS}.${id}/plantage`, undefined, headers);
    expect([again.body.redemarrages, again.headers.get('idempotent-replayed')]).toEqual([1, 'true']);
    const other = await club.send(`${S}/${REUNIONS}/plantage`, undefined, headers);
    expect([other.status, other.body.code]).toEqual([422, 'demande_differente']);
  });

  it('faire planter un processus : il est relancé, ses voisins aussi si la stratégie le veut', async () => {
    const before = (await club.get(`${S}?sous=monclub.coeur.fonctions.relais`)).body.redemarrages;
    const crash = await club.send(`${S}/monclub.coeur.fonctions.relais/plantage`);
    expect(crash.body).toMatchObject({ genre: 'processus', etat: 'en_marche', redemarrages: before + 1 });
  });

  it('la porte elle-même plante, répond d’abord, et rouvre à la même adresse', async () => {
    const crash = await club.send(`${S}/monclub.web/plantage`);
    expect(crash.status).toBe(200);
    await expect.poll(async () => (await club.get(`${S}?sous=monclub.web`).catch(() => undefined))?.body.redemarrages).toBe(1);
  });

  it('ce qui ne plante pas le dit', async () => {
    expect((await club.send(`${S}/monclub/plantage`)).body.code).toBe('plantage_interdit');
    expect((await club.send(`${S}/monclub.lune/plantage`)).body.code).toBe('processus_inconnu');
  });
});

describe('sans DEMO', () => {
  it('rien ne plante', async () => {
    const club = await startInstance('sqlite', { DEMO: 'false' });
    const { status, body } = await club.send(`${S}/monclub.coeur.fonctions.relais/plantage`);
    expect([status, body.code]).toEqual([409, 'plantage_desactive']);
    await club.end();
  });
});

describe('retrouver une demande', () => {
  it('par son identifiant, avec ce qui fut répondu ; sinon 404', async () => {
    const club = await startInstance();
    const headers = { 'idempotency-key': 'retrouver-0000000001' };
    const { body: seance } = await club.send('/api/v1/seances', FICHE, headers);
    const found = await club.get('/api/v1/demandes/retrouver-0000000001');
    expect([found.status, found.body]).toMatchObject([200, { etat: 'faite', reponse: { id: seance.id, version: 1 } }]);
    for (const id of ['jamais-vue-00000001', 'a%00b', 'x'.repeat(5000)]) {
      expect((await club.get(`/api/v1/demandes/${id}`)).body.code).toBe('demande_inconnue');
    }
    await club.end();
  });
});
