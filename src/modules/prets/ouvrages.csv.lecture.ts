import { Inject, Injectable } from '@nestjs/common';
import { type DataSource, In, MoreThan } from 'typeorm';
import { ReadDataSource } from '../../runtime/runtime.module.js';
import { ExemplaireRow, OuvrageRow } from './prets.tables.js';

/** A title as a line of a file. */
export interface LigneExportee {
  readonly id: string;
  readonly titre: string;
  readonly auteur: string | null;
  readonly isbn: string | null;
  /** Copies that were not withdrawn. */
  readonly exemplaires: number;
}

/** What files need to know of the titles, as committed. */
@Injectable()
export class LectureDesFichiers {
  constructor(@Inject(ReadDataSource) private readonly source: DataSource) {}

  /** Titles after `apres`, by birth: at most `combien`. */
  async page(apres: string, combien: number): Promise<LigneExportee[]> {
    const rows = await this.source.getRepository(OuvrageRow).find({ where: { id: MoreThan(apres) }, order: { id: 'ASC' }, take: combien });
    if (rows.length === 0) return [];
    const comptes = await this.source
      .getRepository(ExemplaireRow)
      .createQueryBuilder('e')
      .select('e.ouvrage_id', 'ouvrage')
      .addSelect('count(*)', 'nombre')
      .where(`e.ouvrage_id IN (:...ids) AND e.statut <> 'retire'`, { ids: rows.map(({ id }) => id) })
      .groupBy('e.ouvrage_id')
      .getRawMany<{ ouvrage: string; nombre: number | string }>();
    const nombres = new Map(comptes.map(({ ouvrage, nombre }) => [ouvrage, Number(nombre)]));
    return rows.map(({ id, titre, auteur, isbn }) => ({ id, titre, auteur, isbn, exemplaires: nombres.get(id) ?? 0 }));
  }

  /** Titles by ISBN, among these; of several, the oldest. */
  async parIsbn(isbns: readonly string[]): Promise<Map<string, string>> {
    const connus = new Map<string, string>();
    for (let from = 0; from < isbns.length; from += PAR_REQUETE) {
      const where = { isbn: In(isbns.slice(from, from + PAR_REQUETE)) };
      const rows = await this.source.getRepository(OuvrageRow).find({ where, order: { id: 'ASC' } });
      for (const { id, isbn } of rows) if (isbn !== null && !connus.has(isbn)) connus.set(isbn, id);
    }
    return connus;
  }
}

const PAR_REQUETE = 500;
