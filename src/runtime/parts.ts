/** How the machine's own parts start and stop under the tree. */
import { RegistryFamily } from './aggregate/registry-family.js';
import { type Leadership, whileLeading } from './cluster/leadership.js';
import { fence, type Mandate } from './cluster/lease.js';
import type { Machine } from './machine.js';
import type { Fence } from './outbox/fence.js';
import type { Opening } from './opening.js';
import type { Child } from './supervision/child.js';

/** Milliseconds that accepted demandes get to finish when an instance leaves. */
export const GRACE_MS = 4_000;

/** Migrations, write lane and read lane. Up at once, open when the database is. */
export function opening(one: Opening, close: () => Promise<void>): Child['start'] {
  return async () => {
    await one.start();
    return {
      async stop() {
        one.stop();
        await close();
      },
    };
  };
}

/** The write lane: its end waits for what is in it. */
export function journal(machine: Machine): Child['start'] {
  return () => ({ stop: () => machine.journal.drained() });
}

/** One kind of aggregate, each living one a process with its own restart budget. */
export function family(machine: Machine, kind: string): Child['start'] {
  return () => {
    const registry = machine.registries.get(kind);
    if (registry === undefined) throw new Error(`No module hosts the kind "${kind}"`);
    registry.start();
    return { stop: () => registry.stop(GRACE_MS), family: new RegistryFamily(registry) };
  };
}

/** The port of the other instances. */
export function port(transport: { open(): Promise<void>; close(): Promise<void> }): Child['start'] {
  return async () => {
    await transport.open();
    return { stop: () => transport.close() };
  };
}

const fenceOf =
  (mandate: Mandate): Fence =>
  (tx) =>
    fence(tx, mandate);

/** Publishes while this instance leads, under its term. */
export function relay({ relay: one }: Machine, leadership: Leadership): Child['start'] {
  return whileLeading(leadership, (mandate) => {
    one.start(fenceOf(mandate), mandate.number);
    return { stop: () => one.stop() };
  });
}

/** Wakes the owners of what is due while this instance leads. What they write is fenced by their streams' heads: it needs no term. */
export function waking({ waking: one }: Machine, leadership: Leadership): Child['start'] {
  return whileLeading(leadership, () => one.start());
}

/** Removes what is too old while this instance leads, under its term. */
export function housekeeping({ housekeeping: one }: Machine, leadership: Leadership): Child['start'] {
  return whileLeading(leadership, (mandate) => one.start(fenceOf(mandate)));
}
