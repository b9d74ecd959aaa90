import { Registry } from '../../src/runtime/aggregate/registry.js';
import type { AnyAggregate } from '../../src/runtime/aggregate/aggregate.js';
import type { Outcome } from '../../src/runtime/aggregate/outcome.js';
import { RunningDemandes } from '../../src/runtime/aggregate/running-demandes.js';
import { Journal } from '../../src/runtime/outbox/journal.js';
import { timerTable } from '../../src/runtime/outbox/machine-tables.js';
import { DEFAULT_CRASH_POLICY } from '../../src/runtime/supervision/quarantine.js';
import { HandStorage } from './hand-storage.js';
import { tally } from './toy-aggregate.js';
import { VirtualClock } from './virtual-clock.js';

let names = 0;

/** One registry of tallies over a hand-driven storage, with time and commits in the test's hands. */
export class Laboratory {
  readonly clock: VirtualClock;
  readonly storage = new HandStorage();
  readonly reports: string[] = [];
  readonly journal: Journal;
  readonly registry: Registry;

  constructor(
    options: {
      group?: number;
      queue?: number;
      mailbox?: number;
      aggregate?: AnyAggregate;
      storage?: HandStorage;
      living?: number;
      clock?: VirtualClock;
    } = {},
  ) {
    if (options.storage !== undefined) this.storage = options.storage;
    this.clock = options.clock ?? new VirtualClock();
    const report = (message: string): void => void this.reports.push(message);
    this.journal = new Journal(
      this.storage,
      new Map([[timerTable.name, timerTable]]),
      this.clock,
      { group: options.group ?? 100, queue: options.queue ?? 1000 },
      report,
    );
    this.registry = new Registry({
      aggregate: options.aggregate ?? tally,
      journal: this.journal,
      storage: this.storage,
      clock: this.clock,
      running: new RunningDemandes(),
      limits: { mailbox: options.mailbox ?? 100, living: options.living ?? 1000, idleMs: 60_000, crashes: DEFAULT_CRASH_POLICY },
      report,
    });
    this.registry.start();
  }

  /** Sends a demande; its outcome can be looked at before it is there. */
  ask(
    stream: string,
    demande: { readonly type: string; readonly [more: string]: unknown },
    options: { key?: string; hash?: string; expectedVersion?: number } = {},
  ): Asked {
    const asked = new Asked();
    const { key, hash, expectedVersion } = options;
    void this.registry
      .ask(stream, demande, {
        scope: 'test',
        id: key ?? `minted-${++names}`,
        minted: key === undefined,
        acteur: null,
        instant: this.clock.now(),
        hash: hash ?? JSON.stringify(demande),
        deadline: this.clock.monotonic() + 10_000,
        ...(expectedVersion === undefined ? {} : { expectedVersion }),
      })
      .then((outcome) => (asked.outcome = outcome));
    return asked;
  }

  /** An opened tally with `n` in it, everything committed. */
  async opened(stream: string, n = 0): Promise<void> {
    const byHand = this.storage.byHand;
    this.storage.byHand = false;
    this.ask(stream, { type: 'open' });
    if (n > 0) this.ask(stream, { type: 'add', n });
    await this.clock.settle();
    this.storage.byHand = byHand;
  }
}

export class Asked {
  outcome: Outcome | undefined;

  get answer(): unknown {
    return this.outcome?.is === 'done' ? this.outcome.answer : this.outcome?.is;
  }
}
