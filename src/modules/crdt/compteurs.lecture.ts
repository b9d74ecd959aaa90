import { rights } from './bounded-counter.js';
import type { FicheCompteur } from './compteurs.formes.js';
import { montree } from './montre.lecture.js';
import { instanceOf, type Replica } from './replica.js';
import type { Movement, Product } from './store.js';

/** The counters as everybody sees them: from memory alone, so that they are read with the database and every peer gone. */
export class LectureDesCompteurs {
  private ordre: readonly string[] = [];
  private de: ReadonlyMap<string, Product> | undefined;

  constructor(private readonly replica: Pick<Replica, 'id' | 'state' | 'slot' | 'counters' | 'products' | 'last' | 'frozen'>) {}

  /** False until the store was opened a first time: what is counted is then not known at all. */
  get connus(): boolean {
    return this.replica.state === 'open' || this.replica.products.size > 0;
  }

  /** The names of the products, in order. */
  get noms(): readonly string[] {
    const { products } = this.replica;
    // A product never goes from a store: as many as last time are the same ones.
    if (this.de !== products || this.ordre.length !== products.size) this.ordre = [...products.keys()].sort();
    this.de = products;
    return this.ordre;
  }

  /** Products after `apres`, in order: at most `combien`. */
  page(apres: string, combien: number): readonly string[] {
    const { noms } = this;
    const from = apres === '' ? 0 : placeAfter(noms, apres);
    return noms.slice(from, from + combien);
  }

  fiche(produit: string): FicheCompteur | undefined {
    const product = this.replica.products.get(produit);
    return product === undefined ? undefined : this.ficheDe(product);
  }

  private ficheDe(product: Product): FicheCompteur {
    const { produit, nom, unite, seuil, borne } = product;
    const { id, counters } = this.replica;
    const valeur = montree(counters.value(produit), product);
    const parReplique = [...counters.byReplica(produit)]
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([replique, { plus, minus }]) => ({ replique, plus: `${plus}`, moins: `${minus}` }));
    const last = this.replica.last(produit);
    return {
      produit,
      nom,
      unite,
      seuil,
      valeur: `${valeur}`,
      borne,
      sousSeuil: seuil !== null && valeur < BigInt(seuil),
      parReplique,
      ...(borne ? this.droits(produit) : undefined),
      dernierMouvement: last === undefined ? null : dernier(last),
      instance: id,
    };
  }

  private droits(produit: string): Pick<FicheCompteur, 'droits' | 'droitsGeles'> {
    const { counters, slot } = this.replica;
    const counter = counters.counter(produit);
    const geles = this.replica.frozen(produit);
    return {
      droits: `${counter === undefined ? 0n : rights(counter, slot)}`,
      ...(geles > 0n ? { droitsGeles: `${geles}` } : undefined),
    };
  }
}

function dernier({ id, by, at }: Movement): FicheCompteur['dernierMouvement'] {
  return { mouvementId: id, quantite: `${by}`, instant: new Date(at).toISOString(), instance: instanceOf(id) };
}

/** Where the first name after `name` stands in a sorted list. */
function placeAfter(sorted: readonly string[], name: string): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! <= name) low = middle + 1;
    else high = middle;
  }
  return low;
}
