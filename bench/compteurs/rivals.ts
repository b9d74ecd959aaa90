import * as Automerge from '@automerge/automerge';
import * as Yjs from 'yjs';

interface Shape {
  readonly counts: Record<string, Automerge.Counter>;
  readonly [other: string]: unknown;
}

/** Automerge's own `Counter`, one per product, in the map of one document: the way of its documentation. */
export class AutomergeCounts {
  private constructor(public doc: Automerge.Doc<Shape>) {}

  /** A document with every counter at 0: Automerge's counters must have one origin, or they overwrite each other. */
  static with(products: readonly string[]): AutomergeCounts {
    return new AutomergeCounts(
      Automerge.from<Shape>({ counts: Object.fromEntries(products.map((name) => [name, new Automerge.Counter()])) }),
    );
  }

  fork(): AutomergeCounts {
    return new AutomergeCounts(Automerge.clone(this.doc));
  }

  /** Its batch: all increments in one change. */
  batch(increments: Iterable<readonly [product: string, by: number]>): void {
    this.doc = Automerge.change(this.doc, ({ counts }) => {
      for (const [product, by] of increments) counts[product]!.increment(by);
    });
  }

  value(product: string): number {
    return Number(this.doc.counts[product]!.value);
  }
}

/** A client id as Yjs draws them at random: 32 bits. */
const CLIENT = 0x9e3779b0;

/**
 * Yjs has no counter: each client keeps its counts in a map of its own (several clients writing one key would lose counts),
 * and the value is the sum. One map per client is its fastest and smallest layout here.
 */
export class YjsCounts {
  readonly doc = new Yjs.Doc();
  private readonly own: Yjs.Map<number>;

  constructor(number: number) {
    // Yjs draws it; the length of its updates depends on it, most often five bytes each time.
    this.doc.clientID = CLIENT + number;
    this.own = this.doc.getMap(`lyon-${number}`);
  }

  /** Its batch: one transaction. */
  batch(increments: Iterable<readonly [product: string, by: number]>): void {
    this.doc.transact(() => {
      for (const [product, by] of increments) this.add(product, by);
    });
  }

  add(product: string, by: number): void {
    this.own.set(product, (this.own.get(product) ?? 0) + by);
  }

  value(product: string, clients: readonly string[]): number {
    return clients.reduce((sum, client) => sum + (this.doc.getMap<number>(client).get(product) ?? 0), 0);
  }
}
