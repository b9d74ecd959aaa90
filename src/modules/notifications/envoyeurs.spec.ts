import { beforeEach, describe, expect, it } from 'vitest';
import { BoiteDAvis, FauxCourrier } from '../../../test/support/boite-d-avis.js';
import { Registre, type Transact } from './registre.envoi.js';

const MINUTE = 60_000;
const HEURE = 60 * MINUTE;

let boite: BoiteDAvis;
let courrier: FauxCourrier;
beforeEach(() => {
  boite = new BoiteDAvis();
  courrier = new FauxCourrier();
});
const demarrer = (avec: FauxCourrier | undefined = courrier) => boite.envoyeur(avec).start();

describe('plusieurs envoyeurs', () => {
  it('se partagent les avis, chacun une fois', async () => {
    for (let n = 0; n < 60; n++) await boite.avis(`mem_${n}`);
    const autre = new FauxCourrier();
    demarrer();
    demarrer(autre);
    await boite.clock.pass(1000);
    const partis = [...courrier.recus, ...autre.recus].map(({ id }) => id);
    expect([partis.length, new Set(partis).size]).toEqual([60, 60]);
    expect(autre.recus.length).toBeGreaterThan(0);
  });
  it('ce que tenait un mort part après son bail, une seconde fois au pire, sous le même identifiant', async () => {
    const id = await boite.avis('mem_ana');
    // Il a tout pris, il a envoyé, et ne dira plus rien.
    courrier.pendant = () => new Promise(() => undefined);
    demarrer();
    await boite.clock.pass(1000);
    const autre = new FauxCourrier();
    demarrer(autre);
    await boite.clock.pass(14 * MINUTE);
    expect(autre.vus).toEqual([]);
    await boite.clock.pass(2 * MINUTE);
    expect([autre.vus, boite.statut(id)]).toEqual([[id], 'envoyee']);
  });
  it('un zombie qui se réveille après son bail n’écrit rien', async () => {
    const id = await boite.avis('mem_ana');
    let finir: (error: Error) => void = () => undefined;
    courrier.pendant = () => new Promise((_, reject) => (finir = reject));
    demarrer();
    await boite.clock.pass(1000);
    demarrer(new FauxCourrier());
    await boite.clock.pass(16 * MINUTE);
    finir(new Error('trop tard'));
    await boite.clock.pass(1000);
    expect(boite.ligne(id)).toMatchObject({ statut: 'envoyee', essais: 0, erreur: null });
  });
  it('un zombie n’écrit rien non plus pendant qu’un autre tient l’avis', async () => {
    const id = await boite.avis('mem_ana');
    let finir: () => void = () => undefined;
    courrier.pendant = () => new Promise((resolve) => (finir = resolve));
    demarrer();
    await boite.clock.pass(1000);
    const autre = new FauxCourrier();
    autre.pendant = () => new Promise(() => undefined);
    demarrer(autre);
    await boite.clock.pass(16 * MINUTE);
    const tenu = boite.ligne(id);
    finir();
    await boite.clock.pass(1000);
    expect([autre.vus, boite.ligne(id)]).toEqual([[id], tenu]);
  });
  it('un serveur très lent ne fait pas envoyer au-delà du bail', async () => {
    for (let n = 0; n < 10; n++) await boite.avis(`mem_${n}`);
    const autre = new FauxCourrier();
    const lenteur = (): Promise<void> => new Promise((resolve) => boite.clock.after(4 * MINUTE, resolve));
    courrier.pendant = autre.pendant = lenteur;
    demarrer();
    demarrer(autre);
    await boite.clock.pass(2 * HEURE);
    const vus = [...courrier.vus, ...autre.vus];
    expect([vus.length, new Set(vus).size]).toEqual([10, 10]);
  });
  it('ne prennent pas deux fois le même, même quand leurs transactions se croisent', async () => {
    for (let n = 0; n < 5; n++) await boite.avis(`mem_${n}`, { statut: 'en_envoi' });
    const croisee: Transact = (work) => work(boite.rows);
    const [un, autre] = [0, 1].map(() => new Registre(croisee, boite.clock, 'Europe/Paris')) as [Registre, Registre];
    const pris = (await Promise.all([un.prendre(10, MINUTE), autre.prendre(10, MINUTE + 1)])).flat();
    expect([pris.length, new Set(pris.map(({ id }) => id)).size]).toEqual([5, 5]);
  });
});

describe('arrêter', () => {
  it('finit l’avis en cours, l’écrit, lâche les autres et ne laisse aucune minuterie', async () => {
    const [premier, second] = [await boite.avis('mem_ana'), await boite.avis('mem_bo')];
    let finir: () => void = () => undefined;
    courrier.pendant = () => new Promise((resolve) => (finir = resolve));
    const vie = demarrer();
    await boite.clock.pass(100);
    const arret = vie.stop();
    finir();
    await arret;
    expect([boite.statut(premier), boite.statut(second), boite.ligne(second)['prochain_essai']]).toEqual([
      'envoyee',
      'a_envoyer',
      boite.clock.now(),
    ]);
    expect([boite.clock.armed, boite.reveils.size]).toEqual([0, 0]);
  });
  it('et recommencer reprend où l’on en était', async () => {
    const envoi = boite.envoyeur(courrier);
    await envoi.start().stop();
    await boite.avis('mem_ana');
    envoi.start();
    await boite.clock.pass(1000);
    expect(courrier.recus).toHaveLength(1);
  });
});
