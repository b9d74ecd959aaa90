import { z } from 'zod';

const MOI = { id: 'monclub-3001', incarnation: '019a7f30-5d1e-7c2a-9b4e-6f1d2c3b4a59' };

const ETATS_DE_NOEUD = ['vivant', 'suspect', 'parti', 'mort'] as const;

/** Les instances, telles que celle qui répond les voit. */
export const Grappe = z
  .object({
    moi: z.string().describe('L’instance qui répond.'),
    leader: z.string().nullable().describe('L’instance qui publie et range ; null pendant une élection, ou sans la base.'),
    terme: z.int().describe('Le dernier terme connu. Il ne fait que grandir.'),
    vue: z.int().describe('Le numéro de la liste des membres : tout changement le fait grandir.'),
    noeuds: z.array(
      z.object({
        id: z.string(),
        incarnation: z.string().describe('Une par démarrage.'),
        adresse: z.string().describe('Où les autres instances la joignent.'),
        etat: z.enum(ETATS_DE_NOEUD).describe('« suspect » est l’avis de cette instance-ci ; les autres états sont écrits dans la base.'),
        depuis: z.string(),
      }),
    ),
  })
  .meta({
    id: 'Grappe',
    examples: [
      {
        moi: MOI.id,
        leader: 'monclub-3002',
        terme: 7,
        vue: 12,
        noeuds: [{ ...MOI, adresse: '127.0.0.1:4001', etat: 'vivant', depuis: '2027-01-15T18:00:00.000Z' }],
      },
    ],
  });

const CAUSES = ['demarrage', 'silence', 'depart', 'preseance', 'bail_perdu'] as const;
export type CauseDElection = (typeof CAUSES)[number];

/** Les élections, la dernière d’abord. */
export const Elections = z
  .object({
    elements: z.array(
      z.object({
        terme: z.int(),
        leader: z.string(),
        incarnation: z.string(),
        cause: z
          .enum(CAUSES)
          .describe(
            'Ce qui l’a commencée : démarrage, silence du leader, départ annoncé, préséance d’une instance plus haute et stable, bail perdu.',
          ),
        debut: z.string(),
        dureeMs: z.int().describe('Du début de l’élection au bail obtenu.'),
      }),
    ),
  })
  .meta({
    id: 'Elections',
    examples: [
      {
        elements: [
          {
            terme: 7,
            leader: 'monclub-3002',
            incarnation: MOI.incarnation,
            cause: 'silence',
            debut: '2027-01-15T18:00:00.000Z',
            dureeMs: 640,
          },
        ],
      },
    ],
  });

/** À qui revient un agrégat. */
export const Proprietaire = z
  .object({
    agregat: z.string(),
    proprietaire: z.string().nullable().describe('L’instance chez qui il vit ; null tant que celle qui répond n’a pas rejoint la grappe.'),
    vue: z.int().describe('La vue qui le dit.'),
  })
  .meta({ id: 'Proprietaire', examples: [{ agregat: 'sea_01jd3xq7r5t8v2w4y6z8a0b2c4', proprietaire: 'monclub-3002', vue: 12 }] });
