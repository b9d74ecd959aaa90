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
  /** Without the prefix of its owner (`monclub_cluster_`); counters end in `_total`. */
  readonly name: string;
  readonly help: string;
  readonly values: readonly (readonly [labels: Readonly<Record<string, string>>, value: number])[];
}

const ETATS = { alive: 'vivant', suspect: 'suspect', left: 'parti', dead: 'mort' } as const;

/** The cluster as the page and `GET /grappe` show it. */
export interface ShownCluster {
  readonly moi: string;
  readonly leader: string | null;
  readonly terme: number;
  readonly vue: number;
  readonly noeuds: {
    readonly id: string;
    readonly incarnation: string;
    readonly adresse: string;
    readonly etat: (typeof ETATS)[keyof typeof ETATS];
    readonly depuis: string;
  }[];
}

export function showCluster(cluster: Pick<Cluster, 'id' | 'leader' | 'term' | 'view' | 'nodes'>): ShownCluster {
  const noeuds = cluster.nodes().map(({ state, address, since, id, incarnation }) => ({
    id,
    incarnation,
    adresse: address,
    etat: ETATS[state],
    depuis: new Date(since).toISOString(),
  }));
  return { moi: cluster.id, leader: cluster.leader ?? null, terme: cluster.term, vue: cluster.view, noeuds };
}
