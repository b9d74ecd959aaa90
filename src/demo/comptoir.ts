import { type Aujourdhui, HEURE_MS } from './dates.js';

/** Un produit du club de démonstration. */
export interface ProduitDeDemo {
  readonly produit: string;
  readonly nom: string;
  readonly unite: string;
  readonly seuil?: string;
  readonly borne: boolean;
  /** Ce qui est venu et parti, dans l'ordre. */
  readonly mouvements: readonly number[];
}

/** Le bar et la boutique. Les deux derniers ne se vendent pas au-delà de ce qu'il y en a, quoi qu'il arrive entre les instances. */
export const COMPTOIR: readonly ProduitDeDemo[] = [
  { produit: 'cafe', nom: 'Café', unite: 'tasse', seuil: '20', borne: false, mouvements: [120, -14, -9, -22, -17] },
  { produit: 'the', nom: 'Thé', unite: 'tasse', seuil: '10', borne: false, mouvements: [60, -7, -12, -5] },
  { produit: 'cookies', nom: 'Cookies', unite: 'pièce', seuil: '12', borne: false, mouvements: [48, -16, -11, -10] },
  { produit: 'marque-pages', nom: 'Marque-pages', unite: 'pièce', borne: false, mouvements: [200, -35, -28] },
  { produit: 'gobelets', nom: 'Gobelets réutilisables', unite: 'pièce', seuil: '25', borne: false, mouvements: [90, -31, 18, -24] },
  { produit: 'tote-bags', nom: 'Sacs en toile', unite: 'sac', seuil: '3', borne: true, mouvements: [15, -2, -1, -1] },
  { produit: 'tickets-numerotes', nom: 'Tickets numérotés', unite: 'ticket', borne: true, mouvements: [50, -4, -6, -1] },
];

/** Le produit naît il y a vingt jours, et bouge depuis : rien n'est si vieux que la machine l'oublie. */
export function naissance({ instant }: Aujourdhui): number {
  return instant - 20 * 24 * HEURE_MS;
}

export function passage(n: number, { instant }: Aujourdhui): number {
  return instant - (18 * 24 - n * 41) * HEURE_MS;
}
