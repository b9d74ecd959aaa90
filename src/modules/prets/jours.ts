// Les jours du club, dans son fuseau. Une journée y dure parfois 23 ou 25 heures : on compte des dates, jamais des heures.
import { DateTime } from 'luxon';
import type { Fermetures, Regles } from './mots.js';

/** Au-delà, le calendrier est faux : on garde le jour dit. */
const RECHERCHE_JOURS = 366;
/** Les prêts d'un moment se partagent quelques journées : celle-ci, celle où l'on rendra. */
const JOURNEES = 16;
const JOUR_MS = 86_400_000;
const SOIR = { hour: 23, minute: 59, second: 59 };
const MATIN = { hour: 8 };

/** La fin du jour, tant de jours après l'instant, ou celle du premier jour ouvert qui suit. */
export function soirOuvert(instant: number, jours: number, { fuseau, fermetures }: Regles): string {
  const { soirs } = journee(instant, fuseau);
  const deja = soirs.get(jours);
  if (deja?.fermetures === fermetures) return deja.soir;
  const voulu = jourDe(instant, fuseau).plus({ days: jours });
  const soir = ecrire(dansLeFuseau(ouvertDes(voulu, fermetures).set(SOIR), fuseau).at(-1)!);
  soirs.set(jours, { fermetures, soir });
  return soir;
}

/** Huit heures, tant de jours après l'instant. */
export function matin(instant: number, jours: number, fuseau: string): string {
  const { matins } = journee(instant, fuseau);
  let deja = matins.get(jours);
  if (deja === undefined)
    matins.set(jours, (deja = ecrire(dansLeFuseau(jourDe(instant, fuseau).plus({ days: jours }).set(MATIN), fuseau)[0]!)));
  return deja;
}

/** Le premier instant du jour, tant de jours après l'instant. */
export function debutDuJour(instant: number, jours: number, fuseau: string): number {
  return dansLeFuseau(jourDe(instant, fuseau).plus({ days: jours }), fuseau)[0]!.toMillis();
}

/** Combien de fois la date change de l'un à l'autre. */
export function joursEntre(avant: number, apres: number, fuseau: string): number {
  return jourDe(apres, fuseau).diff(jourDe(avant, fuseau), 'days').days;
}

/** L'instant, à l'heure du club. */
export function dater(instant: number, fuseau: string): string {
  const { decalage } = journee(instant, fuseau);
  if (decalage === undefined) return ecrire(DateTime.fromMillis(instant, { zone: fuseau }));
  const marque = new Date(instant + decalage.ms).toISOString();
  return marque.slice(0, marque.endsWith('.000Z') ? 19 : 23) + decalage.texte;
}

/** Une journée du club, et ce qu'on en a déjà compté. */
interface Journee {
  readonly fuseau: string;
  readonly debut: number;
  readonly fin: number;
  /** Le même du début à la fin ; indéfini les jours où l'heure change. */
  readonly decalage: { readonly ms: number; readonly texte: string } | undefined;
  readonly soirs: Map<number, { readonly fermetures: Fermetures; readonly soir: string }>;
  readonly matins: Map<number, string>;
}

const journees: Journee[] = [];

function journee(instant: number, fuseau: string): Journee {
  const connue = journees.find((une) => une.debut <= instant && instant < une.fin && une.fuseau === fuseau);
  if (connue !== undefined) return connue;
  const debut = debutDuJour(instant, 0, fuseau);
  const fin = debutDuJour(instant, 1, fuseau);
  const matinal = DateTime.fromMillis(debut, { zone: fuseau });
  const regulier = fin - debut === JOUR_MS && DateTime.fromMillis(fin - 1, { zone: fuseau }).offset === matinal.offset;
  const decalage =
    regulier && matinal.year > 0 && matinal.year < 9999 ? { ms: matinal.offset * 60_000, texte: matinal.toFormat('ZZ') } : undefined;
  const nouvelle: Journee = { fuseau, debut, fin, decalage, soirs: new Map(), matins: new Map() };
  journees.unshift(nouvelle);
  journees.length = Math.min(journees.length, JOURNEES);
  return nouvelle;
}

/** Une date seule : son minuit universel, où tous les jours se valent. */
function jourDe(instant: number, fuseau: string): DateTime {
  return DateTime.fromMillis(instant, { zone: fuseau }).setZone('utc', { keepLocalTime: true }).startOf('day');
}

/** Les instants où l'horloge du club marque cela : deux quand elle recule, celui d'après quand elle saute. */
function dansLeFuseau(marque: DateTime, fuseau: string): DateTime[] {
  return marque.setZone(fuseau, { keepLocalTime: true }).getPossibleOffsets();
}

function ouvertDes(voulu: DateTime, fermetures: Fermetures): DateTime {
  for (let attente = 0; attente <= RECHERCHE_JOURS; attente += 1) {
    const jour = voulu.plus({ days: attente });
    if (!ferme(jour, fermetures)) return jour;
  }
  return voulu;
}

function ferme(jour: DateTime, { jours, dates }: Fermetures): boolean {
  return jours.includes(jour.weekday) || dates.includes(jour.toISODate()!);
}

function ecrire(instant: DateTime): string {
  return instant.toISO({ suppressMilliseconds: true })!;
}
