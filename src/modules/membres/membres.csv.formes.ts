import { z } from 'zod';
import { email, instant, text } from '../../http/fields.js';

/** Members as a file. What is exported can be imported: the id is shown, and given anew. */
export const COLONNES_MEMBRES = [
  { champ: 'id', titre: 'Identifiant', ignoree: true },
  { champ: 'nom', titre: 'Nom', aussi: ['Nom complet', 'Membre'], obligatoire: true },
  { champ: 'courriel', titre: 'Courriel', aussi: ['Adresse de courriel', 'E-mail', 'Mail', 'Mél', 'Adresse e-mail'] },
  { champ: 'suspenduJusqua', titre: 'Suspendu jusqu’au', aussi: ['Suspendu jusqua', 'Suspension'] },
] as const;

export const LigneDeMembre = z.object({ nom: text(120), courriel: email.optional(), suspenduJusqua: instant.optional() });
export type LigneDeMembre = z.output<typeof LigneDeMembre>;

export const FICHIER_MEMBRES = 'Nom;Courriel\r\nJeanne Dupont;jeanne@example.org\r\nZoë Le Goff;\r\n';

const LIGNE = { ligne: 2, valeurs: { nom: 'Jeanne Dupont', courriel: 'jeanne@example.org' }, erreurs: [], doublons: [] };
const FAUSSE = {
  ligne: 3,
  valeurs: { nom: 'Zoë Le Goff', courriel: 'zoe@' },
  erreurs: [{ champ: 'courriel', probleme: 'n’est pas une adresse de courriel' }],
  doublons: [],
};

/** What an import of members answers, by mode. */
export const ImportDeMembres = z
  .union([
    z.object({
      mode: z.literal('apercu'),
      lues: z.int(),
      aCreer: z.int(),
      fausses: z.int(),
      doublons: z.int().describe('Lignes dont le courriel est déjà celui d’un membre ou d’une autre ligne ; ce n’est pas une faute.'),
      lignes: z.array(
        z.object({
          ligne: z.int().describe('Comme la numérote un éditeur : la première, celle des noms de colonnes, est la 1.'),
          valeurs: z.object({
            nom: z.string().optional(),
            courriel: z.string().optional(),
            suspenduJusqua: z.string().optional(),
          }),
          erreurs: z.array(z.object({ champ: z.string(), probleme: z.string() })),
          doublons: z.array(z.object({ champ: z.string(), id: z.string().optional(), ligne: z.int().optional() })),
        }),
      ),
    }),
    z.object({ mode: z.literal('ecriture'), lues: z.int(), creees: z.int() }),
  ])
  .meta({ id: 'ImportDeMembres', examples: [{ mode: 'apercu', lues: 2, aCreer: 1, fausses: 1, doublons: 0, lignes: [LIGNE, FAUSSE] }] });
