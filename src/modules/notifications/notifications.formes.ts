import { z } from 'zod';
import { PAGE } from '../../http/cursor.js';
import { id } from '../../http/fields.js';
import { GABARITS, STATUTS } from './avis.js';

/** What is shown of a notice. */

const NOTIFICATION = {
  id: 'not_01jd3xq7r5t8v2w4y6z8a0b2c4',
  membreId: 'mem_01jd3xq7r5t8v2w4y6z8a0b2c4',
  seanceId: 'sea_01jd3xq7r5t8v2w4y6z8a0b2c4',
  ouvrageId: null,
  pretId: null,
  recapitulatifId: null,
  gabarit: 'promotion',
  sujet: 'Une place pour vous : Germinal',
  statut: 'affichee',
  essais: 0,
  prochainEssai: null,
  creeeLe: '2027-01-15T18:00:00.000Z',
  envoyeeLe: null,
  erreur: null,
};
const TEXTE =
  'Bonjour Jeanne Dupont,\n\nUne place s’est libérée et elle est à vous : « Germinal », le vendredi 15 janvier 2027 à 19:00.\n\nLe club de lecture\n';

export const PageDeNotifications = z.strictObject({
  ...PAGE,
  ordre: z.enum(['anciens', 'recents']).default('anciens').describe('Par naissance : les plus anciens d’abord, ou les plus récents.'),
  statut: z.enum(STATUTS).optional(),
  membreId: id.optional(),
  recapitulatifId: id.optional(),
});

const notification = {
  id: z.string(),
  membreId: z.string(),
  seanceId: z.string().nullable(),
  ouvrageId: z.string().nullable(),
  pretId: z.string().nullable(),
  recapitulatifId: z.string().nullable().describe('Le récapitulatif qui dit ce rappel ou cette relance.'),
  gabarit: z.enum(GABARITS).describe('« recapitulatif » : tous les rappels et relances d’un membre, en un seul courriel par jour.'),
  sujet: z.string().nullable(),
  statut: z
    .enum(STATUTS)
    .describe(
      '« affichee » : sans courrier, l’avis est seulement montré. « morte » : tous les essais ont échoué. « a_grouper » : attend le récapitulatif. « groupee » : partira avec lui. « sans_objet » : n’était plus vrai au moment de partir.',
    ),
  essais: z.int().describe('Essais qui ont échoué.'),
  prochainEssai: z
    .string()
    .nullable()
    .describe('« en_envoi » : quand l’avis sera repris, si l’instance qui l’envoie ne dit jamais ce qu’il est devenu.'),
  creeeLe: z.string(),
  envoyeeLe: z.string().nullable(),
  erreur: z.string().nullable().describe('Le dernier échec, sans aucune adresse.'),
};

export const Notification = z.object(notification).meta({ id: 'Notification', examples: [NOTIFICATION] });

export const NotificationLue = z
  .object({
    ...notification,
    texte: z.string().nullable().describe('Écrit à l’instant, comme il partirait ; null si le membre s’est effacé.'),
  })
  .meta({ id: 'NotificationLue', examples: [{ ...NOTIFICATION, texte: TEXTE }] });

export const ListeDeNotifications = z
  .object({ elements: z.array(Notification) })
  .meta({ id: 'ListeDeNotifications', examples: [{ elements: [NOTIFICATION] }] });

export type FicheNotification = z.output<typeof Notification>;
