/** Days as the club counts them: the API writes every instant with the club's offset, and that is the clock read here, wherever the reader is. */
import { quand } from '../../state/dates';
import { locale, say } from '../../state/langue';
import type { Pret } from '../../state/prets';
import { PRETS } from '../../words/prets';

const JOUR_MS = 86_400_000;

/** What the club's clock shows at that instant, as if it were universal time. */
export const horloge = (instant: string): number => Date.parse(instant.replace(/(\.\d+)?(Z|[+-]\d\d:\d\d)$/, 'Z'));

/** Milliseconds that the club is ahead of universal time at that instant. */
export const avance = (instant: string): number => horloge(instant) - Date.parse(instant);

const formats = new Map<string, Intl.DateTimeFormat>();

/** « jeudi 4 décembre »; with its year when that is not the one of `now`. */
export function leJour(clock: number, now = Date.now()): string {
  const year = new Date(clock).getUTCFullYear() !== new Date(now).getUTCFullYear();
  const name = `${locale()} ${year}`;
  let format = formats.get(name);
  if (format === undefined) {
    const options = { weekday: 'long', day: 'numeric', month: 'long', timeZone: 'UTC', ...(year && { year: 'numeric' as const }) } as const;
    formats.set(name, (format = new Intl.DateTimeFormat(locale(), options)));
  }
  return format.format(clock);
}

/** « jeudi 4 décembre à 08:00 » */
export const leMoment = (clock: number): string => quand(clock, 'UTC');

/** That clock, some days later, at that hour. */
export function plusTard(clock: number, days: number, hour: number): number {
  return Math.floor(clock / JOUR_MS) * JOUR_MS + days * JOUR_MS + hour * 3_600_000;
}

/** How often the date of the club changes from now to the due date; negative once that is past. */
export function joursAvant({ echeance }: Pick<Pret, 'echeance'>, now: number): number {
  return Math.floor(horloge(echeance) / JOUR_MS) - Math.floor((now + avance(echeance)) / JOUR_MS);
}

export type Etat = 'retard' | 'bientot' | 'tranquille';
/** The days before which a due date is worth a look. */
const BIENTOT_JOURS = 3;

/** How a live loan stands, in words, with a shape and a class that say the same. */
export function etatDe(pret: Pret, now: number): { readonly etat: Etat; readonly forme: string; readonly dit: string } {
  const n = joursAvant(pret, now);
  if (n < 0) return { etat: 'retard', forme: '▲', dit: say(PRETS.en_retard, { n: -n }) };
  const dit = n === 0 ? say(PRETS.aujourdhui) : say(PRETS.dans_jours, { n });
  return n <= BIENTOT_JOURS ? { etat: 'bientot', forme: '◆', dit } : { etat: 'tranquille', forme: '●', dit };
}
