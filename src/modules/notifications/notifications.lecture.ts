import { Inject, Injectable } from '@nestjs/common';
import { type DataSource, In, MoreThan } from 'typeorm';
import { ReadDataSource } from '../../runtime/runtime.module.js';
import { Annuaire } from '../membres/index.js';
import { Agenda } from '../reunions/index.js';
import { type Statut, STATUTS } from './avis.js';
import { sujet } from './gabarits.js';
import type { FicheNotification } from './notifications.formes.js';
import { NotificationRow } from './notifications.tables.js';
import { rediger } from './redaction.envoi.js';
import { avisDe } from './registre.envoi.js';

/** What is known of the notices, as committed. Jobs that are still to become notices are not shown. */
@Injectable()
export class LectureDesNotifications {
  constructor(
    @Inject(ReadDataSource) private readonly source: DataSource,
    private readonly annuaire: Annuaire,
    private readonly agenda: Agenda,
  ) {}

  un(id: string): Promise<NotificationRow | null> {
    return this.source.getRepository(NotificationRow).findOneBy({ id, statut: In([...STATUTS]) });
  }

  /** Notices after `apres`, by birth, that match what is given: at most `combien`, each with its subject. */
  async page(
    filtre: { readonly statut?: Statut; readonly membreId?: string },
    apres: string,
    combien: number,
  ): Promise<FicheNotification[]> {
    const { statut, membreId } = filtre;
    const where = {
      id: MoreThan(apres),
      statut: statut ?? In([...STATUTS]),
      ...(membreId === undefined ? undefined : { membre_id: membreId }),
    };
    const rows = await this.source.getRepository(NotificationRow).find({ where, order: { id: 'ASC' }, take: combien });
    const seances = await this.agenda.seances([...new Set(rows.map((row) => row.stream))]);
    return rows.map((row) => {
      const seance = seances.get(row.stream);
      return ficheDe(row, seance === undefined ? null : sujet(avisDe(row).gabarit, seance));
    });
  }

  /** The notice as it would leave now. */
  async apercu(row: NotificationRow): Promise<FicheNotification & { readonly texte: string | null }> {
    const avis = avisDe(row);
    const message = (await rediger([avis], this.annuaire, this.agenda))(avis)?.message;
    return { ...ficheDe(row, message?.sujet ?? null), texte: message?.texte ?? null };
  }
}

function ficheDe(row: NotificationRow, titre: string | null): FicheNotification {
  const attend = row.statut === 'a_envoyer' || row.statut === 'en_envoi';
  return {
    id: row.id,
    membreId: row.membre_id,
    seanceId: row.stream,
    gabarit: row.gabarit as FicheNotification['gabarit'],
    sujet: titre,
    statut: row.statut as Statut,
    essais: row.essais,
    prochainEssai: attend ? instant(row.prochain_essai) : null,
    creeeLe: instant(row.creee_le),
    envoyeeLe: row.envoyee_le === null ? null : instant(row.envoyee_le),
    erreur: row.erreur,
  };
}

function instant(ms: number): string {
  return new Date(ms).toISOString();
}
