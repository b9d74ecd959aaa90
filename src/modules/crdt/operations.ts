/** What may be asked of a counter, and how it is decided on what the earlier ones of the same group would leave. Pure. */
import { isRefusal, refuse, type Refusal } from '../../runtime/aggregate/aggregate.js';
import type { Slot } from './pn-counter.js';
import type { Staged } from './staged-counters.js';
import type { Movement, Product } from './store.js';

export type Operation =
  | { readonly type: 'change'; readonly product: string; readonly by: bigint }
  | { readonly type: 'undo'; readonly product: string; readonly movement: string }
  | { readonly type: 'recount'; readonly product: string; readonly to: bigint };

export interface CounterAnswer {
  /** The value right after the operation, as known at the instance that did it; decimal. */
  readonly valeur: string;
  readonly mouvementId: string;
  /** The instance that did it. */
  readonly instance: string;
}

export type CounterRefusal = 'mouvement_inconnu' | 'mouvement_deja_annule' | 'droits_insuffisants';

/** What is to be written for an operation. */
export interface Step {
  readonly by: bigint;
  readonly kind: Movement['kind'];
  readonly undoes: string | null;
  /** Former slots whose rights move to the present one first. */
  readonly adopts: readonly Slot[];
}

/** Not now: that many rights are missing here. `refusal` is the answer when nobody gives them. */
export interface Short {
  readonly missing: bigint;
  readonly refusal: Refusal<CounterRefusal>;
}

/**
 * Decides one operation; changes nothing. `target` is the movement that an undo names, when it is known here and this replica's own;
 * `former` the own former slots: a recount, by which a person vouches for the whole value, frees what is frozen in them, and nothing else does.
 */
export function decide(
  staged: Staged,
  product: Product,
  operation: Operation,
  target: Movement | undefined,
  former: Iterable<Slot>,
): Step | Short | Refusal<CounterRefusal> {
  const wanted = wish(staged, operation, target);
  if (isRefusal<CounterRefusal>(wanted)) return wanted;
  const recount = operation.type === 'recount';
  if (!product.borne || (wanted.by >= 0n && !recount)) return { ...wanted, adopts: [] };
  const own = staged.rights(product.produit);
  const need = -wanted.by;
  const adopts: Slot[] = [];
  let rights = own;
  for (const slot of recount ? former : []) {
    const left = staged.rights(product.produit, slot);
    if (left <= 0n) continue;
    adopts.push(slot);
    rights += left;
  }
  if (rights >= need) return { ...wanted, adopts };
  const figures = { valeur: `${staged.value(product.produit)}`, droits: `${own}` };
  return { missing: need - rights, refusal: refuse('droits_insuffisants', figures) };
}

function wish(staged: Staged, operation: Operation, target: Movement | undefined): Omit<Step, 'adopts'> | Refusal<CounterRefusal> {
  switch (operation.type) {
    case 'change':
      return { by: operation.by, kind: 'change', undoes: null };
    case 'recount':
      return { by: operation.to - staged.value(operation.product), kind: 'recount', undoes: null };
    case 'undo':
      if (target === undefined || target.product !== operation.product) return refuse('mouvement_inconnu');
      if (target.undoneBy !== null || staged.undone.has(target.id)) return refuse('mouvement_deja_annule');
      return { by: -target.by, kind: 'undo', undoes: target.id };
  }
}
