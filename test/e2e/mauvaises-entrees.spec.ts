/** N’importe quoi à n’importe quelle porte : une réponse claire en 4xx, jamais une erreur interne, et rien n’a changé. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ClubHttp, type SeanceHttp } from '../support/club-instance.js';
import { engines } from '../support/databases.js';

const PORTES = ['inscriptions', 'annulation', 'report', 'promotions', 'places', 'presences', 'fermeture', 'reouverture'] as const;

/** Du JSON quelconque, et des corps presque justes : les bons noms, avec n’importe quoi dedans. */
const valeur = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.constantFrom(-1, 0, 1.5, 1e21, '', ' ', '\u0000', '__proto__', [], {}),
);
const presque = fc.dictionary(
  fc.constantFrom(
    'membreId',
    'siComplet',
    'motif',
    'debut',
    'fin',
    'places',
    'statut',
    'quantite',
    'valeur',
    'ouvrageId',
    'niveau',
    'etat',
    'isbn',
    '__proto__',
    'constructor',
  ),
  valeur,
  { maxKeys: 6 },
);
const corps = fc.oneof(fc.jsonValue({ maxDepth: 3 }), presque);

describe.each(engines)('de mauvaises entrées, sur %s', (engine) => {
  let club: ClubHttp;
  let seance: SeanceHttp;
  let membre: string;
  let etat: unknown;
  beforeAll(async () => {
    club = await ClubHttp.ouvrir(engine);
    [membre] = (await club.membres(1)) as [string];
    seance = await club.planifier(1);
    await seance.inscrire(membre);
    await seance.demander('annulation', { motif: 'Plus rien ne peut changer' });
    etat = (await seance.lire()).body;
  });
  afterAll(() => club.fermer());

  it('quel que soit le corps, à toutes les portes d’une séance et d’un membre', { timeout: 60_000 }, async () => {
    const portes = [
      ...PORTES.map((quoi) => ['POST', `${seance.chemin}/${quoi}`] as const),
      ['PATCH', seance.chemin] as const,
      ['DELETE', `${seance.chemin}/inscriptions/${membre}`] as const,
      ['POST', '/api/v1/paiements/pai_x/encaissement'] as const,
      ['POST', '/api/v1/boite-envoi/x/rejeu'] as const,
      ...[
        'ouvrages',
        'prets',
        'ouvrages/ouv_x/reservations',
        'ouvrages/ouv_x/exemplaires',
        'prets/pre_x/retour',
        'prets/pre_x/relance',
      ].map((quoi) => ['POST', `/api/v1/${quoi}`] as const),
      ...['reglement', 'calendrier'].map((quoi) => ['PUT', `/api/v1/${quoi}`] as const),
      ...['increments', 'decrements', 'recomptages'].map((quoi) => ['POST', `/api/v1/compteurs/inconnu/${quoi}`] as const),
    ];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...portes), corps, async ([methode, chemin], contenu) => {
        const { status, body } = await club.http.send(chemin, JSON.stringify(contenu), {}, methode);
        expect(
          [status >= 400 && status < 500, body.status, typeof body.code],
          `${methode} ${chemin} ${JSON.stringify(contenu)} → ${status}`,
        ).toEqual([true, status, 'string']);
        if (body.code === 'demande_invalide') expect(body.champs.length).toBeGreaterThan(0);
      }),
      { numRuns: 400 },
    );
    expect((await seance.lire()).body).toEqual(etat);
  });

  it('quelle que soit l’adresse : jamais une erreur interne', { timeout: 60_000 }, async () => {
    const bout = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.constantFrom('.', '..', '%', '*', '__proto__', membre, 'sea_', "' OR 1=1 --"),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(
          'seances',
          'membres',
          'paiements',
          'notifications',
          'demandes',
          'boite-envoi',
          'compteurs',
          'convergence',
          'ouvrages',
          'prets',
          'reveils',
          'reglement',
          'calendrier',
        ),
        fc.array(bout, { maxLength: 3 }),
        async (quoi, reste) => {
          const chemin = ['/api/v1', quoi, ...reste.map((un) => encodeURIComponent(un))].join('/');
          for (const { status } of [await club.http.get(chemin), await club.http.send(chemin, {})])
            expect(status, chemin).toBeLessThan(500);
        },
      ),
      { numRuns: 150 },
    );
  });

  it.each<[string, Record<string, string>, string]>([
    ['une clef trop courte', { 'idempotency-key': 'court' }, 'Idempotency-Key'],
    ['une clef à espaces', { 'idempotency-key': 'avec des espaces dedans' }, 'Idempotency-Key'],
    ['un If-Match qui n’est pas une version', { 'if-match': 'W/"x"' }, 'If-Match'],
  ])('%s : 422 qui le nomme, avec les champs faux', async (_, headers, champ) => {
    const { status, body } = await seance.porterA('deux' as never, headers);
    expect([status, body.champs.map((un: { champ: string }) => un.champ)]).toEqual([422, [champ, 'places']]);
  });
});
