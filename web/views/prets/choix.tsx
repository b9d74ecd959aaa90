/** A field with suggestions (the combobox of the ARIA practices): letters, arrows, Enter. The first suggestion is the one that Enter takes. */
import { type Signal, useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { say } from '../../state/langue';
import { PRETS } from '../../words/prets';

export interface Suggestion<T> {
  readonly cle: string;
  readonly texte: string;
  readonly detail?: ComponentChildren;
  readonly valeur: T;
}

interface ChoixProps<T> {
  readonly id: string;
  readonly libelle: string;
  readonly texte: Signal<string>;
  readonly trouver: (typed: string) => readonly Suggestion<T>[];
  /** Undefined: what was chosen is no longer what the field says. */
  readonly choisir: (chosen: T | undefined) => void;
  readonly aide?: string;
}

const MOVES: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };

function useListe<T>({ texte, trouver, choisir }: ChoixProps<T>) {
  const [open, at] = [useSignal(false), useSignal(0)];
  const found = open.value ? trouver(texte.value) : [];
  const take = (one: Suggestion<T>): void => {
    [texte.value, open.value] = [one.texte, false];
    choisir(one.valeur);
  };
  const type = (text: string): void => {
    [texte.value, open.value, at.value] = [text, true, 0];
    choisir(undefined);
  };
  const press = (event: KeyboardEvent): void => {
    const move = MOVES[event.key];
    const one = found[at.value];
    if (move !== undefined) {
      at.value = open.value ? (at.value + move + found.length) % Math.max(1, found.length) : 0;
      open.value = true;
    } else if (event.key === 'Escape' && open.value) open.value = false;
    else if (event.key === 'Enter' && one !== undefined) take(one);
    else return;
    // A button that gets the focus meanwhile must not hear this Enter.
    event.preventDefault();
  };
  return { open, at, found, take, type, press };
}

export function Choix<T>(props: ChoixProps<T>) {
  const { id, libelle, texte, aide } = props;
  const { open, at, found, take, type, press } = useListe(props);
  const shown = open.value && found.length > 0;
  return (
    <div class="prets-choix">
      <label for={id}>{libelle}</label>
      <input
        id={id}
        role="combobox"
        autocomplete="off"
        spellcheck={false}
        aria-expanded={shown}
        aria-controls={`${id}-liste`}
        aria-autocomplete="list"
        aria-activedescendant={shown ? `${id}-${at.value}` : undefined}
        aria-describedby={aide}
        value={texte}
        onInput={({ currentTarget }) => type(currentTarget.value)}
        onKeyDown={press}
        onClick={() => (open.value = true)}
        onBlur={() => (open.value = false)}
      />
      {shown && <Liste id={id} libelle={libelle} found={found} at={at} take={take} />}
      {open.value && !shown && (
        <p class="prets-rien doux" role="status">
          {say(PRETS.rien_ne_correspond)}
        </p>
      )}
    </div>
  );
}

interface ListeProps<T> {
  readonly id: string;
  readonly libelle: string;
  readonly found: readonly Suggestion<T>[];
  readonly at: Signal<number>;
  readonly take: (one: Suggestion<T>) => void;
}

function Liste<T>({ id, libelle, found, at, take }: ListeProps<T>) {
  const list = useRef<HTMLUListElement>(null);
  const place = at.value;
  useEffect(() => list.current?.children[place]?.scrollIntoView({ block: 'nearest' }), [place]);
  return (
    <ul
      id={`${id}-liste`}
      class="prets-liste"
      role="listbox"
      aria-label={libelle}
      ref={list}
      onMouseDown={(event) => event.preventDefault()}
    >
      {found.map((one, i) => (
        <li key={one.cle} id={`${id}-${i}`} role="option" aria-selected={i === place} onClick={() => take(one)}>
          {one.texte} {one.detail !== undefined && <span class="doux">{one.detail}</span>}
        </li>
      ))}
    </ul>
  );
}
