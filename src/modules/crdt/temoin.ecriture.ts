import { type DataSource, In } from 'typeorm';
import type { Machine } from '../../runtime/machine.js';
import type { RowTransaction } from '../../runtime/outbox/storage.js';
import type { Slot } from './pn-counter.js';
import { CompteurVuRow } from './produits.tables.js';

/** Slots in one question. */
const ENSEMBLE = 500;

/**
 * The shared database as a witness: how far each slot was once seen. A version never goes down.
 * Rejects while the database is away: it then knows nothing, which is no testimony.
 */
export class TemoinPartage {
  constructor(
    private readonly machine: Pick<Machine, 'journal' | 'storage'>,
    private readonly reads: DataSource,
  ) {}

  /** The versions seen, of those slots that were. */
  async seen(slots: readonly Slot[]): Promise<ReadonlyMap<Slot, number>> {
    const vus = new Map<Slot, number>();
    for (let from = 0; from < slots.length; from += ENSEMBLE) {
      const some = slots.slice(from, from + ENSEMBLE);
      const rows = await this.reads.getRepository(CompteurVuRow).findBy({ slot: In([...some]) });
      for (const { slot, version } of rows) vus.set(slot, version);
    }
    return vus;
  }

  /** Writes down how far these slots of their instances are. */
  note(slots: readonly (readonly [slot: Slot, replique: string, version: number])[]): Promise<void> {
    if (slots.length === 0) return Promise.resolve();
    return this.inLane(async (tx) => {
      const held = await tx.hold('compteur_vu', { slot: slots.map(([slot]) => slot) });
      const known = new Map(held.map((row) => [String(row['slot']), Number(row['version'])]));
      const rows = slots.map(([slot, replique, version]) => ({ slot, replique, version }));
      await tx.insert(
        'compteur_vu',
        rows.filter(({ slot }) => !known.has(slot)),
        true,
      );
      const later = rows.filter(({ slot, version }) => version > (known.get(slot) ?? Infinity));
      await tx.updateAll(
        'compteur_vu',
        ['slot'],
        later.map(({ slot, version }) => ({ slot, version })),
      );
    });
  }

  /** One at most of several slots that claim the same one; for ever, but for the later lives of the store whose slots are `own`. */
  claim(
    slots: readonly (readonly [slot: Slot, replique: string, version: number])[],
    as: Slot,
    own: ReadonlySet<Slot>,
  ): Promise<ReadonlySet<Slot>> {
    return this.inLane(async (tx) => {
      await tx.insert(
        'compteur_vu',
        slots.map(([slot, replique, version]) => ({ slot, replique, version })),
        true,
      );
      const obtenus = new Set<Slot>();
      for (const row of await tx.select('compteur_vu', { slot: slots.map(([slot]) => slot) })) {
        const [slot, par] = [String(row['slot']), String(row['repris_par'])];
        if (par !== '' && par !== as && !own.has(par)) continue;
        // Compared again as it is written: of two that have read the same, the second finds the first one's name.
        if ((await tx.update('compteur_vu', { repris_par: as }, { slot, repris_par: par })) === 1) obtenus.add(slot);
      }
      return obtenus;
    });
  }

  private inLane<T>(work: (tx: RowTransaction) => Promise<T>): Promise<T> {
    const { journal, storage } = this.machine;
    return new Promise((resolve, reject) => journal.enqueue({ run: () => storage.transact(work).then(resolve, reject) }));
  }
}
