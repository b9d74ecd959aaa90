// Un paiement suit une inscription : dû, encaissé, puis annulé, remboursé ou conservé selon ce qu'elle devient.
import { refuse, type Refusal } from '../../runtime/aggregate/aggregate.js';

export const STATUTS = ['du', 'encaisse', 'annule', 'a_rembourser', 'rembourse', 'conserve'] as const;
export type Statut = (typeof STATUTS)[number];

export type Refus = 'paiement_inconnu' | 'deja_encaisse' | 'montant_incorrect' | 'paiement_annule' | 'remboursement_non_du';

/** Le rang de chaque statut dans la vie d'un paiement : elle ne revient jamais en arrière, et passe par chaque rang au plus une fois. */
export const VERSIONS: Readonly<Record<Statut, number>> = { du: 1, encaisse: 2, annule: 2, a_rembourser: 3, conserve: 3, rembourse: 4 };

export interface Paiement {
  readonly statut: Statut;
  readonly montantCentimes: number;
}

/** Pourquoi un paiement n'a pas pu être encaissé. */
export function refusEncaissement({ statut, montantCentimes }: Paiement): Refusal<Refus> {
  switch (statut) {
    case 'encaisse':
    case 'conserve':
      return refuse('deja_encaisse');
    case 'annule':
    case 'a_rembourser':
    case 'rembourse':
      return refuse('paiement_annule');
    case 'du':
      return refuse('montant_incorrect', { montantCentimes });
  }
}

/** Pourquoi un paiement n'a pas pu être remboursé. */
export function refusRemboursement({ statut }: Paiement): Refusal<Refus> {
  return refuse('remboursement_non_du', { statut });
}
