import { Inject, Injectable } from '@nestjs/common';
import { type DataSource, MoreThan } from 'typeorm';
import { ReadDataSource } from '../../runtime/runtime.module.js';
import { ProduitRow } from './produits.tables.js';
import type { Product } from './store.js';

/** Rows in one read. */
const ENSEMBLE = 500;

/** The club's products, as the shared database holds them. */
@Injectable()
export class LectureDesProduits {
  constructor(@Inject(ReadDataSource) private readonly source: DataSource) {}

  /** How many there are. A product is never changed and never removed: as many as last time are the same ones. */
  combien(): Promise<number> {
    return this.source.getRepository(ProduitRow).count();
  }

  /** All of them, in pieces. */
  async tous(): Promise<Product[]> {
    const produits: Product[] = [];
    for (let apres = ''; ;) {
      const rows = await this.source
        .getRepository(ProduitRow)
        .find({ where: { produit: MoreThan(apres) }, order: { produit: 'ASC' }, take: ENSEMBLE });
      for (const row of rows) produits.push(produitDe(row));
      if (rows.length < ENSEMBLE) return produits;
      apres = rows.at(-1)!.produit;
    }
  }
}

function produitDe({ produit, nom, unite, seuil, borne, cree_le }: ProduitRow): Product {
  return { produit, nom, unite, seuil, borne: borne === 1, creeLe: cree_le };
}
