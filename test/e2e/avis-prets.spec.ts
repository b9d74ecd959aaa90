import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { matin } from '../../src/modules/notifications/jour.js';
import { Envoi } from '../../src/modules/notifications/notifications.envoi.js';
import { HEURE } from '../support/club-instance.js';
import { engines } from '../support/databases.js';
import { type Answer, startInstance, type TestInstance } from '../support/instance.js';
import { LeapingClock } from '../support/leaping-clock.js';
import { SmtpDEssai } from '../support/smtp.js';

const A = '/api/v1';
const JOUR = 24 * HEURE;
const MINUTE = 60_000;
const PATIENCE = { timeout: 20_000, interval: 50 };

/** Un club dont le test tient l’heure ; il commence à dix heures du matin. */
async function clubDuMatin(engine: (typeof engines)[number], env: Record<string, string> = {}) {
  const clock = new LeapingClock(matin(Date.now(), 1, 'Europe/Paris') + 2 * HEURE);
  return { clock, club: await startInstance(engine, { CLUB_TIMEZONE: 'Europe/Paris', ...env }, { clock }) };
}

/** L’heure avance, et l’envoyeur, qui la regarde toutes les dix secondes, la regarde aussitôt. */
function passe({ clock, club }: { readonly clock: LeapingClock; readonly club: TestInstance }, ms: number): void {
  clock.leapTo(clock.now() + ms);
  club.app.get<Envoi>(Envoi, { strict: false }).reveiller();
}

function gestes(de: () => { readonly club: TestInstance; readonly clock: LeapingClock }) {
  const demander = async (chemin: string, corps?: unknown, methode = 'POST'): Promise<Answer['body']> => {
    const { status, body } = await de().club.send(`${A}${chemin}`, corps, {}, methode);
    expect([chemin, status < 300, body.code]).toEqual([chemin, true, undefined]);
    return body;
  };
  const avis = async (membreId: string): Promise<Answer['body'][]> =>
    (await de().club.get(`${A}/notifications?membreId=${membreId}&limite=100`)).body.elements;
  return {
    demander,
    avis,
    accueillir: async (nom: string, courriel?: string): Promise<string> => (await demander('/membres', { nom, courriel })).id,
    preter: async (titre: string, membreId: string, plus: object = {}): Promise<{ id: string; ouvrageId: string; echeance: string }> => {
      const ouvrage = await demander('/ouvrages', { titre, ...plus });
      return demander('/prets', { ouvrageId: ouvrage.id, membreId });
    },
    /** Les avis d’un membre, quand ils sont ceux-là : gabarit et statut, sans ordre. */
    attendre: (membreId: string, attendu: readonly string[]) =>
      expect
        .poll(async () => {
          passe(de(), 1);
          return (await avis(membreId)).map((un) => `${un.gabarit} ${un.statut}`).toSorted();
        }, PATIENCE)
        .toEqual(attendu.toSorted()),
    /** Saute au matin, `jours` après l’échéance ; un peu après huit heures. */
    matinDe: (echeance: string, jours: number): void => {
      const { clock } = de();
      clock.leapTo(matin(Date.parse(echeance), jours, 'Europe/Paris') + MINUTE);
    },
  };
}

describe.each(engines)('les avis des prêts, sur %s', (engine) => {
  const smtp = new SmtpDEssai();
  let ici: Awaited<ReturnType<typeof clubDuMatin>>;
  const { demander, avis, accueillir, preter, attendre, matinDe } = gestes(() => ici);
  beforeAll(async () => {
    await smtp.ouvrir();
    ici = await clubDuMatin(engine, { SMTP_URL: smtp.url, MAIL_FROM: 'Le club <club@example.org>' });
  });
  afterAll(async () => {
    await ici.club.end();
    await smtp.fermer();
  });
  const recus = (adresse: string) => smtp.recus.filter(({ a }) => a.includes(adresse));

  it('les prêts d’un membre dus le même jour sont rappelés, puis relancés, en un seul courriel par jour', { timeout: 60_000 }, async () => {
    const adresse = `ana-${engine}@example.org`;
    const ana = await accueillir('Ana', adresse);
    const [dune, emma] = [await preter('Dune', ana, { auteur: 'Frank Herbert' }), await preter('Emma', ana)];
    matinDe(dune.echeance, -3);
    await attendre(ana, ['rappel a_grouper', 'rappel a_grouper']);
    passe(ici, 3 * MINUTE);
    await attendre(ana, ['rappel envoyee', 'rappel envoyee', 'recapitulatif envoyee']);
    expect(recus(adresse).map(({ entetes }) => entetes['subject'])).toEqual(['À rendre bientôt : 2 livres']);
    expect(recus(adresse)[0]!.texte).toMatch(/« Dune » \(Frank Herbert\), à rendre le .* au plus tard/);
    const tous = await avis(ana);
    const recapitulatif = tous.find((un) => un.gabarit === 'recapitulatif');
    const rappels = tous.filter((un) => un.gabarit === 'rappel');
    expect(rappels.map((un) => [un.recapitulatifId, un.seanceId, un.sujet])).toEqual(
      rappels.map((un) => [recapitulatif.id, null, `À rendre bientôt : ${un.pretId === dune.id ? 'Dune' : 'Emma'}`]),
    );
    const dits = (await ici.club.get(`${A}/notifications?recapitulatifId=${recapitulatif.id}`)).body.elements;
    expect(new Set(dits.map((un: { id: string }) => un.id))).toEqual(new Set(rappels.map(({ id }) => id)));

    // L’un est rendu : le matin de la relance, il n’est plus question que de l’autre.
    await demander(`/prets/${dune.id}/retour`);
    for (const [jours, niveau] of [
      [3, 1],
      [10, 2],
      [21, 3],
    ] as const) {
      matinDe(emma.echeance, jours);
      await expect.poll(async () => (await avis(ana)).filter((un) => un.gabarit === 'relance').length, PATIENCE).toBe(niveau);
      passe(ici, 3 * MINUTE);
      const arrives = (): number => {
        passe(ici, 1);
        return recus(adresse).length;
      };
      await expect.poll(arrives, PATIENCE).toBe(niveau + 1);
      // Reçu n’est pas encore écrit : l’heure qui sauterait entre les deux le daterait du matin suivant, qui aurait alors eu le sien.
      const ecrits = async (): Promise<number> =>
        (await avis(ana)).filter((un) => `${un.gabarit} ${un.statut}` === 'recapitulatif envoyee').length;
      await expect.poll(ecrits, PATIENCE).toBe(niveau + 1);
    }
    const textes = recus(adresse).map(({ texte }) => texte);
    expect(textes.slice(1).map((texte) => [texte.includes('Dune'), /\((1re|2e|3e) relance\)/.exec(texte)?.[1]])).toEqual([
      [false, '1re'],
      [false, '2e'],
      [false, '3e'],
    ]);
    expect(textes.map((texte) => texte.includes('suspendus'))).toEqual([false, false, false, true]);
  });

  it('ce qui vient après le récapitulatif du jour attend celui du lendemain, renvoi compris', { timeout: 60_000 }, async () => {
    const adresse = `bo-${engine}@example.org`;
    const bo = await accueillir('Bo', adresse);
    const [nana, zadig] = [await preter('Nana', bo), await preter('Zadig', bo)];
    matinDe(nana.echeance, -3);
    await attendre(bo, ['rappel a_grouper', 'rappel a_grouper']);
    const [, second] = await avis(bo);
    await demander(`/notifications/${second.id}/abandon`);
    passe(ici, 3 * MINUTE);
    await attendre(bo, ['rappel envoyee', 'rappel abandonnee', 'recapitulatif envoyee']);
    expect(await demander(`/notifications/${second.id}/renvoi`)).toMatchObject({ statut: 'a_grouper', recapitulatifId: null });
    passe(ici, HEURE);
    await expect.poll(async () => Date.parse((await avis(bo))[1].prochainEssai), PATIENCE).toBeGreaterThan(ici.clock.now() + 12 * HEURE);
    expect(recus(adresse)).toHaveLength(1);
    matinDe(zadig.echeance, -2);
    passe(ici, 3 * MINUTE);
    await attendre(bo, ['rappel envoyee', 'rappel envoyee', 'recapitulatif envoyee', 'recapitulatif envoyee']);
    expect(recus(adresse)).toHaveLength(2);
  });

  it('une réservation prête, puis expirée, puis reprise se disent tout de suite', { timeout: 60_000 }, async () => {
    const [cy, di, eve] = [
      await accueillir('Cy'),
      await accueillir('Di', `di-${engine}@example.org`),
      await accueillir('Eve', `eve-${engine}@example.org`),
    ];
    const { id, ouvrageId } = await preter('Ulysse', cy);
    for (const membreId of [di, eve]) await demander(`/ouvrages/${ouvrageId}/reservations`, { membreId });
    await demander(`/prets/${id}/retour`);
    await attendre(di, ['mise_de_cote envoyee']);
    expect(recus(`di-${engine}@example.org`)[0]).toMatchObject({ entetes: { subject: 'Votre réservation vous attend : Ulysse' } });
    passe(ici, 9 * JOUR);
    await attendre(di, ['mise_de_cote envoyee', 'retrait_expire envoyee']);
    await attendre(eve, ['mise_de_cote envoyee']);
    const [exemplaire] = (await ici.club.get(`${A}/ouvrages/${ouvrageId}`)).body.exemplaires;
    await demander(`/ouvrages/${ouvrageId}/exemplaires/${exemplaire.id}`, undefined, 'DELETE');
    await attendre(eve, ['mise_de_cote envoyee', 'attente_reprise envoyee']);
    const [prete] = await avis(eve);
    const enAnglais = (await ici.club.get(`${A}/notifications/${prete.id}`, { 'accept-language': 'en' })).body;
    expect([enAnglais.ouvrageId, enAnglais.sujet]).toEqual([ouvrageId, 'Your hold is ready: Ulysse']);
    expect(enAnglais.texte).toMatch(/^Hello Eve,\n\nGood news: “Ulysse” is back/);
  });
});

describe.each(engines)('les avis des prêts sans courrier, sur %s', (engine) => {
  let ici: Awaited<ReturnType<typeof clubDuMatin>>;
  const { avis, accueillir, preter, attendre, matinDe } = gestes(() => ici);
  beforeAll(async () => void (ici = await clubDuMatin(engine)));
  afterAll(() => ici.club.end());

  it('le récapitulatif est montré, avec son texte et ses avis', { timeout: 60_000 }, async () => {
    const ana = await accueillir('Ana');
    const { echeance } = await preter('Dune', ana);
    matinDe(echeance, -3);
    await attendre(ana, ['rappel a_grouper']);
    passe(ici, 3 * MINUTE);
    await attendre(ana, ['rappel affichee', 'recapitulatif affichee']);
    for (const un of await avis(ana)) {
      const { sujet, texte } = (await ici.club.get(`${A}/notifications/${un.id}`)).body;
      expect([sujet, texte.includes('« Dune »')]).toEqual(['À rendre bientôt : Dune', true]);
    }
  });
});
