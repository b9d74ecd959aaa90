/** Putting a title in the catalogue. */
import { type Signal, useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { say, type Word } from '../../state/langue';
import { Acte } from '../../ui/acte';
import { PRETS } from '../../words/prets';
import { ajouterOuvrage } from './gestes';

export function NouvelOuvrage() {
  const [titre, auteur, isbn, exemplaires] = [useSignal(''), useSignal(''), useSignal(''), useSignal('1')];
  const form = useRef<HTMLFormElement>(null);
  const add = async (): Promise<string> => {
    const optional = { ...(auteur.value.trim() !== '' && { auteur: auteur.value }), ...(isbn.value.trim() !== '' && { isbn: isbn.value }) };
    const sentence = await ajouterOuvrage({ titre: titre.value, ...optional, exemplaires: Number(exemplaires.value) });
    for (const one of [titre, auteur, isbn]) one.value = '';
    exemplaires.value = '1';
    form.current?.querySelector('input')?.focus();
    return sentence;
  };
  const enter = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || !(event.target instanceof HTMLInputElement)) return;
    event.preventDefault();
    form.current?.querySelector('button')?.click();
  };
  return (
    <details class="prets-nouveau">
      <summary>{say(PRETS.ajouter_ouvrage)}</summary>
      <form class="prets-champs" ref={form} onKeyDown={enter} onSubmit={(event) => event.preventDefault()}>
        <Champ mot={PRETS.champ_titre} texte={titre} />
        <Champ mot={PRETS.champ_auteur} texte={auteur} />
        <Champ mot={PRETS.champ_isbn} texte={isbn} />
        <Champ mot={PRETS.champ_exemplaires} texte={exemplaires} nombre />
        <Acte genre="principal" disabled={titre.value.trim() === ''} faire={add}>
          {say(PRETS.ajouter)}
        </Acte>
      </form>
    </details>
  );
}

function Champ({ mot, texte, nombre = false }: { readonly mot: Word; readonly texte: Signal<string>; readonly nombre?: boolean }) {
  const limits = nombre ? ({ type: 'number', min: 1, max: 100 } as const) : ({ type: 'text' } as const);
  return (
    <label>
      {say(mot)}
      <input autocomplete="off" {...limits} value={texte} onInput={({ currentTarget }) => (texte.value = currentTarget.value)} />
    </label>
  );
}
