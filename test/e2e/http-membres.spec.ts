import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engines } from '../support/databases.js';
import { startInstance, type TestInstance } from '../support/instance.js';

const M = '/api/v1/membres';

describe.each(engines)('les membres, sur %s', (engine) => {
  let club: TestInstance;
  beforeAll(async () => {
    club = await startInstance(engine);
  });
  afterAll(() => club.end());

  it('accueillir : 201, Location, et le corps exact de la lecture', async () => {
    const born = await club.send(M, { nom: '  Jeanne Dupont ', courriel: 'jeanne@example.org' });
    expect(born.status).toBe(201);
    expect(born.body).toEqual({
      id: expect.stringMatching(/^mem_[0-9a-z]{26}$/),
      nom: 'Jeanne Dupont',
      courriel: 'jeanne@example.org',
      suspenduJusqua: null,
      suspenduPourRetard: false,
      version: 1,
    });
    expect(born.headers.get('location')).toBe(`${M}/${born.body.id}`);
    const read = await club.get(born.headers.get('location')!);
    expect([read.status, read.body, read.headers.get('etag')]).toEqual([200, born.body, '"1"']);
  });

  it('une lecture déjà faite : 304', async () => {
    const { body } = await club.send(M, { nom: 'Paul' });
    expect((await club.get(`${M}/${body.id}`, { 'if-none-match': '"1"' })).status).toBe(304);
    expect((await club.get(`${M}/${body.id}`, { 'if-none-match': '"2"' })).status).toBe(200);
  });

  it('la même demande deux fois : un seul membre, la même réponse, signalée comme reprise', async () => {
    const headers = { 'idempotency-key': `accueil-${engine}-000001` };
    const [first, second] = [await club.send(M, { nom: 'Zoé' }, headers), await club.send(M, { nom: 'Zoé' }, headers)];
    expect([second.status, second.body]).toEqual([201, first.body]);
    expect([first, second].map((one) => one.headers.get('idempotent-replayed'))).toEqual([null, 'true']);
    const other = await club.send(M, { nom: 'Autre' }, headers);
    expect([other.status, other.body.code]).toEqual([422, 'demande_differente']);
  });

  it('deux fois en même temps : un seul membre', async () => {
    const headers = { 'idempotency-key': `ensemble-${engine}-00001` };
    const answers = await Promise.all(Array.from({ length: 8 }, () => club.send(M, { nom: 'Ida' }, headers)));
    expect(new Set(answers.map((one) => one.body.id)).size).toBe(1);
  });

  it('modifier : la version monte ; sous If-Match périmé, 412 et rien ne change', async () => {
    const { body } = await club.send(M, { nom: 'Anne' });
    const changed = await club.send(`${M}/${body.id}`, { courriel: 'anne@example.org' }, { 'if-match': '"1"' }, 'PATCH');
    expect([changed.status, changed.body]).toEqual([200, { ...body, courriel: 'anne@example.org', version: 2 }]);
    const late = await club.send(`${M}/${body.id}`, { nom: 'Autre' }, { 'if-match': '"1"' }, 'PATCH');
    expect([late.status, late.body]).toMatchObject([412, { code: 'precondition_perdue', version: 2 }]);
    expect((await club.get(`${M}/${body.id}`)).body.nom).toBe('Anne');
    expect((await club.send(`${M}/${body.id}`, { courriel: null }, {}, 'PATCH')).body.courriel).toBeNull();
  });

  it('effacer : il ne reste rien de la personne, et elle est inconnue', async () => {
    const { body } = await club.send(M, { nom: 'Ephémère', courriel: 'e@example.org' });
    const erased = await club.send(`${M}/${body.id}`, undefined, {}, 'DELETE');
    expect(erased.body).toEqual({
      id: body.id,
      nom: null,
      courriel: null,
      suspenduJusqua: null,
      suspenduPourRetard: false,
      effaceLe: expect.any(String),
      version: 2,
    });
    expect((await club.get(`${M}/${body.id}`)).body.code).toBe('membre_inconnu');
    expect((await club.send(`${M}/${body.id}`, { nom: 'x' }, {}, 'PATCH')).body.code).toBe('membre_inconnu');
    expect((await club.send(`${M}/${body.id}`, undefined, {}, 'DELETE')).status).toBe(404);
    const hand = await club.database.hand();
    const rows = await hand.type(`SELECT * FROM membre WHERE id = '${body.id}'`);
    const traces = await hand.type(`SELECT answer FROM demande WHERE stream = '${body.id}'`);
    expect(rows[0]).toMatchObject({ nom: null, courriel: null });
    expect(JSON.stringify(traces)).not.toContain('Ephémère');
  });

  it('la liste se lit page après page, par le lien donné, sans manque ni double', async () => {
    for (let i = 0; i < 5; i++) await club.send(M, { nom: `Membre ${i}` });
    const seen: string[] = [];
    for (let path: string | undefined = `${M}?limite=2`; path !== undefined;) {
      const page = await club.get(path);
      expect(page.body.elements.length).toBeLessThanOrEqual(2);
      seen.push(...page.body.elements.map((one: { id: string }) => one.id));
      path = /^<([^>]+)>; rel="next"$/.exec(page.headers.get('link') ?? '')?.[1];
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBe((await club.get(`${M}?limite=100`)).body.elements.length);
    expect(seen).toEqual(seen.toSorted());
  });

  it.each([
    ['limite=0', 'demande_invalide'],
    ['limite=101', 'demande_invalide'],
    ['limite=dix', 'demande_invalide'],
    ['tri=nom', 'demande_invalide'],
    ['limite=1&limite=2', 'demande_invalide'],
    ['apres=nimporte', 'curseur_invalide'],
    ['apres=', 'curseur_invalide'],
    [`apres=${Buffer.from('[{}]').toString('base64url')}`, 'curseur_invalide'],
  ])('une page demandée par ?%s : 422 %s', async (query, code) => {
    const answer = await club.get(`${M}?${query}`);
    expect([answer.status, answer.body.code]).toEqual([422, code]);
  });

  it.each(['zzz', 'mem_01jd3xq7r5t8v2w4y6z8a0b2c4', 'a'.repeat(5000), '%00', 'é', "'; DROP TABLE membre;--", '__proto__'])(
    'identifiant %s : 404',
    async (id) => {
      const path = `${M}/${id === '%00' ? id : encodeURIComponent(id)}`;
      for (const answer of [
        await club.get(path),
        await club.send(path, { nom: 'x' }, {}, 'PATCH'),
        await club.send(path, undefined, {}, 'DELETE'),
      ]) {
        expect([answer.status, answer.body.code]).toEqual([404, 'membre_inconnu']);
      }
    },
  );
});
