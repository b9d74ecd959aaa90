import { describe, expect, it } from 'vitest';
import {
  DEBUT,
  GEL,
  HEURE,
  JOUR,
  absent,
  accepter,
  ana,
  annulee,
  annuler,
  bo,
  cloturer,
  complete,
  cy,
  decliner,
  desister,
  donne,
  enOffre,
  expirer,
  faireEntrer,
  fermees,
  fermer,
  fiche,
  inscrire,
  inscrit,
  lendemain,
  payante,
  pendant,
  planifier,
  portee,
  porterA,
  present,
  reporter,
  rouvrir,
  seance,
  uneSeanceDe,
  vide,
  veille,
} from '../../../test/support/seances.js';
import type { Demande, Fait, Refus, Seance } from './seance.js';

describe('journal', () => {
  it('n’est jamais relu de travers', () => {
    expect(() => seance.evolve(null, inscrit(ana))).toThrow('journal corrompu');
    expect(() => donne(uneSeanceDe(1), uneSeanceDe(1)).quand(fermer, veille)).toThrow('journal corrompu');
  });
  it('ne montre rien d’une séance qui n’existe pas', () => expect(seance.view(seance.initial())).toBeUndefined());
  it('montre la ressource de la dernière séance écrite', () =>
    expect(seance.view(complete.reduce<Seance>((etat, fait) => seance.evolve(etat, fait), seance.initial()))).toEqual({
      ...vide,
      placesRestantes: 0,
      inscrits: 1,
      enAttente: 2,
      version: 4,
    }));
});

/** Ces textes sont le journal de clubs qui existent : on n’y touche plus, on ajoute un format. */
const figes: { readonly [T in Fait['type']]: readonly [passe: Fait[], demande: Demande, instant: number, json: string] } = {
  SeancePlanifiee: [
    [],
    planifier(),
    veille,
    '{"type":"SeancePlanifiee","id":"sea_1","titre":"Les Misérables","lieu":null,"debut":"2026-03-10T19:00:00+01:00",' +
      '"fin":"2026-03-10T21:00:00+01:00","fuseau":"Europe/Paris","places":1,"prixCentimes":500,"paiement":"sur_place","listeAttenteMax":null}',
  ],
  MembreInscrit: [[uneSeanceDe(1)], inscrire(ana), veille, '{"type":"MembreInscrit","membreId":"mem_ana","prixCentimes":500}'],
  MembreMisEnAttente: [
    complete.slice(0, 2),
    inscrire(bo),
    veille,
    '{"type":"MembreMisEnAttente","membreId":"mem_bo","rang":1,"prixCentimes":500}',
  ],
  MembreDesiste: [
    complete.slice(0, 2),
    desister(ana),
    DEBUT - HEURE,
    '{"type":"MembreDesiste","depuis":"inscrits","membreId":"mem_ana","entree":2,"tardif":true}',
  ],
  MembrePromu: [
    [...complete, portee(2)],
    faireEntrer(cy),
    pendant,
    '{"type":"MembrePromu","membreId":"mem_cy","entree":4,"prixCentimes":500,"horsRang":true,"motifId":"mot_1"}',
  ],
  PlaceOfferte: [
    [...payante],
    desister(ana),
    veille,
    '{"type":"MembreDesiste","depuis":"inscrits","membreId":"mem_ana","entree":2},' +
      '{"type":"PlaceOfferte","membreId":"mem_bo","entree":3,"prixCentimes":500,"expireLe":"2026-03-09T18:00:00.000Z"}',
  ],
  OffreAcceptee: [enOffre, accepter(bo), veille, '{"type":"OffreAcceptee","membreId":"mem_bo","entree":3,"prixCentimes":500}'],
  OffreDeclinee: [
    enOffre.slice(0, 3).concat(enOffre.slice(4)),
    decliner(bo),
    veille,
    '{"type":"OffreDeclinee","membreId":"mem_bo","entree":3}',
  ],
  OffreExpiree: [enOffre, expirer(bo), GEL, '{"type":"OffreExpiree","membreId":"mem_bo","entree":3}'],
  SeanceCloturee: [complete, cloturer, lendemain, '{"type":"SeanceCloturee"}'],
  PlacesModifiees: [[uneSeanceDe(1)], porterA(2), veille, '{"type":"PlacesModifiees","places":2}'],
  InscriptionsFermees: [[uneSeanceDe(1)], fermer, veille, '{"type":"InscriptionsFermees"}'],
  InscriptionsRouvertes: [[uneSeanceDe(1), fermees], rouvrir, veille, '{"type":"InscriptionsRouvertes"}'],
  SeanceReportee: [
    [uneSeanceDe(1)],
    reporter(),
    veille,
    '{"type":"SeanceReportee","debut":"2026-03-17T19:00:00+01:00","fin":"2026-03-17T21:00:00+01:00"}',
  ],
  SeanceAnnulee: [
    complete.slice(0, 3),
    annuler,
    veille,
    '{"type":"SeanceAnnulee","motifId":"mot_1","inscrits":[{"membreId":"mem_ana","entree":2}],"enAttente":[{"membreId":"mem_bo","entree":3}]}',
  ],
  PresenceConstatee: [complete, present(ana), pendant, '{"type":"PresenceConstatee","membreId":"mem_ana","entree":2}'],
  AbsenceConstatee: [complete, absent(ana, true), pendant, '{"type":"AbsenceConstatee","membreId":"mem_ana","entree":2,"excusee":true}'],
};

describe('la forme des faits est figée', () => {
  it.each(Object.entries(figes))('%s', (_, [passe, demande, instant, json]) => {
    const etat = passe.reduce<Seance>((etat, fait) => seance.evolve(etat, fait), seance.initial());
    expect(JSON.stringify(seance.decide(etat, demande, instant))).toBe(`[${json}]`);
  });
});

/** Le compilateur tient la liste complète ; seule la base sait qu’un membre est inconnu. */
const refus: { readonly [R in Exclude<Refus, 'membre_inconnu'>]: readonly [passe: Fait[], demande: Demande, instant: number] } = {
  dates_incoherentes: [[], planifier({ fin: fiche.debut }), veille],
  debut_passe: [[], planifier(), DEBUT],
  deja_annulee: [[uneSeanceDe(1), annulee], annuler, veille],
  deja_en_attente: [complete, inscrire(bo), veille],
  deja_inscrit: [complete, inscrire(ana), veille],
  inscriptions_fermees: [[uneSeanceDe(1), fermees], inscrire(ana), veille],
  liste_attente_pleine: [[uneSeanceDe(1, { listeAttenteMax: 0 }), inscrit(ana)], inscrire(bo), veille],
  offre_expiree: [enOffre, accepter(bo), veille + JOUR],
  offre_inconnue: [complete, accepter(bo), veille],
  pas_en_attente: [complete, faireEntrer(ana), veille],
  pas_inscrit: [[uneSeanceDe(1)], desister(ana), veille],
  place_deja_offerte: [enOffre, inscrire(bo), veille],
  places_invalides: [complete, porterA(0), veille],
  places_sous_inscrits: [[uneSeanceDe(2), inscrit(ana), inscrit(bo)], porterA(1), veille],
  seance_annulee: [[uneSeanceDe(1), annulee], inscrire(ana), veille],
  seance_cloturee: [complete, annuler, lendemain],
  seance_commencee: [complete, desister(ana), DEBUT],
  seance_complete: [complete, faireEntrer(bo), veille],
  seance_deja_planifiee: [complete, planifier(), veille],
  seance_inconnue: [[], inscrire(ana), veille],
  seance_pas_commencee: [complete, present(ana), veille],
  seance_pas_terminee: [complete, cloturer, pendant],
};

describe('chaque refus se rencontre', () => {
  it.each(Object.entries(refus))('%s', (code, [passe, demande, instant]) => {
    const etat = passe.reduce<Seance>((etat, fait) => seance.evolve(etat, fait), seance.initial());
    expect(seance.decide(etat, demande, instant)).toMatchObject({ refusal: code });
  });
});
