/** Trois instances, une seule base : ce que chacune accorderait de bonne foi, toutes ensemble ne l’accordent qu’une fois. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engines, type Hand } from '../support/databases.js';
import { type Answer, startGrappe, type TestInstance } from '../support/instance.js';
import { O, P } from '../support/prets-http.js';

const M = '/api/v1/membres';

describe.each(engines)('les prêts demandés à trois instances à la fois, sur %s', (engine) => {
  let toutes: TestInstance[];
  let hand: Hand;
  beforeAll(async () => {
    toutes = await startGrappe(engine, 3);
    hand = await toutes[0]!.database.hand();
  });
  afterAll(async () => {
    const [derniere, ...autres] = toutes.toReversed();
    for (const une of autres) await une.close();
    await derniere!.end();
  });

  /** Chacune son tour. */
  const chez = (i: number): TestInstance => toutes[i % toutes.length]!;
  const creer = (combien: number, path: string, fiche: object): Promise<string[]> =>
    Promise.all(
      Array.from({ length: combien }, async (_, i) => {
        const { status, body } = await chez(i).send(path, fiche);
        expect(status, JSON.stringify(body)).toBe(201);
        return body.id as string;
      }),
    );
  const membres = (combien: number) => creer(combien, M, { nom: 'Ana' });
  const ouvrages = (combien: number) => creer(combien, O, { titre: 'Germinal', exemplaires: 1 });
  /** Des ouvrages d’un exemplaire, tous sortis, chez qui n’en a pas trop. */
  const sortis = async (combien: number): Promise<string[]> => {
    const [livres, lecteurs] = [await ouvrages(combien), await membres(Math.ceil(combien / 5))];
    const prets = await Promise.all(livres.map((ouvrageId, i) => chez(i).send(P, { ouvrageId, membreId: lecteurs[Math.floor(i / 5)] })));
    expect(prets.map(({ status }) => status)).toEqual(livres.map(() => 201));
    return livres;
  };
  /** Combien de chaque réponse. */
  const bilan = (reponses: readonly Answer[]): Record<string, number> => {
    const compte: Record<string, number> = {};
    for (const { status, body } of reponses) {
      const quoi = `${status} ${body.code ?? body.statut ?? ''}`.trim();
      compte[quoi] = (compte[quoi] ?? 0) + 1;
    }
    return compte;
  };
  const proprietaire = async (id: string): Promise<string> => (await chez(0).get(`/api/v1/grappe/proprietaires/${id}`)).body.proprietaire;
  /** Des ouvrages que les trois possèdent, à parts presque égales. */
  const repartis = async (combien: number): Promise<string[]> => {
    const parts = new Map(toutes.map(({ config }) => [config.instanceId, [] as string[]]));
    const pleine = Math.ceil(combien / parts.size);
    for (let essais = 0; [...parts.values()].some((part) => part.length < pleine); essais++) {
      if (essais > 20) throw new Error('une instance ne possède presque rien');
      for (const id of await ouvrages(combien)) parts.get(await proprietaire(id))!.push(id);
    }
    return [...parts.values()].flatMap((part) => part.slice(0, pleine)).slice(0, combien);
  };
  const compter = async (sql: string): Promise<number> => Number((await hand.type(`SELECT COUNT(*) AS n FROM ${sql}`))[0]!['n']);
  /** Ce que la base compte d’un membre, et ce que ses lignes disent. */
  const comptes = async (membreId: string): Promise<unknown> => {
    const [membre] = await hand.type(`SELECT prets, reservations FROM membre WHERE id = '${membreId}'`);
    return {
      membre: [Number(membre!['prets']), Number(membre!['reservations'])],
      lignes: [
        await compter(`pret WHERE membre_id = '${membreId}' AND statut = 'en_cours'`),
        await compter(`reservation WHERE membre_id = '${membreId}' AND statut IN ('en_attente', 'mise_de_cote')`),
      ],
    };
  };

  it('cinquante lecteurs, un exemplaire : un seul l’emporte, et les autres savent pourquoi', async () => {
    const [foule, [ouvrageId]] = [await membres(50), await ouvrages(1)];
    const reponses = await Promise.all(foule.map((membreId, i) => chez(i).send(P, { ouvrageId, membreId })));
    expect(bilan(reponses)).toEqual({ '201 en_cours': 1, '409 exemplaire_indisponible': 49 });
    expect(await compter(`pret WHERE ouvrage_id = '${ouvrageId}'`)).toBe(1);
    for (const une of toutes) expect((await une.get(`${O}/${ouvrageId}`)).body.disponibles).toBe(0);
  });

  it('un lecteur, dix ouvrages que trois instances possèdent : cinq prêts, et cinq fois la limite', async () => {
    const [[membreId], livres] = [await membres(1), await repartis(10)];
    const reponses = await Promise.all(livres.map((ouvrageId, i) => chez(i).send(P, { ouvrageId, membreId })));
    expect(bilan(reponses)).toEqual({ '201 en_cours': 5, '409 limite_prets_atteinte': 5 });
    expect(await comptes(membreId!)).toEqual({ membre: [5, 0], lignes: [5, 0] });
    const refuses = livres.filter((_, i) => reponses[i]!.status !== 201);
    for (const livre of refuses) expect((await chez(1).get(`${O}/${livre}`)).body).toMatchObject({ disponibles: 1, version: 1 });
  });

  it('un lecteur réserve dix ouvrages à la fois : trois réservations, et sept fois la limite', async () => {
    const [[membreId], livres] = [await membres(1), await sortis(10)];
    const reponses = await Promise.all(livres.map((livre, i) => chez(i).send(`${O}/${livre}/reservations`, { membreId })));
    expect(bilan(reponses.map((une) => (une.status === 201 ? { ...une, body: {} } : une)))).toEqual({
      '201': 3,
      '409 limite_reservations_atteinte': 7,
    });
    expect(await comptes(membreId!)).toEqual({ membre: [0, 3], lignes: [0, 3] });
  });

  it('le même identifiant aux trois à la fois : un seul prêt, la même réponse ; pour un autre livre, un refus', async () => {
    const [[membreId], [ouvrageId, autre]] = [await membres(1), await ouvrages(2)];
    const cle = { 'idempotency-key': `courses-${engine}-emprunter-1` };
    const reponses = await Promise.all([...toutes, ...toutes].map((une) => une.send(P, { ouvrageId, membreId }, cle)));
    expect(bilan(reponses)).toEqual({ '201 en_cours': 6 });
    expect(new Set(reponses.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(await compter(`pret WHERE membre_id = '${membreId}'`)).toBe(1);
    expect((await chez(2).send(P, { ouvrageId: autre, membreId }, cle)).body.code).toBe('demande_differente');
    const { id } = reponses[0]!.body;
    const rendre = { 'idempotency-key': `courses-${engine}-rendre-01` };
    const rendus = await Promise.all(toutes.map((une) => une.send(`${P}/${id}/retour`, {}, rendre)));
    expect(new Set(rendus.map(({ status, body }) => `${status} ${JSON.stringify(body)}`)).size).toBe(1);
    expect(await comptes(membreId!)).toEqual({ membre: [0, 0], lignes: [0, 0] });
    // Emprunté de nouveau sous l’ancien identifiant : l’ancienne réponse, et pas de prêt.
    expect((await chez(1).send(P, { ouvrageId, membreId }, cle)).body).toEqual(reponses[0]!.body);
    expect(await compter(`pret WHERE membre_id = '${membreId}'`)).toBe(1);
  });

  it('effacé pendant qu’il emprunte, un membre est parti sans livre, ou reste avec', async () => {
    const [partants, livres] = [await membres(12), await ouvrages(12)];
    const essais = await Promise.all(
      partants.map((membreId, i) =>
        Promise.all([chez(i).send(P, { ouvrageId: livres[i], membreId }), chez(i + 1).send(`${M}/${membreId}`, undefined, {}, 'DELETE')]),
      ),
    );
    const vus = essais.map(([pret, depart]) => `${pret.body.code ?? pret.status}, ${depart.body.code ?? depart.status}`);
    for (const vu of vus) expect(['201, prets_en_cours', 'membre_inconnu, 200']).toContain(vu);
    for (const [i, membreId] of partants.entries()) {
      const reste = vus[i]!.startsWith('201');
      expect((await chez(i + 2).get(`${M}/${membreId}`)).status, vus[i]).toBe(reste ? 200 : 404);
      expect(await comptes(membreId), vus[i]).toEqual({ membre: [Number(reste), 0], lignes: [Number(reste), 0] });
    }
  });

  it('mutant : sans la limite de la base, les portes ne suffisent pas', async () => {
    // Sa version ne change pas : les instances n’en savent rien, et continuent de refuser le sixième prêt qu’elles voient.
    await hand.type('UPDATE reglement SET prets_max = 99');
    try {
      let prets = 0;
      for (let essais = 0; prets <= 5 && essais < 5; essais++) {
        const [[membreId], livres] = [await membres(1), await repartis(10)];
        await Promise.all(livres.map((ouvrageId, i) => chez(i).send(P, { ouvrageId, membreId })));
        prets = await compter(`pret WHERE membre_id = '${membreId}'`);
      }
      expect(prets).toBeGreaterThan(5);
    } finally {
      await hand.type('UPDATE reglement SET prets_max = 5');
    }
  });
});
