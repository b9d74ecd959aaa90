import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { StatutExemplaire, StatutPret } from './mots.js';

/** A title as it can be listed. */
@Entity('ouvrage')
export class OuvrageRow {
  @PrimaryColumn({ type: 'text' }) id!: string;
  @Column({ type: 'text' }) titre!: string;
  @Column({ type: 'text', nullable: true }) auteur!: string | null;
  @Column({ type: 'text', nullable: true }) isbn!: string | null;
  @Column({ type: 'bigint' }) cree_le!: number;
  @Column({ type: 'integer' }) version!: number;
}

/** One copy of a title. */
@Entity('exemplaire')
export class ExemplaireRow {
  @PrimaryColumn({ type: 'text' }) id!: string;
  @Column({ type: 'text' }) ouvrage_id!: string;
  @Column({ type: 'integer' }) numero!: number;
  @Column({ type: 'text' }) statut!: StatutExemplaire;
}

/** One loan; the database lets a copy have one live loan, and counts those of each member. */
@Entity('pret')
export class PretRow {
  @PrimaryColumn({ type: 'text' }) id!: string;
  @Column({ type: 'text' }) ouvrage_id!: string;
  @Column({ type: 'text' }) exemplaire_id!: string;
  @Column({ type: 'text' }) membre_id!: string;
  @Column({ type: 'text' }) statut!: StatutPret;
  @Column({ type: 'bigint' }) ouvert_le!: number;
  @Column({ type: 'bigint' }) echeance!: number;
  @Column({ type: 'integer' }) prolongations!: number;
  @Column({ type: 'integer' }) relance!: number;
  @Column({ type: 'bigint', nullable: true }) rendu_le!: number | null;
  @Column({ type: 'integer', nullable: true }) retard_jours!: number | null;
  @Column({ type: 'integer' }) version!: number;
}

/** One hold. `exemplaire_id` and `retrait_avant` mean something only while it is `mise_de_cote`. */
@Entity('reservation')
export class ReservationRow {
  @PrimaryColumn({ type: 'text' }) ouvrage_id!: string;
  @PrimaryColumn({ type: 'integer' }) rang!: number;
  @Column({ type: 'text' }) membre_id!: string;
  @Column({ type: 'text' }) statut!: 'en_attente' | 'mise_de_cote' | 'honoree' | 'annulee' | 'expiree';
  @Column({ type: 'text', nullable: true }) exemplaire_id!: string | null;
  @Column({ type: 'bigint', nullable: true }) retrait_avant!: number | null;
  @Column({ type: 'bigint' }) posee_le!: number;
}

/** What the club has decided for its loans: one row. The database compares the members' counters with it. */
@Entity('reglement')
export class ReglementRow {
  @PrimaryColumn({ type: 'integer' }) id!: number;
  @Column({ type: 'integer' }) duree_jours!: number;
  @Column({ type: 'integer' }) prolongations!: number;
  @Column({ type: 'integer' }) prolongation_jours!: number;
  @Column({ type: 'integer' }) prolongation_des_jours!: number;
  @Column({ type: 'integer' }) retrait_jours!: number;
  @Column({ type: 'integer' }) rappel_jours!: number;
  @Column({ type: 'integer' }) relance1_jours!: number;
  @Column({ type: 'integer' }) relance2_jours!: number;
  @Column({ type: 'integer' }) relance3_jours!: number;
  @Column({ type: 'integer' }) prets_max!: number;
  @Column({ type: 'integer' }) reservations_max!: number;
  @Column({ type: 'integer' }) version!: number;
}

/** When the club is closed: one row, two JSON lists (days from 1, Monday, to 7; dates `AAAA-MM-JJ`). */
@Entity('calendrier')
export class CalendrierRow {
  @PrimaryColumn({ type: 'integer' }) id!: number;
  @Column({ type: 'text' }) jours_fermes!: string;
  @Column({ type: 'text' }) dates_fermees!: string;
  @Column({ type: 'integer' }) version!: number;
}

/** In this order: a copy stands on its title, a loan on its copy. A live loan or hold takes a copy, or one of the member's few. */
export const pretsTables = [
  { entity: OuvrageRow },
  { entity: ExemplaireRow },
  { entity: PretRow, takes: { column: 'statut', values: ['en_cours'] } },
  { entity: ReservationRow, takes: { column: 'statut', values: ['en_attente', 'mise_de_cote'] } },
  { entity: ReglementRow },
  { entity: CalendrierRow },
];
