import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HEURE, jusqua, movableClock } from '../support/club-instance.js';
import { Contrat } from '../support/contrat.js';
import { type Jouer, jouerLeReglement, jouerLesPrets } from '../support/contrat-des-prets.js';
import { type Answer, startInstance, type TestInstance } from '../support/instance.js';

// Chaque opération du document est jouée sur une instance, réussie puis refusée ; chaque réponse doit être celle qu'il annonce.

const A = '/api/v1';
const clock = movableClock();
const CLE = 'une-demande-a-moi-0001';
let club: TestInstance;
let contrat: Contrat;
/** Ce qu'un écouteur d'essai refuse de prendre. */
let poison = true;

beforeAll(async () => {
  club = await startInstance(
    'sqlite',
    { DEMO: 'true', SMTP_URL: 'smtp://127.0.0.1:1', MAIL_FROM: 'club@example.org' },
    { clock, end: () => undefined },
  );
  club.machine.listen({
    name: 'essai',
    kinds: ['seance'],
    react(fact) {
      if (poison && fact.type === 'InscriptionsFermees') throw new Error('illisible');
      return [];
    },
  });
  contrat = new Contrat((await club.get('/api/openapi.json')).body);
});
afterAll(() => club.end());

/** Joue une opération et confronte sa réponse au document ; rend la réponse. */
const jouer: Jouer = async (operation, attendu, params = {}, corps, headers = {}): Promise<Answer> => {
  const [methode = '', modele = ''] = operation.split(' ');
  const [chemin = '', query] = modele.split('?');
  const complete = `${A}${chemin.replace(/\{(\w+)\}/g, (_, nom: string) => params[nom] ?? 'rien')}${query === undefined ? '' : `?${query}`}`;
  const reponse = methode === 'GET' ? await club.get(complete, headers) : await club.send(complete, corps, headers, methode);
  expect(contrat.faults(`${methode} ${A}${chemin}`, reponse)).toEqual([]);
  expect([operation, reponse.status, reponse.body.code]).toEqual([operation, attendu, attendu < 400 ? undefined : reponse.body.code]);
  return reponse;
};

const date = (heures: number): string => new Date(clock.now() + heures * HEURE).toISOString();
const membre = async (): Promise<string> =>
  (await jouer('POST /membres', 201, {}, { nom: 'Jeanne', courriel: 'jeanne@example.org' })).body.id;
const planifier = async (fiche: object = {}): Promise<string> =>
  (await jouer('POST /seances', 201, {}, { titre: 'Germinal', debut: date(48), fin: date(50), places: 1, lieu: 'Salle Zola', ...fiche }))
    .body.id;

describe('ce que le document annonce, l’instance le répond', () => {
  it('les membres', async () => {
    const { body, headers } = await jouer('POST /membres', 201, {}, { nom: 'Ana' }, { 'idempotency-key': CLE });
    const { id } = body;
    await jouer('POST /membres', 422, {}, { nom: '', surnom: 'A' });
    await jouer('GET /membres?limite=2', 200);
    await jouer('GET /membres?limite=0', 422);
    await jouer('GET /membres/{id}', 200, { id });
    await jouer('GET /membres/{id}', 304, { id }, undefined, { 'if-none-match': headers.get('etag')! });
    await jouer('GET /membres/{id}', 404);
    await jouer('PATCH /membres/{id}', 200, { id }, { courriel: 'ana@example.org', suspenduJusqua: date(24) });
    await jouer('PATCH /membres/{id}', 412, { id }, { nom: 'Anne' }, { 'if-match': '"1"' });
    await jouer('DELETE /membres/{id}', 200, { id });
    await jouer('DELETE /membres/{id}', 404);
    await jouer('GET /demandes/{demandeId}', 200, { demandeId: CLE });
    await jouer('GET /demandes/{demandeId}', 404);
  });

  it('les séances, de la première place à la dernière présence', async () => {
    const [ana, bo, cyd, dee] = [await membre(), await membre(), await membre(), await membre()];
    const id = await planifier();
    await jouer('POST /seances', 422, {}, { titre: 'Nana', debut: date(50), fin: date(48), places: 1 });
    await jouer('GET /seances?statut=ouverte', 200);
    await jouer('GET /seances?apres=illisible', 422);
    await jouer('POST /seances/{id}/inscriptions', 201, { id }, { membreId: ana });
    await jouer('POST /seances/{id}/inscriptions', 201, { id }, { membreId: bo });
    await jouer('POST /seances/{id}/inscriptions', 201, { id }, { membreId: dee });
    await jouer('POST /seances/{id}/inscriptions', 409, { id }, { membreId: cyd, siComplet: 'refuser' });
    await jouer('POST /seances/{id}/inscriptions', 404, { id }, { membreId: 'mem_personne' });
    await jouer('GET /seances/{id}/inscriptions', 200, { id });
    await jouer('GET /seances/{id}/inscriptions', 404);
    await jouer('DELETE /seances/{id}/inscriptions/{membreId}', 200, { id, membreId: ana });
    await jouer('DELETE /seances/{id}/inscriptions/{membreId}', 409, { id, membreId: ana });
    await jouer('POST /seances/{id}/promotions', 409, { id }, { membreId: dee, motif: 'Anime' });
    await jouer('PATCH /seances/{id}', 200, { id }, { places: 3 });
    await jouer('PATCH /seances/{id}', 422, { id }, { places: 0 });
    await jouer('POST /seances/{id}/places', 200, { id }, { membreId: cyd, motif: 'Invitée' });
    await jouer('POST /seances/{id}/places', 409, { id }, { membreId: cyd, motif: 'Invitée' });
    await jouer('POST /seances/{id}/fermeture', 200, { id });
    await jouer('POST /seances/{id}/fermeture', 404);
    await jouer('POST /seances/{id}/inscriptions', 409, { id }, { membreId: ana });
    await jouer('POST /seances/{id}/reouverture', 200, { id });
    await jouer('POST /seances/{id}/reouverture', 404);
    const payante = await planifier({ paiement: 'avant' });
    for (const membreId of [ana, bo, dee]) await jouer('POST /seances/{id}/inscriptions', 201, { id: payante }, { membreId });
    await jouer('POST /seances/{id}/offres/{membreId}/acceptation', 404, { id: payante, membreId: bo });
    await jouer('DELETE /seances/{id}/inscriptions/{membreId}', 200, { id: payante, membreId: ana });
    await jouer('GET /seances/{id}/inscriptions', 200, { id: payante });
    await jouer('POST /seances/{id}/offres/{membreId}/declin', 200, { id: payante, membreId: bo });
    await jouer('POST /seances/{id}/offres/{membreId}/declin', 404, { id: payante, membreId: bo });
    await jouer('POST /seances/{id}/offres/{membreId}/acceptation', 200, { id: payante, membreId: dee });
    await jouer('POST /seances/{id}/report', 200, { id }, { debut: date(24), fin: date(26) });
    await jouer('POST /seances/{id}/report', 422, { id }, { debut: date(-24), fin: date(26) });
    await jouer('POST /seances/{id}/presences', 409, { id }, { membreId: bo, statut: 'presente' });
    clock.jump(25 * HEURE);
    await jouer('POST /seances/{id}/presences', 200, { id }, { membreId: bo, statut: 'presente' });
    await jouer('GET /seances/{id}/inscriptions?statut=presente', 200, { id });
    const { headers } = await jouer('GET /seances/{id}', 200, { id });
    await jouer('GET /seances/{id}', 304, { id }, undefined, { 'if-none-match': headers.get('etag')! });
    await jouer('GET /seances/{id}', 404);
    await jouer('GET /seances/{id}/faits?limite=100', 200, { id });
    await jouer('GET /seances/{id}/faits', 404);
  });

  it('une place donnée hors rang, et une annulation', async () => {
    const [ana, bo] = [await membre(), await membre()];
    const id = await planifier({ listeAttenteMax: 3 });
    await jouer('POST /seances/{id}/inscriptions', 201, { id }, { membreId: ana });
    await jouer('POST /seances/{id}/inscriptions', 201, { id }, { membreId: bo });
    await jouer('POST /seances/{id}/promotions', 409, { id }, { membreId: bo, motif: 'Anime' });
    // Après le début, personne n'est promu tout seul : la place attend que quelqu'un la donne.
    clock.jump(49 * HEURE);
    await jouer('PATCH /seances/{id}', 200, { id }, { places: 2 });
    await jouer('POST /seances/{id}/promotions', 200, { id }, { membreId: bo, motif: 'Anime' });
    await jouer('POST /seances/{id}/annulation', 200, { id }, { motif: 'Salle fermée' });
    await jouer('POST /seances/{id}/annulation', 409, { id }, { motif: 'Salle fermée' });
  });

  it('les ouvrages et les prêts', async () => {
    await jouerLesPrets(jouer, await membre(), await membre(), (jours) => clock.jump(jours * 24 * HEURE));
  });
  it('le règlement et le calendrier', () => jouerLeReglement(jouer));

  it('les paiements', async () => {
    const ana = await membre();
    const seance = await planifier({ prixCentimes: 500 });
    await jouer('POST /seances/{id}/inscriptions', 201, { id: seance }, { membreId: ana });
    const du = async (): Promise<{ id: string; statut: string } | undefined> =>
      (await jouer(`GET /paiements?membreId=${ana}`, 200)).body.elements[0];
    await jusqua('un paiement est dû', async () => (await du()) !== undefined);
    const { id } = (await du())!;
    await jouer('GET /paiements?statut=perdu', 422);
    const { headers } = await jouer('GET /paiements/{id}', 200, { id });
    await jouer('GET /paiements/{id}', 304, { id }, undefined, { 'if-none-match': headers.get('etag')! });
    await jouer('GET /paiements/{id}', 404);
    await jouer('POST /paiements/{id}/remboursement', 409, { id });
    await jouer('POST /paiements/{id}/encaissement', 200, { id }, { montantCentimes: 500 });
    await jouer('POST /paiements/{id}/encaissement', 409, { id });
    await jouer('DELETE /seances/{id}/inscriptions/{membreId}', 200, { id: seance, membreId: ana });
    await jusqua('le remboursement est dû', async () => (await du())?.statut !== 'encaisse');
    await jouer('POST /paiements/{id}/remboursement', 200, { id });
  });

  it('les réveils', async () => {
    await jouer('GET /reveils', 200);
    await jouer('GET /reveils?limite=0', 422);
    await jouer('GET /reveils?apres=zzz', 422);
  });

  it('les fichiers : l’agenda, les membres et les ouvrages en CSV', async () => {
    const id = await planifier();
    await jouer('GET /agenda.ics', 200);
    await jouer('GET /seances/{id}/agenda.ics', 200, { id });
    await jouer('GET /seances/{id}/agenda.ics', 404);
    for (const [quoi, fichier] of [
      ['membres', 'Nom\nAna\n'],
      ['ouvrages', 'Titre\nGerminal\n'],
    ] as const) {
      const importer = (mode: string, attendu: number, corps: string, type = 'text/csv') =>
        jouer(`POST /${quoi}/import?mode=${mode}`, attendu, {}, corps, { 'content-type': type });
      await jouer(`GET /${quoi}/export`, 200);
      await importer('apercu', 200, fichier);
      await importer('ecriture', 200, fichier);
      await importer('ecriture', 422, `${fichier};;x\n`);
      await importer('apercu', 415, '{}', 'application/json');
    }
  });

  it('les avis', async () => {
    const ana = (await jouer('POST /membres', 201, {}, { nom: 'Ana' })).body.id as string;
    await jouer('POST /seances/{id}/inscriptions', 201, { id: await planifier() }, { membreId: ana });
    const avis = async (): Promise<{ id: string; statut: string } | undefined> =>
      (await jouer(`GET /notifications?membreId=${ana}`, 200)).body.elements[0];
    await jusqua('un avis est né', async () => (await avis()) !== undefined);
    const { id } = (await avis())!;
    await jouer('GET /notifications?limite=x', 422);
    await jouer('GET /notifications/{id}', 200, { id });
    await jouer('GET /notifications/{id}', 404);
    // Tant qu'il est en train de partir, il ne s'abandonne pas ; une demande refusée se refait sous la même clé.
    const cle = { 'idempotency-key': 'un-abandon-a-moi-0001' };
    await jusqua('l’avis est abandonné', async () => (await club.send(`${A}/notifications/${id}/abandon`, undefined, cle)).status === 200);
    await jouer('POST /notifications/{id}/abandon', 200, { id }, undefined, cle);
    await jouer('POST /notifications/{id}/abandon', 409, { id });
    await jouer('POST /notifications/{id}/renvoi', 200, { id });
    await jouer('POST /notifications/{id}/renvoi', 404);
  });

  it('les compteurs', async () => {
    const produit = 'the-vert';
    await jouer('POST /compteurs', 201, {}, { produit, nom: 'Thé vert', seuil: '5', borne: true });
    await jouer('POST /compteurs', 409, {}, { produit, nom: 'Thé vert' });
    await jouer('GET /compteurs?limite=2', 200);
    await jouer('GET /compteurs?limite=0', 422);
    await jouer('GET /compteurs/{produit}', 404);
    await jouer('POST /compteurs/{produit}/increments', 422, { produit }, { quantite: 0 });
    await jouer('POST /compteurs/{produit}/increments?ecriture=pair', 503, { produit }, { quantite: 1 });
    const { mouvementId: id } = (await jouer('POST /compteurs/{produit}/increments', 200, { produit }, { quantite: 4 })).body;
    await jouer('POST /compteurs/{produit}/decrements', 409, { produit }, { quantite: 9 });
    await jouer('POST /compteurs/{produit}/decrements', 200, { produit }, { quantite: 2 });
    await jouer('POST /compteurs/{produit}/mouvements/{id}/annulation', 409, { produit, id });
    await jouer('POST /compteurs/{produit}/mouvements/{id}/annulation', 404, { produit });
    await jouer('POST /compteurs/{produit}/recomptages', 200, { produit }, { valeur: 6 });
    await jouer('POST /compteurs/{produit}/recomptages', 422, { produit }, { valeur: -6 });
    await jouer('POST /compteurs/{produit}/mouvements/{id}/annulation', 200, { produit, id });
    await jouer('GET /compteurs/{produit}', 200, { produit });
    await jouer('GET /compteurs/{produit}/mouvements', 200, { produit });
    await jouer('GET /compteurs/{produit}/mouvements', 404);
    await jouer('GET /convergence', 200);
  });

  it('la supervision et la boîte d’envoi', async () => {
    const id = await planifier();
    await jouer('GET /supervision', 200);
    await jouer('GET /supervision?sous=monclub.lune', 404);
    const chemin = `monclub.coeur.club.reunions.${id}`;
    await jouer('POST /supervision/{chemin}/plantage', 200, { chemin });
    await jouer('POST /supervision/{chemin}/plantage', 404, { chemin: 'monclub.lune' });
    for (const quoi of ['rejeu', 'abandon']) {
      poison = true;
      const retenue = await planifier();
      await jouer('POST /seances/{id}/fermeture', 200, { id: retenue });
      const lettre = async (): Promise<string | undefined> =>
        (await jouer('GET /boite-envoi', 200)).body.lettresMortes.find((une: { agregat: string }) => une.agregat === retenue)?.id;
      await jusqua('la lettre est retenue', async () => (await lettre()) !== undefined);
      poison = false;
      await jouer(`POST /boite-envoi/{id}/${quoi}`, 200, { id: (await lettre())! });
      await jouer(`POST /boite-envoi/{id}/${quoi}`, 404);
    }
  });

  it('la grappe', async () => {
    await jouer('GET /grappe', 200);
    await jouer('GET /grappe/elections', 200);
    await jouer('GET /grappe/proprietaires/{agregat}', 200, { agregat: await planifier() });
  });

  it('les épreuves', async () => {
    await jouer('POST /epreuves/arret', 200, {}, { noeud: club.config.instanceId });
    await jouer('POST /epreuves/arret', 404, {}, { noeud: 'personne' });
    await jouer('POST /epreuves/isolement', 200, {}, { dureeMs: 1000 });
    await jouer('POST /epreuves/isolement', 409, {}, { dureeMs: 1000 });
    await jouer('POST /epreuves/isolement', 422, {}, { dureeMs: 21_000 });
  });

  it('le flux', async () => {
    const stop = new AbortController();
    const { status, headers } = await fetch(`${club.url}${A}/flux`, { signal: stop.signal });
    stop.abort();
    expect(contrat.faults(`GET ${A}/flux`, { status, headers, body: '' })).toEqual([]);
    await jouer(`GET /flux?depuis=${'9'.repeat(101)}`, 422);
  });

  it('rien n’a été oublié : chaque opération a réussi, et refusé si elle le peut', () => {
    const vu = (operation: string, statut: RegExp): boolean =>
      [...contrat.vus].some((un) => un.startsWith(`${operation} `) && statut.test(un.slice(operation.length + 1)));
    const jamais = (statut: RegExp) => contrat.operations.filter((operation) => !vu(operation, statut));
    expect(jamais(/^2/)).toEqual([]);
    expect(jamais(/^4/).filter((operation) => contrat.refusals(operation).length > 0)).toEqual([]);
  });
});

describe('le contrat mord', () => {
  it.each([
    ['un champ de trop', { elements: [], secret: 1 }],
    ['un champ qui manque', {}],
    ['un type faux', { elements: [{ id: 1, nom: 'Ana', courriel: null, suspenduJusqua: null, version: 1 }] }],
  ])('%s', async (_, body) => {
    const { headers } = await club.get(`${A}/membres`);
    expect(contrat.faults(`GET ${A}/membres`, { status: 200, headers, body })).not.toEqual([]);
  });
});
