import type { DataSource } from 'typeorm';
import { MoreThan } from 'typeorm';
import { z } from 'zod';
import { mayExist } from '../../http/fields.js';
import { STATUTS, type Statut, VERSIONS } from './paiement.js';
import { PaiementRow } from './paiements.tables.js';

/** Un paiement tel que l'interface le montre, qu'on le lise ou qu'on le change. */
export const RessourcePaiement = z
  .strictObject({
    id: z.string(),
    seanceId: z.string(),
    membreId: z.string(),
    montantCentimes: z.int(),
    devise: z.literal('EUR'),
    statut: z.enum(STATUTS),
    creeLe: z.iso.datetime(),
    modifieLe: z.iso.datetime(),
    version: z.int(),
  })
  .meta({
    id: 'Paiement',
    examples: [
      {
        id: 'pai_01jd3xq7r5t8v2w4y6z8a0b2c4',
        seanceId: 'sea_01jd3xq7r5t8v2w4y6z8a0b2c4',
        membreId: 'mem_01jd3xq7r5t8v2w4y6z8a0b2c4',
        montantCentimes: 500,
        devise: 'EUR',
        statut: 'du',
        creeLe: '2027-01-15T18:00:00.000Z',
        modifieLe: '2027-01-15T18:00:00.000Z',
        version: 1,
      },
    ],
  });

export type RessourcePaiement = z.output<typeof RessourcePaiement>;

type Colonnes = Readonly<Record<keyof PaiementRow, unknown>>;

export function montrerPaiement(row: Colonnes): RessourcePaiement {
  const statut = row.statut as Statut;
  return {
    id: String(row.id),
    seanceId: String(row.seance_id),
    membreId: String(row.membre_id),
    montantCentimes: Number(row.montant_centimes),
    devise: 'EUR',
    statut,
    creeLe: new Date(Number(row.cree_le)).toISOString(),
    modifieLe: new Date(Number(row.modifie_le)).toISOString(),
    version: VERSIONS[statut],
  };
}

export interface FiltrePaiements {
  readonly statut?: Statut | undefined;
  readonly membreId?: string | undefined;
}

/** Au plus `combien` paiements après celui-là, du plus ancien au plus récent. */
export function listerPaiements(base: DataSource, filtre: FiltrePaiements, apres: string, combien: number): Promise<PaiementRow[]> {
  const { statut, membreId } = filtre;
  if (membreId !== undefined && !mayExist(membreId)) return Promise.resolve([]);
  const where = {
    id: MoreThan(apres),
    ...(statut === undefined ? undefined : { statut }),
    ...(membreId === undefined ? undefined : { membre_id: membreId }),
  };
  return base.getRepository(PaiementRow).find({ where, order: { id: 'ASC' }, take: combien });
}

export function lirePaiement(base: DataSource, id: string): Promise<PaiementRow | null> {
  return mayExist(id) ? base.getRepository(PaiementRow).findOneBy({ id }) : Promise.resolve(null);
}
