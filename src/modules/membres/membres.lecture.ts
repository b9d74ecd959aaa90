import { Inject, Injectable } from '@nestjs/common';
import { type DataSource, IsNull, MoreThan } from 'typeorm';
import { ReadDataSource } from '../../runtime/runtime.module.js';
import type { FicheMembre } from './membres.formes.js';
import { MembreRow } from './membres.tables.js';

/** What is known of the members, as committed. */
@Injectable()
export class LectureDesMembres {
  constructor(@Inject(ReadDataSource) private readonly source: DataSource) {}

  /** The member, erased or not; null when there never was one. */
  un(id: string): Promise<MembreRow | null> {
    return this.source.getRepository(MembreRow).findOneBy({ id });
  }

  /** Living members after `apres`, by birth: at most `combien`. */
  page(apres: string | undefined, combien: number): Promise<MembreRow[]> {
    return this.source.getRepository(MembreRow).find({
      where: { efface_le: IsNull(), ...(apres === undefined ? {} : { id: MoreThan(apres) }) },
      order: { id: 'ASC' },
      take: combien,
    });
  }
}

/** A member as everybody sees it. */
export function ficheDe({ id, nom, courriel, suspendu_jusqua, efface_le, version }: MembreRow): FicheMembre {
  return {
    id,
    nom,
    courriel,
    suspenduJusqua: suspendu_jusqua === null ? null : new Date(suspendu_jusqua).toISOString(),
    ...(efface_le === null ? undefined : { effaceLe: new Date(efface_le).toISOString() }),
    version,
  };
}
