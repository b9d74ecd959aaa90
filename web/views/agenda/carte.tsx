import { say } from '../../state/langue';
import { maintenant, seanceDe } from '../../state/seances';
import { Places } from '../../ui/places';
import { MonGeste } from './geste';
import { dates, etat, tarif } from './mots';
import { useRef } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { AGENDA } from '../../words/agenda';

/** How many cards at first, and how many more each time. */
const CARDS = 24;

/** A card per séance, in that order; those beyond the first ones when they are asked for. */
export function Cartes({ ids, id }: { readonly ids: readonly string[]; readonly id?: string }) {
  const shown = useSignal(CARDS);
  const list = useRef<HTMLUListElement>(null);
  const left = ids.length - shown.value;
  const more = (): void => {
    const next = shown.value;
    shown.value += CARDS;
    // Who asked with the keyboard goes on at the first of the new ones.
    requestAnimationFrame(() => list.current?.children[next]?.querySelector('a')?.focus());
  };
  return (
    <>
      <ul class="cartes" ref={list} id={id}>
        {ids.slice(0, shown.value).map((one) => (
          <Carte key={one} id={one} />
        ))}
      </ul>
      {left > 0 && (
        <p>
          <button type="button" onClick={more}>
            {say(AGENDA.suite, { n: left })}
          </button>
        </p>
      )}
    </>
  );
}

function Carte({ id }: { readonly id: string }) {
  const seance = seanceDe(id).value;
  if (seance === undefined) return null;
  const state = etat(seance, maintenant.value);
  return (
    <li class={`carte agenda-carte ${seance.statut}`}>
      <h3>
        <a href={`/seances/${id}`}>{seance.titre}</a>
      </h3>
      <p>
        <time dateTime={seance.debut}>{dates(seance)}</time>
      </p>
      <p class="doux">{[seance.lieu, tarif(seance)].filter((one) => one !== null).join(' · ')}</p>
      {state !== undefined && <p class="agenda-etat">{state}</p>}
      {seance.statut !== 'annulee' && <Places seance={seance} />}
      <MonGeste seance={seance} />
    </li>
  );
}
