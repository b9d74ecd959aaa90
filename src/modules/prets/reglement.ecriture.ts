import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { Envelope, Outcome } from '../../runtime/aggregate/outcome.js';
import { Machine } from '../../runtime/machine.js';
import type { Performed } from '../../runtime/outbox/row-lane.js';
import type { Cell } from '../../runtime/outbox/rows.js';
import { Contended, type RowTransaction } from '../../runtime/outbox/storage.js';
import type { CalendrierRow, ReglementRow } from './prets.tables.js';
import type { FicheCalendrier, FicheReglement, NouveauCalendrier, NouveauReglement } from './reglement.formes.js';
import { numeroDuJour } from './reglement.formes.js';
import { ficheCalendrier, ficheReglement, ReglesDuClub } from './reglement.lecture.js';

type Quoi = 'reglement' | 'calendrier';
type Row = Readonly<Record<string, Cell>>;

/** What the club decides: two rows, each replaced whole, at most once per demande. */
@Injectable()
export class EcritureDuReglement {
  constructor(
    private readonly machine: Machine,
    private readonly regles: ReglesDuClub,
  ) {}

  reglement(envelope: Envelope, { relancesJours, ...regles }: z.output<typeof NouveauReglement>): Promise<Outcome<FicheReglement>> {
    const [un, deux, trois] = relancesJours;
    const values = {
      duree_jours: regles.dureeJours,
      prolongations: regles.prolongations,
      prolongation_jours: regles.prolongationJours,
      prolongation_des_jours: regles.prolongationDesJours,
      retrait_jours: regles.retraitJours,
      rappel_jours: regles.rappelJours,
      relance1_jours: un,
      relance2_jours: deux,
      relance3_jours: trois,
      prets_max: regles.pretsMax,
      reservations_max: regles.reservationsMax,
    };
    return this.remplacer(envelope, 'reglement', values, (row) => ficheReglement(row as Record<keyof ReglementRow, Cell>));
  }

  calendrier(envelope: Envelope, { joursFermes, datesFermees }: z.output<typeof NouveauCalendrier>): Promise<Outcome<FicheCalendrier>> {
    const values = {
      jours_fermes: JSON.stringify([...new Set(joursFermes.map(numeroDuJour))].toSorted((a, b) => a - b)),
      dates_fermees: JSON.stringify([...new Set(datesFermees)].toSorted()),
    };
    return this.remplacer(envelope, 'calendrier', values, (row) => ficheCalendrier(row as Record<keyof CalendrierRow, Cell>));
  }

  private async remplacer<T>(envelope: Envelope, quoi: Quoi, values: Row, fiche: (row: Row) => T): Promise<Outcome<T>> {
    const outcome = await this.machine.rows.perform(envelope, quoi, (tx) => this.ecrire(tx, envelope, quoi, values, fiche));
    if (outcome.is !== 'done' || outcome.replayed) return outcome;
    // Before the answer: whoever has read it may count on the new rules at this instance.
    await this.regles.tenter();
    this.machine.topics.publish('prets.regles', { quoi });
    return outcome;
  }

  private async ecrire<T>(
    tx: RowTransaction,
    { expectedVersion }: Envelope,
    quoi: Quoi,
    values: Row,
    fiche: (row: Row) => T,
  ): Promise<Performed<T>> {
    const [row] = await tx.select(quoi, { id: 1 }, 1);
    const before = Number(row?.['version']);
    if (expectedVersion !== undefined && expectedVersion !== before) return { stale: before };
    const after = { ...row, ...values, version: before + 1 };
    // Another instance got in between the read and the write: the whole demande is tried again.
    if ((await tx.update(quoi, { ...values, version: before + 1 }, { id: 1, version: before })) === 0) throw new Contended(quoi);
    return { answer: fiche(after) };
  }
}
