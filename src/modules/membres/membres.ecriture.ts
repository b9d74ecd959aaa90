import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { refuse } from '../../runtime/aggregate/aggregate.js';
import type { Envelope, Outcome } from '../../runtime/aggregate/outcome.js';
import { newId } from '../../runtime/ids.js';
import { Machine } from '../../runtime/machine.js';
import type { Performed } from '../../runtime/outbox/row-lane.js';
import type { Cell } from '../../runtime/outbox/rows.js';
import { Contended, type RowTransaction } from '../../runtime/outbox/storage.js';
import type { MembreId } from './membre-id.js';
import type { MembreModifie, NouveauMembre } from './membres.formes.js';

/** What is kept of an accepted demande: never a name. */
export interface Trace {
  readonly id: string;
  readonly version: number;
}

declare module '../../runtime/machine.js' {
  interface Topics {
    /** A member was erased; the row is already empty. */
    readonly 'membre.efface': { readonly membreId: MembreId };
  }
}

/** Everything that changes a member's row, at most once per demande. */
@Injectable()
export class EcritureDesMembres {
  constructor(private readonly machine: Machine) {}

  accueillir(
    envelope: Envelope,
    { nom, courriel }: z.output<typeof NouveauMembre>,
    suspenduJusqua: number | null = null,
  ): Promise<Outcome<Trace>> {
    const id = newId(this.machine.clock, 'mem');
    const naissance = async (tx: RowTransaction): Promise<Performed<Trace>> => {
      const row = {
        id,
        nom,
        courriel: courriel ?? null,
        suspendu_jusqua: suspenduJusqua,
        cree_le: envelope.instant,
        efface_le: null,
        version: 1,
      };
      await tx.insert('membre', [row]);
      return { answer: { id, version: 1 } };
    };
    return this.machine.rows.perform(envelope, id, naissance, true);
  }

  modifier(envelope: Envelope, id: string, { nom, courriel, suspenduJusqua }: z.output<typeof MembreModifie>): Promise<Outcome<Trace>> {
    return this.changer(envelope, id, {
      ...(nom === undefined ? undefined : { nom }),
      ...(courriel === undefined ? undefined : { courriel }),
      ...(suspenduJusqua === undefined ? undefined : { suspendu_jusqua: suspenduJusqua }),
    });
  }

  /** Empties everything personal. From that commit the database takes nothing new for this member. Refused while a loan lives. */
  async effacer(envelope: Envelope, id: string): Promise<Outcome<Trace>> {
    const vide = { nom: null, courriel: null, suspendu_jusqua: null, efface_le: envelope.instant };
    const outcome = await this.changer(envelope, id, vide, { prets: 0 });
    if (outcome.is === 'done' && !outcome.replayed) this.machine.topics.publish('membre.efface', { membreId: id as MembreId });
    return outcome;
  }

  /** `sans`: what the row must hold besides, or the change is refused. */
  private changer(
    envelope: Envelope,
    id: string,
    values: Readonly<Record<string, Cell>>,
    sans: { readonly prets?: 0 } = {},
  ): Promise<Outcome<Trace>> {
    return this.machine.rows.perform(envelope, id, async (tx): Promise<Performed<Trace>> => {
      const [row] = await tx.select('membre', { id }, 1);
      if (row === undefined || row['efface_le'] !== null) return { missing: true };
      const before = Number(row['version']);
      if (envelope.expectedVersion !== undefined && envelope.expectedVersion !== before) return { stale: before };
      const prets = Number(row['prets']);
      if (sans.prets !== undefined && prets > sans.prets) return refuse('prets_en_cours', { prets });
      if (Object.keys(values).length === 0) return { answer: { id, version: before } };
      const version = before + 1;
      const changed = await tx.update('membre', { ...values, version }, { id, version: before, ...sans });
      // Another instance, or a loan, got in between the read and the write: the whole demande is tried again.
      if (changed === 0) throw new Contended(`membre ${id}`);
      return { answer: { id, version } };
    });
  }
}
