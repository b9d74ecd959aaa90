import { z } from 'zod';
import { PAGE } from '../../http/cursor.js';
import { id, text, whole } from '../../http/fields.js';

/** What may be asked of a title, and what is shown of one. */

const OUVRAGE = 'ouv_01jd3xq7r5t8v2w4y6z8a0b2c4';
const EXEMPLAIRE = 'exe_01jd3xq7r5t8v2w4y6z8a0b2c4';
const MEMBRE = 'mem_01jd3xq7r5t8v2w4y6z8a0b2c4';

export const NouvelOuvrage = z
  .strictObject({
    titre: text(200),
    auteur: text(200).nullish(),
    isbn: text(40).nullish().describe('10 ou 13 chiffres ; tirets et espaces ne comptent pas.'),
    exemplaires: whole(1, 100).default(1),
  })
  .meta({ id: 'NouvelOuvrage', examples: [{ titre: 'Germinal', auteur: 'Émile Zola', isbn: '978-2-07-041142-9', exemplaires: 2 }] });

export const NouvelleReservation = z.strictObject({ membreId: id }).meta({ id: 'NouvelleReservation', examples: [{ membreId: MEMBRE }] });

export const PageDOuvrages = z.strictObject(PAGE);

const FICHE = {
  id: OUVRAGE,
  titre: 'Germinal',
  auteur: 'Émile Zola',
  isbn: '9782070411429',
  exemplaires: [{ id: EXEMPLAIRE, statut: 'prete', pretId: 'pre_01jd3xq7r5t8v2w4y6z8a0b2c4' }],
  disponibles: 0,
  reservations: [{ membreId: MEMBRE, rang: 3, statut: 'en_attente', position: 1 }],
  version: 7,
};

export const Ouvrage = z
  .object({
    id: z.string(),
    titre: z.string(),
    auteur: z.string().nullable(),
    isbn: z.string().nullable().describe('Treize chiffres, sans tirets.'),
    exemplaires: z.array(
      z.object({
        id: z.string(),
        statut: z.enum(['disponible', 'prete', 'mis_de_cote', 'en_reparation', 'perdu', 'retire']),
        pretId: z.string().optional().describe('Le prêt en cours.'),
        pourMembreId: z.string().optional().describe('Mis de côté pour ce membre.'),
        retraitAvant: z.string().optional(),
      }),
    ),
    disponibles: z.int(),
    reservations: z.array(
      z.object({
        membreId: z.string(),
        rang: z.int(),
        statut: z.enum(['en_attente', 'mise_de_cote']),
        position: z.int().optional().describe('Parmi ceux qui attendent, à partir de 1.'),
      }),
    ),
    version: z.int(),
    perime: z.literal(true).optional().describe('La base ne répond pas : dernier état connu de cette instance.'),
  })
  .meta({ id: 'Ouvrage', examples: [FICHE] });

export const ListeDOuvrages = z.object({ elements: z.array(Ouvrage) }).meta({ id: 'ListeDOuvrages', examples: [{ elements: [FICHE] }] });

export const Reservation = z
  .object({ membreId: z.string(), rang: z.int(), position: z.int(), version: z.int() })
  .meta({ id: 'Reservation', examples: [{ membreId: MEMBRE, rang: 3, position: 1, version: 7 }] });
