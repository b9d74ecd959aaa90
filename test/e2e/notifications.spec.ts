import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { engines } from '../support/databases.js';
import { type Answer, startInstance, type TestInstance } from '../support/instance.js';
import { SmtpDEssai } from '../support/smtp.js';

const N = '/api/v1/notifications';
const FICHE = { titre: 'Germinal', debut: '2036-01-15T18:00:00Z', fin: '2036-01-15T21:00:00Z', places: 1, lieu: 'Salle Zola' };

/** Les gestes du club, sur une instance. */
function gestes(club: () => TestInstance) {
  const avis = async (membreId: string): Promise<Answer['body'][]> =>
    (await club().get(`${N}?membreId=${membreId}&limite=100`)).body.elements;
  return {
    accueillir: async (nom: string, courriel?: string): Promise<string> =>
      (await club().send('/api/v1/membres', { nom, courriel })).body.id,
    planifier: async (fiche: object = {}): Promise<string> => (await club().send('/api/v1/seances', { ...FICHE, ...fiche })).body.id,
    inscrire: (id: string, membreId: string) => club().send(`/api/v1/seances/${id}/inscriptions`, { membreId }),
    desister: (id: string, membreId: string) => club().send(`/api/v1/seances/${id}/inscriptions/${membreId}`, undefined, {}, 'DELETE'),
    avis,
    /** Dans un ordre quelconque : des avis nés à la même milliseconde n’en ont pas. */
    attendre: (membreId: string, attendu: readonly (readonly [gabarit: string, statut: string])[]) =>
      expect
        .poll(async () => (await avis(membreId)).map((un) => `${un.gabarit} ${un.statut}`).toSorted(), { timeout: 15_000, interval: 50 })
        .toEqual(attendu.map((un) => un.join(' ')).toSorted()),
  };
}

describe.each(engines)('les avis sans courrier, sur %s', (engine) => {
  let club: TestInstance;
  const { accueillir, planifier, inscrire, desister, avis, attendre } = gestes(() => club);
  beforeAll(async () => void (club = await startInstance(engine)));
  afterAll(() => club.end());

  it('chaque fait qui concerne un membre est affiché, une fois', async () => {
    const [ana, bo] = [await accueillir('Ana'), await accueillir('Bo')];
    const id = await planifier();
    await inscrire(id, ana);
    await inscrire(id, bo);
    await desister(id, ana);
    await club.send(`/api/v1/seances/${id}/report`, { debut: '2036-01-22T18:00:00Z', fin: '2036-01-22T21:00:00Z' });
    await attendre(bo, [
      ['attente', 'affichee'],
      ['promotion', 'affichee'],
      ['report', 'affichee'],
    ]);
    await club.send(`/api/v1/seances/${id}/annulation`, { motif: 'Salle fermée' });
    await attendre(ana, [
      ['inscription', 'affichee'],
      ['desistement', 'affichee'],
    ]);
    await attendre(bo, [
      ['attente', 'affichee'],
      ['promotion', 'affichee'],
      ['report', 'affichee'],
      ['annulation', 'affichee'],
    ]);
  });

  it('les avis se lisent des deux bouts, page par page', async () => {
    const [ana, id] = [await accueillir('Ana'), await planifier({ places: 5 })];
    for (let i = 0; i < 3; i++) {
      await inscrire(id, ana);
      await desister(id, ana);
    }
    await expect.poll(async () => (await avis(ana)).length, { timeout: 15_000 }).toBe(6);
    const ids = (await avis(ana)).map((un) => un.id);
    const lus: string[] = [];
    for (let suite: string | undefined = `${N}?ordre=recents&membreId=${ana}&limite=4`; suite !== undefined;) {
      const { body, headers }: Answer = await club.get(suite);
      lus.push(...body.elements.map((un: { id: string }) => un.id));
      suite = /<([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1];
      expect(suite === undefined || suite.includes('ordre=recents')).toBe(true);
    }
    expect(lus).toEqual(ids.toReversed());
  });

  it('un avis se lit avec son texte, écrit à l’instant, et un effacé n’y est plus nommé', async () => {
    const ana = await accueillir('Ana');
    await inscrire(await planifier({ prixCentimes: 500 }), ana);
    await attendre(ana, [['inscription', 'affichee']]);
    const [un] = await avis(ana);
    const lu = (await club.get(`${N}/${un.id}`)).body;
    const { texte, ...reste } = lu;
    expect([reste, reste.sujet]).toEqual([un, 'Inscription confirmée : Germinal']);
    expect(texte).toMatch(
      /^Bonjour Ana,\n\nVous êtes inscrit\(e\) : « Germinal », le mardi 15 janvier 2036 à 19:00 \(Salle Zola\)\.\n\nPrix : 5,00/,
    );
    await club.send(`/api/v1/membres/${ana}`, { nom: 'Anne' }, {}, 'PATCH');
    expect((await club.get(`${N}/${un.id}`)).body.texte).toMatch(/^Bonjour Anne,/);
    await club.send(`/api/v1/membres/${ana}`, undefined, {}, 'DELETE');
    expect((await club.get(`${N}/${un.id}`)).body).toMatchObject({ texte: null });
  });

  it('renvoyer ou abandonner ce qui est affiché est inutile, et le dit', async () => {
    const ana = await accueillir('Ana');
    await inscrire(await planifier(), ana);
    await attendre(ana, [['inscription', 'affichee']]);
    const [un] = await avis(ana);
    expect((await club.send(`${N}/${un.id}/renvoi`)).body).toMatchObject({ status: 409, code: 'renvoi_inutile', statut: 'affichee' });
    expect((await club.send(`${N}/${un.id}/abandon`)).body).toMatchObject({ status: 409, code: 'abandon_inutile' });
  });

  it('un avis inconnu, un filtre faux', async () => {
    expect((await club.get(`${N}/not_inconnu`)).body.code).toBe('notification_inconnue');
    expect((await club.send(`${N}/not_inconnu/renvoi`)).status).toBe(404);
    expect((await club.get(`${N}?statut=a_developper`)).body.code).toBe('demande_invalide');
  });
});

describe.each(engines)('les avis par courrier, sur %s', (engine) => {
  const smtp = new SmtpDEssai();
  let club: TestInstance;
  const { accueillir, planifier, inscrire, desister, avis, attendre } = gestes(() => club);
  beforeAll(async () => {
    await smtp.ouvrir();
    club = await startInstance(engine, { SMTP_URL: smtp.url, MAIL_FROM: 'Le club <club@example.org>' });
  });
  afterEach(() => void (smtp.refuser = []));
  afterAll(async () => {
    await club.end();
    await smtp.fermer();
  });
  const recus = (adresse: string) =>
    smtp.recus
      .filter(({ a }) => a.includes(adresse))
      .map(({ entetes }) => String(entetes['subject']))
      .toSorted();

  it('partent, chacun à son destinataire, une fois', async () => {
    const [ana, bo, cy] = [
      await accueillir('Ana', `ana-${engine}@example.org`),
      await accueillir('Bo', `bo-${engine}@example.org`),
      await accueillir('Cy'),
    ];
    const id = await planifier();
    await inscrire(id, ana);
    await inscrire(id, bo);
    await inscrire(id, cy);
    await desister(id, ana);
    await attendre(ana, [
      ['inscription', 'envoyee'],
      ['desistement', 'envoyee'],
    ]);
    await attendre(bo, [
      ['attente', 'envoyee'],
      ['promotion', 'envoyee'],
    ]);
    await attendre(cy, [['attente', 'sans_adresse']]);
    expect(recus(`ana-${engine}@example.org`)).toEqual(['Désistement enregistré : Germinal', 'Inscription confirmée : Germinal']);
    expect(recus(`bo-${engine}@example.org`)).toEqual(['En liste d’attente : Germinal', 'Une place pour vous : Germinal']);
  });

  it('refusés, attendent leur essai ; un renvoi les fait partir tout de suite, un abandon jamais', async () => {
    const [di, eve] = [await accueillir('Di', `di-${engine}@example.org`), await accueillir('Eve', `eve-${engine}@example.org`)];
    smtp.refuser = ['450 4.2.0 later', '450 4.2.0 later'];
    const id = await planifier({ places: 2 });
    await inscrire(id, di);
    await inscrire(id, eve);
    await attendre(di, [['inscription', 'a_envoyer']]);
    await expect.poll(async () => [...(await avis(di)), ...(await avis(eve))].map((un) => un.essais), { timeout: 15_000 }).toEqual([1, 1]);
    const [pourDi, pourEve] = [(await avis(di))[0], (await avis(eve))[0]];
    expect((await club.send(`${N}/${pourEve.id}/abandon`)).body).toMatchObject({
      id: pourEve.id,
      statut: 'abandonnee',
      prochainEssai: null,
    });
    expect((await club.send(`${N}/${pourDi.id}/renvoi`)).status).toBe(200);
    await attendre(di, [['inscription', 'envoyee']]);
    expect([recus(`di-${engine}@example.org`).length, recus(`eve-${engine}@example.org`).length]).toEqual([1, 0]);
    expect((await club.send(`${N}/${pourDi.id}/renvoi`)).body).toMatchObject({ code: 'renvoi_inutile', statut: 'envoyee' });
    expect((await club.send(`${N}/${pourEve.id}/renvoi`, undefined, { 'if-match': '"3"' })).status).toBe(412);
  });

  it('le serveur fermé, rien n’est perdu : tout part quand il revient', async () => {
    const flo = await accueillir('Flo', `flo-${engine}@example.org`);
    await smtp.fermer();
    await inscrire(await planifier(), flo);
    await attendre(flo, [['inscription', 'a_envoyer']]);
    await smtp.rouvrir();
    await attendre(flo, [['inscription', 'envoyee']]);
    expect(recus(`flo-${engine}@example.org`)).toHaveLength(1);
  });
});
