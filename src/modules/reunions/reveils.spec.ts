import { describe, expect, it } from 'vitest';
import {
  GEL,
  HEURE,
  JOUR,
  acceptee,
  ailleurs,
  annulee,
  annuler,
  bo,
  close,
  cy,
  declinee,
  enOffre,
  expiree,
  lendemain,
  offerte,
  seance,
  uneSeanceDe,
  veille,
} from '../../../test/support/seances.js';
import type { Fait, Seance } from './seance.js';

const ECHEANCE = veille + JOUR;

describe('les réveils', () => {
  const de = (fait: Fait) => seance.timers!(fait, { stream: 'sea_1', version: 2, instant: veille, demande: annuler });
  const cloture = (due: number) => ({ set: 'cloture', due, demande: { type: 'cloturer' } });
  const finDOffre = (due: number) => ({ set: 'offre:mem_bo', due, demande: { type: 'expirerOffre', membreId: bo } });

  it('une séance se réveille pour se clore, à sa nouvelle fin si elle est reportée', () => {
    expect(de(uneSeanceDe(1))).toEqual([cloture(lendemain)]);
    expect(de({ type: 'SeanceReportee', ...ailleurs })).toEqual([cloture(Date.parse(ailleurs.fin) + 12 * HEURE)]);
    for (const finale of [annulee, close]) expect(de(finale)).toEqual([{ clear: 'cloture' }]);
  });
  it('une offre se réveille à son échéance, et plus une fois finie', () => {
    expect(de(offerte(bo, 3))).toEqual([finDOffre(ECHEANCE)]);
    const offres = [{ membreId: bo, entree: 3, expireLe: new Date(GEL).toISOString() }];
    expect(de({ type: 'SeanceReportee', ...ailleurs, offres })[1]).toEqual(finDOffre(GEL));
    for (const fin of [acceptee(bo, 3), declinee(bo, 3), expiree(bo, 3)]) expect(de(fin)).toEqual([{ clear: 'offre:mem_bo' }]);
    expect(de({ ...annulee, offertes: [{ membreId: bo, entree: 3 }] } as Fait)).toEqual([{ clear: 'cloture' }, { clear: 'offre:mem_bo' }]);
  });
});

describe('ce que les clubs ont déjà écrit', () => {
  it('un journal d’avant les offres se relit, et la séance vit selon les règles d’aujourd’hui', () => {
    const journal = [
      '{"type":"SeancePlanifiee","id":"sea_1","titre":"Les Misérables","lieu":null,"debut":"2026-03-10T19:00:00+01:00","fin":"2026-03-10T21:00:00+01:00","fuseau":"Europe/Paris","places":1,"prixCentimes":500,"paiement":"sur_place","listeAttenteMax":null}',
      '{"type":"MembreInscrit","membreId":"mem_ana","prixCentimes":500}',
      '{"type":"SeanceReportee","debut":"2026-03-17T19:00:00+01:00","fin":"2026-03-17T21:00:00+01:00"}',
      '{"type":"SeanceAnnulee","motifId":"mot_1","inscrits":[{"membreId":"mem_ana","entree":2}],"enAttente":[]}',
    ];
    const etat = journal.map((json) => JSON.parse(json) as Fait).reduce<Seance>((e, fait) => seance.evolve(e, fait), seance.initial());
    expect(seance.view(etat)).toMatchObject({ statut: 'annulee', inscrits: 0, offertes: 0, version: 4 });
    for (const json of journal)
      expect(() => seance.rows(JSON.parse(json) as Fait, { stream: 'sea_1', version: 1, instant: 1, demande: annuler })).not.toThrow();
  });
  it('un cliché d’un autre format n’est pas lu de travers : le sien dit offres et expirées', () => {
    const etat = [...enOffre, expiree(bo, 3), offerte(cy, 4)].reduce<Seance>((e, fait) => seance.evolve(e, fait), seance.initial());
    expect(seance.snapshot!.format).toBe(2);
    expect(JSON.parse(JSON.stringify(seance.snapshot!.encode(etat)))).toMatchObject({
      offertes: [{ membreId: cy, entree: 4, expireLe: new Date(ECHEANCE).toISOString() }],
      expirees: [bo],
      enAttente: [],
    });
  });
});
