/** Each guard of the counters taken out: the search of `compteurs-seeds.spec.ts` must see it. */
import { describe, expect, it } from 'vitest';
import type { Delta } from '../../src/modules/crdt/counters.js';
import type { Replica } from '../../src/modules/crdt/replica.js';
import type { Store } from '../../src/modules/crdt/store.js';
import type { Transport } from '../../src/runtime/cluster/transport-port.js';
import { intercept } from '../guards/intercept.js';
import type { CounterNode, Parts } from '../support/counters-stage.js';
import { nothingMet } from '../support/counters-met.js';
import { firstUnsound } from '../support/counters-search.js';
import { runs } from '../support/runs.js';

const SEEDS = runs(250);

/** A life goes on in the slot of the one before. */
function sameSlot({ id, replica, stage }: CounterNode): void {
  const former = replica.former().at(-1)?.slot;
  const life = Reflect.get(replica, 'life') as { memory: { slot: string; doubts: Map<string, unknown> } };
  if (former === undefined) return;
  stage.network.note(`${id} takes its old slot again`);
  life.memory.slot = former;
  life.memory.doubts.delete(former);
}

/** Answers before it writes: what it writes is on the disk a moment later. */
function hasty(honest: Store, { node }: CounterNode): Store {
  let before: Promise<unknown> = Promise.resolve();
  return intercept(honest, {
    commit: (batch) => {
      const later = new Promise<void>((resolve) => void node.clock.after(200, resolve));
      before = Promise.all([before, later])
        .then(() => honest.commit(batch))
        .catch(() => undefined);
      return Promise.resolve();
    },
  });
}

/** Knows no demande again. */
function forgetful(honest: Store): Store {
  let nth = 0;
  return intercept(honest, {
    answered: () => Promise.resolve([]),
    commit: (batch) => honest.commit({ ...batch, movements: batch.movements.map((one) => ({ ...one, scope: `${one.scope}${nth++}` })) }),
  });
}

/** Adds what it is told to what it has. */
function adding(honest: Replica): Replica {
  const sum = (delta: Delta): Delta => ({
    ...delta,
    entries: delta.entries.map(([name, { plus, minus, given }]) => {
      const known = honest.counters.tallyOf(name, delta.slot);
      return [name, { plus: plus + known.plus, minus: minus + known.minus, given }] as const;
    }),
  });
  return intercept(honest, { merge: (delta) => honest.merge(sum(delta)) });
}

/** Leaves out of what it tells of a slot the first product. */
function forgetsOne(honest: Replica): Replica {
  return intercept(honest, {
    read: async (slot, from) => (await honest.read(slot, from)).map((part) => ({ ...part, entries: part.entries.slice(1) })),
  });
}

/** Rights of former slots move at once, whatever anybody has seen. */
function unwitnessed({ replica }: CounterNode): void {
  void replica.adopt().catch(() => undefined);
}

/** Gives what it has been asked for, whether it has it or not. */
function generous(honest: Replica): Replica {
  return intercept(honest, {
    give: (name, to, wanted) => {
      const life = Reflect.get(honest, 'life') as { memory: { counters: { record(entry: unknown, replica: string): void } } };
      const { plus, minus, given } = honest.counters.tallyOf(name, honest.slot);
      const gifts = new Map(given).set(to, (given.get(to) ?? 0n) + wanted);
      life.memory.counters.record(
        { product: name, slot: honest.slot, tally: { plus, minus, given: gifts }, changed: honest.version },
        honest.id,
      );
      return Promise.resolve(wanted);
    },
  });
}

/** Nobody is told by a digest what others know. */
function silent(honest: Transport): Transport {
  return intercept(honest, { tell: () => undefined });
}

describe('a guard of the counters that is missing is found', () => {
  it.each<[string, Parts, RegExp]>([
    [
      'a slot used again after an old store was put back counts twice what others know, or loses it',
      { opened: sameSlot },
      /lacks|shows|not equal/,
    ],
    ['an answer before the store has written is lost with the process', { store: hasty }, /lacks|shows|nothing is stored/],
    ['a store that forgets demandes does one twice', { store: forgetful }, /two effects/],
    ['merging by sum counts what is told twice', { replica: adding }, /shows|is at -/],
    [
      'one who says that a delta is whole, and it is not, is believed, and counts or rights are missing',
      { replica: forgetsOne },
      /shows|lacks|cannot spend/,
    ],
    [
      'rights of former slots that move without a witness are spent twice, and hide what others know',
      { opened: unwitnessed },
      /tote is at -|shows/,
    ],
    ['rights given that one does not have, or not durably, are spent twice', { replica: generous }, /tote is at -|shows|cannot spend/],
    ['without digests, those who never meet never agree', { transport: silent }, /not equal/],
  ])('mutant: %s', { timeout: 60_000 * runs(1) }, async (_, parts, why) => {
    const found = await firstUnsound(SEEDS, parts, nothingMet(), parts.opened === unwitnessed ? { unseen: true } : {});
    expect(found?.why).toMatch(why);
  });
});
