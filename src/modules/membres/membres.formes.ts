import { z } from 'zod';
import { PAGE } from '../../http/cursor.js';
import { email, instant, text } from '../../http/fields.js';

/** What a person may send about a member, and what is shown of one. */

const MEMBRE = {
  id: 'mem_01jd3xq7r5t8v2w4y6z8a0b2c4',
  nom: 'Jeanne Dupont',
  courriel: 'jeanne@example.org',
  suspenduJusqua: null,
  suspenduPourRetard: false,
  version: 1,
};

export const NouveauMembre = z
  .strictObject({ nom: text(120), courriel: email.nullish() })
  .meta({ id: 'NouveauMembre', examples: [{ nom: 'Jeanne Dupont', courriel: 'jeanne@example.org' }] });

export const MembreModifie = z
  .strictObject({ nom: text(120).optional(), courriel: email.nullish(), suspenduJusqua: instant.nullish() })
  .meta({ id: 'MembreModifie', examples: [{ courriel: 'jeanne.dupont@example.org' }] });

export const Membre = z
  .object({
    id: z.string(),
    nom: z.string().nullable(),
    courriel: z.string().nullable(),
    suspenduJusqua: z.string().nullable().describe('RFC 3339, ou null'),
    suspenduPourRetard: z.boolean().describe('Un prêt en est à sa troisième relance : rien ne s’emprunte avant son retour.'),
    effaceLe: z.string().optional().describe('Présent une fois le membre effacé : il ne reste alors que son identifiant.'),
    version: z.int(),
  })
  .meta({ id: 'Membre', examples: [MEMBRE] });

export const ListeDeMembres = z.object({ elements: z.array(Membre) }).meta({ id: 'ListeDeMembres', examples: [{ elements: [MEMBRE] }] });

export const PageDeMembres = z.strictObject(PAGE);

export type FicheMembre = z.output<typeof Membre>;
