import { copyFile } from 'node:fs/promises';
import sqlite3 from 'sqlite3';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { accueillir, type Acte, jouerArrets, planifier, type Scene } from '../../bench/chaos/actes.js';
import { juger } from '../../bench/chaos/juge.js';
import { lire } from '../../bench/chaos/releve.js';
import { verdict } from '../../bench/chaos/verdict.js';
import { startInstance, type TestInstance } from '../support/instance.js';

/** Les gardes de la base, à écarter avant d'y planter une faute. */
const SANS_GARDE = `PRAGMA ignore_check_constraints = ON;
  DROP TRIGGER inscription_nouvelle; DROP TRIGGER inscription_changee; DROP TRIGGER inscription_ranimee; DROP TRIGGER seance_comptes_tenus;
  DROP INDEX inscription_vivante; DROP INDEX inscription_rang; DROP INDEX paiement_unique; DROP INDEX outbox_position;`;

describe('le juge du chaos', () => {
  let instance: TestInstance;
  let acte: Acte;
  let copies = 0;

  beforeAll(async () => {
    instance = await startInstance('sqlite');
    const never = new AbortController().signal;
    const scene: Scene = { url: instance.url, gaveUp: never, assez: never, relancer: () => Promise.resolve() };
    const lecteurs = await accueillir(scene);
    acte = await planifier(scene, 'une ruée');
    await jouerArrets(scene, acte, lecteurs);
    await vi.waitFor(async () => expect((await instance.get('/api/v1/boite-envoi')).body.nonPublies).toBe(0), { timeout: 10_000 });
    await instance.close();
  });
  afterAll(() => instance.end());

  /** Les lignes fautives d'une copie de la base où `sql` a été tapé. */
  async function fautesApres(sql: string): Promise<string[]> {
    const file = `${instance.database.file}.${++copies}`;
    await copyFile(instance.database.file, file);
    await taper(file, SANS_GARDE + sql);
    const lecture = await lire(`sqlite:${file}`);
    try {
      const constats = juger(await lecture.releve(acte.seance), acte.accuses);
      return constats.filter(({ faute }) => faute !== undefined && faute > 0).map(({ quoi }) => quoi);
    } finally {
      await lecture.fermer();
    }
  }

  const recu = (statut: string): string => acte.accuses.find(({ corps }) => corps['statut'] === statut)!.cle;

  it('ne trouve rien à redire à ce qui s’est passé', async () => {
    expect(acte.accuses.length).toBeGreaterThan(60);
    expect(await fautesApres('')).toEqual([]);
  });

  it.each<[string, string, () => string]>([
    [
      'une place de trop',
      'places en trop',
      () =>
        `UPDATE inscription SET statut = 'inscrite' WHERE seance_id = '${acte.seance}' AND statut = 'en_attente' AND rang = (SELECT max(rang) FROM inscription WHERE statut = 'en_attente')`,
    ],
    [
      'une place vidée devant la file',
      'places vides devant une attente',
      () => `UPDATE inscription SET statut = 'annulee' WHERE entree = (SELECT max(entree) FROM inscription WHERE statut = 'inscrite')`,
    ],
    [
      'un lecteur assis deux fois',
      'lecteurs en double',
      () =>
        `INSERT INTO inscription (seance_id, entree, membre_id, statut, rang, instant) SELECT seance_id, 9999, membre_id, statut, rang, instant FROM inscription WHERE statut = 'inscrite' LIMIT 1`,
    ],
    [
      'une demande faite deux fois',
      'demandes faites deux fois',
      () =>
        `INSERT INTO outbox SELECT stream, 9999, type, data, demande, acteur, instant, format, NULL FROM outbox WHERE demande = '${recu('inscrite')}'`,
    ],
    ['une réponse oubliée', 'réponses perdues', () => `DELETE FROM demande WHERE id = '${recu('inscrite')}'`],
    [
      'une réponse changée',
      'réponses perdues',
      () => `UPDATE demande SET answer = replace(answer, 'en_attente', 'inscrite') WHERE id = '${recu('en_attente')}'`,
    ],
    ['un fait effacé', 'réponses perdues', () => `DELETE FROM outbox WHERE demande = '${recu('en_attente')}'`],
    [
      'un fait attribué à un autre',
      'réponses perdues',
      () => `UPDATE outbox SET data = json_set(data, '$.membreId', 'mem_autre') WHERE demande = '${recu('inscrite')}'`,
    ],
    [
      'un refus qui laisse une trace',
      'refus qui laissent une trace',
      () =>
        `INSERT INTO demande SELECT scope, '${acte.accuses.find(({ statut }) => statut === 409)!.cle}', stream, hash, answer, instant FROM demande WHERE stream = '${acte.seance}' LIMIT 1`,
    ],
    [
      'un rang donné deux fois',
      'rangs et promotions dans le désordre',
      () =>
        `UPDATE outbox SET data = json_set(data, '$.rang', 1) WHERE demande = (SELECT demande FROM outbox WHERE type = 'MembreMisEnAttente' ORDER BY version DESC LIMIT 1)`,
    ],
    [
      'une promotion qui double la file',
      'rangs et promotions dans le désordre',
      () =>
        `UPDATE outbox SET data = json_set(data, '$.membreId', (SELECT membre_id FROM inscription WHERE statut = 'en_attente' ORDER BY rang DESC LIMIT 1)) WHERE type = 'MembrePromu'`,
    ],
    [
      'une version qui manque',
      'rangs et promotions dans le désordre',
      () => `DELETE FROM outbox WHERE version = 5 AND stream = '${acte.seance}'`,
    ],
    ['un compte faux', 'écarts entre les tables et les faits', () => `UPDATE seance SET en_attente = en_attente + 1`],
    [
      'un paiement oublié',
      'paiements manquants ou doubles',
      () => `DELETE FROM paiement WHERE entree = (SELECT min(entree) FROM paiement)`,
    ],
    [
      'un paiement double',
      'paiements manquants ou doubles',
      () =>
        `INSERT INTO paiement SELECT id || 'x', seance_id, entree, membre_id, montant_centimes, devise, statut, cree_le, modifie_le FROM paiement LIMIT 1`,
    ],
    [
      'un fait jamais publié',
      'paiements manquants ou doubles',
      () => `UPDATE stream SET published = published - 1 WHERE id = '${acte.seance}'`,
    ],
  ])('voit %s', async (_, quoi, sql) => expect(await fautesApres(sql())).toContain(quoi));

  it('condamne ce qui ne se voit pas dans la base : une réponse changée, un lecteur sans réponse, un acte sans coup', async () => {
    const lecture = await lire(instance.database.url);
    const releve = await lecture.releve(acte.seance);
    await lecture.fermer();
    expect(verdict([{ acte, releve, rejeuxDifferents: 0 }]).bon).toBe(true);
    expect(verdict([{ acte, releve, rejeuxDifferents: 1 }]).bon).toBe(false);
    expect(verdict([{ acte: { ...acte, sansReponse: 1 }, releve, rejeuxDifferents: 0 }]).bon).toBe(false);
    expect(verdict([{ acte: { ...acte, coups: 0 }, releve, rejeuxDifferents: 0 }]).bon).toBe(false);
  });
});

async function taper(file: string, sql: string): Promise<void> {
  const base = new sqlite3.Database(file);
  try {
    await new Promise<void>((resolve, reject) => base.exec(sql, (error) => (error ? reject(error) : resolve())));
  } finally {
    await new Promise<void>((resolve) => base.close(() => resolve()));
  }
}
