import { Injectable } from '@nestjs/common';
import type { Refusal } from '../../runtime/aggregate/aggregate.js';
import type { Envelope, Outcome } from '../../runtime/aggregate/outcome.js';
import { Machine } from '../../runtime/machine.js';
import type { Performed } from '../../runtime/outbox/row-lane.js';
import type { RowTransaction } from '../../runtime/outbox/storage.js';
import { type Paiement, type Refus, refusEncaissement, refusRemboursement, type Statut } from './paiement.js';
import type { FichePaiement } from './paiements.formes.js';
import { ficheDe } from './paiements.lecture.js';
import type { PaiementRow } from './paiements.tables.js';

/** D'un statut à un autre, tout entier ou pas du tout : zéro ligne changée est le refus. */
interface Passage {
  readonly de: Statut;
  readonly a: Statut;
  readonly montantCentimes?: number | undefined;
  readonly refus: (paiement: Paiement) => Refusal<Refus>;
}

/** Ce qu'une personne change à un paiement, au plus une fois par demande. */
@Injectable()
export class EcritureDesPaiements {
  constructor(private readonly machine: Machine) {}

  encaisser(envelope: Envelope, id: string, montantCentimes: number | undefined): Promise<Outcome<FichePaiement>> {
    return this.passer(envelope, id, { de: 'du', a: 'encaisse', montantCentimes, refus: refusEncaissement });
  }

  rembourser(envelope: Envelope, id: string): Promise<Outcome<FichePaiement>> {
    return this.passer(envelope, id, { de: 'a_rembourser', a: 'rembourse', refus: refusRemboursement });
  }

  private passer(envelope: Envelope, id: string, { de, a, montantCentimes, refus }: Passage): Promise<Outcome<FichePaiement>> {
    const { expectedVersion, instant } = envelope;
    return this.machine.rows.perform(envelope, id, async (tx): Promise<Performed<FichePaiement>> => {
      const avant = await lire(tx, id);
      if (avant === undefined) return { missing: true };
      if (expectedVersion !== undefined && expectedVersion !== avant.version) return { stale: avant.version };
      const somme = montantCentimes === undefined ? undefined : { montant_centimes: montantCentimes };
      const changes = await tx.update('paiement', { statut: a, modifie_le: instant }, { id, statut: de, ...somme });
      const apres = (await lire(tx, id)) ?? avant;
      return changes === 0 ? refus(apres) : { answer: apres };
    });
  }
}

async function lire(tx: RowTransaction, id: string): Promise<FichePaiement | undefined> {
  const [row] = await tx.select('paiement', { id }, 1);
  return row === undefined ? undefined : ficheDe(row as Record<keyof PaiementRow, string | number | null>);
}
