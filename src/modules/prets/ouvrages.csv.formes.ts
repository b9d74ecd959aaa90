import { z } from 'zod';
import { text } from '../../http/fields.js';
import { lireIsbn } from './isbn.js';

/** Titles as a file. What is exported can be imported: the id is shown, and given anew. */
export const COLONNES_OUVRAGES = [
  { champ: 'id', titre: 'Identifiant', ignoree: true },
  { champ: 'titre', titre: 'Titre', obligatoire: true },
  { champ: 'auteur', titre: 'Auteur', aussi: ['Auteurs', 'Autrice', 'Auteur ou autrice'] },
  { champ: 'isbn', titre: 'ISBN', aussi: ['EAN', 'ISBN 13'] },
  { champ: 'exemplaires', titre: 'Exemplaires', aussi: ['Nombre d’exemplaires', 'Nombre'] },
] as const;

/** Copies in one line: as many as a title ever has, none when all were withdrawn. */
const EXEMPLAIRES = { params: { fr: 'doit être un nombre entier de 0 à 1000', en: 'must be a whole number from 0 to 1000' } };
const ISBN = {
  params: {
    fr: 'n’est pas un ISBN : 10 ou 13 chiffres, dont le dernier vérifie les autres',
    en: 'is not an ISBN: 10 or 13 digits, the last of which checks the others',
  },
};

export const LigneDOuvrage = z.object({
  titre: text(200),
  auteur: text(200).optional(),
  isbn: z
    .string()
    .max(40)
    .refine((value) => lireIsbn(value) !== null, ISBN)
    .transform((value) => lireIsbn(value)!)
    .optional(),
  exemplaires: z
    .string()
    .trim()
    .refine((value) => /^\d{1,4}$/.test(value) && Number(value) <= 1000, EXEMPLAIRES)
    .transform(Number)
    .default(1),
});
export type LigneDOuvrage = z.output<typeof LigneDOuvrage>;

export const FICHIER_OUVRAGES = 'Titre;Auteur;ISBN;Exemplaires\r\nGerminal;Émile Zola;978-2-07-041142-9;2\r\nNana;Émile Zola;;\r\n';

const LIGNE = {
  ligne: 2,
  valeurs: { titre: 'Germinal', auteur: 'Émile Zola', isbn: '9782070411429', exemplaires: 2 },
  erreurs: [],
  doublons: [{ champ: 'isbn', id: 'ouv_01jd3xq7r5t8v2w4y6z8a0b2c4' }],
};

/** What an import of titles answers, by mode. */
export const ImportDOuvrages = z
  .union([
    z.object({
      mode: z.literal('apercu'),
      lues: z.int(),
      aCreer: z.int(),
      fausses: z.int(),
      doublons: z.int().describe('Lignes dont l’ISBN est déjà celui d’un ouvrage ou d’une autre ligne ; ce n’est pas une faute.'),
      lignes: z.array(
        z.object({
          ligne: z.int().describe('Comme la numérote un éditeur : la première, celle des noms de colonnes, est la 1.'),
          valeurs: z.object({
            titre: z.string().optional(),
            auteur: z.string().optional(),
            isbn: z.string().optional(),
            exemplaires: z.union([z.int(), z.string()]).optional(),
          }),
          erreurs: z.array(z.object({ champ: z.string(), probleme: z.string() })),
          doublons: z.array(z.object({ champ: z.string(), id: z.string().optional(), ligne: z.int().optional() })),
        }),
      ),
    }),
    z.object({ mode: z.literal('ecriture'), lues: z.int(), creees: z.int() }),
  ])
  .meta({ id: 'ImportDOuvrages', examples: [{ mode: 'apercu', lues: 1, aCreer: 1, fausses: 0, doublons: 1, lignes: [LIGNE] }] });
