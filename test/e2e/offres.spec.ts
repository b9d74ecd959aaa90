import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ClubHttp, HEURE, jusqua, type SeanceHttp } from '../support/club-instance.js';
import { engines } from '../support/databases.js';
import type { Answer } from '../support/instance.js';

const dit = ({ status, body }: Answer) => [status, body.code ?? body.statut];
const JOUR = 24 * HEURE;

describe.each(engines)('une place offerte, sur %s', (engine) => {
  let club: ClubHttp;
  let ana: string, bo: string, cy: string, di: string;

  beforeAll(async () => {
    club = await ClubHttp.ouvrir(engine);
    [ana, bo, cy, di] = (await club.membres(4)) as [string, string, string, string];
  });
  afterAll(() => club.fermer());

  /** Une place payée d’avance, prise puis quittée par ana ; bo se la voit offrir, cy attend. */
  const enOffre = async (): Promise<SeanceHttp> => {
    const seance = await club.planifier(1, { paiement: 'avant', prixCentimes: 500 });
    for (const membre of [ana, bo, cy]) await seance.inscrire(membre);
    expect((await seance.desister(ana)).body).toMatchObject({ promu: null, offerteA: bo, placesRestantes: 0 });
    return seance;
  };
  const statuts = async (seance: SeanceHttp) => (await seance.inscriptions()).map((un) => [un.membreId, un.statut]);
  const repondre = (seance: SeanceHttp, membre: string, quoi: 'acceptation' | 'declin', headers = {}) =>
    seance.demander(`offres/${membre}/${quoi}`, undefined, headers);
  const types = async (seance: SeanceHttp) => (await seance.faits('?limite=100')).map((fait) => fait.type).slice(4);
  const du = async (seance: SeanceHttp) =>
    (await club.http.get('/api/v1/paiements?limite=100')).body.elements
      .filter((un: Answer['body']) => un.seanceId === seance.id)
      // Nés dans un même lot, ils n’ont pas d’ordre.
      .toSorted((un: Answer['body'], autre: Answer['body']) => [ana, bo, cy].indexOf(un.membreId) - [ana, bo, cy].indexOf(autre.membreId))
      .map((un: Answer['body']) => [un.membreId, un.statut]);
  const reveils = async (seance: SeanceHttp) => {
    const hand = await club.http.database.hand();
    const rows = await hand.type(`SELECT name FROM timer WHERE root = '${seance.id}' ORDER BY name`);
    return rows.map(({ name }) => name);
  };

  it('se voit, avec son échéance, et la file dit pourquoi elle attend', async () => {
    const seance = await enOffre();
    expect((await seance.lire()).body).toMatchObject({ inscrits: 0, offertes: 1, enAttente: 1, placesRestantes: 0 });
    const [offre, attente] = (await seance.inscriptions()) as [Answer['body'], Answer['body']];
    expect(offre).toEqual({ membreId: bo, statut: 'offerte', expireLe: expect.stringMatching(/^\d{4}-.*[+-]\d\d:\d\d$/) });
    expect(Math.abs(Date.parse(offre.expireLe) - club.clock.now() - JOUR)).toBeLessThan(60_000);
    expect(attente).toEqual({ membreId: cy, statut: 'en_attente', rang: 2, position: 1, raison: 'offre_en_cours', jusqua: offre.expireLe });
    const { debut, gel } = (await seance.lire()).body;
    expect(Date.parse(debut) - Date.parse(gel)).toBe(2 * HEURE);
    expect(await reveils(seance)).toEqual(['cloture', `offre:${bo}`]);
  });

  it('acceptée, elle est prise et due, une fois', async () => {
    const seance = await enOffre();
    const cle = { 'idempotency-key': `accepter-${engine}-0000001` };
    const oui = await repondre(seance, bo, 'acceptation', cle);
    expect([oui.status, oui.body]).toEqual([200, (await seance.lire()).body]);
    expect(oui.body).toMatchObject({ inscrits: 1, offertes: 0, enAttente: 1 });
    const encore = await repondre(seance, bo, 'acceptation', cle);
    expect([encore.body, encore.headers.get('idempotent-replayed')]).toEqual([oui.body, 'true']);
    expect(dit(await repondre(seance, bo, 'acceptation'))).toEqual([404, 'offre_inconnue']);
    expect(await reveils(seance)).toEqual(['cloture']);
    await jusqua('bo doit sa place', async () => (await du(seance)).some(([membre]: string[]) => membre === bo));
    expect(await du(seance)).toEqual([
      [ana, 'annule'],
      [bo, 'du'],
    ]);
  });

  it('déclinée, elle est offerte à la personne suivante, et rien n’est dû', async () => {
    const seance = await enOffre();
    expect((await repondre(seance, bo, 'declin')).body).toMatchObject({ offertes: 1, enAttente: 0 });
    expect(await statuts(seance)).toEqual([[cy, 'offerte']]);
    expect(dit(await seance.inscrire(cy))).toEqual([409, 'place_deja_offerte']);
    expect((await seance.inscrire(bo)).body).toMatchObject({ statut: 'en_attente', rang: 3, position: 1 });
    expect(await types(seance)).toEqual(['MembreDesiste', 'PlaceOfferte', 'OffreDeclinee', 'PlaceOfferte', 'MembreMisEnAttente']);
  });

  it('sans réponse, elle expire d’elle-même et passe à la personne suivante ; il est alors trop tard', async () => {
    const seance = await enOffre();
    club.clock.jump(JOUR + 1);
    try {
      await jusqua('l’offre de bo expire', async () =>
        (await statuts(seance)).some(([membre, statut]) => membre === cy && statut === 'offerte'),
      );
      expect(dit(await repondre(seance, bo, 'acceptation'))).toEqual([409, 'offre_expiree']);
      expect(dit(await repondre(seance, bo, 'declin'))).toEqual([409, 'offre_expiree']);
      expect(await seance.inscriptions('?statut=expiree')).toEqual([{ membreId: bo, statut: 'expiree' }]);
      expect((await repondre(seance, cy, 'acceptation')).body).toMatchObject({ inscrits: 1, offertes: 0, enAttente: 0 });
      await jusqua('cy doit sa place', async () => (await du(seance)).length === 2);
      expect(await du(seance)).toEqual([
        [ana, 'annule'],
        [cy, 'du'],
      ]);
    } finally {
      club.clock.jump(-JOUR - 1);
    }
  });

  it('la demande qui arrive après l’heure trouve l’offre déjà expirée, réveil ou non', async () => {
    const seance = await enOffre();
    club.clock.jump(JOUR + 1);
    try {
      expect(dit(await repondre(seance, bo, 'acceptation'))).toEqual([409, 'offre_expiree']);
      expect((await types(seance)).slice(2)).toEqual(['OffreExpiree', 'PlaceOfferte']);
    } finally {
      club.clock.jump(-JOUR - 1);
    }
  });

  it('au gel, plus rien n’est offert ; reportée, la séance offre de nouveau ; finie, elle se clôt', async () => {
    const seance = await enOffre();
    const passe = 166.5 * HEURE;
    club.clock.jump(passe);
    try {
      expect((await seance.inscrire(di)).body).toMatchObject({ statut: 'en_attente', placesRestantes: 1 });
      expect((await seance.inscriptions())[0]).toMatchObject({ membreId: cy, position: 1, raison: 'gel' });
      const [debut, fin] = [200, 201].map((heures) => new Date(club.clock.now() + heures * HEURE).toISOString());
      expect((await seance.demander('report', { debut, fin })).body).toMatchObject({ offertes: 1, enAttente: 1 });
      expect(await statuts(seance)).toEqual([
        [cy, 'offerte'],
        [di, 'en_attente'],
      ]);
      const [plusTot, finTot] = [6, 7].map((heures) => new Date(club.clock.now() + heures * HEURE).toISOString());
      const { gel } = (await seance.demander('report', { debut: plusTot, fin: finTot })).body;
      expect((await seance.inscriptions())[0]).toMatchObject({ membreId: cy, statut: 'offerte', expireLe: gel });
      club.clock.jump(20 * HEURE);
      await jusqua('la séance se clôt', async () => (await seance.lire()).body.statut === 'cloturee');
      expect((await types(seance)).slice(-2)).toEqual(['OffreExpiree', 'SeanceCloturee']);
      expect(await reveils(seance)).toEqual([]);
      club.clock.jump(-20 * HEURE);
    } finally {
      club.clock.jump(-passe);
    }
  });

  it('annulée, la séance n’offre plus rien ; un membre effacé laisse la place offerte', async () => {
    const [seance, quittee] = [await enOffre(), await enOffre()];
    expect((await seance.demander('annulation', { motif: 'Salle fermée' })).body).toMatchObject({ offertes: 0, enAttente: 0 });
    expect(dit(await repondre(seance, bo, 'acceptation'))).toEqual([404, 'offre_inconnue']);
    expect(await reveils(seance)).toEqual([]);
    expect((await club.http.send(`/api/v1/membres/${bo}`, undefined, {}, 'DELETE')).status).toBe(200);
    await jusqua('la place passe à cy', async () =>
      (await statuts(quittee)).some(([membre, statut]) => membre === cy && statut === 'offerte'),
    );
    expect(dit(await repondre(quittee, bo, 'acceptation'))).toEqual([404, 'membre_inconnu']);
  });
});
