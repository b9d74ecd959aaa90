import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { derouler, histoire, type Agregat } from '../../../test/support/histoires-de-pret.js';
import { isBeside, isRefusal } from '../../runtime/aggregate/aggregate.js';
import type { Etat } from './etat.js';
import { premiers } from './file-attente.js';
import type { Demande, Fait, Regles } from './mots.js';
import { creerOuvrage } from './ouvrage.js';

type Decision = ReturnType<Agregat['decide']>;
type Mutant = (vrai: Agregat, regles: Regles) => Partial<Agregat>;

/** Chaque faute classique, greffée sur les vraies règles : la propriété doit la voir. */
const mutants: Readonly<Record<string, Mutant>> = {
  'P1 prête l’exemplaire qu’un autre a déjà': decideSans((etat) => {
    for (const [id, place] of etat.ouvrage!.exemplaires) if (place.statut === 'prete') etat.ouvrage!.libres.add(id);
  }),
  'P1 oublie où va le livre rendu': sansFait('rendre', 'ExemplaireRemisEnRayon'),
  'P2 donne au premier venu ce qui est mis de côté pour un autre': decideSans(({ ouvrage }, demande) => {
    if (demande.type !== 'emprunter') return;
    for (const [id, place] of ouvrage!.exemplaires)
      if (place.statut === 'mis_de_cote') ouvrage!.exemplaires.set(id, { ...place, membreId: demande.membre.membreId });
  }),
  'P2 une réservation gèle tous les exemplaires': decideSans(({ ouvrage }) => {
    if (ouvrage!.misesDeCote.size > 0) ouvrage!.libres.clear();
  }),
  'P2 laisse emprunter sans honorer la réservation': (vrai) => ({
    decide: (...quand) => remplacer(vrai.decide(...quand), sans('rang'), 'ExemplairePrete'),
  }),
  'P3 met de côté pour le dernier arrivé': (vrai) => ({
    decide: (etat, demande, instant) => {
      const dernier = etat.ouvrage && premiers(etat.ouvrage.attente, Infinity).at(-1);
      return remplacer(vrai.decide(etat, demande, instant), (fait) => ({ ...fait, ...dernier }), 'ExemplaireMisDeCote');
    },
  }),
  'P3 remet en rayon ce que l’on attend (à l’expiration d’un retrait)': auRayon('expirerRetrait'),
  'P3 remet en rayon ce que l’on attend (au retour)': auRayon('rendre'),
  'P3 sert la file dès qu’un exemplaire est ajouté, sans retour': (vrai) => ({
    decide: (etat, demande, instant) => {
      const decision = vrai.decide(etat, demande, instant);
      const [tete] = etat.ouvrage ? premiers(etat.ouvrage.attente, 1) : [];
      if (isRefusal(decision) || demande.type !== 'ajouterExemplaire' || tete === undefined) return decision;
      return [
        ...decision,
        { type: 'ExemplaireMisDeCote', exemplaireId: demande.exemplaireId, ...tete, retraitAvant: '2030-01-01T00:00:00Z' },
      ];
    },
  }),
  'P3 laisse passer devant la file qui nomme un exemplaire': decideSans(({ ouvrage }, demande) => {
    if (demande.type === 'emprunter' && demande.exemplaireId !== undefined) ouvrage!.attente.rangs.clear();
  }),
  'P4 oublie la réservation de l’exemplaire retiré': (vrai) => ({
    decide: (...quand) => remplacer(vrai.decide(...quand), sans('rendALaFile'), 'ExemplaireRetire'),
  }),
  'P4 renvoie en queue la réservation de l’exemplaire retiré': (vrai) => ({
    evolve: (etat, fait, flux) => {
      if (fait.type !== 'ExemplaireRetire' || fait.rendALaFile === undefined) return vrai.evolve(etat, fait, flux);
      const rendALaFile = { ...fait.rendALaFile, rang: etat.ouvrage!.dernierRang + 1 };
      return vrai.evolve(etat, { ...fait, rendALaFile }, flux);
    },
  }),
  'P5 oublie les jours de fermeture': sousDAutresRegles((regles) => ({ ...regles, fermetures: { jours: [], dates: [] } })),
  'P5 compte vingt-quatre heures par jour': (vrai) => ({
    decide: (etat, demande, instant) =>
      remplacer(vrai.decide(etat, demande, instant), (fait) => ({ ...fait, echeance: enHeures(fait['ouvertLe'], 21) }), 'PretOuvert'),
  }),
  'P5 compte les jours d’un autre fuseau': sousDAutresRegles((regles) => ({ ...regles, fuseau: 'Asia/Tokyo' })),
  'P6 prolonge sans fin': sousDAutresRegles(({ reglement, ...reste }) => ({ ...reste, reglement: { ...reglement, prolongations: 99 } })),
  'P6 prolonge dès le premier jour': sousDAutresRegles(({ reglement, ...reste }) => ({
    ...reste,
    reglement: { ...reglement, prolongationDesJours: 999 },
  })),
  'P6 prolonge ce que d’autres attendent': decideSans(({ ouvrage }, { type }) => {
    if (type === 'prolonger') ouvrage!.attente.rangs.clear();
  }),
  'P6 oublie que le membre est suspendu': (vrai) => ({
    decide: (etat, demande, instant) => {
      const absout = 'membre' in demande ? { ...demande, membre: { ...demande.membre, suspendu: false } } : demande;
      return vrai.decide(etat, absout, instant);
    },
  }),
  'P7 redit la même relance': decideSans(({ prets }) => {
    for (const [id, pret] of prets) if (pret.relance > 1) prets.set(id, { ...pret, relance: 1 });
  }),
  'P7 relance deux fois le même jour': decideSans(({ prets }) => {
    for (const [id, pret] of prets) prets.set(id, { ...pret, retardRelance: null });
  }),
  'P7 relance encore après le retour (réveil non effacé)': sansEffacer('PretRendu'),
  'P7 relance encore ce qui est perdu (réveil non effacé)': sansEffacer('PretDeclarePerdu'),
  'P7 oublie de reprogrammer après une prolongation': sansEffacer('PretProlonge'),
  'P2 laisse sonner le retrait d’un livre emporté': sansEffacer('ExemplairePrete'),
  'P2 laisse sonner le retrait d’une réservation annulée': sansEffacer('ReservationAnnulee'),
  'P8 rend deux fois': decideSans(({ prets }, demande) => {
    const pret = demande.type === 'rendre' ? prets.get(demande.pretId) : undefined;
    if (pret) prets.set(pret.id, { ...pret, statut: 'en_cours' });
  }),
  'P9 ne compte pas les prêts': sousDAutresRegles(({ reglement, ...reste }) => ({ ...reste, reglement: { ...reglement, pretsMax: 99 } })),
  'P9 ne compte pas les réservations': sousDAutresRegles(({ reglement, ...reste }) => ({
    ...reste,
    reglement: { ...reglement, reservationsMax: 99 },
  })),
  'réserve deux fois pour qui attend déjà': decideSans(({ ouvrage }, demande) => {
    if (demande.type === 'reserver') ouvrage!.attente.rangs.delete(demande.membre.membreId);
  }),
};

/** Décide sur une copie de l’état, faussée. */
function decideSans(fausser: (etat: Etat, demande: Demande) => void): Mutant {
  return (vrai) => ({
    decide: (etat, demande, instant) => {
      if (etat.ouvrage === null) return vrai.decide(etat, demande, instant);
      const copie = structuredClone(etat);
      fausser(copie, demande);
      return vrai.decide(copie, demande, instant);
    },
  });
}

function sousDAutresRegles(changer: (regles: Regles) => Regles): Mutant {
  return (_, regles) => ({ decide: creerOuvrage({ regles: () => changer(regles) }).decide });
}

function sans(champ: string): (fait: Record<string, unknown>) => object {
  return (fait) => Object.fromEntries(Object.entries(fait).filter(([nom]) => nom !== champ));
}

function remplacer(decision: Decision, par: (fait: Record<string, unknown>) => object, type: Fait['type']): Decision {
  if (isRefusal(decision)) return decision;
  return decision.map((dit) => {
    if (isBeside(dit)) return dit.fact.type === type ? { ...dit, fact: par({ ...dit.fact }) } : dit;
    return dit.type === type ? par({ ...dit }) : dit;
  }) as Decision;
}

function sansFait(verbe: Demande['type'], type: Fait['type']): Mutant {
  return (vrai) => ({
    decide: (etat, demande, instant) => {
      const decision = vrai.decide(etat, demande, instant);
      return isRefusal(decision) || demande.type !== verbe ? decision : decision.filter((dit) => isBeside(dit) || dit.type !== type);
    },
  });
}

function auRayon(verbe: Demande['type']): Mutant {
  return (vrai) => ({
    decide: (etat, demande, instant) => {
      const decision = vrai.decide(etat, demande, instant);
      if (demande.type !== verbe) return decision;
      return remplacer(decision, ({ exemplaireId }) => ({ type: 'ExemplaireRemisEnRayon', exemplaireId }), 'ExemplaireMisDeCote');
    },
  });
}

function sansEffacer(type: Fait['type']): Mutant {
  return (vrai) => ({ timers: (fait, place) => (fait.type === type ? [] : vrai.timers!(fait, place)) });
}

function enHeures(depuis: unknown, jours: number): string {
  return new Date(Date.parse(depuis as string) + jours * 24 * 3_600_000).toISOString();
}

const vrai = (regles: Regles) => creerOuvrage({ regles: () => regles });

describe('la propriété voit l’ouvrage qui', () => {
  it.each(Object.entries(mutants))(
    '%s',
    (_, mutant) => {
      const faux = (regles: Regles): Agregat => ({ ...vrai(regles), ...mutant(vrai(regles), regles) });
      const verdict = fc.check(
        fc.property(histoire, (une) => void derouler(faux, une)),
        { numRuns: 4000, seed: 1, endOnFailure: true },
      );
      expect(verdict.failed).toBe(true);
      expect(String(verdict.errorInstance)).toMatch(/P[1-9]|réveil|réservation|journal corrompu/);
    },
    60_000,
  );
});
