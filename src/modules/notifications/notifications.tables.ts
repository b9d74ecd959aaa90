import { Column, Entity, PrimaryColumn } from 'typeorm';

/**
 * One notice of one fact to one member: a template and ids, rendered when it is sent. `donnees` is JSON.
 * A digest is a notice too: `stream` is then the member and `version` the day, so that its key is theirs.
 */
@Entity('notification')
export class NotificationRow {
  @PrimaryColumn({ type: 'text' }) id!: string;
  @Column({ type: 'text' }) stream!: string;
  @Column({ type: 'integer' }) version!: number;
  @Column({ type: 'text' }) membre_id!: string;
  @Column({ type: 'text' }) gabarit!: string;
  @Column({ type: 'text' }) donnees!: string;
  @Column({ type: 'text' }) statut!: string;
  @Column({ type: 'integer' }) essais!: number;
  @Column({ type: 'bigint' }) prochain_essai!: number;
  @Column({ type: 'bigint' }) creee_le!: number;
  @Column({ type: 'bigint', nullable: true }) envoyee_le!: number | null;
  @Column({ type: 'text', nullable: true }) erreur!: string | null;
  /** The digest that says it. */
  @Column({ type: 'text', nullable: true }) recapitulatif_id!: string | null;
}

export const notificationsTables = [{ entity: NotificationRow }];
