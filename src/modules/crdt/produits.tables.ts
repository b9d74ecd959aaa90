import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A product, the same for the whole club. What it counts is no row of this database: each instance keeps its own part. */
@Entity('produit')
export class ProduitRow {
  @PrimaryColumn({ type: 'text' }) produit!: string;
  @Column({ type: 'text' }) nom!: string;
  @Column({ type: 'text', nullable: true }) unite!: string | null;
  /** A decimal number as text: it may be larger than what an engine calls an integer. */
  @Column({ type: 'text', nullable: true }) seuil!: string | null;
  /** 1: never below zero. */
  @Column({ type: 'integer' }) borne!: number;
  @Column({ type: 'bigint' }) cree_le!: number;
}

/** How far each slot was once seen: who comes back with less was restored from an old copy. */
@Entity('compteur_vu')
export class CompteurVuRow {
  @PrimaryColumn({ type: 'text' }) slot!: string;
  @Column({ type: 'text' }) replique!: string;
  @Column({ type: 'bigint' }) version!: number;
  /** The slot that has taken over what was left in it; empty while none has. */
  @Column({ type: 'text' }) repris_par!: string;
}

/** One row: which club this database is. */
@Entity('club')
export class ClubRow {
  @PrimaryColumn({ type: 'integer' }) id!: number;
  @Column({ type: 'text' }) identite!: string;
}

export const crdtTables = [{ entity: ProduitRow }, { entity: CompteurVuRow }, { entity: ClubRow }];
