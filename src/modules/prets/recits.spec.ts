import { describe, it } from 'vitest';
import {
  ECHEANCE,
  PROLONGEE,
  RELANCE_1,
  RETRAIT,
  aLaVeille,
  ajoute,
  ana,
  annuler,
  attend,
  attendu,
  bo,
  chezAna,
  cy,
  donne,
  emprunt,
  emprunter,
  enRayon,
  enReparation,
  enRetardDe,
  expirer,
  lundi,
  misDeCote,
  ouvert,
  perdre,
  perdu,
  prete,
  prolonger,
  rappeler,
  relance,
  relancer,
  rendre,
  rendu,
  reserver,
  retrouver,
  usages,
} from '../../../test/support/prets.js';
import { beside, type Beside } from '../../runtime/aggregate/aggregate.js';
import type { Demande, Fait, Refus, Regles } from './mots.js';

type Dit = Fait | Beside<Fait>;
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
const geste = (type: 'ajouterExemplaire' | 'retirerExemplaire' | 'remettreEnRayon', exemplaireId = 'exe_1'): Demande => ({
  type,
  exemplaireId,
});
const relance1 = (retardJours: number, le = '2026-04-02T08:00:00+02:00') =>
  beside('pre_1', {
    type: 'RelanceEnvoyee' as const,
    niveau: 1 as const,
    retardJours,
    ...emprunt('exe_1', ana),
    reveil: { niveau: 2 as const, le },
  });

describe('emprunter', () => {
  it('prête l’exemplaire le plus longtemps en rayon, jusqu’au soir du vingt et unième jour', () =>
    donne(ajoute('exe_1', 'exe_2'))
      .quand(emprunter(ana), lundi)
      .alors(prete('pre_neuf', 'exe_1', ana), ouvert('pre_neuf', 'exe_1', ana)));
  it('donne à son lecteur celui qui est mis de côté, et honore sa réservation', () =>
    donne(...deCote)
      .quand(emprunter(bo), lundi)
      .alors(prete('pre_neuf', 'exe_1', bo, { rang: 1 }), ouvert('pre_neuf', 'exe_1', bo)));
  it('ne gèle pas les autres exemplaires libres', () =>
    donne(...deCote, { type: 'ReservationAnnulee', membreId: cy, rang: 2 }, { type: 'ExemplaireAjoute', exemplaireId: 'exe_2', numero: 2 })
      .quand(emprunter(ana), lundi)
      .alors(prete('pre_neuf', 'exe_2', ana), ouvert('pre_neuf', 'exe_2', ana)));
  it('remet en circulation l’exemplaire mis de côté quand le lecteur en emporte un autre', () =>
    donne(...deCote, { type: 'ExemplaireAjoute', exemplaireId: 'exe_2', numero: 2 })
      .quand(emprunter(bo, 'exe_2'), lundi)
      .alors(prete('pre_neuf', 'exe_2', bo, { rang: 1, laisse: 'exe_1' }), ouvert('pre_neuf', 'exe_2', bo), misDeCote('exe_1', cy, 2)));
  it('répond le prêt', () =>
    donne(ajoute('exe_1'))
      .quand(emprunter(ana), lundi)
      .repond({
        id: 'pre_neuf',
        ...emprunt('exe_1', ana),
        statut: 'en_cours',
        ouvertLe: LUNDI,
        echeance: ECHEANCE,
        prolongations: 0,
        relance: 0,
        renduLe: null,
        retardJours: null,
        version: 1,
      }));
});

describe('rendre', () => {
  it('met l’exemplaire de côté pour qui attend depuis le plus longtemps', () =>
    donne(...attendu)
      .quand(rendre(), lundi)
      .alors(rendu('pre_1', LUNDI), misDeCote('exe_1', bo, 1)));
  it('le remet en rayon quand personne n’attend', () =>
    donne(...chezAna)
      .quand(rendre(), lundi)
      .alors(rendu('pre_1', LUNDI), enRayon('exe_1')));
  it('l’envoie en réparation s’il est abîmé, même attendu', () =>
    donne(...attendu)
      .quand(rendre('pre_1', 'abime'), lundi)
      .alors(beside('pre_1', { type: 'PretRendu', renduLe: LUNDI, retardJours: 0, etat: 'abime' }), enReparation('exe_1')));
  it('compte le retard en dates', () =>
    donne(...chezAna)
      .quand(rendre(), Date.parse('2026-03-24T00:00:00+01:00'))
      .alors(rendu('pre_1', '2026-03-24T00:00:00+01:00', 1), enRayon('exe_1')));
  it('deux fois ne change rien et répond comme la première', () => {
    donne(...rentre)
      .quand(rendre(), aLaVeille)
      .alors();
    donne(...rentre)
      .quand(rendre(), aLaVeille)
      .repond({ ...laReponse(), statut: 'rendu', renduLe: LUNDI, retardJours: 0, version: 2 });
  });
  it('ce qu’on croyait perdu le retrouve', () =>
    donne(...attendu, ...perdu('pre_1', 'exe_1', ana))
      .quand(rendre(), lundi)
      .alors(
        { type: 'ExemplaireRetrouve', exemplaireId: 'exe_1' },
        beside('pre_1', { type: 'PretRetrouve', renduLe: LUNDI, retardJours: 0 }),
        misDeCote('exe_1', bo, 1),
      ));
  it('ce qui a été retiré entre-temps clôt le prêt seul', () =>
    donne(...chezAna, ...perdu('pre_1', 'exe_1', ana), { type: 'ExemplaireRetire', exemplaireId: 'exe_1' })
      .quand(retrouver, lundi)
      .alors(beside('pre_1', { type: 'PretRetrouve', renduLe: LUNDI, retardJours: 0 })));
});

describe('prolonger', () => {
  it('compte depuis l’échéance, par-dessus le changement d’heure, et reprogramme le rappel', () =>
    donne(...chezAna)
      .quand(prolonger(), aLaVeille)
      .alors(prolonge));
  it('se peut dès le premier instant de J-7, pas avant', () => {
    donne(...chezAna)
      .quand(prolonger(), Date.parse('2026-03-16T00:00:00+01:00'))
      .alors(prolonge);
    donne(...chezAna)
      .quand(prolonger(), Date.parse('2026-03-15T23:59:59+01:00'))
      .refuse('prolongation_trop_tot', { prolongationDesJours: 7 });
  });
  it('se peut jusqu’à l’échéance juste', () =>
    donne(...chezAna)
      .quand(prolonger(), Date.parse(ECHEANCE))
      .alors(prolonge));

  const perduAussi = perdu('pre_1', 'exe_1', ana);
  const tard = enRetardDe(2);
  const ordre: readonly (readonly [Refus, readonly Dit[], boolean, number, Partial<Regles>])[] = [
    ['pret_clos', [...attendu, ...perduAussi], true, tard, sauf({ prolongations: 0, prolongationDesJours: 0 })],
    ['membre_suspendu', attendu, true, tard, sauf({ prolongations: 0, prolongationDesJours: 0 })],
    ['pret_en_retard', attendu, false, tard, sauf({ prolongations: 0, prolongationDesJours: 0 })],
    ['ouvrage_reserve', attendu, false, lundi, sauf({ prolongations: 0, prolongationDesJours: 0 })],
    ['prolongations_epuisees', chezAna, false, lundi, sauf({ prolongations: 0, prolongationDesJours: 0 })],
    ['prolongation_trop_tot', chezAna, false, lundi, sauf({ prolongationDesJours: 0, prolongationJours: 0 })],
    ['echeance_inchangee', chezAna, false, aLaVeille, sauf({ prolongationJours: 0 })],
  ];
  it.each(ordre)('dit dans l’ordre ce qui l’empêche : %s', (refusal, passe, suspendu, instant, changees) =>
    donne(...passe)
      .quand(prolonger(suspendu), instant, changees)
      .refuseSeulement(refusal),
  );
});

describe('reserver', () => {
  it('donne le rang suivant, sans jamais le rendre', () =>
    donne(...attendu, { type: 'ReservationAnnulee', membreId: bo, rang: 1 })
      .quand(reserver(bo), lundi)
      .alors(attend(bo, 3)));
  it('répond le rang et la position', () =>
    donne(...attendu, { type: 'ReservationAnnulee', membreId: bo, rang: 1 })
      .quand(reserver(bo), lundi)
      .repond({ membreId: bo, rang: 3, position: 2, version: 6 }));
  it('y renoncer laisse l’exemplaire mis de côté au suivant', () =>
    donne(...deCote)
      .quand(annuler(bo), lundi)
      .alors({ type: 'ReservationAnnulee', exemplaireId: 'exe_1', membreId: bo, rang: 1 }, misDeCote('exe_1', cy, 2)));
  it('ne pas venir le chercher aussi', () =>
    donne(...deCote)
      .quand(expirer, Date.parse(RETRAIT))
      .alors({ type: 'RetraitExpire', exemplaireId: 'exe_1', membreId: bo, rang: 1 }, {
        ...misDeCote('exe_1', cy, 2),
        retraitAvant: '2026-03-16T23:59:59+01:00',
      } as Fait));
  it('ne se perd pas une seconde trop tôt', () =>
    donne(...deCote)
      .quand(expirer, Date.parse(RETRAIT) - 1)
      .alors());
});

describe('relancer', () => {
  it('rappelle l’échéance, puis attend J+3', () =>
    donne(...chezAna)
      .quand(rappeler, aLaVeille)
      .alors(beside('pre_1', { type: 'EcheanceRappelee', echeance: ECHEANCE, ...emprunt('exe_1', ana), reveil: RELANCE_1 })));
  it('sans niveau, envoie la suivante', () =>
    donne(...chezAna)
      .quand(relancer(), enRetardDe(3))
      .alors(relance1(3)));
  it('jamais deux le même jour : la suivante attend au moins le lendemain', () => {
    donne(...chezAna)
      .quand(relancer(), enRetardDe(40))
      .alors(relance1(40, '2026-05-03T08:00:00+02:00'));
    donne(...chezAna, relance('pre_1', 1, 40))
      .quand(relancer(), enRetardDe(40))
      .refuse('relance_hors_ordre', { relance: 1 });
  });
  it('après la troisième, plus rien', () =>
    donne(...chezAna, relance('pre_1', 1, 3), relance('pre_1', 2, 10))
      .quand(relancer(3), enRetardDe(21))
      .alors(relance('pre_1', 3, 21)));
  it('ne rappelle pas une échéance déjà toute proche', () =>
    donne(ajoute('exe_1'))
      .quand(emprunter(ana), lundi, sauf({ dureeJours: 2 }))
      .alors(prete('pre_neuf', 'exe_1', ana), {
        ...ouvert('pre_neuf', 'exe_1', ana),
        fact: {
          ...ouvert('pre_neuf', 'exe_1', ana).fact,
          echeance: '2026-03-04T23:59:59+01:00',
          reveil: { niveau: 1, le: '2026-03-07T08:00:00+01:00' },
        } as Fait,
      }));
});

describe('les exemplaires', () => {
  it('gardent un numéro à eux', () =>
    donne(ajoute('exe_1'), { type: 'ExemplaireRetire', exemplaireId: 'exe_1' })
      .quand(geste('ajouterExemplaire', 'exe_2'), lundi)
      .alors({ type: 'ExemplaireAjoute', exemplaireId: 'exe_2', numero: 2 }));
  it('retirés, rendent sa place dans la file à qui les attendait', () =>
    donne(...deCote)
      .quand(geste('retirerExemplaire'), lundi)
      .alors({ type: 'ExemplaireRetire', exemplaireId: 'exe_1', rendALaFile: { membreId: bo, rang: 1 } }));
  it('réparés, vont à qui les attend', () =>
    donne(...attendu, rendu('pre_1', LUNDI), enReparation('exe_1'))
      .quand(geste('remettreEnRayon'), lundi)
      .alors(misDeCote('exe_1', bo, 1)));
  it('perdus, closent le prêt', () =>
    donne(...chezAna)
      .quand(perdre, lundi)
      .alors(...perdu('pre_1', 'exe_1', ana)));
  it('déjà en rayon, y restent', () => donne(ajoute('exe_1')).quand(geste('remettreEnRayon'), lundi).alors());
});

function laReponse() {
  return { id: 'pre_1', ...emprunt('exe_1', ana), ouvertLe: LUNDI, echeance: ECHEANCE, prolongations: 0, relance: 0 as const };
}
