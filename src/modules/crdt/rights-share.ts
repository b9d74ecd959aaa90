/** Who may still lower a bounded product, and by how much, as far as is known here. Pure. */
import type { PnCounter, Slot } from './pn-counter.js';

/** The rights of each of these slots: one pass over the counter, however many are asked for. */
export function rightsOf(counter: PnCounter | undefined, slots: Iterable<Slot>): Map<Slot, bigint> {
  const left = new Map<Slot, bigint>();
  for (const slot of slots) left.set(slot, 0n);
  for (const [slot, { plus, minus, given }] of counter?.entries() ?? []) {
    const own = left.get(slot);
    let gone = 0n;
    for (const [to, amount] of given) {
      gone += amount;
      if (left.has(to)) left.set(to, left.get(to)! + amount);
    }
    if (own !== undefined) left.set(slot, left.get(slot)! + plus - minus - gone);
  }
  return left;
}

/** What each of `among` present slots would have if all had the same; what does not divide stays where it is. */
export function fairShare(rights: ReadonlyMap<Slot, bigint>): bigint {
  let pool = 0n;
  for (const amount of rights.values()) pool += amount;
  return rights.size === 0 ? 0n : pool / BigInt(rights.size);
}

/** What a giver gives: all that somebody waits for, as far as it has it; of the rest only what is over its fair share. */
export function gift(own: bigint, fair: bigint, { wanted, needed }: { readonly wanted: bigint; readonly needed: bigint }): bigint {
  const urgent = least(own, needed);
  const spare = least(own - fair, wanted);
  const amount = urgent > spare ? urgent : spare;
  return amount > 0n ? amount : 0n;
}

export function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
