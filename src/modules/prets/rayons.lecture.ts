import { Inject, Injectable } from '@nestjs/common';
import { type DataSource, In } from 'typeorm';
import { ReadDataSource } from '../../runtime/runtime.module.js';
import { OuvrageRow, PretRow } from './prets.tables.js';

/** A title as it is named to a reader. */
export interface OuvrageNomme {
  readonly titre: string;
  readonly auteur: string | null;
}

/** A loan as it stands now. */
export interface PretSuivi {
  readonly ouvrageId: string;
  readonly enCours: boolean;
  readonly echeance: string;
}

/** What the other rooms may ask about titles and loans, as committed. */
@Injectable()
export class Rayons {
  constructor(@Inject(ReadDataSource) private readonly source: DataSource) {}

  async ouvrages(ids: readonly string[]): Promise<Map<string, OuvrageNomme>> {
    if (ids.length === 0) return new Map();
    const rows = await this.source.getRepository(OuvrageRow).findBy({ id: In([...ids]) });
    return new Map(rows.map(({ id, titre, auteur }) => [id, { titre, auteur }]));
  }

  async prets(ids: readonly string[]): Promise<Map<string, PretSuivi>> {
    if (ids.length === 0) return new Map();
    const rows = await this.source.getRepository(PretRow).findBy({ id: In([...ids]) });
    return new Map(
      rows.map(({ id, ouvrage_id, statut, echeance }) => [
        id,
        { ouvrageId: ouvrage_id, enCours: statut === 'en_cours', echeance: new Date(echeance).toISOString() },
      ]),
    );
  }
}
