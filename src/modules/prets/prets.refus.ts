import type { RefusalTable } from '../../http/catalogue.js';
import type { RefusMembre } from '../membres/index.js';
import type { Refus } from './mots.js';

export type RefusPrets = Refus | RefusMembre;

/** Ce que la porte des prêts peut refuser ; `membre_inconnu` est dit par les membres. */
export const REFUS_PRETS = {
  ouvrage_inconnu: {
    status: 404,
    title: { fr: 'Ouvrage inconnu', en: 'Unknown title' },
    detail: { fr: 'Aucun ouvrage ne porte cet identifiant.', en: 'No title has this id.' },
  },
  exemplaire_inconnu: {
    status: 404,
    title: { fr: 'Exemplaire inconnu', en: 'Unknown copy' },
    detail: { fr: 'Cet ouvrage n’a pas d’exemplaire de cet identifiant.', en: 'This title has no copy of this id.' },
  },
  pret_inconnu: {
    status: 404,
    title: { fr: 'Prêt inconnu', en: 'Unknown loan' },
    detail: { fr: 'Aucun prêt ne porte cet identifiant.', en: 'No loan has this id.' },
  },
  reservation_inconnue: {
    status: 404,
    title: { fr: 'Réservation inconnue', en: 'Unknown hold' },
    detail: { fr: 'Ce membre n’a pas réservé cet ouvrage.', en: 'This member has no hold on this title.' },
  },
  isbn_invalide: {
    status: 422,
    title: { fr: 'ISBN invalide', en: 'Invalid ISBN' },
    detail: {
      fr: 'Un ISBN a 10 ou 13 chiffres, dont le dernier vérifie les autres.',
      en: 'An ISBN has 10 or 13 digits, the last of which checks the others.',
    },
  },
  ouvrage_deja_ajoute: {
    status: 409,
    title: { fr: 'Ouvrage déjà ajouté', en: 'Title already added' },
    detail: { fr: 'Cet ouvrage existe déjà.', en: 'This title exists already.' },
  },
  exemplaire_en_pret: {
    status: 409,
    title: { fr: 'Exemplaire prêté', en: 'Copy on loan' },
    detail: { fr: 'Cet exemplaire est chez un lecteur.', en: 'A reader has this copy.' },
  },
  exemplaire_indisponible: {
    status: 409,
    title: { fr: 'Exemplaire indisponible', en: 'No copy available' },
    detail: { fr: 'Aucun exemplaire ne peut être prêté : réservez-le.', en: 'No copy can be lent: place a hold.' },
  },
  exemplaire_mis_de_cote: {
    status: 409,
    title: { fr: 'Exemplaire mis de côté', en: 'Copy set aside' },
    detail: { fr: 'Cet exemplaire attend un autre lecteur.', en: 'This copy waits for another reader.' },
  },
  exemplaire_disponible: {
    status: 409,
    title: { fr: 'Exemplaire disponible', en: 'Copy available' },
    detail: { fr: 'Un exemplaire est libre : empruntez-le.', en: 'A copy is free: borrow it.' },
  },
  ouvrage_reserve: {
    status: 409,
    title: { fr: 'Ouvrage réservé', en: 'Title on hold' },
    detail: { fr: 'D’autres lecteurs l’attendent.', en: 'Other readers are waiting for it.' },
  },
  deja_emprunte_par_vous: {
    status: 409,
    title: { fr: 'Déjà emprunté', en: 'Already borrowed' },
    detail: { fr: 'Ce membre a déjà cet ouvrage.', en: 'This member has this title already.' },
  },
  deja_reserve: {
    status: 409,
    title: { fr: 'Déjà réservé', en: 'Already on hold' },
    detail: { fr: 'Ce membre a déjà réservé cet ouvrage.', en: 'This member has a hold on this title already.' },
  },
  limite_prets_atteinte: {
    status: 409,
    title: { fr: 'Trop de prêts', en: 'Too many loans' },
    detail: { fr: 'Ce membre a autant de prêts que le règlement le permet.', en: 'This member has as many loans as the rules allow.' },
  },
  limite_reservations_atteinte: {
    status: 409,
    title: { fr: 'Trop de réservations', en: 'Too many holds' },
    detail: {
      fr: 'Ce membre a autant de réservations que le règlement le permet.',
      en: 'This member has as many holds as the rules allow.',
    },
  },
  membre_suspendu: {
    status: 409,
    title: { fr: 'Membre suspendu', en: 'Member suspended' },
    detail: {
      fr: 'Ce membre n’emprunte plus tant qu’un prêt très en retard n’est pas rendu, ou jusqu’à la date décidée.',
      en: 'This member borrows no more until a very late loan is back, or until the date decided.',
    },
  },
  pret_clos: {
    status: 409,
    title: { fr: 'Prêt clos', en: 'Loan closed' },
    detail: { fr: 'Ce prêt est terminé.', en: 'This loan has ended.' },
  },
  deja_perdu: {
    status: 409,
    title: { fr: 'Déjà déclaré perdu', en: 'Already declared lost' },
    detail: { fr: 'Cet exemplaire est déjà déclaré perdu.', en: 'This copy is declared lost already.' },
  },
  pret_en_retard: {
    status: 409,
    title: { fr: 'Prêt en retard', en: 'Loan overdue' },
    detail: {
      fr: 'L’échéance est passée : ce prêt ne se prolonge plus.',
      en: 'The due date has passed: this loan can no longer be renewed.',
    },
  },
  pret_pas_en_retard: {
    status: 409,
    title: { fr: 'Prêt pas en retard', en: 'Loan not overdue' },
    detail: { fr: 'On ne relance qu’après l’échéance.', en: 'Reminders are sent after the due date only.' },
  },
  prolongations_epuisees: {
    status: 409,
    title: { fr: 'Plus de prolongation', en: 'No renewal left' },
    detail: {
      fr: 'Ce prêt a déjà été prolongé autant que le règlement le permet.',
      en: 'This loan was renewed as often as the rules allow.',
    },
  },
  prolongation_trop_tot: {
    status: 409,
    title: { fr: 'Prolongation trop tôt', en: 'Too early to renew' },
    detail: {
      fr: 'Ce prêt ne se prolonge que dans les jours qui précèdent l’échéance : au plus {prolongationDesJours} avant.',
      en: 'This loan is renewed in the days before it is due only: {prolongationDesJours} at most.',
    },
  },
  echeance_inchangee: {
    status: 409,
    title: { fr: 'Échéance inchangée', en: 'Due date unchanged' },
    detail: { fr: 'La prolongation ne repousserait pas l’échéance.', en: 'The renewal would not move the due date.' },
  },
  relance_hors_ordre: {
    status: 409,
    title: { fr: 'Relance hors d’ordre', en: 'Reminder out of order' },
    detail: {
      fr: 'Les relances se suivent de 1 à 3, au plus une par jour.',
      en: 'Reminders follow each other from 1 to 3, at most one a day.',
    },
  },
} satisfies RefusalTable<Exclude<RefusPrets, RefusMembre>>;
