/** What a neighbour counts on its side while this instance is cut off. */
export interface Compte {
  readonly produit: string;
  readonly quantite: number;
}

/** What a person may do to the cluster to see it hold. The application provides it. */
export abstract class Epreuves {
  /** True while this instance is cut off. */
  abstract readonly isolee: boolean;

  /** How that instance stands: this one itself, one that can be told now, one that cannot, or none alive of this name. */
  abstract trouver(noeud: string): 'moi' | 'joignable' | 'injoignable' | 'inconnu';

  /** Another instance that can be told something now; undefined when there is none. */
  abstract voisin(): string | undefined;

  /** Ends that instance as kill -9 would, a moment after this resolves. Rejects when it could not be told. */
  abstract arreter(noeud: string): Promise<void>;

  /**
   * From the end of this call, and for that long, nothing comes in or goes out on the cluster port; the database is left alone. With `compte`, `voisin`
   * is told before, and counts in the middle. Rejects, and nothing is cut, when it could not be told.
   */
  abstract isoler(dureeMs: number, voisin?: string, compte?: Compte): Promise<void>;
}
