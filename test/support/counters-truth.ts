import type { Counters } from '../../src/modules/crdt/counters.js';
import type { Slot } from '../../src/modules/crdt/pn-counter.js';
import type { Batch, Movement, Store } from '../../src/modules/crdt/store.js';
import { intercept } from '../guards/intercept.js';
import type { MemoryStore } from './memory-store.js';

/** What really happened: every movement that any store ever made durable, with the moment's sums. */
export class CountersTruth {
  readonly movements: Movement[] = [];
  /** What is wrong, in words; the first of it ends a play. */
  readonly faults: string[] = [];
  /** Bounded products: the sum of all that was applied, by anybody, acknowledged or not. */
  readonly bounded = new Set<string>();
  readonly sums = new Map<string, bigint>();
  /** slot → the version up to which somebody was told that it is done. */
  private readonly told = new Map<Slot, number>();
  /** slot → above this what was told may be lost: an old store was put back, and nobody else held more. */
  private readonly lost = new Map<Slot, number>();
  private readonly ids = new Map<string, string>();

  /** A store whose commits are written down here when they are durable. */
  watched(honest: Store, disk: MemoryStore): Store {
    let seen = disk.written.length;
    const look = (): void => {
      for (const batch of disk.written.slice(seen)) this.applied(batch);
      seen = disk.written.length;
    };
    return intercept(honest, {
      commit: async (batch) => {
        try {
          await honest.commit(batch);
        } finally {
          look();
        }
      },
    });
  }

  acknowledged(slot: Slot, version: number): void {
    this.told.set(slot, Math.max(version, this.told.get(slot) ?? 0));
  }

  /** An old store is put back: what no other store holds is gone, and was never promised to survive its disk. */
  putBack(held: (slot: Slot) => number): void {
    for (const slot of new Set([...this.told.keys(), ...this.movements.map((movement) => movement.slot)])) {
      const most = held(slot);
      if (most < (this.told.get(slot) ?? 0)) this.lost.set(slot, Math.min(most, this.lost.get(slot) ?? Infinity));
    }
  }

  /** What one who knows everything must show; anything else is a fault. */
  judge(id: string, counters: Counters): void {
    const expected = new Map<string, bigint>();
    for (const { slot, version, product, by } of this.movements)
      if (version <= (counters.vector.get(slot)?.version ?? 0)) expected.set(product, (expected.get(product) ?? 0n) + by);
    for (const product of new Set([...expected.keys(), ...counters.products()]))
      if (counters.value(product) !== (expected.get(product) ?? 0n))
        this.faults.push(`${id} shows ${counters.value(product)} ${product}, and ${expected.get(product) ?? 0n} is what it was told`);
    for (const [slot, version] of this.told)
      if (Math.min(version, this.lost.get(slot) ?? Infinity) > (counters.vector.get(slot)?.version ?? 0))
        this.faults.push(`${id} lacks what was acknowledged: version ${version} of ${slot}`);
  }

  private applied({ movements }: Batch): void {
    for (const movement of movements) {
      this.movements.push(movement);
      const { product, by, operation, slot, id } = movement;
      const sum = (this.sums.get(product) ?? 0n) + by;
      this.sums.set(product, sum);
      if (sum < 0n && this.bounded.has(product)) this.faults.push(`${product} is at ${sum} after ${operation} in ${slot}`);
      const where = `${operation} at ${id.slice(31)}`;
      if (this.ids.has(where)) this.faults.push(`${where} has two effects`);
      this.ids.set(where, id);
    }
  }
}
