/** Une demande, une fois : son identifiant fait qu’elle n’a qu’un effet et qu’une réponse, quoi qu’il arrive entre-temps. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ClubHttp, type SeanceHttp } from '../support/club-instance.js';
import { engines } from '../support/databases.js';
import type { Answer } from '../support/instance.js';

const clef = () => ({ 'idempotency-key': randomUUID() });
const dit = ({ status, body }: Answer) => [status, body.code ?? body.statut];
const repris = ({ headers }: Answer) => headers.get('idempotent-replayed');

describe.each(engines)('une demande, une fois, sur %s', (engine) => {
  let club: ClubHttp;
  let ana: string, bo: string, cy: string, di: string;

  beforeAll(async () => {
    club = await ClubHttp.ouvrir(engine);
    [ana, bo, cy, di] = (await club.membres(4)) as [string, string, string, string];
  });
  afterAll(() => club.fermer());

  /** Une place prise par ana ; bo puis cy attendent. */
  const complete = async (): Promise<SeanceHttp> => {
    const seance = await club.planifier(1);
    for (const membre of [ana, bo, cy]) await seance.inscrire(membre);
    return seance;
  };

  it('le double clic : une inscription, deux fois la même réponse', async () => {
    const [seance, meme] = [await club.planifier(2), clef()];
    const clics = await Promise.all(Array.from({ length: 10 }, () => seance.inscrire(ana, {}, meme)));
    expect(new Set(clics.map((un) => JSON.stringify([un.status, un.body]))).size).toBe(1);
    expect(clics.filter((un) => repris(un) === 'true')).toHaveLength(9);
    expect((await seance.lire()).body).toMatchObject({ inscrits: 1, version: 2 });
  });

  it('acceptée, elle répond pareil après d’autres demandes, après un redémarrage, et se retrouve par son identifiant', async () => {
    const [seance, meme] = [await complete(), clef()];
    const premiere = await seance.inscrire(di, {}, meme);
    await seance.desister(ana);
    expect((await seance.inscrire(di, {}, meme)).body).toEqual(premiere.body);
    await club.relancer();
    const reprise = await seance.inscrire(di, {}, meme);
    expect([reprise.status, reprise.body, repris(reprise)]).toEqual([201, premiere.body, 'true']);
    const lue = await club.http.get(`/api/v1/demandes/${meme['idempotency-key']}`);
    expect(lue.body).toEqual({ etat: 'faite', reponse: premiere.body });
  });

  it.each<[string, (seance: SeanceHttp, autre: SeanceHttp, meme: Record<string, string>) => Promise<Answer>]>([
    ['un autre membre', (seance, _, meme) => seance.inscrire(bo, {}, meme)],
    ['un autre choix', (seance, _, meme) => seance.inscrire(ana, { siComplet: 'refuser' }, meme)],
    ['une autre séance', (_, autre, meme) => autre.inscrire(ana, {}, meme)],
    ['une autre route', (seance, _, meme) => seance.desister(ana, meme)],
  ])('le même identifiant pour %s : 422, et rien n’a changé', async (_, reprendre) => {
    const [seance, autre, meme] = [await club.planifier(2), await club.planifier(2), clef()];
    await seance.inscrire(ana, {}, meme);
    expect(dit(await reprendre(seance, autre, meme))).toEqual([422, 'demande_differente']);
    expect([(await seance.lire()).body.version, (await autre.lire()).body.version]).toEqual([2, 1]);
  });

  it('refusée, elle n’a pas laissé de trace : la même est décidée à nouveau', async () => {
    const [seance, meme] = [await complete(), clef()];
    expect(dit(await seance.inscrire(di, { siComplet: 'refuser' }, meme))).toEqual([409, 'seance_complete']);
    expect(dit(await club.http.get(`/api/v1/demandes/${meme['idempotency-key']}`))).toEqual([404, 'demande_inconnue']);
    await seance.porterA(4);
    const acceptee = await seance.inscrire(di, { siComplet: 'refuser' }, meme);
    expect([...dit(acceptee), repris(acceptee)]).toEqual([201, 'inscrite', null]);
  });

  it('sous If-Match : la bonne version passe, une autre est refusée avec la vraie, et n’a rien fait', async () => {
    const seance = await club.planifier(2);
    const etag = (await seance.lire()).headers.get('etag')!;
    const inscrite = await seance.inscrire(ana, {}, { 'if-match': etag });
    expect([inscrite.status, inscrite.headers.get('etag')]).toEqual([201, '"2"']);
    const perdue = await seance.inscrire(bo, {}, { 'if-match': etag });
    expect([...dit(perdue), perdue.body.version]).toEqual([412, 'precondition_perdue', 2]);
    const lectures = [await seance.lire({ 'if-none-match': '"2"' }), await seance.lire({ 'if-none-match': etag })];
    expect(lectures.map((une) => une.status)).toEqual([304, 200]);
  });
});
