import type { RefusalTable } from '../../http/catalogue.js';
import type { RefusMembre } from '../membres/index.js';
import type { Refus } from './mots.js';

export type RefusReunions = Refus | RefusMembre;

const SEANCE = { fr: 'La séance', en: 'The séance' };

/** Ce que la porte des réunions peut refuser ; `membre_inconnu` est dit par les membres. */
export const REFUS_REUNIONS = {
  seance_inconnue: {
    status: 404,
    title: { fr: 'Séance inconnue', en: 'Unknown séance' },
    detail: { fr: 'Aucune séance ne porte cet identifiant.', en: 'No séance has this id.' },
  },
  dates_incoherentes: {
    status: 422,
    title: { fr: 'Dates incohérentes', en: 'Inconsistent dates' },
    detail: { fr: 'Une séance finit après avoir commencé.', en: 'A séance ends after it begins.' },
  },
  debut_passe: {
    status: 422,
    title: { fr: 'Début déjà passé', en: 'Beginning already past' },
    detail: { fr: 'Une séance se prévoit dans l’avenir.', en: 'A séance is planned in the future.' },
  },
  places_invalides: {
    status: 422,
    title: { fr: 'Nombre de places invalide', en: 'Invalid number of places' },
    detail: { fr: 'Une séance a de 1 à 100 000 places.', en: 'A séance has 1 to 100,000 places.' },
  },
  places_sous_inscrits: {
    status: 409,
    title: { fr: 'Moins de places que d’inscrits', en: 'Fewer places than people' },
    detail: {
      fr: '{inscrits} personnes sont inscrites et {offertes} places sont offertes : il faut au moins autant de places.',
      en: '{inscrits} people are inscribed and {offertes} places are offered: at least as many places are needed.',
    },
    example: { inscrits: 12, offertes: 0 },
  },
  seance_complete: {
    status: 409,
    title: { fr: 'Séance complète', en: 'Séance full' },
    detail: { fr: 'Les {places} places sont prises.', en: 'All {places} places are taken.' },
    example: { places: 12 },
  },
  liste_attente_pleine: {
    status: 409,
    title: { fr: 'Liste d’attente pleine', en: 'Waiting list full' },
    detail: {
      fr: 'La liste d’attente prend au plus {listeAttenteMax} personnes.',
      en: 'The waiting list takes at most {listeAttenteMax} people.',
    },
    example: { listeAttenteMax: 20 },
  },
  deja_inscrit: {
    status: 409,
    title: { fr: 'Déjà inscrit', en: 'Already inscribed' },
    detail: { fr: 'Ce membre a déjà sa place à cette séance.', en: 'This member already has a place at this séance.' },
  },
  deja_en_attente: {
    status: 409,
    title: { fr: 'Déjà en attente', en: 'Already waiting' },
    detail: { fr: 'Ce membre est déjà sur la liste d’attente.', en: 'This member is already on the waiting list.' },
  },
  place_deja_offerte: {
    status: 409,
    title: { fr: 'Place déjà offerte', en: 'Place already offered' },
    detail: { fr: 'Une place attend déjà la réponse de ce membre.', en: 'A place is kept for this member, who has to answer.' },
  },
  offre_inconnue: {
    status: 404,
    title: { fr: 'Offre inconnue', en: 'Unknown offer' },
    detail: { fr: 'Aucune place n’est offerte à ce membre.', en: 'No place is offered to this member.' },
  },
  offre_expiree: {
    status: 409,
    title: { fr: 'Offre expirée', en: 'Offer expired' },
    detail: {
      fr: 'Le délai est passé : la place n’est plus gardée pour ce membre.',
      en: 'Time is up: the place is no longer kept for this member.',
    },
  },
  pas_inscrit: {
    status: 409,
    title: { fr: 'Pas inscrit', en: 'Not inscribed' },
    detail: { fr: 'Ce membre n’a ni place ni attente à cette séance.', en: 'This member neither has a place nor waits at this séance.' },
  },
  pas_en_attente: {
    status: 409,
    title: { fr: 'Pas en attente', en: 'Not waiting' },
    detail: { fr: 'Ce membre n’est pas sur la liste d’attente.', en: 'This member is not on the waiting list.' },
  },
  inscriptions_fermees: {
    status: 409,
    title: { fr: 'Inscriptions fermées', en: 'Inscriptions closed' },
    detail: { fr: `${SEANCE.fr} ne prend plus de nouvelles inscriptions.`, en: `${SEANCE.en} takes no newcomers any more.` },
  },
  seance_commencee: {
    status: 409,
    title: { fr: 'Séance commencée', en: 'Séance begun' },
    detail: { fr: `${SEANCE.fr} a commencé.`, en: `${SEANCE.en} has begun.` },
  },
  seance_pas_commencee: {
    status: 409,
    title: { fr: 'Séance pas commencée', en: 'Séance not begun' },
    detail: { fr: 'La présence se constate à partir du début.', en: 'Presence is noted from the beginning on.' },
  },
  seance_pas_terminee: {
    status: 409,
    title: { fr: 'Séance pas terminée', en: 'Séance not over' },
    detail: { fr: 'Une séance se clôt douze heures après sa fin.', en: 'A séance is closed twelve hours after its end.' },
  },
  seance_annulee: {
    status: 409,
    title: { fr: 'Séance annulée', en: 'Séance cancelled' },
    detail: { fr: `${SEANCE.fr} est annulée.`, en: `${SEANCE.en} is cancelled.` },
  },
  deja_annulee: {
    status: 409,
    title: { fr: 'Déjà annulée', en: 'Already cancelled' },
    detail: { fr: `${SEANCE.fr} est déjà annulée.`, en: `${SEANCE.en} is cancelled already.` },
  },
  seance_cloturee: {
    status: 409,
    title: { fr: 'Séance clôturée', en: 'Séance over' },
    detail: { fr: `${SEANCE.fr} est terminée et ne change plus.`, en: `${SEANCE.en} is over and changes no more.` },
  },
  seance_deja_planifiee: {
    status: 409,
    title: { fr: 'Séance déjà planifiée', en: 'Séance already planned' },
    detail: { fr: `${SEANCE.fr} existe déjà.`, en: `${SEANCE.en} exists already.` },
  },
} satisfies RefusalTable<Exclude<RefusReunions, RefusMembre>>;
