import { describe, it } from 'vitest';
import {
  DEBUT,
  FIN,
  GEL,
  HEURE,
  JOUR,
  acceptee,
  accepter,
  ailleurs,
  ana,
  annulee,
  annuler,
  bo,
  close,
  cloturer,
  complete,
  cy,
  decliner,
  declinee,
  desister,
  donne,
  enOffre,
  expiree,
  expirer,
  faireEntrer,
  fermees,
  inscrire,
  lendemain,
  offerte,
  parti,
  payante,
  porterA,
  portee,
  present,
  promu,
  reporter,
  unePlacePour,
  uneSeanceDe,
  veille,
  vide,
} from '../../../test/support/seances.js';
import type { Demande, Fait } from './seance.js';

const ECHEANCE = veille + JOUR;

describe('une place payée d’avance', () => {
  it('se prend directement quand elle est libre', () =>
    donne(uneSeanceDe(1, { paiement: 'avant' }))
      .quand(inscrire(ana), veille)
      .alors({ type: 'MembreInscrit', membreId: ana, prixCentimes: 500 }));
  it('s’offre à la plus ancienne attente, pour un jour', () =>
    donne(...payante)
      .quand(desister(ana), veille)
      .alors(parti(ana, 2, 'inscrits'), offerte(bo, 3, ECHEANCE)));
  it('et jusqu’au gel au plus', () =>
    donne(...payante)
      .quand(desister(ana), GEL - HEURE)
      .alors({ ...parti(ana, 2, 'inscrits'), tardif: true }, offerte(bo, 3, GEL)));
  it('s’offre autant de fois qu’il y a de places gagnées', () =>
    donne(...payante)
      .quand(porterA(3), veille)
      .alors(portee(3), offerte(bo, 3), offerte(cy, 4)));
  it('reste prise tant que l’offre court', () =>
    donne(...enOffre)
      .quand(inscrire(ana), veille)
      .alors({ type: 'MembreMisEnAttente', membreId: ana, rang: 3, prixCentimes: 500 }));
  it('n’est pas retirée à qui on l’offre', () =>
    donne(...payante, portee(2), offerte(bo, 3))
      .quand(porterA(1), veille)
      .refuse('places_sous_inscrits', { inscrits: 1, offertes: 1 }));
  it('ne se donne pas hors rang pendant qu’elle est offerte', () =>
    donne(...enOffre)
      .quand(faireEntrer(cy), GEL)
      .refuse('seance_complete', { places: 1 }));
  it('n’empêche pas d’en ajouter une pour quelqu’un', () =>
    donne(...enOffre)
      .quand(unePlacePour(ana), veille)
      .alors({ type: 'PlacesModifiees', places: 2, motifId: 'mot_1' }, { type: 'MembreInscrit', membreId: ana, prixCentimes: 500 }));
  it('dit à qui elle est offerte', () =>
    donne(...payante)
      .quand(desister(ana), veille)
      .repond({ promu: null, offerteA: bo, placesRestantes: 0, version: 6 }));
});

describe('répondre à une offre', () => {
  it('accepter donne la place, au prix de la séance, même inscriptions fermées', () =>
    donne(...enOffre, fermees)
      .quand(accepter(bo), ECHEANCE - 1)
      .alors(acceptee(bo, 3)));
  it('décliner l’offre à la personne suivante', () =>
    donne(...enOffre)
      .quand(decliner(bo), veille + HEURE)
      .alors(declinee(bo, 3), offerte(cy, 4, ECHEANCE + HEURE)));
  it('se désister, c’est décliner', () =>
    donne(...enOffre)
      .quand(desister(bo), veille + HEURE)
      .alors(declinee(bo, 3), offerte(cy, 4, ECHEANCE + HEURE)));
  it.each([accepter(bo), decliner(bo), desister(bo)])('à son heure, il est trop tard, que le réveil ait sonné ou non : %o', (demande) => {
    donne(...enOffre)
      .quand(demande, ECHEANCE)
      .refuse('offre_expiree');
    if (demande.type === 'desister') return;
    donne(...enOffre, expiree(bo, 3))
      .quand(demande, ECHEANCE)
      .refuse('offre_expiree');
  });
  it.each<[string, Fait[]]>([
    ['attend', payante],
    ['est inscrit', [...enOffre, acceptee(bo, 3)]],
    ['a décliné', [...enOffre, declinee(bo, 3)]],
    ['a vu la séance annulée', [...enOffre, annulee]],
  ])('qui %s n’a rien à accepter', (_, passe) =>
    donne(...passe)
      .quand(accepter(bo), veille)
      .refuse('offre_inconnue'),
  );
  it('une nouvelle offre fait oublier celle qui avait expiré', () =>
    donne(
      ...enOffre,
      expiree(bo, 3),
      offerte(cy, 4),
      { type: 'MembreMisEnAttente', membreId: bo, rang: 3, prixCentimes: 500 },
      declinee(cy, 4),
      offerte(bo, 9),
      declinee(bo, 9),
    )
      .quand(accepter(bo), veille)
      .refuse('offre_inconnue'));
  it('on ne s’inscrit pas quand une place attend déjà', () =>
    donne(...enOffre)
      .quand(inscrire(bo), veille)
      .refuse('place_deja_offerte'));
  it('répond la séance', () =>
    donne(...enOffre)
      .quand(accepter(bo), veille)
      .repond({ ...vide, paiement: 'avant', inscrits: 1, enAttente: 1, placesRestantes: 0, version: 7 }));
});

describe('une offre sans réponse', () => {
  it('expire à son heure, et la place s’offre à la personne suivante', () =>
    donne(...enOffre)
      .quand(expirer(bo), ECHEANCE)
      .alors(expiree(bo, 3), offerte(cy, 4, GEL)));
  it('expire au gel sans plus être offerte à personne', () =>
    donne(...enOffre)
      .quand(expirer(bo), GEL)
      .alors(expiree(bo, 3)));
  it('n’expire pas avant son heure, ni deux fois', () => {
    donne(...enOffre)
      .quand(expirer(bo), ECHEANCE - 1)
      .alors();
    donne(...enOffre, expiree(bo, 3))
      .quand(expirer(bo), GEL)
      .alors();
  });
  it('laisse revenir, en queue', () =>
    donne(...enOffre, expiree(bo, 3), offerte(cy, 4))
      .quand(inscrire(bo), veille)
      .alors({ type: 'MembreMisEnAttente', membreId: bo, rang: 3, prixCentimes: 500 }));
});

describe('le gel, deux heures avant le début', () => {
  it('la dernière milliseconde promeut encore', () =>
    donne(...complete)
      .quand(desister(ana), GEL - 1)
      .alors({ ...parti(ana, 2, 'inscrits'), tardif: true }, promu(bo, 3)));
  it.each([
    ['une place quittée', desister(ana), { ...parti(ana, 2, 'inscrits'), tardif: true } as Fait],
    ['une place gagnée', porterA(2), portee(2)],
  ])('%s reste libre', (_, demande: Demande, fait: Fait) =>
    donne(...complete)
      .quand(demande, GEL)
      .alors(fait),
  );
  it('personne ne passe devant qui attend', () => {
    const libre = [...complete.slice(0, 3), parti(ana, 2, 'inscrits')];
    donne(...libre)
      .quand(inscrire(cy), GEL)
      .alors({ type: 'MembreMisEnAttente', membreId: cy, rang: 2, prixCentimes: 500 });
    donne(...libre)
      .quand(inscrire(cy, 'refuser'), GEL)
      .refuse('seance_complete', { places: 1 });
  });
  it('une place libre que personne n’attend se prend encore', () =>
    donne(uneSeanceDe(1))
      .quand(inscrire(ana), DEBUT - 1)
      .alors({ type: 'MembreInscrit', membreId: ana, prixCentimes: 500 }));
  it('le club fait encore entrer de sa main', () =>
    donne(...complete, portee(2))
      .quand(faireEntrer(cy), GEL)
      .alors({ ...promu(cy, 4), horsRang: true, motifId: 'mot_1' }));
});

describe('reporter, annuler, quand une place est offerte', () => {
  const avancer = (debutMs: number): Demande => {
    const [debut, fin] = [debutMs, debutMs + HEURE].map((ms) => new Date(ms).toISOString());
    return reporter({ debut: debut!, fin: fin! });
  };
  const raccourcie = (debutMs: number, expireMs: number) => ({
    type: 'SeanceReportee',
    debut: new Date(debutMs).toISOString(),
    fin: new Date(debutMs + HEURE).toISOString(),
    offres: [{ membreId: bo, entree: 3, expireLe: new Date(expireMs).toISOString() }],
  });
  it('plus tôt : l’offre finit au nouveau gel', () =>
    donne(...enOffre)
      .quand(avancer(veille + 6 * HEURE), veille)
      .alors(raccourcie(veille + 6 * HEURE, veille + 4 * HEURE) as Fait));
  it('plus tôt que le gel : l’offre finit tout de suite', () =>
    donne(...enOffre)
      .quand(avancer(veille + HEURE), veille)
      .alors(raccourcie(veille + HEURE, veille) as Fait));
  it('plus tard : l’offre garde son heure, et les places libres s’offrent de nouveau', () => {
    donne(...enOffre)
      .quand(reporter(), veille)
      .alors({ type: 'SeanceReportee', ...ailleurs });
    donne(...enOffre, expiree(bo, 3))
      .quand(reporter(), GEL)
      .alors({ type: 'SeanceReportee', ...ailleurs }, offerte(cy, 4, GEL + JOUR));
  });
  it('annuler y met fin', () =>
    donne(...enOffre)
      .quand(annuler, veille)
      .alors({
        type: 'SeanceAnnulee',
        motifId: 'mot_1',
        inscrits: [],
        offertes: [{ membreId: bo, entree: 3 }],
        enAttente: [{ membreId: cy, entree: 4 }],
      }));
});

describe('la clôture', () => {
  it('vient douze heures après la fin', () => {
    donne(...complete)
      .quand(cloturer, lendemain - 1)
      .refuse('seance_pas_terminee');
    donne(...complete)
      .quand(cloturer, lendemain)
      .alors(close);
  });
  it('ne vient qu’une fois, et pas à une séance annulée', () => {
    donne(...complete, close)
      .quand(cloturer, lendemain)
      .refuse('seance_cloturee');
    donne(...complete, annulee)
      .quand(cloturer, lendemain)
      .refuse('seance_annulee');
  });
  it('laisse corriger les présences, jusqu’à quatorze jours après la fin', () => {
    const venue: Fait = { type: 'PresenceConstatee', membreId: ana, entree: 2 };
    donne(...complete, close)
      .quand(present(ana), FIN + 14 * JOUR - 1)
      .alors(venue);
    donne(...complete, close)
      .quand(present(ana), FIN + 14 * JOUR)
      .refuse('seance_cloturee');
  });
  it.each([inscrire(bo), desister(ana), porterA(3), annuler, reporter(), faireEntrer(bo)])('rien d’autre ne change plus : %o', (demande) =>
    donne(...complete, close)
      .quand(demande, lendemain)
      .refuse('seance_cloturee'),
  );
});
