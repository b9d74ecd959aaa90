import type { Cancel, Clock } from '../../runtime/clock.js';
import type { LectureDesProduits } from './produits.lecture.js';
import type { Replica } from './replica.js';
import type { Product } from './store.js';

/** How often the shared database is asked for new products. Raising it makes another instance's product known later, where no peer tells it. */
const TOUTES_LES_MS = 2_000;

export interface SuiviOptions {
  readonly lecture: Pick<LectureDesProduits, 'combien' | 'tous'>;
  readonly replica: Pick<Replica, 'learn' | 'products'>;
  readonly clock: Clock;
  /** Resolves when the database is open. */
  readonly opened: () => Promise<void>;
  /** A product was made here: the other instances are to hear of it. */
  readonly spread: () => void;
}

/**
 * Brings the club's products from the shared database to the counters, which keep them: they go on without it.
 *
 * A database or a store that is away is a state: the next look finds what this one could not.
 */
export class SuiviDesProduits {
  private lus = -1;
  private lecture: Promise<void> | undefined;

  constructor(private readonly options: SuiviOptions) {}

  /** Looks as soon as the database is open, and from then on, until stopped. */
  start(): { stop(): void } {
    let fini = false;
    let arreter: Cancel = () => {};
    const tour = (): void => {
      if (fini) return;
      this.rafraichir()
        .catch(() => undefined)
        .finally(() => {
          if (!fini) arreter = this.options.clock.after(TOUTES_LES_MS, tour);
        });
    };
    void this.options.opened().then(tour);
    return {
      stop: () => {
        fini = true;
        arreter();
      },
    };
  }

  /** Reads what is new; rejects when it cannot. Calls made meanwhile share the reading. */
  rafraichir(): Promise<void> {
    this.lecture ??= this.lire().finally(() => (this.lecture = undefined));
    return this.lecture;
  }

  /** Takes in products that this instance has just made. */
  async retenir(produits: readonly Product[]): Promise<void> {
    await this.options.replica.learn(produits);
    this.options.spread();
  }

  private async lire(): Promise<void> {
    const { lecture, replica } = this.options;
    const combien = await lecture.combien();
    // Fewer are known than were read: the store began anew since.
    if (combien === this.lus && replica.products.size >= combien) return;
    const produits = await lecture.tous();
    await replica.learn(produits);
    // What was born between the two readings is in the second: a number that is too high is only read once more.
    this.lus = produits.length;
  }
}
