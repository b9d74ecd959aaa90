/** Products travel between instances too: one that starts with no database learns them from its peers. Only unknown ones are taken. */
import { hashed } from './fingerprint.js';
import type { Neighbour, Neighbours } from './neighbours.js';
import type { Product } from './store.js';
import { KIND, like, list, MAX_PRODUCTS, natural, slug, text } from './sync-wire.js';

/** Pieces of one answer: 32 000 products. */
const MOST_PIECES = 64;
const MAX_TEXT = 1_000;

export interface Catalogued {
  readonly products: ReadonlyMap<string, Product>;
  learn(products: readonly Product[]): Promise<void>;
}

export class ProductExchange {
  /** Products learned from peers. */
  learned = 0;
  private hash = { size: -1, text: '' };
  /** Per peer the two hashes between which nothing was to be learned. */
  private readonly vain = new WeakMap<Neighbour, string>();
  private readonly asking = new WeakSet<Neighbour>();

  constructor(
    private readonly replica: Catalogued,
    private readonly neighbours: Neighbours,
  ) {}

  /** Short text over the names of all products: equal texts, equal lists. Products are never taken back, so their number tells when to look again. */
  get digest(): string {
    const { products } = this.replica;
    if (this.hash.size !== products.size) this.hash = { size: products.size, text: hashed([...products.keys()].toSorted()).slice(0, 16) };
    return this.hash.text;
  }

  /** A peer's list has the digest `theirs`: asks it for what is unknown here. One question at a time; rejects as a call does. */
  async hear(from: Neighbour, theirs: string): Promise<void> {
    const pair = `${this.digest} ${theirs}`;
    if (theirs === this.digest || this.asking.has(from) || this.vain.get(from) === pair) return;
    this.asking.add(from);
    try {
      const unknown = await this.unknown(from);
      if (from.over) return;
      if (unknown.length > 0) await this.replica.learn(unknown);
      this.learned += unknown.length;
      this.vain.set(from, `${this.digest} ${theirs}`);
    } finally {
      this.asking.delete(from);
    }
  }

  /** The answer to that question, in pieces. */
  answer(piece: (piece: unknown) => void): void {
    const all = [...this.replica.products.values()].slice(0, MOST_PIECES * MAX_PRODUCTS);
    for (let at = 0; at < all.length; at += MAX_PRODUCTS) {
      const rows = all.slice(at, at + MAX_PRODUCTS);
      piece(rows.map(({ produit, nom, unite, seuil, borne, creeLe }) => [produit, nom, unite, seuil, borne, creeLe]));
    }
  }

  private async unknown(from: Neighbour): Promise<Product[]> {
    const unknown: Product[] = [];
    let pieces = 0;
    await this.neighbours.call(from, KIND.products, null, (piece) => {
      if (++pieces > MOST_PIECES) throw new TypeError('products without end');
      for (const product of checkProducts(piece)) if (!this.replica.products.has(product.produit)) unknown.push(product);
    });
    return unknown;
  }
}

export function checkProducts(data: unknown): readonly Product[] {
  return list(data, MAX_PRODUCTS, (row) => {
    const [produit, nom, unite, seuil, borne, creeLe] = list(row, 6, (field) => field);
    if (typeof borne !== 'boolean') throw new TypeError('a product is bounded or not');
    return {
      produit: slug(produit),
      nom: text(nom, MAX_TEXT),
      unite: unite === null ? null : text(unite, MAX_TEXT),
      seuil: seuil === null ? null : like(seuil, /^-?\d{1,40}$/),
      borne,
      creeLe: natural(creeLe),
    };
  });
}
