import type { GenreDeMouvement, LigneDeJournal } from './compteurs.formes.js';
import type { Movement } from './store.js';

const GENRES = { change: 'mouvement', undo: 'annulation', recount: 'recomptage' } as const satisfies Record<
  Movement['kind'],
  GenreDeMouvement
>;

/** A movement as the journal shows it. */
export function ligneDe({ id, kind, by, value, at, operation, undoes, undoneBy }: Movement): LigneDeJournal {
  return {
    mouvementId: id,
    genre: GENRES[kind],
    quantite: `${by}`,
    valeur: `${value}`,
    instant: new Date(at).toISOString(),
    demandeId: operation,
    annule: undoes,
    annulePar: undoneBy,
  };
}
