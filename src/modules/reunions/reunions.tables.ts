import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A séance as it can be listed. `prises` and `en_attente` are counted by the database itself, from `inscription`. */
@Entity('seance')
export class SeanceRow {
  @PrimaryColumn({ type: 'text' }) id!: string;
  @Column({ type: 'text' }) titre!: string;
  @Column({ type: 'text', nullable: true }) lieu!: string | null;
  @Column({ type: 'text' }) debut!: string;
  @Column({ type: 'text' }) fin!: string;
  @Column({ type: 'bigint' }) debut_ms!: number;
  @Column({ type: 'bigint' }) fin_ms!: number;
  @Column({ type: 'text' }) fuseau!: string;
  @Column({ type: 'text' }) statut!: 'ouverte' | 'fermee' | 'cloturee' | 'annulee';
  @Column({ type: 'integer' }) places!: number;
  @Column({ type: 'integer', insert: false, update: false }) prises!: number;
  @Column({ type: 'integer', insert: false, update: false }) en_attente!: number;
  @Column({ type: 'integer' }) prix_centimes!: number;
  @Column({ type: 'text' }) paiement!: 'sur_place' | 'avant';
  @Column({ type: 'integer', nullable: true }) liste_attente_max!: number | null;
  @Column({ type: 'integer' }) version!: number;
}

/** One entry of a member, named by the version of its entry fact. */
@Entity('inscription')
export class InscriptionRow {
  @PrimaryColumn({ type: 'text' }) seance_id!: string;
  @PrimaryColumn({ type: 'integer' }) entree!: number;
  @Column({ type: 'text' }) membre_id!: string;
  @Column({ type: 'text' }) statut!:
    'inscrite' | 'offerte' | 'en_attente' | 'annulee' | 'expiree' | 'presente' | 'absente' | 'absence_excusee';
  @Column({ type: 'integer', nullable: true }) rang!: number | null;
  @Column({ type: 'bigint' }) instant!: number;
  /** Until when the place is kept. Means something while the entry is `offerte` only: it stays on the row afterwards. */
  @Column({ type: 'bigint', nullable: true }) expire_le!: number | null;
}

/** A free text that a fact may only point to, since facts are never erased. */
@Entity('motif')
export class MotifRow {
  @PrimaryColumn({ type: 'text' }) id!: string;
  @Column({ type: 'text' }) stream!: string;
  @Column({ type: 'text' }) texte!: string;
}

/** The places bound the entries; a live entry takes a seat or the member's one slot. */
export const reunionsTables = [
  { entity: SeanceRow, limits: ['places'], stamp: 'version' },
  {
    entity: InscriptionRow,
    takes: { column: 'statut', values: ['inscrite', 'offerte', 'en_attente', 'presente', 'absente', 'absence_excusee'] },
  },
  { entity: MotifRow },
];
