import { Inject, Injectable } from '@nestjs/common';
import { type DataSource, MoreThanOrEqual } from 'typeorm';
import { Machine } from '../../runtime/machine.js';
import { ReadDataSource } from '../../runtime/runtime.module.js';
import { type Evenement, ecrireCalendrier } from './agenda.ics.js';
import { SeanceRow } from './reunions.tables.js';

/** A calendar not yet written, and what its content depends on. */
export interface Calendrier {
  readonly versions: string;
  ecrire(): Promise<string>;
}

const PASSEES_MS = 30 * 24 * 3_600_000;
/** Séances in one calendar. Raising it lets one reading hold more memory: about 1 kB each. */
const SEANCES = 5_000;
/** Instants remembered. Raising it costs about 100 bytes each. */
const RETENUS = 10_000;

/** The agenda for calendars: every séance of the last thirty days and to come, the cancelled ones too. */
@Injectable()
export class LectureDuCalendrier {
  private readonly instants = new Map<string, { readonly version: number; readonly instant: number }>();

  constructor(
    @Inject(ReadDataSource) private readonly source: DataSource,
    private readonly machine: Machine,
  ) {}

  async agenda(): Promise<Calendrier> {
    const depuis = this.machine.clock.now() - PASSEES_MS;
    const where = { fin_ms: MoreThanOrEqual(depuis) };
    return this.calendrier(
      await this.source.getRepository(SeanceRow).find({ where, order: { debut_ms: 'ASC', id: 'ASC' }, take: SEANCES }),
    );
  }

  /** Of one séance, however old; null when there is no such séance. */
  async une(id: string): Promise<Calendrier | null> {
    const row = await this.source.getRepository(SeanceRow).findOneBy({ id });
    return row === null ? null : this.calendrier([row]);
  }

  /** A version says all of a séance, so the versions say all of the calendar. */
  private calendrier(rows: readonly SeanceRow[]): Calendrier {
    const versions = rows.map(({ id, version }) => `${id}:${version}`).join('\n');
    return { versions, ecrire: async () => ecrireCalendrier(await this.evenements(rows)) };
  }

  private async evenements(rows: readonly SeanceRow[]): Promise<Evenement[]> {
    const evenements: Evenement[] = [];
    for (const row of rows) evenements.push(asEvenement(row, await this.instantDe(row)));
    return evenements;
  }

  /** When the fact of this version happened. Never changes, so it is asked once. */
  private async instantDe({ id, version, debut_ms }: SeanceRow): Promise<number> {
    const known = this.instants.get(id);
    if (known?.version === version) return known.instant;
    const [fact] = await this.machine.storage.facts(id, version - 1, version);
    const instant = fact?.instant ?? debut_ms;
    this.instants.delete(id);
    this.instants.set(id, { version, instant });
    const [oldest] = this.instants.keys();
    if (this.instants.size > RETENUS && oldest !== undefined) this.instants.delete(oldest);
    return instant;
  }
}

function asEvenement(row: SeanceRow, modifieeMs: number): Evenement {
  const { id, version, titre, lieu, debut_ms: debutMs, fin_ms: finMs, fuseau, statut } = row;
  return { id, version, modifieeMs, titre, lieu, debutMs, finMs, fuseau, annulee: statut === 'annulee' };
}
