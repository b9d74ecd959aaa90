/** A button that opens a small form. What the club finds wrong is told next to the field that it names. */
import { createContext, type ComponentChildren } from 'preact';
import { type Signal, useSignal } from '@preact/signals';
import { useContext, useEffect, useId, useRef } from 'preact/hooks';
import { Refus } from '../../state/api';
import { say } from '../../state/langue';
import { phrase } from '../../ui/acte';
import { annoncer } from '../../ui/annonce';
import { AGENDA } from '../../words/agenda';

/** What is wrong, by field; '' is what no field can be blamed for. */
type Fautes = Readonly<Record<string, string>>;
export const FautesDeLaBoite = createContext<Signal<Fautes> | undefined>(undefined);

interface BoiteProps {
  /** What the button says; it is the title of the form as well. */
  readonly bouton: string;
  /** The title, when the button alone is not enough. */
  readonly titre?: string;
  readonly genre?: 'principal' | 'danger' | 'discret';
  readonly envoyer: string;
  /** Asks; resolves with the sentence to say, if there is one. The form closes then. */
  readonly faire: (fields: FormData) => Promise<string | void>;
  /** Drawn only while the form is open. */
  readonly children: () => ComponentChildren;
}

export function Boite(props: BoiteProps) {
  const open = useSignal(false);
  const { bouton, titre, genre } = props;
  return (
    <>
      <button type="button" class={genre} aria-haspopup="dialog" aria-label={titre} onClick={() => (open.value = true)}>
        {bouton}
      </button>
      {open.value && <Ouverte {...props} closed={() => (open.value = false)} />}
    </>
  );
}

function Ouverte({ bouton, titre = bouton, genre, envoyer, faire, children, closed }: BoiteProps & { readonly closed: () => void }) {
  const [dialog, heading] = [useRef<HTMLDialogElement>(null), useId()];
  const [fautes, busy] = [useSignal<Fautes>({}), useSignal(false)];
  useEffect(() => dialog.current?.showModal(), []);
  const send = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (busy.value || !(event.currentTarget instanceof HTMLFormElement)) return;
    [busy.value, fautes.value] = [true, {}];
    try {
      const sentence = await faire(new FormData(event.currentTarget));
      if (sentence !== undefined) annoncer(sentence);
      dialog.current?.close();
    } catch (error) {
      fautes.value = fautesDe(error);
      requestAnimationFrame(() => dialog.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
    }
    busy.value = false;
  };
  return (
    <dialog class="agenda-boite" ref={dialog} aria-labelledby={heading} onClose={closed}>
      <form noValidate onSubmit={(event) => void send(event)}>
        <h2 id={heading}>{titre}</h2>
        <FautesDeLaBoite.Provider value={fautes}>{children()}</FautesDeLaBoite.Provider>
        <p class="refus" role="alert">
          {fautes.value['']}
        </p>
        <p class="agenda-boite-gestes">
          <button type="submit" class={genre === 'danger' ? 'danger' : 'principal'} aria-busy={busy}>
            {envoyer}
          </button>
          <button type="button" onClick={() => dialog.current?.close()}>
            {say(AGENDA.renoncer)}
          </button>
        </p>
      </form>
    </dialog>
  );
}

/** Refusals that speak of one field without naming it. */
const BLAMED: Readonly<Record<string, string>> = {
  dates_incoherentes: 'fin',
  debut_passe: 'debut',
  places_invalides: 'places',
  places_sous_inscrits: 'places',
};

function fautesDe(error: unknown): Fautes {
  const sentence = phrase(error);
  if (!(error instanceof Refus)) return { '': sentence };
  const named = error.donnees['champs'];
  if (!Array.isArray(named)) return { [BLAMED[error.code] ?? '']: sentence };
  return Object.fromEntries((named as { champ: string; probleme: string }[]).map(({ champ, probleme }) => [champ, probleme]));
}

/** What ties a field to its label and to what is wrong with it. */
export function useFaute(name: string): { readonly id: string; readonly faute: ComponentChildren; readonly aria: object } {
  const id = useId();
  const wrong = useContext(FautesDeLaBoite)?.value[name];
  if (wrong === undefined) return { id, faute: null, aria: {} };
  const faute = (
    <span class="refus" id={`${id}-faute`}>
      ⚠ {wrong}
    </span>
  );
  return { id, faute, aria: { 'aria-invalid': 'true', 'aria-describedby': `${id}-faute` } };
}
