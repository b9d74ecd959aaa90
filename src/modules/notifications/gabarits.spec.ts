import { describe, expect, it } from 'vitest';
import type { Avis, Contenu } from './avis.js';
import { rendre, type SeanceAnnoncee } from './gabarits.js';

const seance: SeanceAnnoncee = { titre: 'Germinal', lieu: null, debut: '2027-01-15T19:00:00+01:00', fuseau: 'Europe/Paris' };
const avis = (contenu: Contenu): Avis => ({ ...contenu, id: 'not_1', stream: 'sea_1', membreId: 'mem_ana', essais: 0 });
const lignes = (contenu: Contenu, plus: object = {}) =>
  rendre(avis(contenu), { nom: 'Ana', seance, ...plus })
    .texte.split('\n\n')
    .slice(1, -1);
const ici = '« Germinal », le vendredi 15 janvier 2027 à 19:00';

describe('ce que dit un avis', () => {
  it('une inscription, gratuite ou non', () => {
    expect(lignes({ gabarit: 'inscription', donnees: { prixCentimes: 0 } })).toEqual([`Vous êtes inscrit(e) : ${ici}.`]);
    expect(lignes({ gabarit: 'inscription', donnees: { prixCentimes: 1250 } })[1]).toMatch(/^Prix : 12,50\s€, à régler sur place\.$/);
  });
  it('une promotion', () =>
    expect(lignes({ gabarit: 'promotion', donnees: { prixCentimes: 0 } })).toEqual([
      `Une place s’est libérée et elle est à vous : ${ici}.`,
    ]));
  it('une attente, avec la position d’aujourd’hui, ou sans quand on n’attend plus', () => {
    const attente: Contenu = { gabarit: 'attente', donnees: { rang: 7 } };
    expect(lignes(attente, { position: 3 })[1]).toBe('Votre position : 3.');
    expect(lignes(attente, { position: null })).toHaveLength(2);
  });
  it('un désistement, qui prévient quand il est tardif', () => {
    expect(lignes({ gabarit: 'desistement', donnees: { depuis: 'inscrits', tardif: false } })).toHaveLength(1);
    expect(lignes({ gabarit: 'desistement', donnees: { depuis: 'inscrits', tardif: true } })[1]).toMatch(/tardif/);
  });
  it('une annulation, avec son motif tant qu’il n’est pas effacé, et un remboursement pour qui était assis', () => {
    const annulation = (depuis: 'inscrits' | 'attente'): Contenu => ({ gabarit: 'annulation', donnees: { depuis, motifId: 'mot_1' } });
    expect(lignes(annulation('inscrits'), { motif: 'Salle fermée' })).toEqual([
      `La séance est annulée : ${ici}.`,
      'Motif : Salle fermée',
      'Ce que vous auriez déjà payé vous sera remboursé.',
    ]);
    expect(lignes(annulation('attente'), { motif: null })).toHaveLength(1);
  });
  it('un report : la nouvelle date, à l’heure de la séance', () =>
    expect(lignes({ gabarit: 'report', donnees: { debut: '2027-07-15T17:00:00Z' } })[0]).toBe(
      'La séance « Germinal » est reportée : elle aura lieu le jeudi 15 juillet 2027 à 19:00.',
    ));
  it('le lieu, quand il y en a un, et le titre en sujet', () => {
    const { sujet, texte } = rendre(avis({ gabarit: 'inscription', donnees: { prixCentimes: 0 } }), {
      nom: 'Ana',
      seance: { ...seance, lieu: 'Salle Zola' },
    });
    expect([sujet, texte.includes('19:00 (Salle Zola).')]).toEqual(['Inscription confirmée : Germinal', true]);
  });
});
