import type { LectureDesCompteurs } from './compteurs.lecture.js';
import type { FicheConvergence } from './compteurs.formes.js';
import { montree } from './montre.lecture.js';
import type { Replica } from './replica.js';
import type { Sync } from './sync.js';

/** Products whose values are compared. Raising it makes each look cost more to every instance. */
const MONTRES = 200;

export interface LectureDeConvergenceOptions {
  readonly replica: Pick<Replica, 'id' | 'products'>;
  readonly sync: Pick<Sync, 'convergence' | 'values'>;
  readonly lecture: Pick<LectureDesCompteurs, 'page'>;
  /** INSTANCE_IDs of the live members, as the shared database last told: one that is not connected is shown as such. */
  readonly members: () => readonly string[];
}

/** How far the instances are from one another: asks those that are connected, a second or two at most. */
export class LectureDeConvergence {
  constructor(private readonly options: LectureDeConvergenceOptions) {}

  async voir(): Promise<FicheConvergence> {
    const { replica, sync, lecture, members } = this.options;
    const produits = lecture.page('', MONTRES);
    const [noeuds, values] = await Promise.all([sync.convergence(members()), sync.values(produits)]);
    const compteurs = produits.map((produit) => {
      const parNoeud = Object.fromEntries(
        [...values].map(([id, shown]) => [id, `${montree(shown.get(produit) ?? 0n, replica.products.get(produit))}`]),
      );
      return { produit, valeur: parNoeud[replica.id] ?? '0', parNoeud };
    });
    return { moi: replica.id, noeuds: [...noeuds], compteurs };
  }
}
