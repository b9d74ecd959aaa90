import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What one inscription owes: at most one row per entry, by the unique index on (seance_id, entree). */
@Entity('paiement')
export class PaiementRow {
  @PrimaryColumn({ type: 'text' }) id!: string;
  @Column({ type: 'text' }) seance_id!: string;
  @Column({ type: 'integer' }) entree!: number;
  @Column({ type: 'text' }) membre_id!: string;
  @Column({ type: 'integer' }) montant_centimes!: number;
  @Column({ type: 'text' }) devise!: string;
  @Column({ type: 'text' }) statut!: string;
  @Column({ type: 'bigint' }) cree_le!: number;
  @Column({ type: 'bigint' }) modifie_le!: number;
}

export const paiementsTables = [{ entity: PaiementRow }];
