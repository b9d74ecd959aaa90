import { DateTime } from 'luxon';

export const MINUTE_MS = 60_000;
export const HEURE_MS = 60 * MINUTE_MS;

/** Les jours de la démonstration se comptent à partir d'aujourd'hui, à l'heure du club. */
export interface Aujourdhui {
  readonly instant: number;
  readonly fuseau: string;
}

/** Telle heure, tant de jours après aujourd'hui. */
export function le({ instant, fuseau }: Aujourdhui, jours: number, heure: number): number {
  return DateTime.fromMillis(instant, { zone: fuseau }).startOf('day').plus({ days: jours }).set({ hour: heure }).toMillis();
}

/** Du mercredi au dimanche. */
const PREMIER_OUVERT = 3;
export const JOURS_FERMES = ['lundi', 'mardi'] as const;

/** `jours`, reculé jusqu'à un jour où le club est ouvert : deux au plus. */
export function ouvert({ instant, fuseau }: Aujourdhui, jours: number): number {
  const { weekday } = DateTime.fromMillis(instant, { zone: fuseau }).plus({ days: jours });
  return weekday < PREMIER_OUVERT ? jours - weekday : jours;
}
