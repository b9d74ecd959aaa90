import { useSignal } from '@preact/signals';
import { poster } from '../../state/api';
import { type Compteur, nombre, valoir } from '../../state/compteurs';
import { say } from '../../state/langue';
import { phrase } from '../../ui/acte';
import { annoncer } from '../../ui/annonce';
import { COMPTOIR } from '../../words/comptoir';

/** What people write between digits. */
const BLANKS = /[\s\u00a0\u202f]/g;

/** Asks for it once at a time; what became of it is in `wrong` and `done`. */
function useRecomptage({ produit, nom }: Compteur) {
  const [text, wrong, done, busy] = [useSignal(''), useSignal(''), useSignal(''), useSignal(false)];
  const ask = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const valeur = text.value.replace(BLANKS, '').replace('−', '-');
    [wrong.value, done.value] = [/^-?\d+$/.test(valeur) ? '' : say(COMPTOIR.compte_faux), ''];
    if (busy.value || wrong.value !== '') return;
    busy.value = true;
    try {
      const compte = await poster('/api/v1/compteurs/{produit}/recomptages', { produit }, { valeur: `${BigInt(valeur)}` });
      valoir(produit, compte);
      text.value = '';
      done.value = say(COMPTOIR.recompte, { nom, valeur: nombre(compte.valeur) });
      annoncer(done.value);
    } catch (error) {
      wrong.value = phrase(error);
    } finally {
      busy.value = false;
    }
  };
  const write = (value: string): void => void ([text.value, wrong.value, done.value] = [value, '', '']);
  return { text, wrong, done, busy, ask, write };
}

/** « J’en compte … »: the counter is moved by what is missing. */
export function Recomptage({ compteur }: { readonly compteur: Compteur }) {
  const { text, wrong, done, busy, ask, write } = useRecomptage(compteur);
  const field = `comptoir-compte-${compteur.produit}`;
  return (
    <form class="comptoir-recomptage" noValidate onSubmit={(event) => void ask(event)}>
      <label for={field}>{say(COMPTOIR.compte)}</label>
      <input
        id={field}
        type="text"
        inputMode="numeric"
        autocomplete="off"
        maxLength={24}
        value={text}
        aria-invalid={wrong.value !== ''}
        aria-describedby={wrong.value === '' ? undefined : `${field}-faux`}
        onInput={({ currentTarget }) => write(currentTarget.value)}
      />
      <button type="submit" aria-busy={busy}>
        {say(COMPTOIR.recompter)}
      </button>
      {wrong.value !== '' && (
        <p class="refus comptoir-etat" role="alert" id={`${field}-faux`}>
          {wrong}
        </p>
      )}
      {done.value !== '' && <p class="bien comptoir-etat">{done}</p>}
    </form>
  );
}
