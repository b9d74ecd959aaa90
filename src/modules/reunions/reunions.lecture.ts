import { Inject, Injectable } from '@nestjs/common';
import { DateTime } from 'luxon';
import { Brackets, type DataSource, In, type SelectQueryBuilder } from 'typeorm';
import { ReadDataSource } from '../../runtime/runtime.module.js';
import type { RessourceSeance } from './reponses.js';
import { InscriptionRow, SeanceRow } from './reunions.tables.js';
import { USAGES, type UsagesDesSeances } from './reunions.tokens.js';
import { gel, iso } from './temps.js';

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
  /** Of an offered place: until when it is kept. */
  readonly expireMs?: number | undefined;
  readonly place: PlaceDansLaListe;
}

/** What is known of the séances, as committed. */
@Injectable()
export class LectureDesSeances {
  constructor(
    @Inject(ReadDataSource) private readonly source: DataSource,
    @Inject(USAGES) private readonly usages: UsagesDesSeances,
  ) {}

  async une(id: string): Promise<RessourceSeance | null> {
    const [une] = await this.montrees(this.seances().where('s.id = :id', { id }));
    return une ?? null;
  }

  /** What everybody sees of each of these that exists, by id. */
  async fiches(ids: readonly string[]): Promise<Map<string, RessourceSeance>> {
    const fiches = await this.montrees(this.seances().where({ id: In([...ids]) }));
    return new Map(fiches.map((fiche) => [fiche.id, fiche]));
  }

  /** Those to come by `debut`, then those past, the latest first. At most `combien`, after `place`. */
  async agenda(
    statut: string | undefined,
    [maintenant, passees, debutMs, id]: PlaceDansLAgenda,
    combien: number,
  ): Promise<RessourceSeance[]> {
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
  ): Promise<RessourceSeance[]> {
    const [side, beyond] = order === 'ASC' ? ['>=', '>'] : ['<', '<'];
    const query = this.seances()
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
    return this.montrees(query);
  }

  /** Each with its offers counted in the same statement: what is shown of a séance is of one version. */
  private seances(): SelectQueryBuilder<SeanceRow> {
    const offres = (sub: SelectQueryBuilder<object>): SelectQueryBuilder<object> =>
      sub.select('count(*)').from(InscriptionRow, 'o').where(`o.seance_id = s.id AND o.statut = 'offerte'`);
    return this.source.getRepository(SeanceRow).createQueryBuilder('s').addSelect(offres, 'offertes');
  }

  private async montrees(query: SelectQueryBuilder<SeanceRow>): Promise<RessourceSeance[]> {
    const { entities, raw } = await query.getRawAndEntities<{ offertes: number | string }>();
    return entities.map((row, i) => ficheDe(row, Number(raw[i]!.offertes), gel(this.usages, { debutMs: row.debut_ms })));
  }

  /** When the first of the offers running at a séance ends; null when there is none. */
  async prochaineReponse(seanceId: string): Promise<number | null> {
    const where = { seance_id: seanceId, statut: 'offerte' as const };
    const premiere = await this.source.getRepository(InscriptionRow).findOne({ where, order: { expire_le: 'ASC' } });
    return premiere?.expire_le ?? null;
  }

  /** Live entries of a séance (or those of `statut`), everybody's or one member's: seats, then the waiting by `rang`. At most `combien`, after `place`. */
  async inscriptions(seanceId: string, { statut, membreId }: Lesquelles, place: PlaceDansLaListe, combien: number): Promise<Entree[]> {
    const entrees = this.entrees(seanceId);
    if (membreId !== undefined) entrees.andWhere('i.membre_id = :membreId', { membreId });
    // In the words of the index on live entries, so that one member's is found by it and not among thousands.
    if (statut !== 'annulee' && statut !== 'expiree') entrees.andWhere(`i.statut NOT IN ('annulee', 'expiree')`);
    const seats = place[0] === 0 && statut !== 'en_attente' ? await this.assises(entrees.clone(), statut, place[1], combien) : [];
    if (seats.length >= combien || (statut !== undefined && statut !== 'en_attente')) return seats;
    const waiting = await this.attente(entrees, place[0] === 1 ? place[1] : 0, combien - seats.length);
    const first = waiting[0];
    // Whoever reads everybody from the beginning has nobody before the first.
    const before = first === undefined || (membreId === undefined && place[0] === 0) ? 0 : await this.devant(seanceId, first.rang);
    return [...seats, ...waiting.map((one, i) => ({ ...one, position: before + i + 1 }))];
  }

  private async assises(query: Entrees, statut: string | undefined, apres: number, combien: number): Promise<Entree[]> {
    query.andWhere('i.entree > :apres', { apres }).orderBy('i.entree', 'ASC').take(combien);
    if (statut === undefined) query.andWhere(`i.statut <> 'en_attente'`);
    else query.andWhere('i.statut = :statut', { statut });
    return (await query.getMany()).map((row) => ({
      membreId: row.membre_id,
      statut: row.statut,
      expireMs: row.statut === 'offerte' ? (row.expire_le ?? undefined) : undefined,
      place: [0, row.entree],
    }));
  }

  private async attente(query: Entrees, apres: number, combien: number): Promise<(Entree & { readonly rang: number })[]> {
    query.andWhere(`i.statut = 'en_attente'`).andWhere('i.rang > :apres', { apres }).orderBy('i.rang', 'ASC').take(combien);
    return (await query.getMany()).map(({ membre_id: membreId, statut, rang: known }) => {
      const rang = known ?? 0;
      return { membreId, statut, rang, place: [1, rang] };
    });
  }

  /** How many wait at a séance before this rang. */
  private devant(seanceId: string, rang: number): Promise<number> {
    return this.entrees(seanceId).andWhere(`i.statut = 'en_attente'`).andWhere('i.rang < :rang', { rang }).getCount();
  }

  private entrees(seanceId: string): Entrees {
    return this.source.getRepository(InscriptionRow).createQueryBuilder('i').where('i.seance_id = :seanceId', { seanceId });
  }
}

type Entrees = SelectQueryBuilder<InscriptionRow>;

/** Which entries are listed; a field that is undefined leaves none out. */
interface Lesquelles {
  readonly statut: string | undefined;
  readonly membreId: string | undefined;
}

/** A row as everybody sees it. */
function ficheDe(row: SeanceRow, offertes: number, gelMs: number): RessourceSeance {
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
    gel: iso(gelMs),
    placesRestantes: row.places - row.prises,
    inscrits: row.prises - offertes,
    offertes,
    enAttente: row.en_attente,
    version: row.version,
  });
}

/** The resource with its times in the séance's own zone. */
export function montrer(seance: RessourceSeance): RessourceSeance {
  const [debut, fin, gel] = [seance.debut, seance.fin, seance.gel].map((instant) => dansLeFuseau(instant, seance.fuseau));
  return { ...seance, debut: debut!, fin: fin!, gel: gel! };
}

/** An instant as it is said where the séance is held. */
export function dansLeFuseau(instant: string, fuseau: string): string {
  return DateTime.fromISO(instant, { zone: fuseau }).toISO({ suppressMilliseconds: true }) ?? instant;
}
