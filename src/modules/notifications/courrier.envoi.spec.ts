import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BoiteDAvis } from '../../../test/support/boite-d-avis.js';
import { SmtpDEssai } from '../../../test/support/smtp.js';
import { systemClock } from '../../runtime/clock.js';
import { courrierSmtp } from './courrier.envoi.js';

const MINUTE = 60_000;

let serveur: SmtpDEssai;
let boite: BoiteDAvis;
beforeEach(async () => {
  serveur = new SmtpDEssai();
  await serveur.ouvrir();
  boite = new BoiteDAvis();
});
afterEach(() => serveur.fermer());

const courrier = () => courrierSmtp({ smtpUrl: serveur.url, from: 'Le club <club@example.org>', clock: systemClock });
/** Le temps de l’envoyeur est au test, celui du réseau est vrai : on avance de l’un jusqu’à ce que l’autre ait répondu. */
async function jusqua(condition: () => boolean, pasMs = 1000): Promise<void> {
  await expect.poll(async () => (await boite.clock.pass(pasMs), condition()), { timeout: 10_000, interval: 10 }).toBe(true);
}

describe('par un vrai serveur SMTP', () => {
  it('l’avis arrive à la bonne adresse, avec son sujet, son texte et son identifiant', async () => {
    boite.membres.set('mem_ana', { nom: 'Ana Élodie, "la grande"', courriel: 'ana@example.org' });
    const id = await boite.avis('mem_ana');
    boite.envoyeur(courrier()).start();
    await jusqua(() => boite.statut(id) === 'envoyee');
    const [recu] = serveur.recus;
    expect(serveur.recus).toHaveLength(1);
    expect([recu!.de, recu!.a]).toEqual(['club@example.org', ['ana@example.org']]);
    expect(recu!.entetes['message-id']).toBe(`<${id}@example.org>`);
    expect(recu!.entetes['auto-submitted']).toBe('auto-generated');
    expect(recu!.entetes['subject']).toBe('Inscription confirmée : Les Misérables');
    expect(recu!.texte).toMatch(/^Bonjour Ana Élodie, "la grande",/);
    expect(recu!.texte).toContain('le mardi 10 mars 2026 à 19:00 (Salle 2)');
  });

  it('un 4xx est retenté une minute plus tard', async () => {
    serveur.refuser = ['450 4.2.1 mailbox of <ana@example.org> busy'];
    const id = await boite.avis('mem_ana');
    boite.envoyeur(courrier()).start();
    await jusqua(() => boite.ligne(id)['essais'] === 1, 0);
    expect(boite.ligne(id)).toMatchObject({ statut: 'a_envoyer', prochain_essai: boite.clock.now() + MINUTE });
    expect(boite.ligne(id)['erreur']).toMatch(/450/);
    expect(boite.ligne(id)['erreur']).not.toContain('ana@');
    await jusqua(() => boite.statut(id) === 'envoyee');
    expect(serveur.recus).toHaveLength(1);
  });

  it('une adresse refusée n’empêche pas les autres', async () => {
    serveur.refuserA = 'bo@example.org';
    const [bo, ana] = [await boite.avis('mem_bo'), await boite.avis('mem_ana')];
    boite.envoyeur(courrier()).start();
    await jusqua(() => boite.statut(ana) === 'envoyee');
    expect(boite.ligne(bo)).toMatchObject({ statut: 'a_envoyer' });
    expect(serveur.recus.map(({ a }) => a)).toEqual([['ana@example.org']]);
  });

  it('fermé puis rouvert : aucun essai perdu, tout part', async () => {
    await serveur.fermer();
    const ids = [await boite.avis('mem_ana'), await boite.avis('mem_bo')];
    const envoi = boite.envoyeur(courrier());
    envoi.start();
    await jusqua(() => envoi.enPanne);
    await boite.clock.pass(MINUTE);
    expect(ids.map((id) => boite.ligne(id)['essais'])).toEqual([0, 0]);
    await serveur.rouvrir();
    await jusqua(() => ids.every((id) => boite.statut(id) === 'envoyee'), MINUTE);
    expect(serveur.recus).toHaveLength(2);
  });

  it('qui coupe au milieu du message : c’est un échec de ce message, pas une panne', async () => {
    serveur.couper = 1;
    const id = await boite.avis('mem_ana');
    const envoi = boite.envoyeur(courrier());
    envoi.start();
    await jusqua(() => boite.ligne(id)['essais'] === 1, 0);
    expect(envoi.enPanne).toBe(false);
    await jusqua(() => boite.statut(id) === 'envoyee');
  });

  it('un mot de passe refusé est une panne, pas la faute des avis', async () => {
    serveur.motDePasse = 'le bon';
    const id = await boite.avis('mem_ana');
    const url = serveur.url.replace('smtp://', 'smtp://club:mauvais@');
    const envoi = boite.envoyeur(courrierSmtp({ smtpUrl: url, from: 'club@example.org', clock: systemClock }));
    envoi.start();
    await jusqua(() => envoi.enPanne);
    expect(boite.ligne(id)).toMatchObject({ statut: 'a_envoyer', essais: 0 });
  });
});
