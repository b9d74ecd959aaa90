/**
 * A counter that never goes below zero, in any partition: a slot lowers it only within its rights. Who raises has the rights
 * to what was raised; a slot may give rights to another (Balegas et al., "Extending eventually consistent cloud databases for
 * enforcing numeric invariants", arXiv 1503.09052). The sum of all rights is the value, so nobody can spend what another may.
 */
import type { PnCounter, Slot } from './pn-counter.js';

/** What the rules need of a counter: a `PnCounter` is one, and so is what a group of operations would leave of one. */
export type Bounded = Pick<PnCounter, 'tally' | 'received' | 'add' | 'set'>;

/** By how much the slot may lower: plus + received − given − minus, as far as `counter` knows. Costs what `received` does. */
export function rights(counter: Pick<Bounded, 'tally' | 'received'>, slot: Slot): bigint {
  const { plus, minus, given } = counter.tally(slot);
  let sum = plus - minus + counter.received(slot);
  for (const amount of given.values()) sum -= amount;
  return sum;
}

/** Lowers by `by` (> 0, else RangeError). False, and nothing has changed, when the slot's rights are short. */
export function lower(counter: Bounded, slot: Slot, by: bigint): boolean {
  positive(by);
  if (rights(counter, slot) < by) return false;
  counter.add(slot, -by);
  return true;
}

/**
 * Gives rights of slot `from` to slot `to`: written by the owner of `from` only. False, and nothing has changed, when its
 * rights are short. Giving to oneself would make rights from nothing (antidote#439): RangeError, as for an amount ≤ 0.
 */
export function give(counter: Bounded, from: Slot, to: Slot, amount: bigint): boolean {
  positive(amount);
  if (from === to) throw new RangeError(`Slot ${from} cannot give rights to itself`);
  if (rights(counter, from) < amount) return false;
  const { plus, minus, given } = counter.tally(from);
  counter.set(from, { plus, minus, given: new Map(given).set(to, (given.get(to) ?? 0n) + amount) });
  return true;
}

function positive(amount: bigint): void {
  if (amount <= 0n) throw new RangeError(`An amount of rights is above zero, not ${amount}`);
}
