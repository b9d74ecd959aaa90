import type { Replicated } from './intake.js';
import type { Neighbour, Neighbours } from './neighbours.js';
import type { Slot } from './pn-counter.js';
import { fairShare, rightsOf } from './rights-share.js';

/** How the rights to a product lie, as far as is known here. Rights in former slots, of this instance or another, are nobody's to give. */
export interface Standing {
  readonly own: bigint;
  /** What this instance would have if all that are there had the same. */
  readonly fair: bigint;
  /** Richest first. */
  readonly others: readonly (readonly [one: Neighbour, rights: bigint])[];
}

export function standing(product: string, replica: Replicated, neighbours: Neighbours): Standing {
  const there = [...neighbours.byId.values()].filter(({ id }) => id !== replica.id);
  const slots = there.flatMap(({ slot }): Slot[] => (slot === undefined ? [] : [slot]));
  const rights = rightsOf(replica.counters.counter(product), [replica.slot, ...slots]);
  const others = there.map((one) => [one, rights.get(one.slot ?? '') ?? 0n] as const);
  others.sort(([, a], [, b]) => (a > b ? -1 : Number(a < b)));
  return { own: rights.get(replica.slot)!, fair: fairShare(rights), others };
}
