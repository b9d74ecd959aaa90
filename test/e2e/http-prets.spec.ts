import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ClubHttp, M, toutes } from '../support/club-instance.js';
import { engines } from '../support/databases.js';
import { JOUR, O, P, PretsHttp } from '../support/prets-http.js';

const REGLES = {
  dureeJours: 21,
  prolongations: 1,
  prolongationJours: 21,
  prolongationDesJours: 7,
  retraitJours: 7,
  rappelJours: 3,
  relancesJours: [3, 10, 21],
  pretsMax: 5,
  reservationsMax: 3,
};

describe.each(engines)('les prêts à la porte, sur %s', (engine) => {
  let club: ClubHttp;
  let prets: PretsHttp;
  let ana: string, bo: string, cy: string;
  beforeAll(async () => {
    club = await ClubHttp.ouvrir(engine);
    prets = new PretsHttp(club);
    [ana, bo, cy] = (await club.membres(3)) as [string, string, string];
  });
  afterAll(() => club.fermer());

  it('ajouter un ouvrage : 201, Location, le corps exact de la lecture', async () => {
    const ne = await club.http.send(O, { titre: '  Germinal ', auteur: 'Émile Zola', isbn: '2-07-041142-7', exemplaires: 2 });
    expect([ne.status, ne.body.champs ?? null]).toEqual([201, null]);
    expect(ne.body).toEqual({
      id: expect.stringMatching(/^ouv_[0-9a-z]{26}$/),
      titre: 'Germinal',
      auteur: 'Émile Zola',
      isbn: '9782070411429',
      exemplaires: [1, 2].map(() => ({ id: expect.stringMatching(/^exe_[0-9a-z]{26}$/), statut: 'disponible' })),
      disponibles: 2,
      reservations: [],
      version: 1,
    });
    const lu = await club.http.get(ne.headers.get('location')!);
    expect([lu.status, lu.body, lu.headers.get('etag')]).toEqual([200, ne.body, '"1"']);
    expect((await club.http.get(`${O}/${ne.body.id}`, { 'if-none-match': '"1"' })).status).toBe(304);
  });

  it('le même ajout deux fois n’en fait qu’un ; le même emprunt aussi, et il répond le même prêt', async () => {
    const cle = { 'idempotency-key': `ajouter-${engine}-00001` };
    const [un, deux] = [await club.http.send(O, { titre: 'Nana' }, cle), await club.http.send(O, { titre: 'Nana' }, cle)];
    expect([deux.status, deux.body, deux.headers.get('idempotent-replayed')]).toEqual([201, un.body, 'true']);
    const clePret = { 'idempotency-key': `emprunt-${engine}-00001` };
    const essais = await Promise.all([1, 2, 3].map(() => prets.emprunter(un.body.id, ana, {}, clePret)));
    expect(new Set(essais.map(({ status, body }) => `${status} ${body.id}`)).size).toBe(1);
    expect((await prets.emprunter(un.body.id, bo, {}, clePret)).body.code).toBe('demande_differente');
    await prets.demander(essais[0]!.body.id, 'retour');
  });

  it('emprunter : 201, Location, le corps exact de la lecture, à l’heure du club', async () => {
    const ouvrageId = await prets.ajouter();
    const pret = await prets.emprunter(ouvrageId, ana);
    expect(pret.status).toBe(201);
    expect(pret.body).toEqual({
      id: expect.stringMatching(/^pre_[0-9a-z]{26}$/),
      ouvrageId,
      exemplaireId: (await prets.ouvrage(ouvrageId)).body.exemplaires[0].id,
      membreId: ana,
      statut: 'en_cours',
      ouvertLe: expect.stringMatching(/\+0[12]:00$/),
      echeance: expect.stringMatching(/T23:59:59\+0[12]:00$/),
      prolongations: 0,
      relance: 0,
      renduLe: null,
      retardJours: null,
      version: 1,
    });
    const lu = await club.http.get(pret.headers.get('location')!);
    expect([lu.body, lu.headers.get('etag')]).toEqual([pret.body, '"1"']);
    expect((await club.http.get(pret.headers.get('location')!, { 'if-none-match': '"1"' })).status).toBe(304);
    expect((await prets.ouvrage(ouvrageId)).body).toMatchObject({
      exemplaires: [{ statut: 'prete', pretId: pret.body.id }],
      disponibles: 0,
      version: 2,
    });
    const rendu = await prets.demander(pret.body.id, 'retour');
    expect(rendu.body).toMatchObject({ statut: 'rendu', retardJours: 0, version: 2 });
    expect((await prets.pret(pret.body.id)).body).toEqual(rendu.body);
    const encore = await prets.demander(pret.body.id, 'retour');
    expect([encore.status, encore.body]).toEqual([200, rendu.body]);
  });

  it('ce que chaque demande répond est ce que la lecture montre ensuite', async () => {
    const ouvrageId = await prets.ajouter(2);
    const comme = async (reponse: { body: { id: string; version: number } }, lire: (id: string) => Promise<{ body: unknown }>) =>
      expect((await lire(reponse.body.id)).body).toEqual(reponse.body);
    const lireOuvrage = (id: string) => prets.ouvrage(id);
    const lirePret = (id: string) => prets.pret(id);
    await comme(await club.http.send(`${O}/${ouvrageId}/exemplaires`), lireOuvrage);
    const [un, deux, trois] = (await prets.ouvrage(ouvrageId)).body.exemplaires.map((e: { id: string }) => e.id) as string[];
    const premier = await prets.emprunter(ouvrageId, ana, { exemplaireId: un });
    const second = await prets.emprunter(ouvrageId, bo, { exemplaireId: deux });
    await comme(premier, lirePret);
    await comme(await club.http.send(`${O}/${ouvrageId}/exemplaires/${trois}`, undefined, {}, 'DELETE'), lireOuvrage);
    expect((await prets.reserver(ouvrageId, cy)).body).toEqual({ membreId: cy, rang: 1, position: 1, version: expect.any(Number) });
    await comme(await prets.demander(second.body.id, 'perte'), lirePret);
    expect((await prets.ouvrage(ouvrageId)).body.exemplaires).toEqual([
      { id: un, statut: 'prete', pretId: premier.body.id },
      { id: deux, statut: 'perdu' },
    ]);
    await comme(await prets.demander(premier.body.id, 'retour', { etat: 'abime' }), lirePret);
    await comme(await club.http.send(`${O}/${ouvrageId}/exemplaires/${un}/remise-en-rayon`), lireOuvrage);
    expect((await prets.ouvrage(ouvrageId)).body).toMatchObject({
      exemplaires: [{ statut: 'mis_de_cote', pourMembreId: cy, retraitAvant: expect.stringMatching(/\+0[12]:00$/) }, { statut: 'perdu' }],
      reservations: [{ membreId: cy, rang: 1, statut: 'mise_de_cote' }],
    });
    await comme(await prets.annuler(ouvrageId, cy), lireOuvrage);
    await comme(await prets.demander(second.body.id, 'retrouvaille'), lirePret);
    expect((await prets.ouvrage(ouvrageId)).body).toMatchObject({ disponibles: 2, reservations: [] });
  });

  it('sous If-Match périmé, 412 et rien ne change ; c’est la version du prêt qui compte pour un prêt', async () => {
    const ouvrageId = await prets.ajouter();
    const { body } = await prets.emprunter(ouvrageId, ana);
    const perdu = await prets.demander(body.id, 'retour', {}, { 'if-match': '"2"' });
    expect([perdu.status, perdu.body.code, perdu.body.version]).toEqual([412, 'precondition_perdue', 1]);
    expect((await prets.demander(body.id, 'retour', {}, { 'if-match': '"1"' })).status).toBe(200);
    expect((await club.http.send(`${O}/${ouvrageId}/exemplaires`, undefined, { 'if-match': '"1"' })).body.code).toBe('precondition_perdue');
  });

  it('l’histoire d’un ouvrage et celle d’un prêt se lisent dans l’ordre, chacune la sienne', async () => {
    const ouvrageId = await prets.ajouter();
    const { body } = await prets.emprunter(ouvrageId, ana);
    await prets.demander(body.id, 'retour');
    const types = async (de: string) => (await toutes<{ type: string }>(club.http, `${de}/faits?limite=1`)).map((fait) => fait.type);
    expect(await types(`${O}/${ouvrageId}`)).toEqual(['OuvrageAjoute', 'ExemplairePrete', 'ExemplaireRemisEnRayon']);
    expect(await types(`${P}/${body.id}`)).toEqual(['PretOuvert', 'PretRendu']);
    expect((await club.http.get(`${O}/${body.id}/faits`)).body.code).toBe('ouvrage_inconnu');
    expect((await club.http.get(`${P}/${ouvrageId}/faits`)).body.code).toBe('pret_inconnu');
    expect((await club.http.get(`/api/v1/seances/${ouvrageId}/faits`)).body.code).toBe('seance_inconnue');
  });

  it('la liste des prêts : ceux en cours par échéance, les plus en retard d’abord, puis les clos ; filtrée, de page en page', async () => {
    const [lea] = (await club.membres(1)) as [string];
    const ouvrageId = await prets.ajouter(5);
    const ids: string[] = [];
    for (let i = 0; i < 4; i++) {
      ids.push((await prets.emprunter(ouvrageId, lea)).body.id);
      club.clock.jump(JOUR);
    }
    await prets.demander(ids[1]!, 'retour');
    const liste = (query: string) => prets.liste(`?membreId=${lea}&limite=2${query}`);
    expect((await liste('')).map((un) => un.id)).toEqual([ids[0], ids[2], ids[3], ids[1]]);
    expect((await liste('&statut=rendu')).map((un) => un.id)).toEqual([ids[1]]);
    expect((await liste('&statut=en_cours')).map((un) => un.id)).toEqual([ids[0], ids[2], ids[3]]);
    expect(await liste('&enRetard=true')).toEqual([]);
    club.clock.jump(19 * JOUR);
    expect((await liste('&enRetard=true')).map((un) => un.id)).toEqual([ids[0]]);
    expect((await liste('&enRetard=false')).map((un) => un.id)).toEqual([ids[2], ids[3], ids[1]]);
    expect((await prets.liste(`?ouvrageId=${ouvrageId}`)).length).toBe(4);
    expect(await prets.liste(`?membreId=${encodeURIComponent("' OR 1=1")}`)).toEqual([]);
    for (const id of [0, 2, 3]) await prets.demander(ids[id]!, 'retour');
    const tous = await toutes<{ id: string }>(club.http, `${O}?limite=2`);
    expect(new Set(tous.map((un) => un.id)).size).toBe(tous.length);
    expect((await club.http.get(`${P}?statut=vole&enRetard=oui`)).body.champs.map((un: { champ: string }) => un.champ)).toEqual([
      'statut',
      'enRetard',
    ]);
  });

  describe('le règlement et le calendrier', () => {
    it('se lisent, se remplacent d’un coup, et valent dès la réponse', async () => {
      const avant = await club.http.get('/api/v1/reglement');
      expect([avant.body, avant.headers.get('etag')]).toEqual([{ ...REGLES, version: 1 }, '"1"']);
      const cle = { 'idempotency-key': `reglement-${engine}-0001`, 'if-match': '"1"' };
      const change = await club.http.send('/api/v1/reglement', { ...REGLES, dureeJours: 7 }, cle, 'PUT');
      expect([change.status, change.body, change.headers.get('etag')]).toEqual([200, { ...REGLES, dureeJours: 7, version: 2 }, '"2"']);
      const ouvrageId = await prets.ajouter();
      const { body } = await prets.emprunter(ouvrageId, ana);
      const jours = (Date.parse(body.echeance) - club.clock.now()) / JOUR;
      expect(Math.floor(jours)).toBe(7);
      await prets.demander(body.id, 'retour');
      expect((await club.http.send('/api/v1/reglement', { ...REGLES, dureeJours: 7 }, cle, 'PUT')).headers.get('idempotent-replayed')).toBe(
        'true',
      );
      expect((await club.http.send('/api/v1/reglement', REGLES, { 'if-match': '"1"' }, 'PUT')).body.code).toBe('precondition_perdue');
      expect((await club.http.send('/api/v1/reglement', REGLES, {}, 'PUT')).body.version).toBe(3);
    });

    it('un jour fermé repousse l’échéance au prochain jour ouvert', async () => {
      const sauf = ['lundi', 'mardi', 'mercredi', 'jeudi', 'vendredi', 'samedi'];
      const ferme = { joursFermes: [...sauf, 'lundi'].toReversed(), datesFermees: ['2032-12-25', '2032-05-01', '2032-05-01'] };
      const { body } = await club.http.send('/api/v1/calendrier', ferme, {}, 'PUT');
      expect(body).toEqual({ joursFermes: sauf, datesFermees: ['2032-05-01', '2032-12-25'], version: 2 });
      expect((await club.http.get('/api/v1/calendrier')).body).toEqual(body);
      const pret = await prets.emprunter(await prets.ajouter(), ana);
      expect(new Date(Date.parse(pret.body.echeance)).getUTCDay()).toBe(0);
      await prets.demander(pret.body.id, 'retour');
      await club.http.send('/api/v1/calendrier', { joursFermes: [], datesFermees: [] }, {}, 'PUT');
    });

    it.each<[string, string, object, string[]]>([
      ['reglement', 'tout manque', {}, Object.keys(REGLES)],
      [
        'reglement',
        'des nombres absurdes',
        { ...REGLES, dureeJours: 0, pretsMax: -1, rappelJours: 1.5 },
        ['dureeJours', 'pretsMax', 'rappelJours'],
      ],
      ['reglement', 'des relances qui ne croissent pas', { ...REGLES, relancesJours: [3, 3, 21] }, ['relancesJours']],
      ['reglement', 'deux relances', { ...REGLES, relancesJours: [3, 10] }, ['relancesJours']],
      ['reglement', 'un champ inconnu', { ...REGLES, amende: 3 }, ['amende']],
      [
        'calendrier',
        'toute la semaine',
        { joursFermes: ['lundi', 'mardi', 'mercredi', 'jeudi', 'vendredi', 'samedi', 'dimanche'], datesFermees: [] },
        ['joursFermes'],
      ],
      [
        'calendrier',
        'ni jours ni dates',
        { joursFermes: ['lundy'], datesFermees: ['2032-02-30', 3] },
        ['joursFermes.0', 'datesFermees.0', 'datesFermees.1'],
      ],
    ])('%s, %s : 422 avec chaque champ', async (quoi, _, corps, champs) => {
      const { status, body } = await club.http.send(`/api/v1/${quoi}`, corps, {}, 'PUT');
      expect([status, body.code]).toEqual([422, 'demande_invalide']);
      expect([...new Set<string>(body.champs.map((un: { champ: string }) => un.champ))].toSorted()).toEqual(champs.toSorted());
    });
  });

  describe('ce qui n’existe pas : 404, quelle que soit sa forme', () => {
    it.each(['zzz', 'ouv_01jd3xq7r5t8v2w4y6z8a0b2c4', 'a'.repeat(5000), 'é', "' OR 1=1", '__proto__'])('%s', async (id) => {
      const [ouvrage, pret] = [`${O}/${encodeURIComponent(id)}`, `${P}/${encodeURIComponent(id)}`];
      const send = club.http.send;
      const desOuvrages = [
        await club.http.get(ouvrage),
        await club.http.get(`${ouvrage}/faits`),
        await send(`${ouvrage}/exemplaires`),
        await send(`${ouvrage}/exemplaires/x/remise-en-rayon`),
        await send(`${ouvrage}/exemplaires/x`, undefined, {}, 'DELETE'),
        await send(`${ouvrage}/reservations`, { membreId: ana }),
        await send(`${ouvrage}/reservations/${ana}`, undefined, {}, 'DELETE'),
        await prets.emprunter(id, ana),
      ];
      expect(desOuvrages.map((une) => [une.status, une.body.code])).toEqual(desOuvrages.map(() => [404, 'ouvrage_inconnu']));
      const quoi = ['retour', 'prolongation', 'relance', 'perte', 'retrouvaille'];
      const desPrets = [await club.http.get(pret), await club.http.get(`${pret}/faits`)];
      for (const un of quoi) desPrets.push(await send(`${pret}/${un}`));
      expect(desPrets.map((une) => [une.status, une.body.code])).toEqual(desPrets.map(() => [404, 'pret_inconnu']));
    });

    it.each(['zzz', '', 'mem_01jd3xq7r5t8v2w4y6z8a0b2c4', 'a'.repeat(5000), '\u0000'])('membre %j', async (membreId) => {
      const ouvrageId = await prets.ajouter();
      for (const une of [await prets.emprunter(ouvrageId, membreId), await prets.reserver(ouvrageId, membreId)])
        expect([une.status, une.body.code]).toEqual([404, 'membre_inconnu']);
      const ailleurs = await prets.emprunter(ouvrageId, ana, { exemplaireId: membreId });
      expect([ailleurs.status, ailleurs.body.code]).toEqual([404, 'exemplaire_inconnu']);
      expect((await prets.ouvrage(ouvrageId)).body.version).toBe(1);
    });
  });

  it.each<[string, string, object, string[]]>([
    ['ouvrages', 'tout manque', {}, ['titre']],
    ['ouvrages', 'des textes vides, trop longs', { titre: ' ', auteur: 'a'.repeat(201) }, ['titre', 'auteur']],
    ['ouvrages', 'des exemplaires impossibles', { titre: 'x', exemplaires: 101 }, ['exemplaires']],
    ['ouvrages', 'de mauvais types', { titre: 3, auteur: [], isbn: 9, exemplaires: '2' }, ['titre', 'auteur', 'isbn', 'exemplaires']],
    ['ouvrages', 'des champs inconnus', { titre: 'x', prix: 3 }, ['prix']],
    ['prets', 'tout manque', {}, ['ouvrageId', 'membreId']],
    [
      'prets',
      'des identifiants qui ne sont pas des textes',
      { ouvrageId: 1, membreId: {}, exemplaireId: [] },
      ['ouvrageId', 'membreId', 'exemplaireId'],
    ],
    ['prets/x/retour', 'un état inconnu', { etat: 'brûlé' }, ['etat']],
    ['prets/x/relance', 'un niveau qui n’existe pas', { niveau: 4 }, ['niveau']],
    ['prets/x/prolongation', 'un champ de trop', { jours: 90 }, ['jours']],
    ['ouvrages/x/reservations', 'sans membre', { membreId: null }, ['membreId']],
  ])('%s, %s : 422 avec chaque champ', async (quoi, _, corps, champs) => {
    const { status, body } = await club.http.send(`/api/v1/${quoi}`, corps);
    expect([status, body.code]).toEqual([422, 'demande_invalide']);
    expect(body.champs.map((un: { champ: string }) => un.champ).toSorted()).toEqual(champs.toSorted());
  });

  it.each(['123', '978-2-07-041142-0', 'abcdefghij', '2070411423x'])('ISBN %s : 422 isbn_invalide', async (isbn) => {
    const { status, body } = await club.http.send(O, { titre: 'x', isbn });
    expect([status, body.code]).toEqual([422, 'isbn_invalide']);
  });

  it('une demande acceptée garde sa réponse après l’effacement du membre', async () => {
    const [passant] = (await club.membres(1)) as [string];
    const ouvrageId = await prets.ajouter();
    const cle = { 'idempotency-key': `passant-${engine}-prets-01` };
    const un = await prets.emprunter(ouvrageId, passant, {}, cle);
    await prets.demander(un.body.id, 'retour');
    expect((await club.http.send(`${M}/${passant}`, undefined, {}, 'DELETE')).status).toBe(200);
    const encore = await prets.emprunter(ouvrageId, passant, {}, cle);
    expect([encore.status, encore.body, encore.headers.get('idempotent-replayed')]).toEqual([201, un.body, 'true']);
    expect((await prets.emprunter(ouvrageId, passant)).body.code).toBe('membre_inconnu');
  });
});
