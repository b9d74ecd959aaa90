import { Inject, Injectable } from '@nestjs/common';
import { DateTime } from 'luxon';
import { Brackets, type DataSource, In, type SelectQueryBuilder } from 'typeorm';
import { ReadDataSource } from '../../runtime/runtime.module.js';
import type { RessourceSeance } from './reponses.js';
import { InscriptionRow, SeanceRow } from './reunions.tables.js';

/** Where a list of séances stands: the instant it was begun, whether it is in the past part, and the last séance shown. */
export type PlaceDansLAgenda = readonly [maintenant: number, passees: number, debutMs: number, id: string];
/** Where a list of entries stands: 0 for seats (by entry), 1 for the waiting list (by rang). */
export type PlaceDansLaListe = readonly [attente: number, ordre: number];

/** An entry as listed; `position` counts the waiting from 1. */
export interface Entree {
  readonly membreId: string;
  readonly statut: InscriptionRow['statut'];
  readonly rang?: number;
  readonly position?: number;
  readonly place: PlaceDansLaListe;
}

/** What is known of the séances, as committed. */
@Injectable()
export class LectureDesSeances {
  constructor(@Inject(ReadDataSource) private readonly source: DataSource) {}

  async une(id: string): Promise<SeanceRow | null> {
    return this.source.getRepository(SeanceRow).findOneBy({ id });
  }

  /** What everybody sees of each of these that exists, by id. */
  async fiches(ids: readonly string[]): Promise<Map<string, RessourceSeance>> {
    const rows = await this.source.getRepository(SeanceRow).findBy({ id: In([...ids]) });
    return new Map(rows.map((row) => [row.id, ficheDe(row)]));
  }

  /** Those to come by `debut`, then those past, the latest first. At most `combien`, after `place`. */
  async agenda(statut: string | undefined, [maintenant, passees, debutMs, id]: PlaceDansLAgenda, combien: number): Promise<SeanceRow[]> {
    const rows = passees === 1 ? [] : await this.part('ASC', statut, maintenant, [debutMs, id], combien);
    if (rows.length >= combien) return rows;
    const from: [number, string] = passees === 1 ? [debutMs, id] : [maintenant, ''];
    return [...rows, ...(await this.part('DESC', statut, maintenant, from, combien - rows.length))];
  }

  private part(
    order: 'ASC' | 'DESC',
    statut: string | undefined,
    maintenant: number,
    [debutMs, id]: [number, string],
    combien: number,
  ): Promise<SeanceRow[]> {
    const [side, beyond] = order === 'ASC' ? ['>=', '>'] : ['<', '<'];
    const query = this.source
      .getRepository(SeanceRow)
      .createQueryBuilder('s')
      .where(`s.debut_ms ${side} :maintenant`, { maintenant })
      .andWhere(
        new Brackets((or) =>
          or.where(`s.debut_ms ${beyond} :debutMs`, { debutMs }).orWhere(`s.debut_ms = :debutMs AND s.id ${beyond} :id`, { id }),
        ),
      )
      .orderBy('s.debut_ms', order)
      .addOrderBy('s.id', order)
      .take(combien);
    if (statut !== undefined) query.andWhere('s.statut = :statut', { statut });
    return query.getMany();
  }

  /** Live entries of a séance (or those of `statut`): seats, then the waiting by `rang`. At most `combien`, after `place`. */
  async inscriptions(seanceId: string, statut: string | undefined, place: PlaceDansLaListe, combien: number): Promise<Entree[]> {
    const seats = place[0] === 0 && statut !== 'en_attente' ? await this.assises(seanceId, statut, place[1], combien) : [];
    if (seats.length >= combien || (statut !== undefined && statut !== 'en_attente')) return seats;
    return [...seats, ...(await this.attente(seanceId, place[0] === 1 ? place[1] : 0, combien - seats.length))];
  }

  private async assises(seanceId: string, statut: string | undefined, apres: number, combien: number): Promise<Entree[]> {
    const query = this.entrees(seanceId).andWhere('i.entree > :apres', { apres }).orderBy('i.entree', 'ASC').take(combien);
    if (statut === undefined) query.andWhere(`i.statut NOT IN ('annulee', 'expiree', 'en_attente')`);
    else query.andWhere('i.statut = :statut', { statut });
    return (await query.getMany()).map((row) => ({ membreId: row.membre_id, statut: row.statut, place: [0, row.entree] }));
  }

  private async attente(seanceId: string, apres: number, combien: number): Promise<Entree[]> {
    const waiting = this.entrees(seanceId).andWhere(`i.statut = 'en_attente'`);
    const before = apres === 0 ? 0 : await waiting.clone().andWhere('i.rang <= :apres', { apres }).getCount();
    const rows = await waiting.andWhere('i.rang > :apres', { apres }).orderBy('i.rang', 'ASC').take(combien).getMany();
    return rows.map((row, i) => {
      const rang = row.rang ?? 0;
      return { membreId: row.membre_id, statut: row.statut, rang, position: before + i + 1, place: [1, rang] };
    });
  }

  private entrees(seanceId: string): SelectQueryBuilder<InscriptionRow> {
    return this.source.getRepository(InscriptionRow).createQueryBuilder('i').where('i.seance_id = :seanceId', { seanceId });
  }
}

/** A row as everybody sees it. */
export function ficheDe(row: SeanceRow): RessourceSeance {
  return montrer({
    id: row.id,
    titre: row.titre,
    lieu: row.lieu,
    debut: row.debut,
    fin: row.fin,
    fuseau: row.fuseau,
    places: row.places,
    prixCentimes: row.prix_centimes,
    paiement: row.paiement,
    listeAttenteMax: row.liste_attente_max,
    statut: row.statut,
    placesRestantes: row.places - row.prises,
    inscrits: row.prises,
    enAttente: row.en_attente,
    version: row.version,
  });
}

/** The resource with its times in the séance's own zone. */
export function montrer(seance: RessourceSeance): RessourceSeance {
  return { ...seance, debut: dansLeFuseau(seance.debut, seance.fuseau), fin: dansLeFuseau(seance.fin, seance.fuseau) };
}

function dansLeFuseau(instant: string, fuseau: string): string {
  return DateTime.fromISO(instant, { zone: fuseau }).toISO({ suppressMilliseconds: true }) ?? instant;
}
