import { beforeEach, describe, expect, it } from 'vitest';
import { BoiteDAvis, FauxCourrier } from '../../../test/support/boite-d-avis.js';
import { delaiApres, ESSAIS } from './avis.js';
import { sansAdresse } from './notifications.envoi.js';

const MINUTE = 60_000;
const HEURE = 60 * MINUTE;

let boite: BoiteDAvis;
let courrier: FauxCourrier;
beforeEach(() => {
  boite = new BoiteDAvis();
  courrier = new FauxCourrier();
});
const demarrer = (avec: FauxCourrier | undefined = courrier) => boite.envoyeur(avec).start();

describe('un avis dû', () => {
  it('part une fois, à la bonne personne, avec un texte écrit à l’instant', async () => {
    const id = await boite.avis('mem_ana');
    demarrer();
    await boite.clock.pass(MINUTE);
    expect(courrier.recus).toEqual([
      {
        id,
        nom: 'ana',
        adresse: 'ana@example.org',
        sujet: 'Inscription confirmée : Les Misérables',
        texte: expect.stringMatching(
          /^Bonjour ana,\n\nVous êtes inscrit\(e\) : « Les Misérables », le mardi 10 mars 2026 à 19:00 \(Salle 2\)\.\n\nPrix : 5,00\s€/,
        ) as string,
      },
    ]);
    expect(boite.ligne(id)).toMatchObject({ statut: 'envoyee', essais: 0, erreur: null, envoyee_le: expect.any(Number) as number });
  });
  it('part dès la publication, sans attendre la veille', async () => {
    demarrer();
    await boite.clock.pass(1000);
    await boite.avis('mem_ana');
    for (const reveil of boite.reveils) reveil();
    await boite.clock.pass(300);
    expect(courrier.recus).toHaveLength(1);
  });
  it('des publications incessantes ne le retardent pas', async () => {
    demarrer();
    await boite.clock.pass(1000);
    await boite.avis('mem_ana');
    for (let n = 0; n < 10; n++) {
      for (const reveil of boite.reveils) reveil();
      await boite.clock.pass(50);
    }
    expect(courrier.recus).toHaveLength(1);
  });
  it('part par lots, tous, sans attendre entre deux', async () => {
    for (let n = 0; n < 45; n++) await boite.avis(`mem_${n}`);
    demarrer();
    await boite.clock.pass(100);
    expect(courrier.recus).toHaveLength(45);
  });
  it('attend son heure', async () => {
    await boite.avis('mem_ana', { prochain_essai: boite.clock.now() + HEURE });
    demarrer();
    await boite.clock.pass(HEURE - 1000);
    expect(courrier.vus).toEqual([]);
    await boite.clock.pass(12_000);
    expect(courrier.recus).toHaveLength(1);
  });
  it('pour un membre effacé ou sans courriel : sans adresse', async () => {
    boite.membres.set('mem_bo', { nom: 'bo', courriel: null });
    const sansCourriel = await boite.avis('mem_bo');
    const efface = await boite.avis('mem_cy');
    boite.membres.delete('mem_cy');
    demarrer();
    await boite.clock.pass(1000);
    expect([boite.statut(sansCourriel), boite.statut(efface), courrier.vus]).toEqual(['sans_adresse', 'sans_adresse', []]);
  });
  it('sans courrier, est affiché', async () => {
    const id = await boite.avis('mem_ana');
    boite.envoyeur(undefined).start();
    await boite.clock.pass(1000);
    expect(boite.statut(id)).toBe('affichee');
  });
});

describe('un avis que le serveur refuse', () => {
  it('est retenté de plus en plus tard, au-delà de 24 h, puis meurt', async () => {
    const id = await boite.avis('mem_ana');
    courrier.refus = () => new Error('Message failed: 450 4.2.1 <ana@example.org> mailbox busy');
    const debut = boite.clock.now();
    const heures: number[] = [];
    courrier.pendant = async () => void heures.push((boite.clock.now() - debut) / HEURE);
    demarrer();
    await boite.clock.pass(24 * HEURE);
    expect(boite.statut(id)).toBe('a_envoyer');
    await boite.clock.pass(72 * HEURE);
    expect(boite.ligne(id)).toMatchObject({ statut: 'morte', essais: ESSAIS, erreur: 'Message failed: 450 4.2.1 <…> mailbox busy' });
    expect(heures).toHaveLength(ESSAIS);
    expect(heures.at(-1)).toBeGreaterThan(48);
    const ecarts = heures.slice(1).map((heure, i) => heure - heures[i]!);
    for (const [i, ecart] of ecarts.entries()) expect(Math.abs(ecart - delaiApres(i + 1) / HEURE)).toBeLessThan(0.01);
  });
  it('part à un essai suivant si le serveur l’accepte enfin', async () => {
    const id = await boite.avis('mem_ana');
    courrier.refus = () => (courrier.vus.length < 3 ? new Error('451 greylisted') : undefined);
    demarrer();
    await boite.clock.pass(10 * MINUTE);
    expect(boite.ligne(id)).toMatchObject({ statut: 'envoyee', essais: 2, erreur: null });
    expect(courrier.recus).toHaveLength(1);
  });
  it('n’arrête pas les autres', async () => {
    const mauvais = await boite.avis('mem_ana');
    for (let n = 0; n < 20; n++) await boite.avis(`mem_${n}`);
    courrier.refus = ({ id }) => (id === mauvais ? new Error('connexion coupée pendant DATA') : undefined);
    demarrer();
    await boite.clock.pass(1000);
    expect(courrier.recus).toHaveLength(20);
    expect(boite.ligne(mauvais)).toMatchObject({ statut: 'a_envoyer', essais: 1 });
  });
  it('ni celui qui ne peut pas être écrit', async () => {
    const mauvais = await boite.avis('mem_ana', { stream: 'sea_perdue' });
    await boite.avis('mem_bo');
    demarrer();
    await boite.clock.pass(1000);
    expect(courrier.recus).toHaveLength(1);
    expect(boite.ligne(mauvais)).toMatchObject({ essais: 1, erreur: 'aucune séance sea_perdue' });
  });
});

describe('un serveur de courrier injoignable', () => {
  it('ne coûte aucun essai, même trois jours, et tout part quand il revient', async () => {
    const ids = [await boite.avis('mem_ana'), await boite.avis('mem_bo')];
    courrier.ouvert = false;
    const envoi = boite.envoyeur(courrier);
    envoi.start();
    await boite.clock.pass(72 * HEURE);
    expect(ids.map((id) => boite.ligne(id))).toMatchObject([
      { statut: 'a_envoyer', essais: 0 },
      { statut: 'a_envoyer', essais: 0 },
    ]);
    expect([envoi.enPanne, boite.reports]).toEqual([true, ['Le serveur de courrier est injoignable : les avis attendent']]);
    expect(courrier.questions, 'une question toutes les cinq minutes au plus').toBeLessThan(72 * 12 + 20);
    courrier.ouvert = true;
    await boite.clock.pass(5 * MINUTE + 1000);
    expect([ids.map((id) => boite.statut(id)), courrier.recus.length, envoi.enPanne]).toEqual([['envoyee', 'envoyee'], 2, false]);
  });
  it('des réveils n’abrègent pas la pause', async () => {
    await boite.avis('mem_ana');
    courrier.ouvert = false;
    demarrer();
    await boite.clock.pass(100);
    const questions = courrier.questions;
    for (let n = 0; n < 20; n++) {
      for (const reveil of boite.reveils) reveil();
      await boite.clock.pass(200);
    }
    expect(courrier.questions).toBe(questions);
  });
});

describe('la base', () => {
  it('illisible, elle ne coûte aucun essai', async () => {
    const id = await boite.avis('mem_ana');
    boite.lisible = false;
    demarrer();
    await boite.clock.pass(10 * MINUTE);
    expect(boite.ligne(id)).toMatchObject({ statut: 'a_envoyer', essais: 0 });
    boite.lisible = true;
    await boite.clock.pass(2 * MINUTE);
    expect(courrier.recus).toHaveLength(1);
  });
  it('perdue pendant l’envoi, elle ne fait pas partir l’avis deux fois', async () => {
    const id = await boite.avis('mem_ana');
    courrier.pendant = async () => void (boite.rows.down = true);
    demarrer();
    await boite.clock.pass(MINUTE);
    courrier.pendant = async () => undefined;
    boite.rows.down = false;
    await boite.clock.pass(HEURE);
    expect([boite.statut(id), courrier.vus]).toEqual(['envoyee', [id]]);
  });
});

describe('un report', () => {
  const travail = () =>
    boite.avis('mem_x', {
      membre_id: '',
      version: 2000,
      gabarit: 'report',
      donnees: '{"debut":"2026-03-17T19:00:00+01:00","apres":0}',
      statut: 'a_developper',
    });

  it('avise chacun de ceux qui étaient là, une fois, même nombreux, et personne d’autre', async () => {
    boite.presents = Array.from({ length: 1203 }, (_, i) => ({ membreId: `mem_${i}`, entree: i + 2 }));
    boite.presents.push({ membreId: 'mem_tard', entree: 2001 });
    await travail();
    boite.envoyeur(undefined).start();
    boite.envoyeur(undefined).start();
    await boite.clock.pass(1000);
    const avis = boite.rows.rows('notification');
    expect([avis.length, new Set(avis.map((row) => row['membre_id'])).size]).toEqual([1203, 1203]);
    expect(avis.every((row) => row['gabarit'] === 'report' && row['statut'] === 'affichee' && row['version'] === 2000)).toBe(true);
  });
  it('part avec la nouvelle date', async () => {
    boite.membres.set('mem_ana', { nom: 'ana', courriel: 'ana@example.org' });
    boite.presents = [{ membreId: 'mem_ana', entree: 2 }];
    await travail();
    demarrer();
    await boite.clock.pass(1000);
    expect(courrier.recus[0]!.texte).toContain('reportée : elle aura lieu le mardi 17 mars 2026 à 19:00');
  });
});

describe('ce qui est gardé d’un échec', () => {
  it.each([
    ['550 5.1.1 <ana.b@example.org>: unknown', '550 5.1.1 <…>: unknown'],
    ["Can't send mail to ana@example.org, sorry", "Can't send mail to …, sorry"],
    ['ligne\r\nautre', 'ligne autre'],
  ])('ne contient aucune adresse : %s', (texte, garde) => expect(sansAdresse(new Error(texte))).toBe(garde));
});
