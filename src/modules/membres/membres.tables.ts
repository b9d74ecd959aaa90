import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A person: the only row that says who somebody is. Erasing empties it; `efface_le` then keeps the door shut. */
@Entity('membre')
export class MembreRow {
  @PrimaryColumn({ type: 'text' }) id!: string;
  @Column({ type: 'text', nullable: true }) nom!: string | null;
  @Column({ type: 'text', nullable: true }) courriel!: string | null;
  @Column({ type: 'bigint', nullable: true }) suspendu_jusqua!: number | null;
  @Column({ type: 'bigint' }) cree_le!: number;
  @Column({ type: 'bigint', nullable: true }) efface_le!: number | null;
  @Column({ type: 'integer' }) version!: number;
}

export const membresTables = [{ entity: MembreRow }];
