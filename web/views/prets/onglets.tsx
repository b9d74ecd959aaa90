/** One part of the page at a time (the tabs of the ARIA practices): arrows go from one to the next. */
import type { Signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { say } from '../../state/langue';
import { PRETS } from '../../words/prets';

export interface Onglet {
  readonly cle: string;
  readonly titre: string;
}

interface OngletsProps {
  readonly onglets: readonly Onglet[];
  readonly ouvert: Signal<string>;
  readonly children: ComponentChildren;
}

const MOVES: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowLeft: -1, Home: -Infinity, End: Infinity };

export function Onglets({ onglets, ouvert, children }: OngletsProps) {
  const press = (event: KeyboardEvent): void => {
    const move = MOVES[event.key];
    if (move === undefined) return;
    event.preventDefault();
    const last = onglets.length - 1;
    const wanted = onglets.findIndex(({ cle }) => cle === ouvert.value) + move;
    const place = Number.isFinite(move) ? (wanted + onglets.length) % onglets.length : Math.min(last, Math.max(0, wanted));
    ouvert.value = onglets[place]!.cle;
    document.querySelector<HTMLElement>(`#prets-onglet-${ouvert.value}`)?.focus();
  };
  return (
    <>
      <div class="prets-onglets" role="tablist" aria-label={say(PRETS.onglets)} onKeyDown={press}>
        {onglets.map(({ cle, titre }) => (
          <button
            key={cle}
            id={`prets-onglet-${cle}`}
            type="button"
            role="tab"
            aria-selected={cle === ouvert.value}
            aria-controls="prets-panneau"
            tabIndex={cle === ouvert.value ? 0 : -1}
            onClick={() => (ouvert.value = cle)}
          >
            {titre}
          </button>
        ))}
      </div>
      <div id="prets-panneau" role="tabpanel" aria-labelledby={`prets-onglet-${ouvert.value}`}>
        {children}
      </div>
    </>
  );
}
