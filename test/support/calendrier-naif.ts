/** Le calendrier, relu par un autre chemin que les règles : l'horloge d'Intl et les jours de `Date.UTC`. */
const formats = new Map<string, Intl.DateTimeFormat>();
const JOUR_MS = 86_400_000;

/** Ce que marque l'horloge du fuseau : « 2026-03-29 03:30:00 ». */
export function horloge(instant: number, fuseau: string): string {
  let format = formats.get(fuseau);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('sv-SE', { timeZone: fuseau, dateStyle: 'short', timeStyle: 'medium' });
    formats.set(fuseau, format);
  }
  return format.format(instant);
}

export const jour = (instant: number, fuseau: string): string => horloge(instant, fuseau).slice(0, 10);
export const jourPlus = (date: string, jours: number): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + jours * JOUR_MS).toISOString().slice(0, 10);
export const ecart = (de: string, a: string): number => (Date.parse(`${a}T00:00:00Z`) - Date.parse(`${de}T00:00:00Z`)) / JOUR_MS;

const connus = new Map<string, number>();

/** Le dernier instant où l'horloge du fuseau marque ce jour et cette heure. */
export function instantDe(date: string, heure: string, fuseau: string): number {
  const cle = `${date} ${heure} ${fuseau}`;
  const connu = connus.get(cle) ?? chercher(date, heure, fuseau);
  connus.set(cle, connu);
  return connu;
}

function chercher(date: string, heure: string, fuseau: string): number {
  const marque = Date.parse(`${date}T${heure}Z`);
  const possibles = [marque - JOUR_MS, marque + JOUR_MS]
    .map((proche) => marque - (Date.parse(`${horloge(proche, fuseau).replace(' ', 'T')}Z`) - proche))
    .filter((instant) => horloge(instant, fuseau) === `${date} ${heure}`);
  return Math.max(...possibles);
}

export interface Ouvertures {
  readonly jours: readonly number[];
  readonly dates: readonly string[];
}

/** Le soir du jour dit, ou du premier jour ouvert qui suit. */
export function soir(date: string, { jours, dates }: Ouvertures, fuseau: string): number {
  let ouvert = date;
  const ferme = () => dates.includes(ouvert) || jours.includes(new Date(`${ouvert}T00:00:00Z`).getUTCDay() || 7);
  for (let n = 0; n <= 366 && ferme(); n += 1) ouvert = jourPlus(ouvert, 1);
  return instantDe(ferme() ? date : ouvert, '23:59:59', fuseau);
}
