/** Histories of a shelf, played with and without trouble on a clock that stands still between two steps. */
import fc from 'fast-check';
import type { AnyAggregate } from '../../src/runtime/aggregate/aggregate.js';
import type { Alarms } from '../../src/runtime/aggregate/alarms.js';
import type { Outcome } from '../../src/runtime/aggregate/outcome.js';
import { WAKE } from '../../src/runtime/aggregate/wake.js';
import { CommitUnknown, type GroupWrite, StorageUnavailable } from '../../src/runtime/outbox/storage.js';
import { HandStorage } from './hand-storage.js';
import { type Asked, Laboratory } from './laboratory.js';
import { shelf, type ShelfDemande } from './toy-shelf.js';
import { VirtualClock } from './virtual-clock.js';

export const troubles = ['none', 'crash', 'crash when staged', 'restart', 'unavailable', 'lost written', 'lost unwritten'] as const;
export type Trouble = (typeof troubles)[number];

/** A demande of the instant `now`; `nth` of its history, so that no timer is ever due when another one of its name was. */
type Planned = (now: number, nth: number) => ShelfDemande;

export interface ShelfStep {
  readonly demandes: readonly Planned[] | 'wake';
  readonly trouble: Trouble;
}

/** Between two steps: longer than any rebuild, pause or retry, and than the window of a crash budget. */
const STEP_MS = 10_000;

const id = fc.constantFrom('a', 'b', 'c', 'd');
const name = fc.constantFrom('x', 'y', 'z');
const demande: fc.Arbitrary<Planned> = fc.oneof(
  { weight: 6, arbitrary: id.map((one) => () => ({ type: 'renew', id: one }) as const) },
  { weight: 5, arbitrary: id.map((one) => () => ({ type: 'back', id: one }) as const) },
  { weight: 3, arbitrary: id.map((one) => () => ({ type: 'look', id: one }) as const) },
  {
    weight: 4,
    arbitrary: fc
      .tuple(name, fc.integer({ min: 0, max: 5 }), fc.boolean(), fc.option(id, { nil: undefined }))
      .map(([one, steps, again, about]) => (now: number, nth: number): ShelfDemande => ({
        type: 'arm',
        name: one,
        due: now + steps * STEP_MS - nth,
        deed: again ? 'again' : 'ring',
        ...(about === undefined ? {} : { about }),
      })),
  },
  { weight: 1, arbitrary: name.map((one) => () => ({ type: 'disarm', name: one }) as const) },
);
/** What a wake brings about is stamped when it is executed: only trouble that takes no time leaves it as it was. */
const step: fc.Arbitrary<ShelfStep> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ demandes: fc.array(demande, { minLength: 1, maxLength: 4 }), trouble: fc.constantFrom(...troubles) }),
  },
  { weight: 2, arbitrary: fc.record({ demandes: fc.constant('wake' as const), trouble: fc.constantFrom(...troubles.slice(0, 4)) }) },
);
export const shelfHistory = fc.array(step, { minLength: 5, maxLength: 30 });

/** Everything that a history leaves behind. */
export interface Left {
  readonly outcomes: readonly (Outcome | undefined)[];
  readonly facts: readonly unknown[];
  readonly rows: readonly string[];
  /** What the activation holds, in the words of `rows`. */
  readonly armed: readonly string[];
  readonly view: unknown;
  readonly crashes: number;
}

export async function play(
  steps: readonly ShelfStep[],
  { trouble = true, aggregate = shelf as AnyAggregate, storage = new HandStorage() } = {},
): Promise<Left> {
  const clock = new VirtualClock();
  const start = (): Laboratory => new Laboratory({ aggregate, storage, clock, group: 5 });
  let fate: Trouble = 'none';
  const commit = storage.commit.bind(storage);
  storage.commit = async (group: GroupWrite): Promise<void> => {
    const now = fate;
    fate = 'none';
    if (now === 'unavailable') throw new StorageUnavailable('down');
    if (now !== 'lost unwritten') await commit(group);
    if (now.startsWith('lost')) throw new CommitUnknown('lost');
  };
  let lab = start();
  let crashes = 0;
  const asked: Asked[] = [];
  const ask = (what: ShelfDemande | typeof WAKE): number => asked.push(lab.ask('s', { ...what }, { key: `k${asked.length}` }));
  ask({ type: 'open' });
  for (const one of ['a', 'b', 'c']) ask({ type: 'lend', id: one });
  await clock.settle();
  for (const [i, { demandes, trouble: planned }] of steps.entries()) {
    await clock.pass((i + 1) * STEP_MS - clock.monotonic());
    const what = trouble ? planned : 'none';
    if (what === 'restart') {
      crashes += lab.registry.crashes;
      await lab.registry.stop(0);
      lab = start();
    }
    if (what === 'crash') lab.registry.crash('s');
    fate = what.startsWith('crash') || what === 'restart' ? 'none' : what;
    for (const one of demandes === 'wake' ? [() => WAKE] : demandes) ask(one(clock.now(), asked.length));
    // What was armed already due rings now, in a smooth history too: it would when a lost commit is asked again.
    if (demandes !== 'wake') ask({ type: 'peek' });
    if (what === 'crash when staged') lab.registry.crash('s');
    await clock.pass(STEP_MS / 2);
  }
  ask({ type: 'peek' });
  await clock.settle();
  const { alarms } = (lab.registry as unknown as { living: Map<string, { alarms?: Alarms }> }).living.get('s')!;
  const left: Left = {
    outcomes: asked.map(({ outcome }) => outcome),
    facts: [...storage.facts_],
    rows: [...storage.alarms.values()].map((row) => `${row.stream} ${row.name} ${row.due} ${JSON.stringify(row.demande)}`).toSorted(),
    armed: [...(alarms ?? [])].map((row) => `${row.stream} ${row.name} ${row.due} ${JSON.stringify(row.demande)}`).toSorted(),
    view: lab.registry.lastSeen('s')?.view,
    crashes: crashes + lab.registry.crashes,
  };
  await lab.registry.stop(0);
  return left;
}
