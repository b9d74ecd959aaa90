import { Column, Entity, PrimaryColumn } from 'typeorm';

/**
 * A person: the only row that says who somebody is. Erasing empties it; `efface_le` then keeps the door shut.
 *
 * Live loans, live holds and loans at the third reminder are counted by the database itself, from the loans: it refuses whoever else
 * writes them. `version` moves when `retards` becomes or ceases to be zero, since that is shown.
 */
@Entity('membre')
export class MembreRow {
  @PrimaryColumn({ type: 'text' }) id!: string;
  @Column({ type: 'text', nullable: true }) nom!: string | null;
  @Column({ type: 'text', nullable: true }) courriel!: string | null;
  @Column({ type: 'bigint', nullable: true }) suspendu_jusqua!: number | null;
  @Column({ type: 'bigint' }) cree_le!: number;
  @Column({ type: 'bigint', nullable: true }) efface_le!: number | null;
  @Column({ type: 'integer' }) version!: number;
  @Column({ type: 'integer' }) prets!: number;
  @Column({ type: 'integer' }) reservations!: number;
  @Column({ type: 'integer' }) retards!: number;
}

export const membresTables = [{ entity: MembreRow }];
