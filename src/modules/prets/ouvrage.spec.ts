import { describe, expect, it } from 'vitest';
import {
  ECHEANCE,
  JOUR,
  PROLONGEE,
  RETRAIT,
  aLaVeille,
  ajoute,
  ana,
  annuler,
  attendu,
  bo,
  chezAna,
  cy,
  donne,
  emprunter,
  enRayon,
  enRetardDe,
  fiche,
  lundi,
  misDeCote,
  ouvert,
  ouvrage,
  perdre,
  perdu,
  prolonger,
  raconter,
  relancer,
  rendre,
  rendu,
  reserver,
  sorti,
  usages,
} from '../../../test/support/prets.js';
import { beside, type Beside } from '../../runtime/aggregate/aggregate.js';
import type { Demande, Fait, Refus, Regles } from './mots.js';

type Dit = Fait | Beside<Fait>;
type Cas = readonly [passe: readonly Dit[], demande: Demande, instant: number, changees?: Partial<Regles>];
const LUNDI = '2026-03-02T10:00:00+01:00';
const sauf = (changes: Partial<Regles['reglement']>): Partial<Regles> => ({ reglement: { ...usages, ...changes } });
const prolonge = beside('pre_1', {
  type: 'PretProlonge' as const,
  echeance: PROLONGEE,
  prolongations: 1,
  reveil: { niveau: 0 as const, le: '2026-04-10T08:00:00+02:00' },
});
const rentre = [...chezAna, rendu('pre_1', LUNDI), enRayon('exe_1')];
const deCote = [...attendu, rendu('pre_1', LUNDI), misDeCote('exe_1', bo, 1)];
const ajouter = (isbn: string | null): Demande => ({ type: 'ajouterOuvrage', ...fiche, isbn, exemplaires: ['exe_1'] });
const geste = (type: 'ajouterExemplaire' | 'retirerExemplaire' | 'remettreEnRayon', exemplaireId = 'exe_1'): Demande => ({
  type,
  exemplaireId,
});

/** Le compilateur tient la liste complète ; seule la base sait qu’un membre est inconnu. */
const refus: { readonly [R in Exclude<Refus, 'membre_inconnu'>]: Cas } = {
  deja_emprunte_par_vous: [chezAna, reserver(ana), lundi],
  deja_perdu: [[...chezAna, ...perdu('pre_1', 'exe_1', ana)], perdre, lundi],
  deja_reserve: [attendu, reserver(bo), lundi],
  echeance_inchangee: [chezAna, prolonger(), aLaVeille, sauf({ prolongationJours: 0 })],
  exemplaire_disponible: [[ajoute('exe_1')], reserver(ana), lundi],
  exemplaire_en_pret: [chezAna, geste('retirerExemplaire'), lundi],
  exemplaire_inconnu: [chezAna, emprunter(bo, 'exe_9', { suspendu: true }), lundi],
  exemplaire_indisponible: [chezAna, emprunter(bo), lundi],
  exemplaire_mis_de_cote: [deCote, emprunter(cy, 'exe_1'), lundi],
  isbn_invalide: [[], ajouter('978-2-07-041142-8'), lundi],
  limite_prets_atteinte: [[ajoute('exe_1')], emprunter(ana, undefined, { prets: 5 }), lundi],
  limite_reservations_atteinte: [chezAna, reserver(bo, 3), lundi],
  membre_suspendu: [[ajoute('exe_1')], emprunter(ana, undefined, { prets: 5, suspendu: true }), lundi],
  ouvrage_deja_ajoute: [chezAna, ajouter(null), lundi],
  ouvrage_inconnu: [[], reserver(ana), lundi],
  ouvrage_reserve: [[...attendu, { type: 'ExemplaireAjoute', exemplaireId: 'exe_2', numero: 2 }], emprunter(cy, 'exe_2'), lundi],
  pret_clos: [rentre, perdre, lundi],
  pret_en_retard: [chezAna, prolonger(), Date.parse(ECHEANCE) + 1],
  pret_inconnu: [chezAna, rendre('pre_9'), lundi],
  pret_pas_en_retard: [chezAna, relancer(), Date.parse(ECHEANCE)],
  prolongation_trop_tot: [chezAna, prolonger(), lundi],
  prolongations_epuisees: [[...chezAna, prolonge], prolonger(), aLaVeille + 21 * JOUR],
  relance_hors_ordre: [chezAna, relancer(2), enRetardDe(30)],
  reservation_inconnue: [chezAna, annuler(ana), lundi],
};

describe('chaque refus se rencontre', () => {
  it.each(Object.entries(refus))('%s', (code, [passe, demande, instant, changees = {}]) =>
    donne(...passe)
      .quand(demande, instant, changees)
      .refuseSeulement(code as Refus),
  );
});

describe('l’agrégat', () => {
  it('ne montre rien d’un ouvrage qui n’existe pas', () => expect(ouvrage.view(ouvrage.initial())).toBeUndefined());
  it('montre ses exemplaires, ses mises de côté et sa file', () =>
    expect(ouvrage.view(raconter(deCote))).toEqual({
      id: 'ouv_1',
      ...fiche,
      exemplaires: [{ id: 'exe_1', statut: 'mis_de_cote', pourMembreId: bo, retraitAvant: RETRAIT }],
      disponibles: 0,
      reservations: [
        { membreId: bo, rang: 1, statut: 'mise_de_cote' },
        { membreId: cy, rang: 2, statut: 'en_attente', position: 1 },
      ],
      version: 5,
    }));
  it('n’est jamais relu de travers', () => {
    expect(() => raconter([enRayon('exe_1')])).toThrow('journal corrompu');
    expect(() => raconter([ajoute(), ajoute()])).toThrow('journal corrompu');
    expect(() => raconter([...chezAna, ouvert('pre_1', 'exe_1', ana)])).toThrow('journal corrompu');
    expect(() => raconter([rendu('pre_9', LUNDI)])).toThrow('journal corrompu');
  });
  it('ne ramène que ses prêts vivants, et n’oublie que les clos, les plus anciens d’abord', () => {
    const passes = Array.from({ length: 10 }, (_, i) => [...sorti(`pre_${i}`, 'exe_1', ana), rendu(`pre_${i}`, LUNDI), enRayon('exe_1')]);
    const etat = raconter([ajoute('exe_1'), ...passes.flat(), ...sorti('pre_v', 'exe_1', bo)]);
    expect([...ouvrage.companions!.living(etat)]).toEqual(['pre_v']);
    expect(ouvrage.companions!.forget!(etat)).toEqual(['pre_0', 'pre_1']);
    expect(ouvrage.companions!.forget!(etat)).toEqual([]);
    expect(etat.prets.size).toBe(9);
  });
  it('n’a de sujet que le prêt dont on parle, jamais celui qui va naître', () => {
    expect(ouvrage.companions!.subject(rendre('pre_7'))).toBe('pre_7');
    expect(ouvrage.companions!.subject(emprunter(ana))).toBeUndefined();
    expect(ouvrage.companions!.subject(annuler(ana))).toBeUndefined();
  });
});
