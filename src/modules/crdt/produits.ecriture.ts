import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { refuse } from '../../runtime/aggregate/aggregate.js';
import type { Envelope, Outcome } from '../../runtime/aggregate/outcome.js';
import { Machine } from '../../runtime/machine.js';
import type { Performed } from '../../runtime/outbox/row-lane.js';
import type { NouveauProduit } from './compteurs.formes.js';
import { Replica } from './replica.js';
import { SuiviDesProduits } from './suivi.lecture.js';

/** What is kept of a creation. `instance`: the one that was first asked for it. */
export interface Creation {
  readonly produit: string;
  readonly instance: string;
}

/** What makes a product, once for the whole club: it needs the shared database, and the counter does not. */
@Injectable()
export class EcritureDesProduits {
  constructor(
    private readonly machine: Machine,
    private readonly replica: Replica,
    private readonly suivi: SuiviDesProduits,
  ) {}

  /** The product is counted here as soon as this has answered, if the counters can take it in; by the others when they have heard of it. */
  async creer(envelope: Envelope, fiche: z.output<typeof NouveauProduit>): Promise<Outcome<Creation>> {
    const { produit, nom, unite = null, seuil = null, borne } = fiche;
    const { expectedVersion, instant } = envelope;
    const outcome = await this.machine.rows.perform(envelope, produit, async (tx): Promise<Performed<Creation>> => {
      if (expectedVersion !== undefined) return { stale: 0 };
      const row = { produit, nom, unite, seuil, borne: borne ? 1 : 0, cree_le: instant };
      const nes = await tx.insert('produit', [row], true);
      return nes === 1 ? { answer: { produit, instance: this.replica.id } } : refuse('produit_existe', { produit });
    });
    if (outcome.is !== 'done') return outcome;
    try {
      if (!outcome.replayed) await this.suivi.retenir([{ produit, nom, unite, seuil, borne, creeLe: instant }]);
      else if (!this.replica.products.has(produit)) await this.suivi.rafraichir();
    } catch {
      // It is made. That it is not counted here yet shows in the counters themselves, and heals by itself.
    }
    return outcome;
  }
}
