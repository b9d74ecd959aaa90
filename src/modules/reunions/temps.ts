// Ce que l'heure permet encore. Une échéance passée compte dès l'instant où elle passe.
import type { Planifiee, Regles } from './mots.js';

export const HEURE_MS = 3_600_000;
const CLOTURE_MS = 12 * HEURE_MS;
const CORRECTION_MS = 14 * 24 * HEURE_MS;

export function commencee({ debutMs }: Pick<Planifiee, 'debutMs'>, instant: number): boolean {
  return instant >= debutMs;
}

/** À partir de cet instant, plus aucune place n'est donnée ni offerte à qui attend. */
export function gel({ gelHeures }: Regles, { debutMs }: Pick<Planifiee, 'debutMs'>): number {
  return debutMs - gelHeures * HEURE_MS;
}

/** L'instant où une séance qui finit à `finMs` se clôt d'elle-même. */
export function cloture(finMs: number): number {
  return finMs + CLOTURE_MS;
}

export function cloturee({ statut, finMs }: Planifiee, instant: number): boolean {
  return statut === 'cloturee' || instant >= cloture(finMs);
}

export function presencesFigees({ finMs }: Planifiee, instant: number): boolean {
  return instant >= finMs + CORRECTION_MS;
}

/** Ce qui est fini ne change plus. */
export function finie(seance: Planifiee, instant: number): 'seance_annulee' | 'seance_cloturee' | null {
  if (seance.statut === 'annulee') return 'seance_annulee';
  return cloturee(seance, instant) ? 'seance_cloturee' : null;
}

/** Ce qui a commencé n'accueille plus et ne laisse plus partir. */
export function arretee(seance: Planifiee, instant: number): 'seance_annulee' | 'seance_cloturee' | 'seance_commencee' | null {
  return finie(seance, instant) ?? (commencee(seance, instant) ? 'seance_commencee' : null);
}

export function iso(instant: number): string {
  return new Date(instant).toISOString();
}
