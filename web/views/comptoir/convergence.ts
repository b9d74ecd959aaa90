/** Whether all instances count the same by now. Asked when something was counted, then until they do; at most once a second. */
import { signal } from '@preact/signals';
import { lire, type Read } from '../../state/api';
import { ecouter } from '../../state/flux';

type Vue = Read<'/api/v1/convergence'>;

const PAUSE_MS = 1_000;
export const convergence = signal<Vue | undefined>(undefined);

/** The instances that do not know everything that this one does, or the other way round; one that does not answer is not among them. */
export const enRetard = ({ noeuds }: Vue): readonly string[] =>
  noeuds.filter(({ joignable, ecart }) => joignable && ecart !== null && ecart > 0).map(({ id }) => id);

export const muettes = ({ noeuds }: Vue): readonly string[] => noeuds.filter(({ joignable }) => !joignable).map(({ id }) => id);

/** What the others make of a product that they do not count as this instance does. */
export function autrement(vue: Vue | undefined, produit: string): readonly (readonly [instance: string, valeur: string])[] {
  const one = vue?.compteurs.find((compteur) => compteur.produit === produit);
  if (vue === undefined || one === undefined) return [];
  return Object.entries(one.parNoeud).filter(([id, valeur]) => id !== vue.moi && valeur !== one.valeur);
}

const differ = (vue: Vue): boolean => enRetard(vue).length > 0 || vue.compteurs.some(({ produit }) => autrement(vue, produit).length > 0);

/** Follows it; the function returned ends that. */
export function suivreLaConvergence(): () => void {
  const life = { on: true, busy: false, wanted: false, last: -Infinity };
  const ask = (): void => {
    life.wanted = true;
    if (life.busy) return;
    life.busy = true;
    setTimeout(() => void look(), Math.max(0, life.last + PAUSE_MS - performance.now()));
  };
  const look = async (): Promise<void> => {
    if (!life.on) return;
    life.wanted = false;
    life.last = performance.now();
    const found = await lire('/api/v1/convergence').catch(() => undefined);
    life.busy = false;
    if (!life.on) return;
    convergence.value = found;
    if (life.wanted || (found !== undefined && differ(found))) ask();
  };
  const enough = [ecouter('compteurs', ask), ecouter('relire', ask), ecouter('grappe', ask)];
  ask();
  return () => {
    life.on = false;
    for (const end of enough) end();
  };
}
