/** Words of the agenda that have to be worked out. */
import { heure, prix, quand } from '../../state/dates';
import { langue, locale, say } from '../../state/langue';
import type { Seance } from '../../state/seances';
import { AGENDA } from '../../words/agenda';
import { murDe } from './murs';

const ENGLISH: Readonly<Record<string, string>> = { one: 'st', two: 'nd', few: 'rd' };
const ordinals = new Intl.PluralRules('en', { type: 'ordinal' });

/** « 4e », "4th" */
export function rang(n: number): string {
  if (langue.value === 'fr') return n === 1 ? '1re' : `${n}e`;
  return `${n}${ENGLISH[ordinals.select(n)] ?? 'th'}`;
}

const dayIn = (instant: number, fuseau: string): string => murDe(instant, fuseau).slice(0, 10);

/** « 18 h », « 18 h 30 »; with its day when that is not today. */
export function limite(instant: string, fuseau: string): string {
  const at = Date.parse(instant);
  if (dayIn(at, fuseau) !== dayIn(Date.now(), fuseau)) return quand(at, fuseau);
  const hour = heure(at, fuseau);
  return langue.value === 'fr' ? hour.replace(/^0/, '').replace(':', ' h ').replace(/ 00$/, '') : hour;
}

/** From when to when, where it is held. */
export function dates({ debut, fin, fuseau }: Pick<Seance, 'debut' | 'fin' | 'fuseau'>): string {
  const begin = Date.parse(debut);
  const short = Date.parse(fin) - begin < 12 * 3_600_000;
  const span = say(AGENDA.jusqu_a, { debut: quand(debut, fuseau), fin: short ? heure(fin, fuseau) : quand(fin, fuseau) });
  const elsewhere = murDe(begin) !== murDe(begin, fuseau);
  return elsewhere ? `${span} ${say(AGENDA.heure_de, { fuseau })}` : span;
}

export function tarif({ prixCentimes, paiement }: Seance): string {
  if (prixCentimes === 0) return say(AGENDA.gratuit);
  return say(paiement === 'avant' ? AGENDA.avant : AGENDA.sur_place, { prix: prix(prixCentimes) });
}

/** What is to be known of a séance before one chooses it; undefined when it simply is open. */
export function etat({ statut, debut, fin }: Seance, now: number): string | undefined {
  if (statut === 'annulee') return `✕ ${say(AGENDA.annulee)}`;
  if (statut === 'cloturee' || Date.parse(fin) <= now) return say(AGENDA.cloturee);
  if (Date.parse(debut) <= now) return `▶ ${say(AGENDA.en_cours)}`;
  return statut === 'fermee' ? say(AGENDA.fermee) : undefined;
}

export const parNom = (a: string, b: string): number => a.localeCompare(b, locale());
