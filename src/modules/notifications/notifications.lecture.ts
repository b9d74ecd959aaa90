import { Inject, Injectable } from '@nestjs/common';
import { type DataSource, In, LessThan, MoreThan } from 'typeorm';
import { ReadDataSource } from '../../runtime/runtime.module.js';
import { Annuaire } from '../membres/index.js';
import { Rayons } from '../prets/index.js';
import { Agenda } from '../reunions/index.js';
import { type AvisGroupe, dePret } from './avis-prets.js';
import { type Avis, type Statut, STATUTS } from './avis.js';
import { sujetDePret } from './gabarits-prets.js';
import { sujet } from './gabarits.js';
import type { Langue } from './langue.js';
import type { FicheNotification } from './notifications.formes.js';
import { NotificationRow } from './notifications.tables.js';
import { FUSEAU } from './notifications.tokens.js';
import { groupeDe } from './recapitulatif.envoi.js';
import { type Redaction, rediger, suivre } from './redaction.envoi.js';
import { avisDe } from './registre.envoi.js';

/** Which notices are listed, and from which end. */
export interface FiltreDAvis {
  readonly ordre: 'anciens' | 'recents';
  readonly statut?: Statut | undefined;
  readonly membreId?: string | undefined;
  readonly recapitulatifId?: string | undefined;
}

/** What is known of the notices, as committed. Jobs that are still to become notices are not shown. */
@Injectable()
export class LectureDesNotifications {
  constructor(
    @Inject(ReadDataSource) private readonly source: DataSource,
    private readonly annuaire: Annuaire,
    private readonly agenda: Agenda,
    private readonly rayons: Rayons,
    @Inject(FUSEAU) private readonly fuseau: string,
  ) {}

  un(id: string): Promise<NotificationRow | null> {
    return this.source.getRepository(NotificationRow).findOneBy({ id, statut: In([...STATUTS]) });
  }

  /** Notices after `apres` (from the end without it), by birth, that match what is given: at most `combien`, each with its subject. */
  async page(
    { ordre, statut, membreId, recapitulatifId }: FiltreDAvis,
    apres: string | undefined,
    combien: number,
    langue: Langue,
  ): Promise<FicheNotification[]> {
    const where = {
      ...(apres === undefined ? undefined : { id: ordre === 'anciens' ? MoreThan(apres) : LessThan(apres) }),
      statut: statut ?? In([...STATUTS]),
      ...(membreId === undefined ? undefined : { membre_id: membreId }),
      ...(recapitulatifId === undefined ? undefined : { recapitulatif_id: recapitulatifId }),
    };
    const order = { id: ordre === 'anciens' ? 'ASC' : 'DESC' } as const;
    const rows = await this.source.getRepository(NotificationRow).find({ where, order, take: combien });
    const sujets = await this.sujets(rows, langue);
    return rows.map((row) => ficheDe(row, sujets.get(row.id) ?? null));
  }

  /** The notice as it would leave now; a digest that has left, as it was. */
  async apercu(row: NotificationRow, langue: Langue): Promise<FicheNotification & { readonly texte: string | null }> {
    const [avis] = await this.avis([row]);
    const parti = row.statut === 'envoyee' || row.statut === 'affichee';
    const message = (await rediger([avis!], this.redaction(langue), parti))(avis!)?.message;
    return { ...ficheDe(row, message?.sujet ?? null), texte: message?.texte ?? null };
  }

  private async sujets(rows: readonly NotificationRow[], langue: Langue): Promise<Map<string, string>> {
    const tous = await this.avis(rows);
    const seances = await this.agenda.seances([...new Set(tous.filter((un) => !dePret(un)).map((un) => un.stream))]);
    const prets = await suivre(tous, this.redaction(langue));
    return new Map(
      tous.flatMap((un): (readonly [string, string])[] => {
        if (dePret(un)) return [[un.id, sujetDePret(un, prets)]];
        const seance = seances.get(un.stream);
        return seance === undefined ? [] : [[un.id, sujet(un.gabarit, seance)]];
      }),
    );
  }

  /** The notices of these rows; a digest with those that it says. */
  private async avis(rows: readonly NotificationRow[]): Promise<Avis[]> {
    const recapitulatifs = rows.filter((row) => row.gabarit === 'recapitulatif');
    if (recapitulatifs.length === 0) return rows.map((row) => avisDe(row));
    const where = { recapitulatif_id: In(recapitulatifs.map(({ id }) => id)) };
    const groupes = await this.source.getRepository(NotificationRow).find({ where, order: { id: 'ASC' } });
    return rows.map((row) => avisDe(row, groupes.filter((un) => un.recapitulatif_id === row.id && dit(row, un)).map(asGroupe)));
  }

  private redaction(langue: Langue): Redaction {
    const { annuaire, agenda, rayons, fuseau } = this;
    return { annuaire, agenda, rayons, fuseau, langue };
  }
}

/** A digest that has left said what left with it. */
function dit(recapitulatif: NotificationRow, { statut }: NotificationRow): boolean {
  return recapitulatif.statut !== 'envoyee' || statut === 'envoyee';
}

function asGroupe({ id, stream, gabarit, donnees }: NotificationRow): AvisGroupe {
  return groupeDe({ id, stream, gabarit, donnees });
}

function ficheDe(row: NotificationRow, titre: string | null): FicheNotification {
  const attend = row.statut === 'a_envoyer' || row.statut === 'en_envoi' || row.statut === 'a_grouper';
  return {
    id: row.id,
    membreId: row.membre_id,
    ...sujetsDe(row),
    recapitulatifId: row.recapitulatif_id,
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

/** What the notice is about, by the kind of its template: a digest is about its member only. */
function sujetsDe({ gabarit, stream, donnees }: NotificationRow): Pick<FicheNotification, 'seanceId' | 'ouvrageId' | 'pretId'> {
  const rien = { seanceId: null, ouvrageId: null, pretId: null };
  switch (gabarit) {
    case 'recapitulatif':
      return rien;
    case 'rappel':
    case 'relance':
      return { ...rien, pretId: stream, ouvrageId: (JSON.parse(donnees) as { ouvrageId: string }).ouvrageId };
    case 'mise_de_cote':
    case 'retrait_expire':
    case 'attente_reprise':
      return { ...rien, ouvrageId: stream };
    default:
      return { ...rien, seanceId: stream };
  }
}

function instant(ms: number): string {
  return new Date(ms).toISOString();
}
