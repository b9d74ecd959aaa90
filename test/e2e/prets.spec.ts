import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ClubHttp, jusqua, M } from '../support/club-instance.js';
import { engines } from '../support/databases.js';
import type { Answer } from '../support/instance.js';
import { JOUR, O, PretsHttp } from '../support/prets-http.js';

const dit = ({ status, body }: Answer) => [status, body.code ?? body.statut];

describe.each(engines)('les prêts, par leur porte, sur %s', (engine) => {
  let club: ClubHttp;
  let prets: PretsHttp;
  beforeAll(async () => {
    club = await ClubHttp.ouvrir(engine);
    prets = new PretsHttp(club);
  });
  afterAll(() => club.fermer());

  const effacer = (membre: string) => club.http.send(`${M}/${membre}`, undefined, {}, 'DELETE');
  const membre = async (id: string) => (await club.http.get(`${M}/${id}`)).body;

  it('cinq prêts au plus, tous ouvrages confondus, même demandés tous à la fois', async () => {
    const [ana] = (await club.membres(1)) as [string];
    const ouvrages = await Promise.all(Array.from({ length: 8 }, () => prets.ajouter()));
    const reponses = await Promise.all(ouvrages.map((ouvrage) => prets.emprunter(ouvrage, ana)));
    expect(reponses.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 201, 201, 201, 201, 409, 409, 409]);
    expect(reponses.filter(({ status }) => status === 409).map(({ body }) => body.code)).toEqual(Array(3).fill('limite_prets_atteinte'));
    expect(await prets.liste(`?membreId=${ana}&statut=en_cours`)).toHaveLength(5);
    await prets.demander(reponses.find(({ status }) => status === 201)!.body.id, 'retour');
    const refuse = ouvrages[reponses.findIndex(({ status }) => status === 409)]!;
    expect((await prets.emprunter(refuse, ana)).status).toBe(201);
  });

  it('trois réservations au plus, de même', async () => {
    const [lectrice, ana] = (await club.membres(2)) as [string, string];
    const [autre] = (await club.membres(1)) as [string];
    const ouvrages = await Promise.all(Array.from({ length: 5 }, () => prets.ajouter()));
    for (const [i, ouvrage] of ouvrages.entries()) await prets.emprunter(ouvrage, i < 3 ? lectrice : autre);
    const reponses = await Promise.all(ouvrages.map((ouvrage) => prets.reserver(ouvrage, ana)));
    expect(reponses.filter(({ status }) => status === 201)).toHaveLength(3);
    expect(reponses.filter(({ status }) => status !== 201).map(dit)).toEqual(Array(2).fill([409, 'limite_reservations_atteinte']));
  });

  it('un exemplaire, un lecteur : douze le veulent ensemble, un l’emporte', async () => {
    const [foule, ouvrage] = [await club.membres(12), await prets.ajouter()];
    const reponses = await Promise.all(foule.map((un) => prets.emprunter(ouvrage, un)));
    expect(reponses.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(new Set(reponses.filter(({ status }) => status !== 201).map(({ body }) => body.code))).toEqual(
      new Set(['exemplaire_indisponible']),
    );
  });

  it('la file est servie dans l’ordre ; un retrait qui n’est pas fait passe au suivant', async () => {
    const [ana, bo, cy] = (await club.membres(3)) as [string, string, string];
    const ouvrage = await prets.ajouter();
    const { body } = await prets.emprunter(ouvrage, ana);
    expect((await prets.reserver(ouvrage, bo)).body).toMatchObject({ rang: 1, position: 1 });
    expect((await prets.reserver(ouvrage, cy)).body).toMatchObject({ rang: 2, position: 2 });
    expect(dit(await prets.reserver(ouvrage, bo))).toEqual([409, 'deja_reserve']);
    expect(dit(await prets.reserver(ouvrage, ana))).toEqual([409, 'deja_emprunte_par_vous']);
    expect(dit(await prets.demander(body.id, 'prolongation'))).toEqual([409, 'ouvrage_reserve']);
    await prets.demander(body.id, 'retour');
    expect((await prets.ouvrage(ouvrage)).body.exemplaires[0]).toMatchObject({ statut: 'mis_de_cote', pourMembreId: bo });
    const exemplaireId = (await prets.ouvrage(ouvrage)).body.exemplaires[0].id;
    expect(dit(await prets.emprunter(ouvrage, cy, { exemplaireId }))).toEqual([409, 'exemplaire_mis_de_cote']);
    club.clock.jump(9 * JOUR);
    await jusqua('cy est servie', async () => (await prets.ouvrage(ouvrage)).body.exemplaires[0].pourMembreId === cy);
    expect((await prets.emprunter(ouvrage, cy)).status).toBe(201);
    expect((await prets.ouvrage(ouvrage)).body).toMatchObject({ reservations: [], disponibles: 0 });
  });

  it('à la troisième relance, plus rien ne s’emprunte avant le retour ; cela se voit chez le membre, et sa version le dit', async () => {
    const [ana] = (await club.membres(1)) as [string];
    const [un, deux] = [await prets.ajouter(), await prets.ajouter()];
    const { body } = await prets.emprunter(un, ana);
    expect(await membre(ana)).toMatchObject({ suspenduPourRetard: false, version: 1 });
    for (const relance of [1, 2, 3]) {
      club.clock.jump(relance === 1 ? 25 * JOUR : 10 * JOUR);
      await jusqua(`relance ${relance}`, async () => (await prets.pret(body.id)).body.relance >= relance);
    }
    expect(await membre(ana)).toMatchObject({ suspenduPourRetard: true, version: 2 });
    expect(dit(await prets.emprunter(deux, ana))).toEqual([409, 'membre_suspendu']);
    expect((await prets.liste('?enRetard=true')).map((pret) => pret.id)).toContain(body.id);
    await prets.demander(body.id, 'retour');
    expect(await membre(ana)).toMatchObject({ suspenduPourRetard: false, version: 3 });
    expect((await prets.emprunter(deux, ana)).status).toBe(201);
  });

  it('un membre suspendu par le club n’emprunte pas et ne prolonge pas, mais réserve et rend', async () => {
    const [ana, bo] = (await club.membres(2)) as [string, string];
    const [un, deux, trois] = [await prets.ajouter(), await prets.ajouter(), await prets.ajouter()];
    const { body } = await prets.emprunter(un, ana);
    await prets.emprunter(trois, bo);
    const jusquA = new Date(club.clock.now() + 30 * JOUR).toISOString();
    await club.http.send(`${M}/${ana}`, { suspenduJusqua: jusquA }, {}, 'PATCH');
    expect(dit(await prets.emprunter(deux, ana))).toEqual([409, 'membre_suspendu']);
    expect(dit(await prets.demander(body.id, 'prolongation'))).toEqual([409, 'membre_suspendu']);
    expect((await prets.reserver(trois, ana)).status).toBe(201);
    expect((await prets.demander(body.id, 'retour')).status).toBe(200);
    await club.http.send(`${M}/${ana}`, { suspenduJusqua: null }, {}, 'PATCH');
    expect((await prets.emprunter(deux, ana)).status).toBe(201);
  });

  it('on n’efface pas qui a un livre chez lui ; une fois effacé, ses réservations passent aux suivants', async () => {
    const [parti, ana, bo] = (await club.membres(3)) as [string, string, string];
    const [un, deux] = [await prets.ajouter(), await prets.ajouter()];
    const { body } = await prets.emprunter(un, parti);
    const retenu = await effacer(parti);
    expect([...dit(retenu), retenu.body.prets]).toEqual([409, 'prets_en_cours', 1]);
    await prets.demander(body.id, 'retour');
    const chezAna = await prets.emprunter(deux, ana);
    await prets.reserver(deux, parti);
    await prets.reserver(deux, bo);
    await prets.demander(chezAna.body.id, 'retour');
    expect((await prets.ouvrage(deux)).body.exemplaires[0].pourMembreId).toBe(parti);
    expect((await effacer(parti)).status).toBe(200);
    await jusqua('bo est servi', async () => (await prets.ouvrage(deux)).body.exemplaires[0].pourMembreId === bo);
    expect((await prets.ouvrage(deux)).body.reservations).toEqual([{ membreId: bo, rang: 2, statut: 'mise_de_cote' }]);
    expect(dit(await prets.emprunter(un, parti))).toEqual([404, 'membre_inconnu']);
    expect(dit(await prets.reserver(un, parti))).toEqual([404, 'membre_inconnu']);
  });

  it('relancée, l’instance retrouve ses ouvrages, ses prêts, ses files et son règlement', async () => {
    const [ana, bo] = (await club.membres(2)) as [string, string];
    const ouvrage = await prets.ajouter();
    const { body } = await prets.emprunter(ouvrage, ana);
    await prets.reserver(ouvrage, bo);
    const avant = (await prets.ouvrage(ouvrage)).body;
    const { version: _, ...regles } = (await club.http.get('/api/v1/reglement')).body;
    await club.http.send('/api/v1/reglement', { ...regles, pretsMax: 1 }, {}, 'PUT');
    await club.relancer();
    expect((await prets.ouvrage(ouvrage)).body).toEqual(avant);
    expect(dit(await prets.emprunter(await prets.ajouter(), ana))).toEqual([409, 'limite_prets_atteinte']);
    expect(dit(await prets.demander(body.id, 'prolongation'))).toEqual([409, 'ouvrage_reserve']);
    expect((await prets.demander(body.id, 'retour')).body.statut).toBe('rendu');
    expect((await club.http.get(`${O}/${ouvrage}`)).body.exemplaires[0].pourMembreId).toBe(bo);
    await club.http.send('/api/v1/reglement', regles, {}, 'PUT');
  });
});
