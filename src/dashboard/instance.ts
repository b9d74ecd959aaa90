import type { Machine } from '../runtime/machine.js';
import type { Tree } from '../runtime/supervision/root.js';

/** What an instance is besides its machine. The application provides it. */
export abstract class Instance {
  abstract readonly id: string;
  /** The club's own: how instants of no zone of their own are shown. */
  abstract readonly timezone: string;
  /** The crash button works. */
  abstract readonly crashControls: boolean;
  /** Event streams served at once. Each holds a connection, and up to 1 MiB for a reader that is slow. */
  abstract readonly maxStreams: number;
  /** Throws before the tree is made, which is once the application is. */
  abstract tree(): Pick<Tree, 'describe' | 'crash'>;
}

/** What the dashboard may ask of the machine: nothing that changes anything. */
export interface Watched {
  readonly clock: Machine['clock'];
  readonly storage: Pick<Machine['storage'], 'published' | 'backlog' | 'demandes' | 'timers' | 'dueBacklog'>;
  readonly topics: Pick<Machine['topics'], 'subscribe'>;
  readonly journal: Readonly<Pick<Machine['journal'], 'outstanding' | 'commits' | 'carried' | 'written' | 'conflicts'>>;
  readonly relay: Readonly<Pick<Machine['relay'], 'published' | 'publishedAt' | 'lostRaces'>>;
  readonly waking: Readonly<Pick<Machine['waking'], 'woken' | 'retried'>>;
  readonly registries: ReadonlyMap<string, Kind>;
}

type Registry = Machine['registries'] extends Map<string, infer R> ? R : never;
type Kind = Readonly<Pick<Registry, 'census' | 'crashes' | 'activations' | 'outcomes' | 'rung' | 'soonestDeadline'>>;
