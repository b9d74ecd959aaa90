// Les jours du club : un récapitulatif par jour, le matin.

const MINUTE_MS = 60_000;
const JOUR_MS = 24 * 60 * MINUTE_MS;
/** Minutes depuis minuit : aucun récapitulatif ne part plus tôt. */
const MATIN = 8 * 60;

/** Le numéro du jour (depuis 1970) où tombe `instant` au club. */
export function jourDe(instant: number, fuseau: string): number {
  const { year, month, day } = heureLocale(instant, fuseau);
  return Date.UTC(year, month - 1, day) / JOUR_MS;
}

/** Vrai avant huit heures. */
export function tropTot(instant: number, fuseau: string): boolean {
  return minutes(instant, fuseau) < MATIN;
}

/** Huit heures du matin, dans `jours` jours. Les changements d'heure ont lieu avant : l'écart se rattrape d'un coup. */
export function matin(instant: number, jours: number, fuseau: string): number {
  const visee = jourDe(instant, fuseau) + jours;
  const environ = instant + jours * JOUR_MS + (MATIN - minutes(instant, fuseau)) * MINUTE_MS;
  const ecart = (jourDe(environ, fuseau) - visee) * 24 * 60 + minutes(environ, fuseau) - MATIN;
  const juste = environ - ecart * MINUTE_MS;
  return juste - (juste % MINUTE_MS);
}

function minutes(instant: number, fuseau: string): number {
  const { hour, minute } = heureLocale(instant, fuseau);
  return hour * 60 + minute;
}

interface HeureLocale {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function heureLocale(instant: number, fuseau: string): HeureLocale {
  let format = formats.get(fuseau);
  if (format === undefined) {
    const chiffres = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', hourCycle: 'h23' } as const;
    format = new Intl.DateTimeFormat('en-GB', { ...chiffres, timeZone: fuseau });
    formats.set(fuseau, format);
  }
  const parts = format.formatToParts(instant).map(({ type, value }) => [type, Number(value)] as const);
  return Object.fromEntries(parts) as unknown as HeureLocale;
}
