import type { GenreDeMouvement, LigneDeJournal } from './compteurs.formes.js';
import { montree } from './montre.lecture.js';
import type { Movement, Product } from './store.js';

const GENRES = { change: 'mouvement', undo: 'annulation', recount: 'recomptage' } as const satisfies Record<
  Movement['kind'],
  GenreDeMouvement
>;

/** A movement of this product as the journal shows it. */
export function ligneDe({ id, kind, by, value, at, operation, undoes, undoneBy }: Movement, produit: Product | undefined): LigneDeJournal {
  return {
    mouvementId: id,
    genre: GENRES[kind],
    quantite: `${by}`,
    valeur: `${montree(value, produit)}`,
    instant: new Date(at).toISOString(),
    demandeId: operation,
    annule: undoes,
    annulePar: undoneBy,
  };
}
