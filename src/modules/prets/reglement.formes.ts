import { z } from 'zod';
import { whole } from '../../http/fields.js';

/** What the club may decide for its loans, and when it is closed. */

const JOURS = ['lundi', 'mardi', 'mercredi', 'jeudi', 'vendredi', 'samedi', 'dimanche'] as const;
type Jour = (typeof JOURS)[number];

const ORDRE = {
  params: { fr: 'doit croître d’une relance à la suivante', en: 'must grow from one reminder to the next' },
};
const CHAMPS = {
  dureeJours: whole(1, 365),
  prolongations: whole(0, 50),
  prolongationJours: whole(1, 365),
  prolongationDesJours: whole(0, 365).describe('On prolonge à partir de tant de jours avant l’échéance.'),
  retraitJours: whole(1, 90),
  rappelJours: whole(0, 90).describe('Jours avant l’échéance.'),
  relancesJours: z
    .tuple([whole(1, 365), whole(1, 365), whole(1, 365)])
    .refine(([un, deux, trois]) => un < deux && deux < trois, ORDRE)
    .describe('Jours après l’échéance, de la première relance à la troisième.'),
  pretsMax: whole(0, 1000),
  reservationsMax: whole(0, 1000),
};

const REGLEMENT = {
  dureeJours: 21,
  prolongations: 1,
  prolongationJours: 21,
  prolongationDesJours: 7,
  retraitJours: 7,
  rappelJours: 3,
  relancesJours: [3, 10, 21],
  pretsMax: 5,
  reservationsMax: 3,
};

export const NouveauReglement = z.strictObject(CHAMPS).meta({ id: 'NouveauReglement', examples: [REGLEMENT] });

export const Reglement = z.object({ ...CHAMPS, version: z.int() }).meta({ id: 'Reglement', examples: [{ ...REGLEMENT, version: 1 }] });

const OUVERT = { params: { fr: 'doit laisser un jour ouvert', en: 'must leave one day open' } };
const DATE = { params: { fr: 'doit être une date comme 2032-12-25', en: 'must be a date like 2032-12-25' } };

const joursFermes = z
  .array(z.enum(JOURS))
  .max(7)
  .refine((jours) => new Set(jours).size < JOURS.length, OUVERT);
const datesFermees = z.array(z.string().refine(estUneDate, DATE).meta({ type: 'string', format: 'date' })).max(1000);

const CALENDRIER = { joursFermes: ['lundi', 'dimanche'], datesFermees: ['2032-12-25'] };

export const NouveauCalendrier = z.strictObject({ joursFermes, datesFermees }).meta({ id: 'NouveauCalendrier', examples: [CALENDRIER] });

export const Calendrier = z
  .object({ joursFermes: z.array(z.enum(JOURS)), datesFermees: z.array(z.string()), version: z.int() })
  .meta({ id: 'Calendrier', examples: [{ ...CALENDRIER, version: 2 }] });

export type FicheReglement = z.output<typeof Reglement>;
export type FicheCalendrier = z.output<typeof Calendrier>;

/** 1 = lundi … 7 = dimanche. */
export function numeroDuJour(jour: Jour): number {
  return JOURS.indexOf(jour) + 1;
}

export function nomDuJour(numero: number): Jour {
  return JOURS[numero - 1]!;
}

function estUneDate(texte: string): boolean {
  const [, annee, mois, jour] = (/^(2\d{3})-(\d\d)-(\d\d)$/.exec(texte) ?? []).map(Number) as [number, number?, number?, number?];
  if (annee === undefined || mois === undefined || jour === undefined || mois < 1 || mois > 12) return false;
  return jour >= 1 && jour <= new Date(Date.UTC(annee, mois, 0)).getUTCDate();
}
