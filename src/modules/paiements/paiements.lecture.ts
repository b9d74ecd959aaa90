import { Inject, Injectable } from '@nestjs/common';
import { type DataSource, MoreThan } from 'typeorm';
import { ReadDataSource } from '../../runtime/runtime.module.js';
import { type Statut, VERSIONS } from './paiement.js';
import type { FichePaiement } from './paiements.formes.js';
import { PaiementRow } from './paiements.tables.js';

/** What is known of the payments, as committed. */
@Injectable()
export class LectureDesPaiements {
  constructor(@Inject(ReadDataSource) private readonly source: DataSource) {}

  un(id: string): Promise<PaiementRow | null> {
    return this.source.getRepository(PaiementRow).findOneBy({ id });
  }

  /** Payments after `apres`, by birth, that match what is given: at most `combien`. */
  page(filtre: { readonly statut?: Statut; readonly membreId?: string }, apres: string, combien: number): Promise<PaiementRow[]> {
    const { statut, membreId } = filtre;
    const where = {
      id: MoreThan(apres),
      ...(statut === undefined ? undefined : { statut }),
      ...(membreId === undefined ? undefined : { membre_id: membreId }),
    };
    return this.source.getRepository(PaiementRow).find({ where, order: { id: 'ASC' }, take: combien });
  }
}

/** A payment as everybody sees it. */
export function ficheDe(row: Readonly<Record<keyof PaiementRow, string | number | null>>): FichePaiement {
  const statut = row.statut as Statut;
  return {
    id: String(row.id),
    seanceId: String(row.seance_id),
    membreId: String(row.membre_id),
    montantCentimes: Number(row.montant_centimes),
    devise: 'EUR',
    statut,
    creeLe: new Date(Number(row.cree_le)).toISOString(),
    modifieLe: new Date(Number(row.modifie_le)).toISOString(),
    version: VERSIONS[statut],
  };
}
