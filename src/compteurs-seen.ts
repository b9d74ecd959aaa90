import type { Compteurs } from './compteurs.js';
import type { Figure } from './dashboard/cluster.js';
import type { SeenCounters } from './dashboard/counters.js';
import { montree } from './modules/crdt/montre.lecture.js';
import { instanceOf } from './modules/crdt/replica.js';

/** What the page, the metrics and `GET /demandes` are shown of the counters. */
export function seenCounters(compteurs: Compteurs): SeenCounters {
  const { replica, lecture } = compteurs;
  return {
    get products() {
      return lecture.noms;
    },
    shown: (products) =>
      [...products].flatMap((produit) => {
        const fiche = lecture.fiche(produit);
        return fiche === undefined ? [] : [[produit, fiche] as const];
      }),
    onChange(hear) {
      replica.onChange(hear);
      // Another opening of the store: what it holds may be older than what was shown.
      replica.onOpening(() => hear(lecture.noms));
    },
    async answered(scope, id) {
      if (replica.state !== 'open') throw new Error('the store of the counters is not open');
      const movement = await replica.answered(scope, id);
      if (movement === undefined) return undefined;
      const valeur = montree(movement.value, replica.products.get(movement.product));
      return { valeur: `${valeur}`, mouvementId: movement.id, instance: instanceOf(movement.id) };
    },
    figures: () => figures(compteurs),
  };
}

function figures({ replica, sync }: Compteurs): readonly Figure[] {
  const { figures } = replica;
  const exchange = sync.figures;
  return [
    one('open', 'Whether the store of the counters is open: 1 or 0.', replica.state === 'open' ? 1 : 0),
    one('products', 'Products counted.', replica.products.size),
    one('slots', 'Slots known: one per opening of a store, here or elsewhere.', figures.slots),
    one('slots_archived', 'Of those, the ones that are kept in the store only.', figures.archived),
    one('waiting', 'Operations taken in and not yet answered.', figures.waiting),
    one('peers', 'Instances whose counters are connected.', exchange.connected),
    one('operations_total', 'Movements recorded.', figures.operations),
    one('replays_total', 'Operations answered from an earlier call.', figures.replays),
    one('refused_total', 'Operations refused.', figures.refused),
    one('commits_total', 'Groups committed to the store.', figures.commits),
    one('merged_total', 'Deltas of other instances that brought something.', figures.merged),
    one('pushes_total', 'Deltas told to other instances.', exchange.pushes),
    one('repairs_total', 'Repairs from other instances, after a difference was noticed.', exchange.repairs),
    one('lies_total', 'Deltas that could not be true.', exchange.lies),
  ];
}

function one(name: string, help: string, value: number): Figure {
  return { name, help, values: [[{}, value]] };
}
