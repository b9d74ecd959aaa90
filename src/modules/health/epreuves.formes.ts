import { z } from 'zod';
import { slug, whole } from '../../http/fields.js';

/** Ce que l'on peut faire subir à la grappe, et ce qui en est répondu. */

export const Arret = z
  .strictObject({ noeud: z.string().describe('L’INSTANCE_ID, tel que GET /grappe le montre.') })
  .meta({ id: 'Arret', examples: [{ noeud: 'monclub-3002' }] });

export const Arrete = z
  .object({
    noeud: z.string().describe('L’instance qui s’arrête, un instant après cette réponse.'),
    par: z.string().describe('L’instance qui répond.'),
  })
  .meta({ id: 'Arrete', examples: [{ noeud: 'monclub-3002', par: 'monclub-3000' }] });

const COMPTE = { produit: 'cafe', quantite: 5 };

export const Isolement = z
  .strictObject({
    dureeMs: whole(1000, 20_000),
    enFace: z
      .strictObject({ produit: slug, quantite: whole(1, 100) })
      .optional()
      .describe('Ce qu’une autre instance, prévenue avant la coupure, ajoute à un compteur au milieu de celle-ci.'),
  })
  .meta({ id: 'Isolement', examples: [{ dureeMs: 6000, enFace: COMPTE }] });

export const Isole = z
  .object({
    noeud: z.string().describe('L’instance coupée des autres : celle qui répond.'),
    jusqua: z.string(),
    enFace: z.string().nullable().describe('L’instance qui compte de l’autre côté.'),
  })
  .meta({ id: 'Isole', examples: [{ noeud: 'monclub-3000', jusqua: '2027-01-15T18:00:06.000Z', enFace: 'monclub-3001' }] });
