import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ClubHttp, HEURE, jusqua, M, S, type SeanceHttp } from '../support/club-instance.js';
import { engines } from '../support/databases.js';
import type { Answer } from '../support/instance.js';

const dit = ({ status, body }: Answer) => [status, body.code ?? body.statut];

describe.each(engines)('une séance par sa porte, sur %s', (engine) => {
  let club: ClubHttp;
  let ana: string, bo: string, cy: string, di: string, eve: string, flo: string;

  beforeAll(async () => {
    club = await ClubHttp.ouvrir(engine);
    [ana, bo, cy, di, eve, flo] = (await club.membres(6)) as [string, string, string, string, string, string];
  });
  afterAll(() => club.fermer());

  /** Une place prise par ana ; bo puis cy attendent. */
  const complete = async (): Promise<SeanceHttp> => {
    const seance = await club.planifier(1);
    for (const membre of [ana, bo, cy]) await seance.inscrire(membre);
    return seance;
  };
  const assis = async (seance: SeanceHttp) =>
    (await seance.inscriptions()).filter((un) => un.statut !== 'en_attente').map((un) => un.membreId);
  const attente = async (seance: SeanceHttp) =>
    (await seance.inscriptions('?statut=en_attente')).map((un) => [un.membreId, un.rang, un.position]);

  describe('la liste d’attente', () => {
    it('est servie dans l’ordre des rangs ; qui part et revient passe à la fin', async () => {
      const seance = await complete();
      expect(await attente(seance)).toEqual([
        [bo, 1, 1],
        [cy, 2, 2],
      ]);
      expect((await seance.desister(bo)).body).toMatchObject({ promu: null, placesRestantes: 0 });
      expect((await seance.inscrire(bo)).body).toMatchObject({ statut: 'en_attente', rang: 3, position: 2 });
      expect((await seance.desister(ana)).body.promu).toBe(cy);
      expect((await seance.desister(cy)).body.promu).toBe(bo);
      expect((await seance.desister(bo)).body).toMatchObject({ promu: null, placesRestantes: 1 });
      expect((await seance.lire()).body).toMatchObject({ inscrits: 0, enAttente: 0, placesRestantes: 1 });
    });

    it('plus de places : les premiers de la liste entrent, dans le même commit', async () => {
      const seance = await complete();
      const { version } = (await seance.lire()).body;
      expect((await seance.porterA(3)).body).toMatchObject({ places: 3, inscrits: 3, enAttente: 0, version: version + 3 });
      expect(await assis(seance)).toEqual([ana, bo, cy]);
    });

    it('moins de places que d’inscrits : refusé, avec leur nombre', async () => {
      const seance = await club.planifier(3);
      for (const membre of [ana, bo]) await seance.inscrire(membre);
      const non = await seance.porterA(1);
      expect([...dit(non), non.body.inscrits]).toEqual([409, 'places_sous_inscrits', 2]);
      expect((await seance.porterA(2)).body).toMatchObject({ places: 2, placesRestantes: 0 });
    });

    it('bornée, elle refuse le suivant', async () => {
      const seance = await club.planifier(1, { listeAttenteMax: 1 });
      for (const membre of [ana, bo]) await seance.inscrire(membre);
      expect(dit(await seance.inscrire(cy))).toEqual([409, 'liste_attente_pleine']);
      expect(dit(await seance.inscrire(cy, { siComplet: 'refuser' }))).toEqual([409, 'seance_complete']);
    });

    it('« une place de plus pour Di » : le nombre monte, personne n’est doublé, et la raison est gardée hors des faits', async () => {
      const seance = await complete();
      expect((await seance.demander('places', { membreId: di, motif: 'Di anime' })).body).toMatchObject({
        places: 2,
        inscrits: 2,
        enAttente: 2,
      });
      expect(dit(await seance.demander('places', { membreId: bo, motif: 'x' }))).toEqual([409, 'deja_en_attente']);
      expect(JSON.stringify(await seance.faits())).not.toContain('Di anime');
    });

    it('une séance commencée ne promeut plus d’elle-même : une place ajoutée se donne hors rang', async () => {
      const seance = await complete();
      const motif = 'Venue de loin';
      expect(dit(await seance.demander('promotions', { membreId: cy, motif }))).toEqual([409, 'seance_complete']);
      club.clock.jump(168.5 * HEURE);
      try {
        expect((await seance.porterA(2)).body).toMatchObject({ places: 2, inscrits: 1, enAttente: 2 });
        expect((await seance.demander('promotions', { membreId: cy, motif })).body).toMatchObject({ inscrits: 2, enAttente: 1 });
        expect(dit(await seance.demander('promotions', { membreId: flo, motif }))).toEqual([409, 'pas_en_attente']);
        expect(dit(await seance.inscrire(flo))).toEqual([409, 'seance_commencee']);
      } finally {
        club.clock.jump(-168.5 * HEURE);
      }
    });
  });

  describe('sa vie', () => {
    it('fermée, elle ne prend plus personne mais promeut encore ; rouverte, elle reprend', async () => {
      const seance = await complete();
      expect((await seance.demander('fermeture')).body.statut).toBe('fermee');
      expect(dit(await seance.inscrire(di))).toEqual([409, 'inscriptions_fermees']);
      expect((await seance.desister(ana)).body.promu).toBe(bo);
      expect((await seance.demander('reouverture')).body.statut).toBe('ouverte');
      expect((await seance.inscrire(di)).body.rang).toBe(3);
    });

    it('reportée, elle garde ses inscrits ; une date passée ou à l’envers est refusée', async () => {
      const seance = await complete();
      const dates = { debut: '2036-02-15T18:00:00Z', fin: '2036-02-15T20:00:00Z' };
      expect((await seance.demander('report', dates)).body).toMatchObject({
        debut: '2036-02-15T19:00:00+01:00',
        inscrits: 1,
        enAttente: 2,
      });
      expect(dit(await seance.demander('report', { ...dates, debut: dates.fin }))).toEqual([422, 'dates_incoherentes']);
      expect(dit(await seance.demander('report', { debut: '2020-01-01T18:00:00Z', fin: dates.fin }))).toEqual([422, 'debut_passe']);
    });

    it('annulée, elle a quitté tout le monde et ne prend plus rien', async () => {
      const seance = await complete();
      expect((await seance.demander('annulation', { motif: 'Salle fermée' })).body).toMatchObject({
        statut: 'annulee',
        inscrits: 0,
        enAttente: 0,
      });
      expect((await seance.faits()).at(-1)?.donnees).toMatchObject({
        inscrits: [{ membreId: ana }],
        enAttente: [{ membreId: bo }, { membreId: cy }],
      });
      const nons = [
        await seance.inscrire(di),
        await seance.porterA(5),
        await seance.demander('fermeture'),
        await seance.demander('report', DATES),
      ];
      expect(nons.map(dit)).toEqual(nons.map(() => [409, 'seance_annulee']));
      expect(dit(await seance.demander('annulation', { motif: 'encore' }))).toEqual([409, 'deja_annulee']);
      expect(await seance.inscriptions('?statut=annulee')).toHaveLength(3);
    });

    it('commencée, on y note qui est venu, et l’on corrige', async () => {
      const seance = await club.planifier(3);
      for (const membre of [ana, bo]) await seance.inscrire(membre);
      const venue = (membreId: string, statut: string) => seance.demander('presences', { membreId, statut });
      expect(dit(await venue(ana, 'presente'))).toEqual([409, 'seance_pas_commencee']);
      club.clock.jump(168.5 * HEURE);
      try {
        for (const [membre, statut] of [
          [ana, 'absente'],
          [ana, 'presente'],
          [bo, 'absence_excusee'],
        ] as const)
          expect((await venue(membre, statut)).status).toBe(200);
        expect(await seance.inscriptions()).toEqual([
          { membreId: ana, statut: 'presente' },
          { membreId: bo, statut: 'absence_excusee' },
        ]);
        expect(dit(await venue(cy, 'presente'))).toEqual([409, 'pas_inscrit']);
        expect(dit(await seance.desister(ana))).toEqual([409, 'seance_commencee']);
        expect((await venue(ana, 'malade')).body.champs[0].champ).toBe('statut');
      } finally {
        club.clock.jump(-168.5 * HEURE);
      }
    });

    it('un membre effacé la quitte : sa place revient à la tête de la liste', async () => {
      const [parti] = (await club.membres(1)) as [string];
      const seance = await club.planifier(1);
      for (const membre of [parti, ana]) await seance.inscrire(membre);
      await club.http.send(`${M}/${parti}`, undefined, {}, 'DELETE');
      await jusqua('ana a la place', async () => (await assis(seance))[0] === ana);
      expect((await seance.lire()).body).toMatchObject({ inscrits: 1, enAttente: 0 });
      expect(dit(await seance.inscrire(parti))).toEqual([404, 'membre_inconnu']);
    });
  });

  it('la ruée : cinquante personnes, douze places, et les rangs de 1 à 38', async () => {
    const [seance, foule] = [await club.planifier(12), await club.membres(50)];
    const reponses = await Promise.all(foule.map((membre) => seance.inscrire(membre)));
    expect(reponses.every((une) => une.status === 201)).toBe(true);
    expect(reponses.filter((une) => une.body.statut === 'inscrite')).toHaveLength(12);
    expect(reponses.flatMap((une) => une.body.rang ?? []).toSorted((a: number, b: number) => a - b)).toEqual(
      Array.from({ length: 38 }, (_, i) => i + 1),
    );
    expect(reponses.map((une) => une.body.version).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i + 2));
    expect((await seance.lire()).body).toMatchObject({ inscrits: 12, enAttente: 38, placesRestantes: 0, version: 51 });
    const [parPages, dUnCoup] = [await seance.inscriptions('?limite=7'), await seance.inscriptions('?limite=100')];
    expect(parPages).toEqual(dUnCoup);
    expect(dUnCoup.flatMap((une) => une.position ?? [])).toEqual(Array.from({ length: 38 }, (_, i) => i + 1));
    const faits = await seance.faits('?limite=9');
    expect(faits.map((fait) => fait.version)).toEqual(Array.from({ length: 51 }, (_, i) => i + 1));
    expect(new Set(faits.map((fait) => fait.demandeId)).size).toBe(51);
  });

  it.each(['inscriptions/x', 'fermeture', 'reouverture', 'annulation', 'report', 'promotions', 'places', 'presences'])(
    'séance inconnue, /%s : 404',
    async (quoi) => {
      const corps = {
        annulation: { motif: 'x' },
        report: DATES,
        promotions: FAVEUR(ana),
        places: FAVEUR(ana),
        presences: { membreId: ana, statut: 'presente' },
      };
      const path = `${S}/sea_01jd3xq7r5t8v2w4y6z8a0b2c4/${quoi.replace(/x$/, eve)}`;
      expect(dit(await club.http.send(path, corps[quoi as keyof typeof corps], {}, quoi.startsWith('insc') ? 'DELETE' : 'POST'))).toEqual([
        404,
        'seance_inconnue',
      ]);
    },
  );
});

const DATES = { debut: '2036-02-15T18:00:00Z', fin: '2036-02-15T20:00:00Z' };
const FAVEUR = (membreId: string) => ({ membreId, motif: 'x' });
