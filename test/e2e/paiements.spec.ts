import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engines } from '../support/databases.js';
import { type Answer, startInstance, type TestInstance } from '../support/instance.js';

const P = '/api/v1/paiements';
const FICHE = { titre: 'Germinal', debut: '2036-01-15T18:00:00Z', fin: '2036-01-15T21:00:00Z', places: 1, prixCentimes: 500 };

describe.each(engines)('les paiements, sur %s', (engine) => {
  let club: TestInstance;
  const membres: string[] = [];

  beforeAll(async () => {
    club = await startInstance(engine);
    for (let i = 0; i < 3; i++) membres.push((await club.send('/api/v1/membres', { nom: `Membre ${i}` })).body.id);
  });
  afterAll(() => club.end());

  const planifier = async (fiche: object = {}): Promise<string> => (await club.send('/api/v1/seances', { ...FICHE, ...fiche })).body.id;
  const inscrire = (id: string, membreId: string | undefined) => club.send(`/api/v1/seances/${id}/inscriptions`, { membreId });
  const desister = (id: string, membreId: string | undefined) =>
    club.send(`/api/v1/seances/${id}/inscriptions/${membreId}`, undefined, {}, 'DELETE');
  const annuler = (id: string) => club.send(`/api/v1/seances/${id}/annulation`, { motif: 'Salle fermée' });
  const payer = (id: string, quoi: 'encaissement' | 'remboursement', corps?: object, entetes = {}) =>
    club.send(`${P}/${id}/${quoi}`, corps, entetes);
  const de = async (seanceId: string): Promise<Answer['body'][]> =>
    (await club.get(`${P}?limite=100`)).body.elements.filter((un: Answer['body']) => un.seanceId === seanceId);
  /** Le paiement de ce membre, une fois à ce statut : les paiements suivent les faits par la boîte d’envoi. */
  const attendre = async (seanceId: string, membreId: string | undefined, statut: string): Promise<Answer['body']> => {
    const lire = async () => (await de(seanceId)).find((un) => un.membreId === membreId);
    await expect.poll(async () => (await lire())?.statut, { timeout: 10_000, interval: 20 }).toBe(statut);
    return lire();
  };
  const du = async (fiche: object = {}): Promise<[seanceId: string, paiementId: string]> => {
    const id = await planifier(fiche);
    await inscrire(id, membres[0]);
    return [id, (await attendre(id, membres[0], 'du')).id];
  };

  it('une inscription payante est due, et se lit comme elle se liste', async () => {
    const [id, paiementId] = await du();
    const lu = await club.get(`${P}/${paiementId}`);
    expect([lu.status, lu.headers.get('etag')]).toEqual([200, '"1"']);
    expect(lu.body).toEqual((await de(id))[0]);
    expect(lu.body).toMatchObject({ seanceId: id, membreId: membres[0], montantCentimes: 500, devise: 'EUR', statut: 'du', version: 1 });
    expect((await club.get(`${P}/${paiementId}`, { 'if-none-match': '"1"' })).status).toBe(304);
  });

  it('encaisser une fois : 200, et la seconde fois est un refus', async () => {
    const [, paiementId] = await du();
    const encaisse = await payer(paiementId, 'encaissement');
    expect([encaisse.status, encaisse.body.statut, encaisse.body.version]).toEqual([200, 'encaisse', 2]);
    expect(encaisse.body).toEqual((await club.get(`${P}/${paiementId}`)).body);
    const encore = await payer(paiementId, 'encaissement');
    expect([encore.status, encore.body.code]).toEqual([409, 'deja_encaisse']);
    expect((await payer(paiementId, 'remboursement')).body).toMatchObject({ code: 'remboursement_non_du', statut: 'encaisse' });
  });

  it('cent encaissements à la fois : un seul passe', async () => {
    const [, paiementId] = await du();
    const codes = (await Promise.all(Array.from({ length: 100 }, () => payer(paiementId, 'encaissement')))).map(({ status }) => status);
    expect([codes.filter((code) => code === 200).length, codes.filter((code) => code === 409).length]).toEqual([1, 99]);
  });

  it('la même demande rejouée rend la même réponse', async () => {
    const [, paiementId] = await du();
    const cle = { 'idempotency-key': `encaisser-${engine}-000001` };
    const [un, deux] = [await payer(paiementId, 'encaissement', {}, cle), await payer(paiementId, 'encaissement', {}, cle)];
    expect([deux.status, deux.body, deux.headers.get('idempotent-replayed')]).toEqual([200, un.body, 'true']);
    expect((await payer(paiementId, 'encaissement', { montantCentimes: 500 }, cle)).body.code).toBe('demande_differente');
  });

  it('un montant inexact ne change rien et dit le bon', async () => {
    const [, paiementId] = await du();
    expect((await payer(paiementId, 'encaissement', { montantCentimes: 400 })).body).toMatchObject({
      code: 'montant_incorrect',
      montantCentimes: 500,
    });
    expect((await payer(paiementId, 'encaissement', { montantCentimes: 500 })).body.statut).toBe('encaisse');
  });

  it('If-Match : perdu, rien ne change', async () => {
    const [, paiementId] = await du();
    expect((await payer(paiementId, 'encaissement', {}, { 'if-match': '"2"' })).status).toBe(412);
    expect((await payer(paiementId, 'encaissement', {}, { 'if-match': '"1"' })).status).toBe(200);
  });

  it('se désister annule ce qui était dû, et la promotion doit à son tour', async () => {
    const [id, paiementId] = await du();
    await inscrire(id, membres[1]);
    await desister(id, membres[0]);
    await attendre(id, membres[0], 'annule');
    await attendre(id, membres[1], 'du');
    expect((await payer(paiementId, 'encaissement')).body.code).toBe('paiement_annule');
  });

  it('annuler la séance rembourse ce qui était encaissé, une fois', async () => {
    const [id, paiementId] = await du();
    await payer(paiementId, 'encaissement');
    await annuler(id);
    await attendre(id, membres[0], 'a_rembourser');
    expect((await payer(paiementId, 'remboursement')).body).toMatchObject({ statut: 'rembourse', version: 4 });
    expect((await payer(paiementId, 'remboursement')).body.code).toBe('remboursement_non_du');
  });

  it('se désister trop tard laisse au club ce qui était encaissé', async () => {
    const bientot = new Date(Date.now() + 3_600_000).toISOString();
    const [id, paiementId] = await du({ debut: bientot, fin: '2036-01-15T21:00:00Z' });
    await payer(paiementId, 'encaissement');
    await desister(id, membres[0]);
    await attendre(id, membres[0], 'conserve');
    expect((await payer(paiementId, 'encaissement')).body.code).toBe('deja_encaisse');
  });

  it('revenir fait devoir à nouveau, sous une autre inscription', async () => {
    const [id] = await du();
    await desister(id, membres[0]);
    await attendre(id, membres[0], 'annule');
    await inscrire(id, membres[0]);
    await expect
      .poll(async () => (await de(id)).map((un) => String(un.statut)).toSorted(), { timeout: 10_000, interval: 20 })
      .toEqual(['annule', 'du']);
  });

  it('la liste se filtre et se tourne page à page', async () => {
    const parMembre = (await club.get(`${P}?membreId=${membres[0]}&statut=du&limite=1`)).body.elements;
    expect(parMembre).toHaveLength(1);
    const vus: string[] = [];
    let lien: string | undefined = `${P}?limite=2`;
    while (lien !== undefined) {
      const page = await club.get(lien);
      vus.push(...page.body.elements.map((un: Answer['body']) => un.id));
      lien = /<([^>]+)>; rel="next"/.exec(page.headers.get('link') ?? '')?.[1];
    }
    expect(vus).toEqual((await club.get(`${P}?limite=100`)).body.elements.map((un: Answer['body']) => un.id));
    expect((await club.get(`${P}?membreId=mem_inconnu`)).body).toEqual({ elements: [] });
    expect((await club.get(`${P}?statut=perdu`)).body).toMatchObject({ code: 'demande_invalide', champs: [{ champ: 'statut' }] });
    expect((await club.get(`${P}?apres=n-importe-quoi`)).body.code).toBe('curseur_invalide');
  });

  it.each([
    ['ordinaire', 'pai_inconnu'],
    ['avec espace', 'n’importe quoi'],
    ['long', 'x'.repeat(500)],
    ['nul', '\u0000'],
  ])('un paiement inconnu : 404 (%s)', async (_, id) => {
    const chemin = encodeURIComponent(id);
    expect((await club.get(`${P}/${chemin}`)).body.code).toBe('paiement_inconnu');
    expect((await payer(chemin, 'encaissement')).body.code).toBe('paiement_inconnu');
    expect((await payer(chemin, 'remboursement')).status).toBe(404);
  });
});
