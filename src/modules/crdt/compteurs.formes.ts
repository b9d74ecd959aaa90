import { z } from 'zod';
import { PAGE } from '../../http/cursor.js';
import { decimal, quantity, slug, text } from '../../http/fields.js';

/** What may be asked of a counter, and what is shown of one. Counts are decimal texts: they may be larger than a JSON number. */

const MOUVEMENT = 'mou_01jd3xq7r5t8v2w4y6z8a0b2c4_monclub-3001';
const INSTANT = '2027-01-15T18:00:00.000Z';

export const NouveauProduit = z
  .strictObject({
    produit: slug,
    nom: text(120),
    unite: text(40).nullish().describe('Ce que l’on compte : tasse, paquet…'),
    seuil: decimal.nullish().describe('En dessous, il est temps d’en racheter.'),
    borne: z.boolean().default(false).describe('true : jamais au-dessous de zéro, même quand les instances ne se joignent plus.'),
  })
  .meta({ id: 'NouveauProduit', examples: [{ produit: 'tote-bags', nom: 'Sacs en toile', unite: 'sac', seuil: 3, borne: true }] });

export const Quantite = z.strictObject({ quantite: quantity }).meta({ id: 'Quantite', examples: [{ quantite: 2 }] });

/** How many instances hold a movement before it is answered. */
export const NIVEAUX = ['locale', 'pair', 'majorite'] as const;
export type Niveau = (typeof NIVEAUX)[number];

export const Ecriture = z.strictObject({
  ecriture: z
    .enum(NIVEAUX)
    .default('locale')
    .describe(
      'Qui doit l’avoir enregistré avant la réponse : cette instance, une autre avec elle, ou la majorité. Un nouvel essai peut demander moins.',
    ),
});

export const Recomptage = z
  .strictObject({ valeur: decimal.describe('Ce que l’on vient de compter. Un compteur borné : au moins 0.') })
  .meta({ id: 'Recomptage', examples: [{ valeur: '42' }] });

const Decimal = z.string().describe('Un nombre entier, en décimal.');

const COMPTEUR = {
  produit: 'tote-bags',
  nom: 'Sacs en toile',
  unite: 'sac',
  seuil: '3',
  valeur: '11',
  borne: true,
  sousSeuil: false,
  parReplique: [
    { replique: 'monclub-3000', plus: '15', moins: '3' },
    { replique: 'monclub-3001', plus: '0', moins: '1' },
  ],
  droits: '6',
  dernierMouvement: { mouvementId: MOUVEMENT, quantite: '-1', instant: INSTANT, instance: 'monclub-3001' },
  instance: 'monclub-3001',
};

export const Compteur = z
  .object({
    produit: z.string(),
    nom: z.string(),
    unite: z.string().nullable(),
    seuil: Decimal.nullable(),
    valeur: Decimal.describe(
      'Telle que cette instance la connaît : les siens aussitôt, ceux des autres après échange. Peut être négative si non borné.',
    ),
    borne: z.boolean(),
    sousSeuil: z.boolean().describe('La valeur est au-dessous du seuil.'),
    parReplique: z.array(z.object({ replique: z.string(), plus: Decimal, moins: Decimal })).describe('Ce que chaque instance a compté.'),
    droits: Decimal.optional().describe('Borné : ce que cette instance peut retirer sans demander à personne.'),
    droitsGeles: Decimal.optional().describe('Borné : ce qu’une ancienne vie de cette instance a laissé, et qu’un recomptage rendra.'),
    dernierMouvement: z
      .object({ mouvementId: z.string(), quantite: Decimal, instant: z.string(), instance: z.string() })
      .nullable()
      .describe('Le dernier de cette instance-ci.'),
    instance: z.string().describe('L’instance qui répond.'),
  })
  .meta({ id: 'Compteur', examples: [COMPTEUR] });

export const ListeDeCompteurs = z
  .object({ elements: z.array(Compteur) })
  .meta({ id: 'ListeDeCompteurs', examples: [{ elements: [COMPTEUR] }] });

export const PageDeCompteurs = z.strictObject(PAGE);

export const Compte = z
  .object({
    valeur: Decimal.describe('Juste après ce mouvement, telle que connue de l’instance.'),
    mouvementId: z.string().describe('Pour l’annuler.'),
    instance: z.string().describe('L’instance qui l’a enregistré : le même identifiant de demande ailleurs serait un autre mouvement.'),
  })
  .meta({ id: 'Compte', examples: [{ valeur: '42', mouvementId: MOUVEMENT, instance: 'monclub-3001' }] });

const GENRES = ['mouvement', 'annulation', 'recomptage'] as const;
export type GenreDeMouvement = (typeof GENRES)[number];

const LIGNE = {
  mouvementId: MOUVEMENT,
  genre: 'mouvement',
  quantite: '-2',
  valeur: '42',
  instant: INSTANT,
  demandeId: 'dem_01jd3xq7r5t8v2w4y6z8a0b2c4',
  annule: null,
  annulePar: null,
};

export const JournalDeCompteur = z
  .object({
    elements: z.array(
      z.object({
        mouvementId: z.string(),
        genre: z.enum(GENRES),
        quantite: Decimal.describe('Signée : ce que le mouvement a ajouté.'),
        valeur: Decimal.describe('Juste après, telle que connue de cette instance.'),
        instant: z.string(),
        demandeId: z.string(),
        annule: z.string().nullable().describe('Le mouvement que celui-ci annule.'),
        annulePar: z.string().nullable().describe('Celui qui l’annule.'),
      }),
    ),
  })
  .meta({ id: 'JournalDeCompteur', examples: [{ elements: [LIGNE] }] });

const EMPREINTE = '5f0c2d9e1b7a4c3688d1e0f7a2b3c4d55f0c2d9e1b7a4c3688d1e0f7a2b3c4d5';

export const Convergence = z
  .object({
    moi: z.string().describe('L’instance qui répond.'),
    noeuds: z.array(
      z.object({
        id: z.string(),
        empreinte: z
          .string()
          .nullable()
          .describe('De tout ce qu’elle sait : deux instances qui savent la même chose ont la même. null : pas encore entendue.'),
        ecart: z.int().nullable().describe('Mouvements connus d’un côté et pas de l’autre.'),
        dernierEchangeMs: z.int().nullable().describe('Depuis le dernier échange avec elle, en millisecondes.'),
        joignable: z.boolean(),
      }),
    ),
    compteurs: z
      .array(z.object({ produit: z.string(), valeur: Decimal, parNoeud: z.record(z.string(), Decimal) }))
      .describe('Les 200 premiers produits, tels que chaque instance joignable les voit.'),
  })
  .meta({
    id: 'Convergence',
    examples: [
      {
        moi: 'monclub-3000',
        noeuds: [
          { id: 'monclub-3000', empreinte: EMPREINTE, ecart: 0, dernierEchangeMs: 0, joignable: true },
          { id: 'monclub-3001', empreinte: EMPREINTE, ecart: 0, dernierEchangeMs: 850, joignable: true },
        ],
        compteurs: [{ produit: 'cafe', valeur: '128', parNoeud: { 'monclub-3000': '128', 'monclub-3001': '128' } }],
      },
    ],
  });

export type FicheCompteur = z.output<typeof Compteur>;
export type LigneDeJournal = z.output<typeof JournalDeCompteur>['elements'][number];
export type FicheConvergence = z.output<typeof Convergence>;
