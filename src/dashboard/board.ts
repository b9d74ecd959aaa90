import { Inject, Injectable } from '@nestjs/common';
import { Cluster, showCluster, type ShownCluster } from './cluster.js';
import { SeenCounters } from './counters.js';
import { frame } from './frames.js';

/** One message for every stream: the states of `subjects`. */
export interface Notice {
  readonly kind: string;
  readonly subjects: readonly string[];
  readonly piece: Buffer;
}

/** Counters in one message. Raising it makes a message longer for a reader that has to redraw them all. */
const TOGETHER = 100;
/** Counters that are shown at once; whoever watches is told to read the others. */
const MOST = 2_000;

/**
 * What is shown whole on connection, then whenever it changes: the counters and the cluster, from memory.
 *
 * - B1 a change that `changes` has not told yet is told by its next call, once, as it then is.
 * - B2 nothing is kept while nobody watches: who comes is shown everything.
 */
@Injectable()
export class Board {
  private readonly changed = new Set<string>();
  private watched = false;
  private toldCluster = '';

  constructor(
    @Inject(SeenCounters) private readonly counters: Pick<SeenCounters, 'products' | 'shown' | 'onChange'>,
    @Inject(Cluster) private readonly cluster: Pick<Cluster, 'id' | 'leader' | 'term' | 'view' | 'nodes'>,
  ) {
    counters.onChange((products) => {
      if (this.watched) for (const product of products) this.changed.add(product);
    });
  }

  /** Everything, for one who has just come. */
  whole(): readonly Notice[] {
    this.watched = true;
    const counters = this.notices(this.counters.products);
    const cluster = showCluster(this.cluster);
    this.toldCluster ||= essence(cluster);
    return [clusterNotice(cluster), ...(counters.length === 0 ? [NONE] : counters)];
  }

  /** What has changed since the last call. */
  changes(): readonly Notice[] {
    const notices = this.changed.size === 0 ? [] : this.notices([...this.changed]);
    this.changed.clear();
    const cluster = showCluster(this.cluster);
    const told = essence(cluster);
    if (told === this.toldCluster) return notices;
    this.toldCluster = told;
    return [clusterNotice(cluster), ...notices];
  }

  /** Nobody watches any more. */
  forget(): void {
    this.watched = false;
    this.changed.clear();
    this.toldCluster = '';
  }

  private notices(products: readonly string[]): Notice[] {
    const notices: Notice[] = [];
    const shown = this.counters.shown(products.slice(0, MOST));
    for (let from = 0; from < shown.length; from += TOGETHER) {
      const some = shown.slice(from, from + TOGETHER);
      const elements = some.map(([, fiche]) => fiche);
      notices.push({ kind: 'compteurs', subjects: some.map(([produit]) => produit), piece: frame('compteurs', { elements }) });
    }
    return products.length > MOST ? [...notices, OTHERS] : notices;
  }
}

const NONE: Notice = { kind: 'compteurs', subjects: [], piece: frame('compteurs', { elements: [] }) };
const OTHERS: Notice = { kind: 'compteurs', subjects: ['compteurs'], piece: frame('relire', { sujet: 'compteurs', genre: 'compteurs' }) };

function clusterNotice(cluster: ShownCluster): Notice {
  return { kind: 'grappe', subjects: ['grappe'], piece: frame('grappe', cluster) };
}

/** What makes two pictures of the cluster the same. The instant of a suspicion is measured anew each time: it is none of it. */
function essence({ noeuds, ...rest }: ShownCluster): string {
  return JSON.stringify([rest, noeuds.map(({ id, incarnation, adresse, etat }) => [id, incarnation, adresse, etat])]);
}
