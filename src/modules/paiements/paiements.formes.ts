import { z } from 'zod';
import { PAGE } from '../../http/cursor.js';
import { cents, id } from '../../http/fields.js';
import { STATUTS } from './paiement.js';

/** What may be asked of a payment, and what is shown of one. */

const PAIEMENT = {
  id: 'pai_01jd3xq7r5t8v2w4y6z8a0b2c4',
  seanceId: 'sea_01jd3xq7r5t8v2w4y6z8a0b2c4',
  membreId: 'mem_01jd3xq7r5t8v2w4y6z8a0b2c4',
  montantCentimes: 500,
  devise: 'EUR',
  statut: 'du',
  creeLe: '2027-01-15T18:00:00.000Z',
  modifieLe: '2027-01-15T18:00:00.000Z',
  version: 1,
};

export const PageDePaiements = z.strictObject({ ...PAGE, statut: z.enum(STATUTS).optional(), membreId: id.optional() });

export const Encaissement = z
  .strictObject({ montantCentimes: cents.optional().describe('S’il est donné, ce doit être exactement le montant dû.') })
  .meta({ id: 'Encaissement', examples: [{ montantCentimes: 500 }] });

export const Paiement = z
  .object({
    id: z.string(),
    seanceId: z.string(),
    membreId: z.string(),
    montantCentimes: z.int(),
    devise: z.literal('EUR'),
    statut: z.enum(STATUTS),
    creeLe: z.string(),
    modifieLe: z.string(),
    version: z.int(),
  })
  .meta({ id: 'Paiement', examples: [PAIEMENT] });

export const ListeDePaiements = z
  .object({ elements: z.array(Paiement) })
  .meta({ id: 'ListeDePaiements', examples: [{ elements: [PAIEMENT] }] });

export type FichePaiement = z.output<typeof Paiement>;
