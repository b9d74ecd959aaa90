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

  /** Living members by their address in lower case, among these; of several, the oldest. */
  async parCourriel(courriels: readonly string[]): Promise<Map<string, string>> {
    const connus = new Map<string, string>();
    for (let from = 0; from < courriels.length; from += PAR_REQUETE) {
      const rows = await this.source
        .getRepository(MembreRow)
        .createQueryBuilder('m')
        .where('m.efface_le IS NULL AND lower(m.courriel) IN (:...courriels)', { courriels: courriels.slice(from, from + PAR_REQUETE) })
        .orderBy('m.id', 'ASC')
        .getMany();
      for (const { id, courriel } of rows) {
        const key = (courriel ?? '').toLowerCase();
        if (!connus.has(key)) connus.set(key, id);
      }
    }
    return connus;
  }
}

const PAR_REQUETE = 500;

/** A member as everybody sees it. */
export function ficheDe({ id, nom, courriel, suspendu_jusqua, retards, efface_le, version }: MembreRow): FicheMembre {
  return {
    id,
    nom,
    courriel,
    suspenduJusqua: suspendu_jusqua === null ? null : new Date(suspendu_jusqua).toISOString(),
    suspenduPourRetard: retards > 0,
    ...(efface_le === null ? undefined : { effaceLe: new Date(efface_le).toISOString() }),
    version,
  };
}
