import { Inject, Injectable } from '@nestjs/common';
import { DateTime } from 'luxon';
import { Brackets, type DataSource, In, type SelectQueryBuilder } from 'typeorm';
import { mayExist } from '../../http/fields.js';
import { Machine } from '../../runtime/machine.js';
import { ReadDataSource } from '../../runtime/runtime.module.js';
import type { MembreId } from '../membres/index.js';
import type { Niveau, RessourcePret } from './mots.js';
import { PretRow } from './prets.tables.js';

/** Where a list of loans stands: 0 for live ones (the next due first), 1 for closed ones (the last due first), and the last loan shown. */
export type PlaceDansLesPrets = readonly [clos: number, echeance: number, id: string];

export interface FiltreDePrets {
  readonly statut?: PretRow['statut'] | undefined;
  readonly membreId?: string | undefined;
  readonly ouvrageId?: string | undefined;
  /** Overdue at this instant, or not. */
  readonly enRetard?: boolean | undefined;
}

/** What never changes of a loan. */
export interface Origine {
  readonly ouvrageId: string;
  readonly membreId: MembreId;
}

/** Loans whose title is remembered. Raising it costs about 200 bytes each. */
const RETENUS = 20_000;

/** What is known of the loans, as committed. */
@Injectable()
export class LectureDesPrets {
  private readonly origines = new Map<string, Origine>();

  constructor(
    @Inject(ReadDataSource) private readonly source: DataSource,
    private readonly machine: Machine,
  ) {}

  async un(id: string): Promise<PretRow | null> {
    return mayExist(id) ? this.source.getRepository(PretRow).findOneBy({ id }) : null;
  }

  async plusieurs(ids: readonly string[]): Promise<PretRow[]> {
    return this.source.getRepository(PretRow).findBy({ id: In([...ids]) });
  }

  /** Under which title a loan lives, and whose it is; undefined when there is no such loan. Never changes, so it is asked once. */
  async origine(id: string): Promise<Origine | undefined> {
    const known = this.origines.get(id);
    if (known !== undefined) return known;
    const row = await this.un(id);
    if (row === null) return undefined;
    const origine = { ouvrageId: row.ouvrage_id, membreId: row.membre_id as MembreId };
    this.retenir(id, origine);
    return origine;
  }

  /** Live loans by échéance, so that the late ones come first; then the closed ones, the last due first. At most `combien`, after `place`. */
  async page(filtre: FiltreDePrets, place: PlaceDansLesPrets | undefined, combien: number): Promise<PretRow[]> {
    const { statut } = filtre;
    const live = place?.[0] === 1 || (statut !== undefined && statut !== 'en_cours') ? [] : await this.part(filtre, 0, place, combien);
    if (live.length >= combien || statut === 'en_cours' || filtre.enRetard === true) return live;
    return [...live, ...(await this.part(filtre, 1, place?.[0] === 1 ? place : undefined, combien - live.length))];
  }

  private part(filtre: FiltreDePrets, clos: 0 | 1, place: PlaceDansLesPrets | undefined, combien: number): Promise<PretRow[]> {
    const [order, beyond] = clos === 0 ? (['ASC', '>'] as const) : (['DESC', '<'] as const);
    const query = this.filtree(filtre, clos).orderBy('p.echeance', order).addOrderBy('p.id', order).take(combien);
    if (place !== undefined) {
      const [, echeance, id] = place;
      query.andWhere(
        new Brackets((or) =>
          or.where(`p.echeance ${beyond} :echeance`, { echeance }).orWhere(`p.echeance = :echeance AND p.id ${beyond} :id`, { id }),
        ),
      );
    }
    return query.getMany();
  }

  private filtree({ statut, membreId, ouvrageId, enRetard }: FiltreDePrets, clos: 0 | 1): SelectQueryBuilder<PretRow> {
    const query = this.source.getRepository(PretRow).createQueryBuilder('p');
    query.where(clos === 0 ? `p.statut = 'en_cours'` : `p.statut <> 'en_cours'`);
    if (statut !== undefined) query.andWhere('p.statut = :statut', { statut });
    if (membreId !== undefined) query.andWhere('p.membre_id = :membreId', { membreId });
    if (ouvrageId !== undefined) query.andWhere('p.ouvrage_id = :ouvrageId', { ouvrageId });
    // Only a live loan is overdue.
    if (enRetard !== undefined && clos === 0)
      query.andWhere(`p.echeance ${enRetard ? '<' : '>='} :maintenant`, { maintenant: this.machine.clock.now() });
    return query;
  }

  private retenir(id: string, origine: Origine): void {
    this.origines.set(id, origine);
    if (this.origines.size <= RETENUS) return;
    const [oldest] = this.origines.keys();
    if (oldest !== undefined) this.origines.delete(oldest);
  }
}

/** A row as the aggregate would answer it. */
export function ressourceDe(row: PretRow): RessourcePret {
  return {
    id: row.id,
    ouvrageId: row.ouvrage_id,
    exemplaireId: row.exemplaire_id,
    membreId: row.membre_id as MembreId,
    statut: row.statut,
    ouvertLe: new Date(row.ouvert_le).toISOString(),
    echeance: new Date(row.echeance).toISOString(),
    prolongations: row.prolongations,
    relance: row.relance as 0 | Niveau,
    renduLe: row.rendu_le === null ? null : new Date(row.rendu_le).toISOString(),
    retardJours: row.retard_jours,
    version: row.version,
  };
}

/** The loan with its times in the club's zone. */
export function montrerPret(pret: RessourcePret, fuseau: string): RessourcePret {
  const { ouvertLe, echeance, renduLe } = pret;
  return {
    ...pret,
    ouvertLe: dansLeFuseau(ouvertLe, fuseau),
    echeance: dansLeFuseau(echeance, fuseau),
    renduLe: renduLe === null ? null : dansLeFuseau(renduLe, fuseau),
  };
}

export function dansLeFuseau(instant: string, fuseau: string): string {
  return DateTime.fromISO(instant, { zone: fuseau }).toISO({ suppressMilliseconds: true }) ?? instant;
}
