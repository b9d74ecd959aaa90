import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engines } from '../support/databases.js';
import { startInstance, type TestInstance } from '../support/instance.js';

const S = '/api/v1/seances';
const FICHE = { titre: 'Germinal', debut: '2036-01-15T18:00:00Z', fin: '2036-01-15T21:00:00+01:00', places: 2 };
const PARIS = { debut: '2036-01-15T19:00:00+01:00', fin: '2036-01-15T21:00:00+01:00' };

describe.each(engines)('les séances, sur %s', (engine) => {
  let club: TestInstance;
  const membres: string[] = [];

  beforeAll(async () => {
    club = await startInstance(engine);
    for (let i = 0; i < 6; i++) membres.push((await club.send('/api/v1/membres', { nom: `Membre ${i}` })).body.id);
  });
  afterAll(() => club.end());

  const planifier = async (fiche: object = {}): Promise<string> => (await club.send(S, { ...FICHE, ...fiche })).body.id;
  const inscrire = (id: string, membreId: unknown, plus: object = {}) => club.send(`${S}/${id}/inscriptions`, { membreId, ...plus });

  it('planifier : 201, Location, le corps exact de la lecture, et l’heure du lieu', async () => {
    const born = await club.send(S, FICHE);
    expect(born.status).toBe(201);
    expect(born.body).toEqual({
      id: expect.stringMatching(/^sea_[0-9a-z]{26}$/),
      titre: 'Germinal',
      ...PARIS,
      fuseau: 'Europe/Paris',
      lieu: null,
      statut: 'ouverte',
      places: 2,
      placesRestantes: 2,
      inscrits: 0,
      offertes: 0,
      gel: '2036-01-15T17:00:00+01:00',
      enAttente: 0,
      prixCentimes: 0,
      paiement: 'sur_place',
      listeAttenteMax: null,
      version: 1,
    });
    const read = await club.get(born.headers.get('location')!);
    expect([read.body, read.headers.get('etag')]).toEqual([born.body, '"1"']);
    expect((await club.get(`${S}/${born.body.id}`, { 'if-none-match': '"1"' })).status).toBe(304);
  });

  it('la même planification deux fois n’en fait qu’une', async () => {
    const headers = { 'idempotency-key': `planifier-${engine}-00001` };
    const [first, second] = [await club.send(S, FICHE, headers), await club.send(S, FICHE, headers)];
    expect([second.status, second.body, second.headers.get('idempotent-replayed')]).toEqual([201, first.body, 'true']);
  });

  it('de l’inscription au désistement, chacun à son tour', async () => {
    const id = await planifier();
    expect((await inscrire(id, membres[0])).body).toEqual({ statut: 'inscrite', placesRestantes: 1, version: 2 });
    expect((await inscrire(id, membres[1])).status).toBe(201);
    expect((await inscrire(id, membres[2])).body).toEqual({ statut: 'en_attente', rang: 1, position: 1, placesRestantes: 0, version: 4 });
    const refused = await inscrire(id, membres[3], { siComplet: 'refuser' });
    expect([refused.status, refused.body.code, refused.body.places]).toEqual([409, 'seance_complete', 2]);
    expect((await inscrire(id, membres[0])).body.code).toBe('deja_inscrit');
    const list = await club.get(`${S}/${id}/inscriptions`);
    expect(list.body.elements).toEqual([
      { membreId: membres[0], statut: 'inscrite' },
      { membreId: membres[1], statut: 'inscrite' },
      { membreId: membres[2], statut: 'en_attente', rang: 1, position: 1, raison: 'complete' },
    ]);
    for (const [i, membreId] of membres.slice(0, 4).entries())
      expect((await club.get(`${S}/${id}/inscriptions?membreId=${membreId}`)).body.elements).toEqual(list.body.elements.slice(i, i + 1));
    for (const personne of ['mem_inconnu', '%00', '%F0%9F%92%A5', ''])
      expect((await club.get(`${S}/${id}/inscriptions?membreId=${personne}`)).body).toEqual({ elements: [] });
    const left = await club.send(`${S}/${id}/inscriptions/${membres[0]}`, undefined, {}, 'DELETE');
    expect([left.status, left.body]).toEqual([200, { promu: membres[2], placesRestantes: 0, version: 6 }]);
    const read = await club.get(`${S}/${id}`);
    expect(read.body).toMatchObject({ inscrits: 2, enAttente: 0, placesRestantes: 0, version: 6 });
    expect((await club.get(`${S}/${id}/inscriptions?statut=annulee`)).body.elements).toEqual([{ membreId: membres[0], statut: 'annulee' }]);
  });

  it('l’histoire d’une séance se lit dans l’ordre, avec les demandes qui l’ont faite', async () => {
    const id = await planifier();
    const { headers } = await club.send(
      `${S}/${id}/inscriptions`,
      { membreId: membres[0] },
      { 'idempotency-key': `histoire-${engine}-00001` },
    );
    const { body } = await club.get(`${S}/${id}/faits`);
    expect(body.elements.map((fait: { version: number; type: string }) => [fait.version, fait.type])).toEqual([
      [1, 'SeancePlanifiee'],
      [2, 'MembreInscrit'],
    ]);
    expect(body.elements[1]).toMatchObject({
      demandeId: headers.get('idempotency-key'),
      acteur: null,
      donnees: { membreId: membres[0], prixCentimes: 0 },
    });
    expect((await club.get(`${S}/${id}/faits?limite=1`)).headers.get('link')).toMatch(
      /^<\/api\/v1\/seances\/.*\/faits\?limite=1&apres=.*>; rel="next"$/,
    );
  });

  it('chaque demande répond la séance, et son refus quand elle n’est pas possible', async () => {
    const id = await planifier();
    await inscrire(id, membres[0]);
    expect((await club.send(`${S}/${id}`, { places: 3 }, {}, 'PATCH')).body).toMatchObject({ places: 3, placesRestantes: 2 });
    expect((await club.send(`${S}/${id}/fermeture`)).body.statut).toBe('fermee');
    expect((await inscrire(id, membres[1])).body.code).toBe('inscriptions_fermees');
    expect((await club.send(`${S}/${id}/reouverture`)).body.statut).toBe('ouverte');
    expect((await club.send(`${S}/${id}/places`, { membreId: membres[1], motif: 'Anime' })).body).toMatchObject({ places: 4, inscrits: 2 });
    expect((await club.send(`${S}/${id}`, { places: 1 }, {}, 'PATCH')).body).toMatchObject({
      code: 'places_sous_inscrits',
      inscrits: 2,
      status: 409,
    });
    const report = { debut: '2036-02-15T19:00:00+01:00', fin: '2036-02-15T21:00:00+01:00' };
    expect((await club.send(`${S}/${id}/report`, report)).body).toMatchObject(report);
    expect((await club.send(`${S}/${id}/promotions`, { membreId: membres[2], motif: 'x' })).body.code).toBe('pas_en_attente');
    expect((await club.send(`${S}/${id}/presences`, { membreId: membres[0], statut: 'presente' })).body.code).toBe('seance_pas_commencee');
    expect((await club.send(`${S}/${id}/annulation`, { motif: 'Salle fermée' })).body).toMatchObject({ statut: 'annulee', inscrits: 0 });
    expect((await club.send(`${S}/${id}/annulation`, { motif: 'encore' })).body.code).toBe('deja_annulee');
    expect((await club.get(`${S}/${id}`)).body.statut).toBe('annulee');
  });

  it('sous If-Match périmé, 412 et rien ne change ; la clef est regardée avant', async () => {
    const id = await planifier();
    const key = { 'idempotency-key': `if-match-${engine}-000001` };
    expect((await club.send(`${S}/${id}`, { places: 5 }, { 'if-match': '"1"', ...key }, 'PATCH')).body.version).toBe(2);
    expect((await club.send(`${S}/${id}`, { places: 6 }, { 'if-match': '"1"' }, 'PATCH')).body).toMatchObject({
      code: 'precondition_perdue',
      version: 2,
    });
    const replay = await club.send(`${S}/${id}`, { places: 5 }, { 'if-match': '"1"', ...key }, 'PATCH');
    expect([replay.status, replay.headers.get('idempotent-replayed')]).toEqual([200, 'true']);
  });

  it('la liste : celles à venir par date, de page en page, et par statut', async () => {
    const late = await planifier({ debut: '2099-01-01T00:00:00Z', fin: '2099-01-01T01:00:00Z' });
    const early = await planifier({ debut: '2030-01-01T00:00:00Z', fin: '2030-01-01T01:00:00Z' });
    await club.send(`${S}/${late}/fermeture`);
    const seen: { id: string; debut: string }[] = [];
    for (let path: string | undefined = `${S}?limite=3`; path !== undefined;) {
      const page = await club.get(path);
      seen.push(...page.body.elements);
      path = /^<([^>]+)>; rel="next"$/.exec(page.headers.get('link') ?? '')?.[1];
    }
    expect([seen[0]?.id, seen.at(-1)?.id]).toEqual([early, late]);
    expect(new Set(seen.map((one) => one.id)).size).toBe(seen.length);
    expect(seen.map((one) => Date.parse(one.debut))).toEqual(seen.map((one) => Date.parse(one.debut)).toSorted((a, b) => a - b));
    expect((await club.get(`${S}?statut=fermee`)).body.elements.map((one: { id: string }) => one.id)).toEqual([late]);
    expect((await club.get(`${S}?statut=ouvert`)).body.champs[0].champ).toBe('statut');
  });

  describe('ce qui n’existe pas : 404, quelle que soit sa forme', () => {
    it.each(['zzz', 'sea_01jd3xq7r5t8v2w4y6z8a0b2c4', 'a'.repeat(5000), 'é', "' OR 1=1"])('séance %s', async (id) => {
      const path = `${S}/${encodeURIComponent(id)}`;
      const answers = [
        await club.get(path),
        await club.get(`${path}/inscriptions`),
        await club.get(`${path}/faits`),
        await club.send(path, { places: 3 }, {}, 'PATCH'),
        await club.send(`${path}/inscriptions`, { membreId: membres[0] }),
        await club.send(`${path}/fermeture`),
      ];
      expect(answers.map((one) => [one.status, one.body.code])).toEqual(answers.map(() => [404, 'seance_inconnue']));
    });

    it.each(['zzz', '', 'mem_01jd3xq7r5t8v2w4y6z8a0b2c4', 'a'.repeat(5000), '\u0000'])('membre %j', async (membreId) => {
      const id = await planifier();
      expect((await inscrire(id, membreId)).body).toMatchObject({ status: 404, code: 'membre_inconnu' });
      expect((await club.send(`${S}/${id}/places`, { membreId, motif: 'x' })).body.code).toBe('membre_inconnu');
      expect((await club.get(`${S}/${id}`)).body.version).toBe(1);
    });
  });

  describe('ce qui est mal dit : 422 avec chaque champ, et rien n’est changé', () => {
    it.each<[string, object, string[]]>([
      ['tout manque', {}, ['titre', 'debut', 'fin', 'places']],
      ['dates sans décalage', { ...FICHE, debut: '2036-01-15T18:00:00', fin: '2036-01-15' }, ['debut', 'fin']],
      ['dates qui n’existent pas', { ...FICHE, debut: '2036-02-30T18:00:00Z', fin: '2036-13-01T18:00:00Z' }, ['debut', 'fin']],
      ['fuseau inconnu', { ...FICHE, fuseau: 'Europe/Pari' }, ['fuseau']],
      ['nombres absurdes', { ...FICHE, places: 0, prixCentimes: -1, listeAttenteMax: 1.5 }, ['places', 'prixCentimes', 'listeAttenteMax']],
      ['nombres énormes', { ...FICHE, places: 100_001, prixCentimes: 1e21 }, ['places', 'prixCentimes']],
      ['mauvais types', { titre: 3, debut: 1, fin: null, places: '2', lieu: [] }, ['titre', 'debut', 'fin', 'places', 'lieu']],
      ['textes trop longs', { ...FICHE, titre: 'a'.repeat(10_000), lieu: ' ' }, ['titre', 'lieu']],
      ['champs inconnus', { ...FICHE, statut: 'ouverte', inscrits: 3 }, ['statut', 'inscrits']],
    ])('%s', async (_, body, champs) => {
      const before = (await club.get(`${S}?limite=100`)).body.elements.length;
      const answer = await club.send(S, body);
      expect([answer.status, answer.body.code]).toEqual([422, 'demande_invalide']);
      const named = new Set<string>(answer.body.champs.map((one: { champ: string }) => one.champ));
      expect([...named].toSorted()).toEqual(champs.toSorted());
      expect((await club.get(`${S}?limite=100`)).body.elements.length).toBe(before);
    });

    it('le refus de la règle a son code', async () => {
      expect((await club.send(S, { ...FICHE, fin: FICHE.debut })).body).toMatchObject({ status: 422, code: 'dates_incoherentes' });
      expect((await club.send(S, { ...FICHE, debut: '2020-01-01T00:00:00Z' })).body).toMatchObject({ status: 422, code: 'debut_passe' });
    });

    it('un identifiant qui n’est pas un texte : 422', async () => {
      const id = await planifier();
      for (const membreId of [undefined, null, 3, {}, ['a']]) expect((await inscrire(id, membreId)).body.champs[0].champ).toBe('membreId');
    });
  });

  it('une demande acceptée garde sa réponse après l’effacement du membre, et après un redémarrage', async () => {
    const id = await planifier();
    const { body } = await club.send('/api/v1/membres', { nom: 'Passant' });
    const headers = { 'idempotency-key': `passant-${engine}-000001` };
    const first = await club.send(`${S}/${id}/inscriptions`, { membreId: body.id }, headers);
    await club.send(`/api/v1/membres/${body.id}`, undefined, {}, 'DELETE');
    club = await club.again();
    const replay = await club.send(`${S}/${id}/inscriptions`, { membreId: body.id }, headers);
    expect([replay.status, replay.body, replay.headers.get('idempotent-replayed')]).toEqual([first.status, first.body, 'true']);
    expect((await club.send(`${S}/${id}/inscriptions`, { membreId: body.id })).body.code).toBe('membre_inconnu');
  });
});
