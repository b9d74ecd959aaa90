import { describe, expect, it } from 'vitest';
import type { ContenuDeSeance as Contenu } from './avis.js';
import { rendre, type SeanceAnnoncee } from './gabarits.js';

const seance: SeanceAnnoncee = {
  titre: 'Germinal',
  lieu: null,
  debut: '2027-01-15T19:00:00+01:00',
  fuseau: 'Europe/Paris',
  paiement: 'sur_place',
};
const lignes = (contenu: Contenu, plus: object = {}) =>
  rendre(contenu, { nom: 'Ana', seance, ...plus })
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
  it('ce qui se paie d’avance le dit', () =>
    expect(lignes({ gabarit: 'inscription', donnees: { prixCentimes: 500 } }, { seance: { ...seance, paiement: 'avant' } })[1]).toMatch(
      /à régler d’avance\.$/,
    ));
  it('une place offerte : jusqu’à quand répondre, à l’heure de la séance', () =>
    expect(lignes({ gabarit: 'offre', donnees: { prixCentimes: 0, expireLe: '2027-01-15T16:00:00Z' } })).toEqual([
      `Une place s’est libérée et elle vous est offerte : ${ici}.`,
      'Répondez avant le vendredi 15 janvier 2027 à 17:00 : elle sera ensuite offerte à la personne suivante.',
    ]));
  it('une offre que le report raccourcit : la nouvelle date et la nouvelle échéance', () =>
    expect(lignes({ gabarit: 'offre_raccourcie', donnees: { debut: '2027-01-14T18:00:00Z', expireLe: '2027-01-14T16:00:00Z' } })).toEqual([
      'La séance « Germinal » est reportée : elle aura lieu le jeudi 14 janvier 2027 à 19:00.',
      'La place qui vous est offerte le reste. Répondez avant le jeudi 14 janvier 2027 à 17:00 : elle sera ensuite offerte à la personne suivante.',
    ]));
  it('une offre expirée ou déclinée : comment attendre de nouveau', () => {
    expect(lignes({ gabarit: 'offre_expiree', donnees: {} })[1]).toMatch(/réinscrivez-vous/);
    expect(lignes({ gabarit: 'desistement', donnees: { depuis: 'offre', tardif: false } })[0]).toMatch(/décliné/);
  });
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
    const { sujet, texte } = rendre(
      { gabarit: 'inscription', donnees: { prixCentimes: 0 } },
      {
        nom: 'Ana',
        seance: { ...seance, lieu: 'Salle Zola' },
      },
    );
    expect([sujet, texte.includes('19:00 (Salle Zola).')]).toEqual(['Inscription confirmée : Germinal', true]);
  });
});
