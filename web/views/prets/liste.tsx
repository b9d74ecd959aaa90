/** A long list, cut: what is shown first, and a button for what follows. */
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { say } from '../../state/langue';
import { PRETS } from '../../words/prets';

const COUPE = 30;

interface ListeProps<T> {
  readonly de: readonly T[];
  readonly vide: string;
  readonly classe: string;
  readonly children: (one: T) => ComponentChildren;
}

export function Liste<T>({ de, vide, classe, children }: ListeProps<T>) {
  const shown = useSignal(COUPE);
  const left = de.length - shown.value;
  if (de.length === 0) return <p class="doux">{vide}</p>;
  return (
    <>
      <ul class={classe}>{de.slice(0, shown.value).map(children)}</ul>
      {left > 0 && (
        <button type="button" onClick={() => (shown.value += COUPE)}>
          {say(PRETS.suite, { n: left })}
        </button>
      )}
    </>
  );
}
