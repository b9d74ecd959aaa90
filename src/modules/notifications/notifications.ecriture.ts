import { Inject, Injectable } from '@nestjs/common';
import { refuse } from '../../runtime/aggregate/aggregate.js';
import type { Envelope, Outcome } from '../../runtime/aggregate/outcome.js';
import { Machine } from '../../runtime/machine.js';
import type { Performed } from '../../runtime/outbox/row-lane.js';
import type { Cell } from '../../runtime/outbox/rows.js';
import { Contended } from '../../runtime/outbox/storage.js';
import { groupe } from './avis-prets.js';
import { A_DEVELOPPER, abandonnable, type Refus, renvoyable, type Statut } from './avis.js';
import { Envoi } from './notifications.envoi.js';

/** What is kept of an accepted demande. */
export interface Trace {
  readonly id: string;
}

/** Ce qu'une personne change à un avis, au plus une fois par demande. */
@Injectable()
export class EcritureDesNotifications {
  constructor(
    private readonly machine: Machine,
    @Inject(Envoi) private readonly envoi: Envoi,
  ) {}

  /** Dû tout de suite, essais à zéro ; un rappel ou une relance entre dans le prochain récapitulatif. */
  async renvoyer(envelope: Envelope, id: string): Promise<Outcome<Trace>> {
    const peut = (statut: Statut): boolean => renvoyable(statut, this.envoi.aUnCourrier);
    const neuf = (gabarit: string): Readonly<Record<string, Cell>> => ({
      ...(groupe(gabarit) ? { statut: 'a_grouper', recapitulatif_id: null } : { statut: 'a_envoyer' }),
      essais: 0,
      prochain_essai: envelope.instant,
    });
    const outcome = await this.changer(envelope, id, peut, neuf, 'renvoi_inutile');
    this.envoi.reveiller();
    return outcome;
  }

  abandonner(envelope: Envelope, id: string): Promise<Outcome<Trace>> {
    return this.changer(envelope, id, abandonnable, () => ({ statut: 'abandonnee' }), 'abandon_inutile');
  }

  private changer(
    envelope: Envelope,
    id: string,
    peut: (statut: Statut) => boolean,
    valeurs: (gabarit: string) => Readonly<Record<string, Cell>>,
    refus: Refus,
  ): Promise<Outcome<Trace>> {
    return this.machine.rows.perform(envelope, id, async (tx): Promise<Performed<Trace>> => {
      const [row] = await tx.select('notification', { id }, 1);
      if (row === undefined || row['statut'] === A_DEVELOPPER) return { missing: true };
      // Un avis n'a pas de version : aucune n'est jamais celle que l'on attend.
      if (envelope.expectedVersion !== undefined) return { stale: 0 };
      const statut = row['statut'] as Statut;
      if (!peut(statut)) return refuse(refus, { statut });
      const lu = { id, statut, essais: row['essais']!, prochain_essai: row['prochain_essai']! };
      // Un envoyeur est passé entre la lecture et l'écriture : la demande entière est reprise.
      if ((await tx.update('notification', valeurs(String(row['gabarit'])), lu)) === 0) throw new Contended(`notification ${id}`);
      return { answer: { id } };
    });
  }
}
