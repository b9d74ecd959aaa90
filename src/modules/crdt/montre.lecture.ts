/**
 * What a person is shown of a value. The parts of a counter arrive in any order, so that what was taken somewhere may be known here before what had
 * been brought in: the sum is then below zero for a moment. A bounded counter never truly is, so nobody is shown that; counting goes on with the sum.
 */
import type { Answered } from './replica.js';
import type { Product } from './store.js';

type Borne = Pick<Product, 'borne'> | undefined;

export function montree(valeur: bigint, produit: Borne): bigint {
  return produit?.borne === true && valeur < 0n ? 0n : valeur;
}

/** The same of an answer, and of a refusal that tells the value. */
export function montrer(outcome: Answered['outcome'], produit: Borne): Answered['outcome'] {
  if (outcome.is === 'done') return { ...outcome, answer: { ...outcome.answer, valeur: texte(outcome.answer.valeur, produit) } };
  const data = outcome.is === 'refused' ? outcome.refusal.data : undefined;
  if (outcome.is !== 'refused' || typeof data?.['valeur'] !== 'string') return outcome;
  return { ...outcome, refusal: { ...outcome.refusal, data: { ...data, valeur: texte(data['valeur'], produit) } } };
}

function texte(valeur: string, produit: Borne): string {
  return `${montree(BigInt(valeur), produit)}`;
}
