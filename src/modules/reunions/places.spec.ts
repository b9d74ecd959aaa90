import { describe, it } from 'vitest';
import {
  DEBUT,
  JOUR,
  ana,
  annulee,
  bo,
  complete,
  cy,
  desister,
  donne,
  enAttente,
  faireEntrer,
  fermees,
  vide,
  inscrire,
  inscrit,
  lendemain,
  parti,
  pendant,
  portee,
  porterA,
  promu,
  rouvertes,
  unePlacePour,
  uneSeanceDe,
  veille,
} from '../../../test/support/seances.js';
import { lireMembreId, type MembreId } from '../membres/membre-id.js';
import type { Fait, Refus } from './seance.js';

describe('inscrire', () => {
  it('donne une place tant qu’il en reste', () => donne(uneSeanceDe(1)).quand(inscrire(ana), veille).alors(inscrit(ana)));
  it('met en attente ensuite, au rang suivant', () =>
    donne(...complete.slice(0, 3))
      .quand(inscrire(cy), veille)
      .alors(enAttente(cy, 2)));
  it('ne rend jamais un rang : qui revient passe en queue', () =>
    donne(...complete, parti(bo, 3, 'attente'))
      .quand(inscrire(bo), veille)
      .alors(enAttente(bo, 3)));
  it('refuse si l’on ne veut pas attendre', () =>
    donne(uneSeanceDe(1), inscrit(ana)).quand(inscrire(bo, 'refuser'), veille).refuse('seance_complete', { places: 1 }));
  it('refuse quand la liste est pleine', () =>
    donne(uneSeanceDe(1, { listeAttenteMax: 1 }), inscrit(ana), enAttente(bo, 1))
      .quand(inscrire(cy), veille)
      .refuse('liste_attente_pleine', { listeAttenteMax: 1 }));
  it('n’inscrit personne deux fois', () =>
    donne(...complete)
      .quand(inscrire(ana), veille)
      .refuse('deja_inscrit'));
  it('ne fait attendre personne deux fois', () =>
    donne(...complete)
      .quand(inscrire(bo), veille)
      .refuse('deja_en_attente'));
  it('n’accueille plus une fois fermée', () => donne(uneSeanceDe(1), fermees).quand(inscrire(ana), veille).refuse('inscriptions_fermees'));
  it('accueille de nouveau une fois rouverte', () =>
    donne(uneSeanceDe(1), fermees, rouvertes).quand(inscrire(ana), veille).alors(inscrit(ana)));
  it('n’accueille plus dès le début', () => donne(uneSeanceDe(1)).quand(inscrire(ana), DEBUT).refuse('seance_commencee'));
  it('dit d’abord l’annulation', () =>
    donne(...complete, annulee)
      .quand(inscrire(ana), lendemain)
      .refuse('seance_annulee'));
  it('puis la clôture', () =>
    donne(...complete)
      .quand(inscrire(ana), lendemain)
      .refuse('seance_cloturee'));
  it('puis le début', () =>
    donne(...complete)
      .quand(inscrire(ana), pendant)
      .refuse('seance_commencee'));
  it('puis l’inscription, avant la fermeture', () =>
    donne(...complete, fermees)
      .quand(inscrire(ana), veille)
      .refuse('deja_inscrit'));
  it('répond la place', () =>
    donne(uneSeanceDe(3)).quand(inscrire(ana), veille).repond({ statut: 'inscrite', placesRestantes: 2, version: 2 }));
  it('répond le rang et la position', () =>
    donne(...complete, parti(bo, 3, 'attente'))
      .quand(inscrire(bo), veille)
      .repond({ statut: 'en_attente', rang: 3, position: 2, placesRestantes: 0, version: 6 }));
});

describe('desister', () => {
  it('donne la place libérée à la plus ancienne attente', () =>
    donne(...complete)
      .quand(desister(ana), veille)
      .alors(parti(ana, 2, 'inscrits'), promu(bo, 3)));
  it('de la liste d’attente, ne promeut personne', () =>
    donne(...complete)
      .quand(desister(bo), veille)
      .alors(parti(bo, 3, 'attente')));
  it('saute qui est parti', () =>
    donne(...complete, parti(bo, 3, 'attente'))
      .quand(desister(ana), veille)
      .alors(parti(ana, 2, 'inscrits'), promu(cy, 4)));
  it('promeut même inscriptions fermées', () =>
    donne(...complete, fermees)
      .quand(desister(ana), veille)
      .alors(parti(ana, 2, 'inscrits'), promu(bo, 3)));
  it('est tardif à moins de 24 h du début', () =>
    donne(...complete)
      .quand(desister(ana), DEBUT - JOUR + 1)
      .alors({ ...parti(ana, 2, 'inscrits'), tardif: true }, promu(bo, 3)));
  it('n’est pas tardif à 24 h juste', () =>
    donne(...complete)
      .quand(desister(ana), DEBUT - JOUR)
      .alors(parti(ana, 2, 'inscrits'), promu(bo, 3)));
  it('n’est jamais tardif depuis l’attente', () =>
    donne(...complete)
      .quand(desister(bo), DEBUT - 1)
      .alors(parti(bo, 3, 'attente')));
  it('suppose une inscription', () => donne(uneSeanceDe(1)).quand(desister(ana), veille).refuse('pas_inscrit'));
  it('ne se peut plus dès le début', () =>
    donne(...complete)
      .quand(desister(bo), DEBUT)
      .refuse('seance_commencee'));
  it('ne se peut plus après la clôture', () =>
    donne(...complete)
      .quand(desister(ana), lendemain)
      .refuse('seance_cloturee'));
  it('n’a plus d’objet après l’annulation', () =>
    donne(...complete, annulee)
      .quand(desister(ana), veille)
      .refuse('pas_inscrit'));
  it('répond qui est promu', () =>
    donne(...complete)
      .quand(desister(ana), veille)
      .repond({ promu: bo, placesRestantes: 0, version: 6 }));
  it('répond la place laissée libre', () =>
    donne(uneSeanceDe(1), inscrit(ana)).quand(desister(ana), veille).repond({ promu: null, placesRestantes: 1, version: 3 }));
});

describe('modifierPlaces', () => {
  it('fait entrer autant de monde que de places gagnées, dans l’ordre', () =>
    donne(...complete)
      .quand(porterA(3), veille)
      .alors(portee(3), promu(bo, 3), promu(cy, 4)));
  it('ne fait entrer personne après le début', () =>
    donne(...complete)
      .quand(porterA(3), pendant)
      .alors(portee(3)));
  it('ne change rien à nombre égal', () =>
    donne(...complete)
      .quand(porterA(1), veille)
      .alors());
  it('ne descend pas sous les inscrits', () =>
    donne(uneSeanceDe(2), inscrit(ana), inscrit(bo))
      .quand(porterA(1), veille)
      .refuse('places_sous_inscrits', { inscrits: 2, offertes: 0 }));
  it('refuse un nombre hors bornes', () =>
    donne(...complete)
      .quand(porterA(100_001), veille)
      .refuse('places_invalides'));
  it('refuse une séance annulée', () =>
    donne(...complete, annulee)
      .quand(porterA(3), veille)
      .refuse('seance_annulee'));
  it('refuse une séance close', () =>
    donne(...complete)
      .quand(porterA(3), lendemain)
      .refuse('seance_cloturee'));
  it('répond la séance', () =>
    donne(...complete)
      .quand(porterA(4), veille)
      .repond({ ...vide, places: 4, placesRestantes: 1, inscrits: 3, version: 7 }));
});

describe('ajouterPlacePour et promouvoirHorsRang', () => {
  it('ajoute une place pour quelqu’un, même si d’autres attendent, et en garde trace', () =>
    donne(uneSeanceDe(1), inscrit(ana), enAttente(bo, 1))
      .quand(unePlacePour(cy), veille)
      .alors({ type: 'PlacesModifiees', places: 2, motifId: 'mot_1' }, inscrit(cy)));
  it.each<[Refus, MembreId, Fait[], number]>([
    ['seance_annulee', ana, [annulee], veille],
    ['seance_cloturee', ana, [], lendemain],
    ['seance_commencee', ana, [], pendant],
    ['deja_inscrit', ana, [fermees], veille],
    ['deja_en_attente', bo, [fermees], veille],
    ['inscriptions_fermees', lireMembreId('mem_di')!, [fermees], veille],
  ])('n’ajoute pas de place : %s', (refus, membreId, suite, instant) =>
    donne(...complete, ...suite)
      .quand(unePlacePour(membreId), instant)
      .refuse(refus),
  );
  it('n’ajoute pas la 100 001e place', () => donne(uneSeanceDe(100_000)).quand(unePlacePour(ana), veille).refuse('places_invalides'));
  it('fait entrer hors rang qui attend devant une place restée libre', () =>
    donne(...complete, portee(2))
      .quand(faireEntrer(cy), pendant)
      .alors({ ...promu(cy, 4), horsRang: true, motifId: 'mot_1' }));
  it.each<[Refus, MembreId, Fait[], number]>([
    ['seance_complete', cy, [], veille],
    ['pas_en_attente', ana, [], veille],
    ['seance_annulee', cy, [annulee], veille],
    ['seance_cloturee', cy, [portee(2)], lendemain],
  ])('ne promeut pas hors rang : %s', (refus, membreId, suite, instant) =>
    donne(...complete, ...suite)
      .quand(faireEntrer(membreId), instant)
      .refuse(refus, refus === 'seance_complete' ? { places: 1 } : undefined),
  );
});
