import type { Clock } from '../clock.js';
import type { Journal } from '../outbox/journal.js';
import type { Storage } from '../outbox/storage.js';
import type { CrashPolicy } from '../supervision/quarantine.js';
import type { AnyAggregate } from './aggregate.js';
import type { RunningDemandes } from './running-demandes.js';

export interface RegistryLimits {
  /** Demandes that one aggregate may keep waiting. Raising it lengthens the worst answer of a rush. */
  readonly mailbox: number;
  /** Aggregates kept in memory beyond those at work; each costs its state and about 400 bytes. */
  readonly living: number;
  /** Milliseconds without a demande after which an aggregate leaves memory. */
  readonly idleMs: number;
  readonly crashes: CrashPolicy;
}

export interface RegistryDeps {
  readonly aggregate: AnyAggregate;
  readonly journal: Journal;
  readonly storage: Storage;
  readonly clock: Clock;
  readonly running: RunningDemandes;
  readonly limits: RegistryLimits;
  readonly report: (message: string, error: unknown) => void;
}

/**
 * For whom a demande is executed here. `owner`: this instance owns the stream. `forwarded`: it does, and another instance asks; that one may ask again
 * under an id that it has invented. `guest`: in the place of an owner that is out of reach; the activation leaves memory as soon as it is idle.
 */
export type As = 'owner' | 'forwarded' | 'guest';
