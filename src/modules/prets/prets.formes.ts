import { z } from 'zod';
import { PAGE } from '../../http/cursor.js';
import { id } from '../../http/fields.js';
import { historyOf } from '../../http/history.js';

/** What may be asked of a loan, and what is shown of one. */

const OUVRAGE = 'ouv_01jd3xq7r5t8v2w4y6z8a0b2c4';
const EXEMPLAIRE = 'exe_01jd3xq7r5t8v2w4y6z8a0b2c4';
const MEMBRE = 'mem_01jd3xq7r5t8v2w4y6z8a0b2c4';

export const NouveauPret = z
  .strictObject({ ouvrageId: id, exemplaireId: id.nullish(), membreId: id })
  .meta({ id: 'NouveauPret', examples: [{ ouvrageId: OUVRAGE, membreId: MEMBRE }] });

export const Retour = z.strictObject({ etat: z.enum(['bon', 'abime']).default('bon') }).meta({ id: 'Retour', examples: [{ etat: 'bon' }] });

export const Relance = z
  .strictObject({ niveau: z.literal([1, 2, 3]).optional().describe('Sans lui : la suivante.') })
  .meta({ id: 'Relance', examples: [{ niveau: 1 }] });

const STATUTS = ['en_cours', 'rendu', 'perdu'] as const;

export const PageDePrets = z.strictObject({
  ...PAGE,
  statut: z.enum(STATUTS).optional(),
  membreId: z.string().optional(),
  ouvrageId: z.string().optional(),
  enRetard: z
    .enum(['true', 'false'])
    .transform((texte) => texte === 'true')
    .optional(),
});

const PRET = {
  id: 'pre_01jd3xq7r5t8v2w4y6z8a0b2c4',
  ouvrageId: OUVRAGE,
  exemplaireId: EXEMPLAIRE,
  membreId: MEMBRE,
  statut: 'en_cours',
  ouvertLe: '2032-01-15T19:00:00+01:00',
  echeance: '2032-02-05T23:59:59+01:00',
  prolongations: 0,
  relance: 0,
  renduLe: null,
  retardJours: null,
  version: 1,
};

export const Pret = z
  .object({
    id: z.string(),
    ouvrageId: z.string(),
    exemplaireId: z.string(),
    membreId: z.string(),
    statut: z.enum(STATUTS),
    ouvertLe: z.string(),
    echeance: z.string().describe('À la fin de ce jour, heure du club.'),
    prolongations: z.int(),
    relance: z.int().describe('La dernière envoyée, de 0 à 3. À 3, le membre n’emprunte plus avant le retour.'),
    renduLe: z.string().nullable(),
    retardJours: z.int().nullable(),
    version: z.int(),
    perime: z.literal(true).optional().describe('La base ne répond pas : dernier état connu de cette instance.'),
  })
  .meta({ id: 'Pret', examples: [PRET] });

export const ListeDePrets = z.object({ elements: z.array(Pret) }).meta({ id: 'ListeDePrets', examples: [{ elements: [PRET] }] });

/** The history of a loan or of a title. */
export const Histoire = historyOf('Histoire', {
  version: 1,
  type: 'PretOuvert',
  instant: '2032-01-15T18:00:00.000Z',
  demandeId: 'dem_01jd3xq7r5t8v2w4y6z8a0b2c4',
  acteur: null,
  donnees: { ouvrageId: OUVRAGE, exemplaireId: EXEMPLAIRE, membreId: MEMBRE, echeance: '2032-02-05T22:59:59.000Z' },
});
