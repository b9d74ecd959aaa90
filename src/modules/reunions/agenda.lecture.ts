import { Inject, Injectable } from '@nestjs/common';
import { type DataSource, In, LessThanOrEqual } from 'typeorm';
import { ReadDataSource } from '../../runtime/runtime.module.js';
import type { MembreId } from '../membres/membre-id.js';
import { InscriptionRow, MotifRow, SeanceRow } from './reunions.tables.js';
import type { Inscription } from './mots.js';

/** A séance as it is announced. */
export interface SeanceAnnoncee {
  readonly titre: string;
  readonly lieu: string | null;
  readonly debut: string;
  readonly fuseau: string;
  readonly paiement: 'sur_place' | 'avant';
}

/** What the other rooms may ask about séances, as committed. */
@Injectable()
export class Agenda {
  constructor(@Inject(ReadDataSource) private readonly source: DataSource) {}

  async seances(ids: readonly string[]): Promise<Map<string, SeanceAnnoncee>> {
    const rows = await this.source.getRepository(SeanceRow).findBy({ id: In([...ids]) });
    return new Map(rows.map(({ id, titre, lieu, debut, fuseau, paiement }) => [id, { titre, lieu, debut, fuseau, paiement }]));
  }

  /** Live entries (seated or waiting) numbered between `apres` and `avant`, both excluded, in that order: at most `combien`. */
  async presents(
    seanceId: string,
    { apres, avant }: { readonly apres: number; readonly avant: number },
    combien: number,
  ): Promise<Inscription[]> {
    const rows = await this.source
      .getRepository(InscriptionRow)
      .createQueryBuilder('i')
      .where('i.seance_id = :seanceId AND i.entree > :apres AND i.entree < :avant', { seanceId, apres, avant })
      .andWhere(`i.statut NOT IN ('annulee', 'expiree')`)
      .orderBy('i.entree', 'ASC')
      .take(combien)
      .getMany();
    return rows.map(({ membre_id, entree }) => ({ membreId: membre_id as MembreId, entree }));
  }

  /** The place, from 1, that `rang` now has in the waiting list; null when nobody waits there any more. */
  async position(seanceId: string, rang: number): Promise<number | null> {
    const attente = { seance_id: seanceId, statut: 'en_attente' as const };
    const inscriptions = this.source.getRepository(InscriptionRow);
    if (!(await inscriptions.existsBy({ ...attente, rang }))) return null;
    return inscriptions.countBy({ ...attente, rang: LessThanOrEqual(rang) });
  }

  /** The text behind a `motifId`; null once erased. */
  async motif(id: string): Promise<string | null> {
    return (await this.source.getRepository(MotifRow).findOneBy({ id }))?.texte ?? null;
  }
}
