import type { RefusalTable } from '../../http/catalogue.js';
import type { Refus } from './paiement.js';

/** Ce que l'on répond quand on ne peut ni encaisser ni rembourser. */
export const REFUS_PAIEMENTS = {
  paiement_inconnu: {
    status: 404,
    title: { fr: 'Paiement inconnu', en: 'Unknown payment' },
    detail: { fr: 'Aucun paiement ne porte cet identifiant.', en: 'No payment has this id.' },
  },
  deja_encaisse: {
    status: 409,
    title: { fr: 'Déjà encaissé', en: 'Already cashed' },
    detail: { fr: 'Ce paiement a déjà été encaissé.', en: 'This payment was already cashed.' },
  },
  montant_incorrect: {
    status: 409,
    title: { fr: 'Montant incorrect', en: 'Wrong amount' },
    detail: {
      fr: 'Le montant dû est de {montantCentimes} centimes. Rien n’a été encaissé.',
      en: 'The amount due is {montantCentimes} cents. Nothing was cashed.',
    },
    example: { montantCentimes: 500 },
  },
  paiement_annule: {
    status: 409,
    title: { fr: 'Paiement annulé', en: 'Payment cancelled' },
    detail: { fr: 'L’inscription n’est plus là : rien n’est à encaisser.', en: 'The registration is gone: nothing is to be cashed.' },
  },
  remboursement_non_du: {
    status: 409,
    title: { fr: 'Rien à rembourser', en: 'Nothing to refund' },
    detail: { fr: 'Ce paiement est au statut « {statut} ».', en: 'This payment has the status “{statut}”.' },
    example: { statut: 'conserve' },
  },
} satisfies RefusalTable<Refus>;
