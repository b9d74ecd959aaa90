import type { Election } from '../runtime/cluster/lease.js';
import type { ShownNode } from '../runtime/cluster/shown-nodes.js';

/** The cluster as this instance sees it. The application provides it. */
export abstract class Cluster {
  /** INSTANCE_ID of this instance. */
  abstract readonly id: string;
  /** The leader as last heard of; undefined during an election, and without the database. */
  abstract readonly leader: string | undefined;
  /** The latest term known here. */
  abstract readonly term: number;
  /** The number of the view; 0 before this instance has joined. */
  abstract readonly view: number;
  abstract nodes(): readonly ShownNode[];
  /** INSTANCE_ID of whoever owns this stream by the view; undefined before this instance has joined. */
  abstract ownerOf(stream: string): string | undefined;
  /** The last `limit` elections, newest first, from the database; rejects when it cannot be asked. */
  abstract elections(limit: number): Promise<readonly Election[]>;
  /** Everything that is counted, by the name of its metric. */
  abstract figures(): readonly Figure[];
}

/** One counter or gauge. */
export interface Figure {
  /** Without the prefix `monclub_cluster_`; counters end in `_total`. */
  readonly name: string;
  readonly help: string;
  readonly values: readonly (readonly [labels: Readonly<Record<string, string>>, value: number])[];
}
