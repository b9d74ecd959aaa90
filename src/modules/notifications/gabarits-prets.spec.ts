import { describe, expect, it } from 'vitest';
import type { AvisGroupe, ContenuDePret } from './avis-prets.js';
import { rendrePret } from './gabarits-prets.js';
import type { Langue } from './langue.js';

const ECHEANCE = '2027-01-15T22:59:59.000Z';
const ouvrages = new Map([
  ['ouv_1', { titre: 'Dune', auteur: 'Frank Herbert' }],
  ['ouv_2', { titre: 'Nana', auteur: null }],
]);
const prets = new Map(['pre_1', 'pre_2'].map((id) => [id, { ouvrageId: 'ouv_1', enCours: true, echeance: ECHEANCE }]));
const rendu = (contenu: ContenuDePret, langue: Langue = 'fr', stream = 'ouv_1') =>
  rendrePret({ ...contenu, id: 'not_1', stream }, { nom: 'Ana', langue, fuseau: 'Europe/Paris', ouvrages, prets });
const rappel: AvisGroupe = { id: 'not_a', stream: 'pre_1', gabarit: 'rappel', donnees: { ouvrageId: 'ouv_1', echeance: ECHEANCE } };
const relance = (niveau: 1 | 2 | 3): AvisGroupe => ({
  id: 'not_b',
  stream: 'pre_2',
  gabarit: 'relance',
  donnees: { ouvrageId: 'ouv_2', niveau, retardJours: 3 },
});

describe('ce que disent les avis des prêts', () => {
  it('un rappel : le livre, le jour du club, et comment prolonger', () => {
    const { sujet, texte } = rendu({ gabarit: 'recapitulatif', donnees: { avis: [rappel] } });
    expect(sujet).toBe('À rendre bientôt : Dune');
    expect(texte).toContain('- « Dune » (Frank Herbert), à rendre le vendredi 15 janvier 2027 au plus tard');
    expect(texte).toMatch(/prolongation/);
  });
  it('rappels et relances ensemble : les plus en retard d’abord', () => {
    const { sujet, texte } = rendu({ gabarit: 'recapitulatif', donnees: { avis: [rappel, relance(2)] } });
    expect(sujet).toBe('À rapporter : 2 livres');
    expect(texte.indexOf('« Nana »')).toBeLessThan(texte.indexOf('« Dune »'));
    expect(texte).toContain('(2e relance)');
    expect(texte).not.toContain('suspendus');
  });
  it('la troisième relance dit la suspension, et jusqu’à quand', () =>
    expect(rendu(relance(3), 'fr', 'pre_2').texte).toMatch(/suspendus jusqu’à son retour/));
  it.each<[ContenuDePret, RegExp]>([
    [{ gabarit: 'mise_de_cote', donnees: { retraitAvant: ECHEANCE } }, /jusqu’au vendredi 15 janvier 2027 inclus/],
    [{ gabarit: 'retrait_expire', donnees: {} }, /réservez-le de nouveau/],
    [{ gabarit: 'attente_reprise', donnees: {} }, /gardez votre rang/],
  ])('une réservation : $gabarit', (contenu, dit) => expect(rendu(contenu).texte).toMatch(dit));
  it('en anglais aussi', () => {
    const { sujet, texte } = rendu({ gabarit: 'recapitulatif', donnees: { avis: [rappel, relance(3)] } }, 'en');
    expect(sujet).toBe('Please bring back: 2 books');
    expect(texte).toMatch(/^Hello Ana,/);
    expect(texte).toMatch(/“Dune” \(Frank Herbert\), due by Friday,? 15 January 2027/);
    expect(texte).toMatch(/suspended until it is back/);
  });
});
