import { lireMembreId, type MembreId } from '../../src/modules/membres/membre-id.js';
import { creerSeance, type Demande, type DemandeDe, type Fait, type FaitDe, type Fiche } from '../../src/modules/reunions/seance.js';
import { etantDonne } from './etant-donne.js';

/** Les mots dont les récits de séances sont faits. */
export const seance = creerSeance({ tardifHeures: 24, gelHeures: 2, delaiOffreHeures: 24 });
export const donne = (...faits: Fait[]) => etantDonne(seance, ...faits);

export const ana = lireMembreId('mem_ana')!;
export const bo = lireMembreId('mem_bo')!;
export const cy = lireMembreId('mem_cy')!;

export const HEURE = 3_600_000;
export const JOUR = 24 * HEURE;
export const DEBUT = Date.parse('2026-03-10T19:00:00+01:00');
export const GEL = DEBUT - 2 * HEURE;
export const FIN = Date.parse('2026-03-10T21:00:00+01:00');
export const veille = DEBUT - 2 * JOUR;
export const pendant = DEBUT + HEURE;
export const lendemain = FIN + 12 * HEURE;

export const fiche: Fiche = {
  id: 'sea_1',
  titre: 'Les Misérables',
  lieu: null,
  debut: '2026-03-10T19:00:00+01:00',
  fin: '2026-03-10T21:00:00+01:00',
  fuseau: 'Europe/Paris',
  places: 1,
  prixCentimes: 500,
  paiement: 'sur_place',
  listeAttenteMax: null,
};
/** Ce que l’on montre d’une séance où personne n’est encore venu. */
export const vide = { ...fiche, statut: 'ouverte' as const, gel: new Date(GEL).toISOString(), inscrits: 0, offertes: 0, enAttente: 0 };
export const motif = { motifId: 'mot_1', motif: 'On se serre.' };
export const ailleurs = { debut: '2026-03-17T19:00:00+01:00', fin: '2026-03-17T21:00:00+01:00' };

export const uneSeanceDe = (places: number, reste: Partial<Fiche> = {}): Fait => ({ type: 'SeancePlanifiee', ...fiche, places, ...reste });
export const inscrit = (membreId: MembreId): Fait => ({ type: 'MembreInscrit', membreId, prixCentimes: 500 });
export const enAttente = (membreId: MembreId, rang: number): Fait => ({ type: 'MembreMisEnAttente', membreId, rang, prixCentimes: 500 });
export const promu = (membreId: MembreId, entree: number): FaitDe<'MembrePromu'> => ({
  type: 'MembrePromu',
  membreId,
  entree,
  prixCentimes: 500,
});
export const parti = (membreId: MembreId, entree: number, depuis: 'inscrits' | 'attente'): FaitDe<'MembreDesiste'> => ({
  type: 'MembreDesiste',
  depuis,
  membreId,
  entree,
});
export const offerte = (membreId: MembreId, entree: number, expireMs = veille + JOUR): FaitDe<'PlaceOfferte'> => ({
  type: 'PlaceOfferte',
  membreId,
  entree,
  prixCentimes: 500,
  expireLe: new Date(expireMs).toISOString(),
});
export const acceptee = (membreId: MembreId, entree: number): Fait => ({ type: 'OffreAcceptee', membreId, entree, prixCentimes: 500 });
export const declinee = (membreId: MembreId, entree: number): Fait => ({ type: 'OffreDeclinee', membreId, entree });
export const expiree = (membreId: MembreId, entree: number): Fait => ({ type: 'OffreExpiree', membreId, entree });
export const close: Fait = { type: 'SeanceCloturee' };
export const portee = (places: number): Fait => ({ type: 'PlacesModifiees', places });
export const fermees: Fait = { type: 'InscriptionsFermees' };
export const rouvertes: Fait = { type: 'InscriptionsRouvertes' };
export const annulee: Fait = { type: 'SeanceAnnulee', motifId: 'mot_0', inscrits: [], enAttente: [] };

export const planifier = (reste: Partial<Fiche> = {}): Demande => ({ type: 'planifier', ...fiche, ...reste });
export const inscrire = (membreId: MembreId, siComplet: 'attendre' | 'refuser' = 'attendre'): Demande => ({
  type: 'inscrire',
  membreId,
  siComplet,
});
export const desister = (membreId: MembreId): Demande => ({ type: 'desister', membreId });
export const porterA = (places: number): Demande => ({ type: 'modifierPlaces', places });
export const unePlacePour = (membreId: MembreId): Demande => ({ type: 'ajouterPlacePour', membreId, ...motif });
export const faireEntrer = (membreId: MembreId): Demande => ({ type: 'promouvoirHorsRang', membreId, ...motif });
export const accepter = (membreId: MembreId): Demande => ({ type: 'accepterOffre', membreId });
export const decliner = (membreId: MembreId): Demande => ({ type: 'declinerOffre', membreId });
export const expirer = (membreId: MembreId): Demande => ({ type: 'expirerOffre', membreId });
export const cloturer: Demande = { type: 'cloturer' };
export const fermer: Demande = { type: 'fermerInscriptions' };
export const rouvrir: Demande = { type: 'rouvrirInscriptions' };
export const reporter = (dates: Partial<DemandeDe<'reporter'>> = {}): Demande => ({ type: 'reporter', ...ailleurs, ...dates });
export const annuler: Demande = { type: 'annuler', ...motif };
export const present = (membreId: MembreId): Demande => ({ type: 'constaterPresence', membreId });
export const absent = (membreId: MembreId, excusee = false): Demande => ({ type: 'constaterAbsence', membreId, excusee });

export const complete = [uneSeanceDe(1), inscrit(ana), enAttente(bo, 1), enAttente(cy, 2)];

/** La même, payée d’avance : ana a la place, bo puis cy attendent. */
export const payante = [uneSeanceDe(1, { paiement: 'avant' }), ...complete.slice(1)];
/** Ana est partie la veille : la place est offerte à bo pour un jour. */
export const enOffre = [...payante, parti(ana, 2, 'inscrits'), offerte(bo, 3)];
