import { describe, it } from 'vitest';
import { DEBUT, FIN, JOUR, absent, ana, bo, complete, donne, vide, pendant, porterA, present } from '../../../test/support/seances.js';
import type { Fait } from './seance.js';

describe('présences', () => {
  const venue: Fait = { type: 'PresenceConstatee', membreId: ana, entree: 2 };
  it('se constatent dès le début', () =>
    donne(...complete)
      .quand(present(ana), DEBUT)
      .alors(venue));
  it('disent l’absence', () =>
    donne(...complete)
      .quand(absent(ana), pendant)
      .alors({ type: 'AbsenceConstatee', membreId: ana, entree: 2 }));
  it('disent l’excuse', () =>
    donne(...complete)
      .quand(absent(ana, true), pendant)
      .alors({ type: 'AbsenceConstatee', membreId: ana, entree: 2, excusee: true }));
  it('se répètent sans effet', () =>
    donne(...complete, venue)
      .quand(present(ana), pendant)
      .alors());
  it('se corrigent, même séance close', () =>
    donne(...complete, venue)
      .quand(absent(ana), FIN + 14 * JOUR - 1)
      .alors({ type: 'AbsenceConstatee', membreId: ana, entree: 2 }));
  it('se figent quatorze jours après la fin', () =>
    donne(...complete, venue)
      .quand(absent(ana), FIN + 14 * JOUR)
      .refuse('seance_cloturee'));
  it('n’existent pas avant le début', () =>
    donne(...complete)
      .quand(present(ana), DEBUT - 1)
      .refuse('seance_pas_commencee'));
  it('ne concernent que les inscrits', () =>
    donne(...complete)
      .quand(absent(bo), pendant)
      .refuse('pas_inscrit'));
  it('ne libèrent pas la place', () =>
    donne(...complete, { type: 'AbsenceConstatee', membreId: ana, entree: 2 })
      .quand(porterA(2), pendant)
      .repond({
        ...vide,
        places: 2,
        placesRestantes: 1,
        inscrits: 1,
        enAttente: 2,
        version: 6,
      }));
});
