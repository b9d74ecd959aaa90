import { Inject, Injectable } from '@nestjs/common';
import { type DataSource, In, IsNull, MoreThan, Not } from 'typeorm';
import { mayExist } from '../../http/fields.js';
import { Machine } from '../../runtime/machine.js';
import { ReadDataSource } from '../../runtime/runtime.module.js';
import type { MembreId } from './membre-id.js';
import { MembreRow } from './membres.tables.js';
import { Questions } from './questions.lecture.js';

/** What the database counts of a member's loans and holds, and until when somebody decided that they borrow nothing. */
export interface Situation {
  readonly prets: number;
  readonly reservations: number;
  /** A live loan is at its third reminder. */
  readonly enRetard: boolean;
  readonly suspenduJusqua: number | null;
}

/** How to reach a member. */
export interface Coordonnees {
  readonly nom: string;
  readonly courriel: string | null;
}

/**
 * What the other rooms may ask about members.
 *
 * What it knows may be a moment late when another instance erases someone: the database has the last word, in the transaction
 * itself. It only spares the hot path a question per demande.
 */
@Injectable()
export class Annuaire {
  /** Ids of living members, oldest first. Raising `CONNUS` costs about 100 bytes each. */
  private readonly vivants = new Set<MembreId>();
  private readonly questions: Questions<MembreId, MembreRow>;

  constructor(
    @Inject(ReadDataSource) private readonly source: DataSource,
    machine: Machine,
  ) {
    this.questions = new Questions(machine.clock, (ids) => this.vivantsParmi(ids));
    machine.topics.subscribe('membre.efface', ({ membreId }) => this.vivants.delete(membreId));
  }

  /** True when `id` is known to live, without asking anyone. */
  reconnait(id: MembreId): boolean {
    return this.vivants.has(id);
  }

  /** Those of `ids` that are living members. All the questions of one turn of the event loop are one query. */
  async connus(ids: readonly MembreId[]): Promise<Set<MembreId>> {
    const reponses = await Promise.all(
      ids.map(async (id) => this.vivants.has(id) || (mayExist(id) && (await this.demander(id)) !== undefined)),
    );
    return new Set(ids.filter((_, i) => reponses[i]));
  }

  /** Those of `ids` that were erased. */
  async effaces(ids: readonly MembreId[]): Promise<Set<MembreId>> {
    const rows = await this.lire(ids, { efface_le: Not(IsNull()) });
    return new Set(rows.map((row) => row.id as MembreId));
  }

  /** Erased members, by id, after `apres`: what is left of them elsewhere must go. */
  async tousEffaces(apres: string, limite: number): Promise<MembreId[]> {
    const where = { efface_le: Not(IsNull()), id: MoreThan(apres) };
    const rows = await this.source.getRepository(MembreRow).find({ where, order: { id: 'ASC' }, take: limite, select: { id: true } });
    return rows.map((row) => row.id as MembreId);
  }

  /** How to reach those of `ids` that are living members. */
  async coordonnees(ids: readonly MembreId[]): Promise<Map<MembreId, Coordonnees>> {
    const rows = await this.lire(ids, { efface_le: IsNull() });
    return new Map(rows.map((row) => [row.id as MembreId, { nom: row.nom ?? '', courriel: row.courriel }]));
  }

  /** As the database counts it now, nothing being kept; undefined when `id` is no living member. All the questions of one turn are one query. */
  async situation(id: MembreId): Promise<Situation | undefined> {
    const row = mayExist(id) ? await this.demander(id) : undefined;
    if (row === undefined) return undefined;
    return { prets: row.prets, reservations: row.reservations, enRetard: row.retards > 0, suspenduJusqua: row.suspendu_jusqua };
  }

  private async demander(id: MembreId): Promise<MembreRow | undefined> {
    const row = await this.questions.ask(id);
    if (row !== undefined) this.retenir(id);
    return row;
  }

  private async vivantsParmi(ids: readonly MembreId[]): Promise<Map<MembreId, MembreRow>> {
    const rows = await this.lire(ids, { efface_le: IsNull() });
    return new Map(rows.map((row) => [row.id as MembreId, row]));
  }

  private retenir(id: MembreId): void {
    this.vivants.add(id);
    if (this.vivants.size <= CONNUS) return;
    const [oldest] = this.vivants;
    if (oldest !== undefined) this.vivants.delete(oldest);
  }

  private async lire(ids: readonly MembreId[], where: { efface_le: ReturnType<typeof IsNull> }): Promise<MembreRow[]> {
    const rows: MembreRow[] = [];
    for (let from = 0; from < ids.length; from += PAR_REQUETE) {
      const some = ids.slice(from, from + PAR_REQUETE).filter(mayExist);
      rows.push(...(await this.source.getRepository(MembreRow).findBy({ id: In(some), ...where })));
    }
    return rows;
  }
}

const CONNUS = 100_000;
const PAR_REQUETE = 500;
