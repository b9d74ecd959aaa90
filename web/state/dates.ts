/** Instants as people read them, in the zone of what they are about. */
import { chiffres, locale } from './langue';

const formats = new Map<string, Intl.DateTimeFormat>();

function format(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const name = `${locale()} ${JSON.stringify(options)}`;
  let one = formats.get(name);
  if (one === undefined) formats.set(name, (one = new Intl.DateTimeFormat(locale(), options)));
  return one;
}

/** « jeudi 15 janvier à 19 h » */
export function quand(instant: string | number, fuseau?: string): string {
  return format({ weekday: 'long', day: 'numeric', month: 'long', hour: 'numeric', minute: '2-digit', ...zone(fuseau) }).format(
    new Date(instant),
  );
}

/** « 15 janv. » */
export function jour(instant: string | number, fuseau?: string): string {
  return format({ day: 'numeric', month: 'short', ...zone(fuseau) }).format(new Date(instant));
}

/** « 19:00 » */
export function heure(instant: string | number, fuseau?: string): string {
  return format({ hour: '2-digit', minute: '2-digit', ...zone(fuseau) }).format(new Date(instant));
}

/** « 19:00:05 » */
export function seconde(instant: string | number): string {
  return format({ hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(new Date(instant));
}

/** « 6,00 € » */
export const prix = (centimes: number): string => chiffres(centimes / 100, { style: 'currency', currency: 'EUR' });

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const;

const relatives = new Map<string, Intl.RelativeTimeFormat>();

/** « il y a 3 minutes », « dans 2 jours » */
export function depuis(instant: string | number, now: number): string {
  const away = new Date(instant).getTime() - now;
  const [unit, ms] = UNITS.find(([, size]) => Math.abs(away) >= size) ?? UNITS[3];
  let one = relatives.get(locale());
  if (one === undefined) relatives.set(locale(), (one = new Intl.RelativeTimeFormat(locale(), { numeric: 'auto' })));
  return one.format(Math.round(away / ms), unit);
}

const zone = (fuseau: string | undefined): Intl.DateTimeFormatOptions => (fuseau === undefined ? {} : { timeZone: fuseau });
