import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { effets, livrer, publies } from '../../../test/support/ecoute.js';
import { histoire } from '../../../test/support/histoires-de-seance.js';
import { derouler } from '../../../test/support/recit-de-seance.js';
import { MemoryRows } from '../../../test/support/memory-rows.js';
import {
  acceptee,
  ailleurs,
  ana,
  bo,
  close,
  cy,
  declinee,
  enAttente,
  expiree,
  fermees,
  inscrit,
  offerte,
  parti,
  portee,
  promu,
  seance,
  uneSeanceDe,
} from '../../../test/support/seances.js';
import type { Fait } from '../reunions/seance.js';
import { ecouterPourAviser } from './notifications.listener.js';
import { runs } from '../../../test/support/runs.js';

const OFFRES = ['PlaceOfferte', 'OffreAcceptee', 'OffreDeclinee', 'OffreExpiree'];
const ecouteur = ecouterPourAviser(true);
const boite = (): MemoryRows => new MemoryRows({ notification: [['id'], ['stream', 'version', 'membre_id']] });

function avis(fait: Fait, courrier = true): unknown[] {
  return effets(ecouterPourAviser(courrier), publies([fait])).map((effet) => {
    if (!('insert' in effet)) throw new Error('un avis ne fait qu’ajouter');
    const { membre_id, gabarit, donnees, statut } = effet.insert;
    return [membre_id, gabarit, JSON.parse(String(donnees)), statut];
  });
}

describe('qui est avisé, et de quoi', () => {
  it('qui s’inscrit', () => expect(avis(inscrit(ana))).toEqual([[ana, 'inscription', { prixCentimes: 500 }, 'a_envoyer']]));
  it('qui attend, avec son rang', () => expect(avis(enAttente(bo, 3))).toEqual([[bo, 'attente', { rang: 3 }, 'a_envoyer']]));
  it('qui est promu', () => expect(avis(promu(bo, 3))).toEqual([[bo, 'promotion', { prixCentimes: 500 }, 'a_envoyer']]));
  it('qui se désiste, et si c’est tard', () => {
    expect(avis(parti(ana, 2, 'attente'))).toEqual([[ana, 'desistement', { depuis: 'attente', tardif: false }, 'a_envoyer']]);
    expect(avis({ ...parti(ana, 2, 'inscrits'), tardif: true })).toEqual([
      [ana, 'desistement', { depuis: 'inscrits', tardif: true }, 'a_envoyer'],
    ]);
  });
  it('tous ceux d’une séance annulée, assis ou en attente', () => {
    const annulee: Fait = {
      type: 'SeanceAnnulee',
      motifId: 'mot_1',
      inscrits: [{ membreId: ana, entree: 2 }],
      enAttente: [
        { membreId: bo, entree: 3 },
        { membreId: cy, entree: 4 },
      ],
    };
    expect(avis(annulee)).toEqual([
      [ana, 'annulation', { depuis: 'inscrits', motifId: 'mot_1' }, 'a_envoyer'],
      [bo, 'annulation', { depuis: 'attente', motifId: 'mot_1' }, 'a_envoyer'],
      [cy, 'annulation', { depuis: 'attente', motifId: 'mot_1' }, 'a_envoyer'],
    ]);
  });
  it('à qui une place est offerte, puis ce que l’offre est devenue', () => {
    const { expireLe } = offerte(bo, 3);
    expect(avis(offerte(bo, 3))).toEqual([[bo, 'offre', { prixCentimes: 500, expireLe }, 'a_envoyer']]);
    expect(avis(acceptee(bo, 3))).toEqual([[bo, 'inscription', { prixCentimes: 500 }, 'a_envoyer']]);
    expect(avis(declinee(bo, 3))).toEqual([[bo, 'desistement', { depuis: 'offre', tardif: false }, 'a_envoyer']]);
    expect(avis(expiree(bo, 3))).toEqual([[bo, 'offre_expiree', {}, 'a_envoyer']]);
  });
  it('une séance annulée le dit à qui une place était offerte, qui n’avait rien payé', () =>
    expect(avis({ type: 'SeanceAnnulee', motifId: 'mot_1', inscrits: [], offertes: [{ membreId: bo, entree: 3 }], enAttente: [] })).toEqual(
      [[bo, 'annulation', { depuis: 'attente', motifId: 'mot_1' }, 'a_envoyer']],
    ));
  it('une offre raccourcie par un report est dite avec la nouvelle date', () => {
    const { expireLe } = offerte(bo, 3);
    expect(avis({ type: 'SeanceReportee', ...ailleurs, offres: [{ membreId: bo, entree: 3, expireLe }] })[1]).toEqual([
      bo,
      'offre_raccourcie',
      { debut: ailleurs.debut, expireLe },
      'a_envoyer',
    ]);
  });
  it('un report, que le fait n’adresse à personne, est un travail à développer', () =>
    expect(avis({ type: 'SeanceReportee', ...ailleurs })).toEqual([['', 'report', { debut: ailleurs.debut, apres: 0 }, 'a_developper']]));
  it('personne pour le reste', () => expect([uneSeanceDe(1), portee(3), fermees, close].flatMap((fait) => avis(fait))).toEqual([]));
  it('sans courrier, l’avis naît affiché', () =>
    expect(avis(inscrit(ana), false)).toEqual([[ana, 'inscription', { prixCentimes: 500 }, 'affichee']]));
  it('aucun nom ni texte n’est gardé', () =>
    expect(JSON.stringify(effets(ecouteur, publies([uneSeanceDe(1), inscrit(ana)])))).not.toContain('Misérables'));
});

describe('quoi qu’il arrive à la séance', () => {
  it('un avis au plus par fait et par membre, et aucun ne manque, en lots quelconques et redonnés', () =>
    fc.assert(
      fc.asyncProperty(histoire, fc.infiniteStream(fc.integer({ min: 1, max: 5 })), async (pas, tailles) => {
        const { journal } = derouler(seance, pas);
        const faits = publies(journal);
        const rows = boite();
        for (let de = 0, taille = 0; de < faits.length; de += taille) {
          taille = tailles.next().value;
          await livrer(rows, ecouteur, faits.slice(de, de + taille));
          await livrer(rows, ecouteur, faits.slice(Math.max(0, de - taille), de + 1));
        }
        const attendus = journal.flatMap((fait, i): string[] => {
          if (fait.type === 'SeanceAnnulee')
            return [...fait.inscrits, ...(fait.offertes ?? []), ...fait.enAttente].map(({ membreId }) => `${i + 1} ${membreId}`);
          if (fait.type === 'SeanceReportee')
            return ['', ...(fait.offres ?? []).map(({ membreId }) => membreId)].map((qui) => `${i + 1} ${qui}`);
          const concerne = [...OFFRES, 'MembreInscrit', 'MembreMisEnAttente', 'MembrePromu', 'MembreDesiste'].includes(fait.type);
          return concerne && 'membreId' in fait ? [`${i + 1} ${fait.membreId}`] : [];
        });
        expect(
          rows
            .rows('notification')
            .map((row) => `${row['version']} ${row['membre_id']}`)
            .sort(),
        ).toEqual(attendus.sort());
      }),
      { numRuns: runs(200) },
    ));
});
