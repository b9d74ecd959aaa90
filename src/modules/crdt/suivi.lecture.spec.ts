import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../test/support/virtual-clock.js';
import type { Product } from './store.js';
import { SuiviDesProduits } from './suivi.lecture.js';

const product = (produit: string): Product => ({ produit, nom: produit, unite: null, seuil: null, borne: false, creeLe: 0 });

/** A shared database and a replica that a test takes away and gives back. */
class Stage {
  readonly clock = new VirtualClock();
  rows: Product[] = [];
  readonly known = new Map<string, Product>();
  down = false;
  closed = false;
  reads = 0;
  counts = 0;
  spread = 0;
  open: () => void = () => {};
  readonly suivi = new SuiviDesProduits({
    clock: this.clock,
    opened: () => new Promise((resolve) => (this.open = resolve)),
    spread: () => this.spread++,
    lecture: {
      combien: () => (this.counts++, this.answer(() => this.rows.length)),
      tous: () => (this.reads++, this.answer(() => [...this.rows])),
    },
    replica: {
      products: this.known,
      learn: (products) => {
        if (this.closed) return Promise.reject(new Error('closed'));
        for (const one of products) this.known.set(one.produit, one);
        return Promise.resolve();
      },
    },
  });

  private answer<T>(read: () => T): Promise<T> {
    return this.down ? Promise.reject(new Error('down')) : Promise.resolve(read());
  }
}

describe('the products on their way to the counters', () => {
  it('are read once the database is open, then when there are more, at most 2 s later; nothing is read twice for nothing', async () => {
    const stage = new Stage();
    stage.rows.push(product('cafe'));
    stage.suivi.start();
    await stage.clock.pass(5_000);
    expect(stage.counts).toBe(0);
    stage.open();
    await stage.clock.pass(1);
    expect([...stage.known.keys()]).toEqual(['cafe']);
    stage.rows.push(product('the'));
    await stage.clock.pass(2_000);
    expect([...stage.known.keys()]).toEqual(['cafe', 'the']);
    await stage.clock.pass(60_000);
    expect(stage.reads).toBe(2);
  });

  it('are read again when the store has begun anew', async () => {
    const stage = new Stage();
    stage.rows.push(product('cafe'));
    stage.suivi.start();
    stage.open();
    await stage.clock.pass(1);
    stage.known.clear();
    await stage.clock.pass(2_000);
    expect([...stage.known.keys()]).toEqual(['cafe']);
  });

  it.each(['down', 'closed'] as const)('a database or a store that is away (%s) only delays them', async (what) => {
    const stage = new Stage();
    stage.suivi.start();
    stage.open();
    await stage.clock.pass(1);
    stage[what] = true;
    stage.rows.push(product('cafe'));
    await stage.clock.pass(10_000);
    expect(stage.known.size).toBe(0);
    await expect(stage.suivi.rafraichir()).rejects.toThrow(what);
    stage[what] = false;
    await stage.clock.pass(2_000);
    expect([...stage.known.keys()]).toEqual(['cafe']);
  });

  it('one made here is known at once, and the others are told', async () => {
    const stage = new Stage();
    await stage.suivi.retenir([product('cafe')]);
    expect([[...stage.known.keys()], stage.spread]).toEqual([['cafe'], 1]);
  });

  it('after its stop nothing is asked and no timer runs, stopped in the middle of a reading too', async () => {
    const stage = new Stage();
    const running = stage.suivi.start();
    stage.open();
    await stage.clock.pass(2_001);
    running.stop();
    const { counts } = stage;
    await stage.clock.pass(60_000);
    expect([stage.counts, stage.clock.armed]).toEqual([counts, 0]);
    const again = stage.suivi.start();
    again.stop();
    stage.open();
    await stage.clock.pass(60_000);
    expect([stage.counts, stage.clock.armed]).toEqual([counts, 0]);
  });
});
