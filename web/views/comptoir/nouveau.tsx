/** A product that the club counts from now on. */
import { type Signal, useSignal } from '@preact/signals';
import { poster, Refus } from '../../state/api';
import { lireLesCompteurs } from '../../state/compteurs';
import { say, type Word } from '../../state/langue';
import { phrase } from '../../ui/acte';
import { annoncer } from '../../ui/annonce';
import { COMPTOIR } from '../../words/comptoir';

const NAMES = ['nom', 'produit', 'unite', 'seuil'] as const;
type Champ = (typeof NAMES)[number];
type Saisie = Readonly<Record<Champ, string>> & { readonly borne: boolean };

const EMPTY: Saisie = { nom: '', produit: '', unite: '', seuil: '', borne: false };
const LABELS: Readonly<Record<Champ, Word>> = {
  nom: COMPTOIR.nom,
  produit: COMPTOIR.produit,
  unite: COMPTOIR.unite_facultative,
  seuil: COMPTOIR.seuil_facultatif,
};

/** « Sacs en toile » → `sacs-en-toile` */
const court = (nom: string): string =>
  nom
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/œ/gi, 'oe')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60);

function creer({ nom, produit, unite, seuil, borne }: Saisie) {
  const optional = { ...(unite.trim() === '' ? {} : { unite: unite.trim() }), ...(seuil.trim() === '' ? {} : { seuil: seuil.trim() }) };
  return poster('/api/v1/compteurs', {}, { nom, produit: produit.trim() === '' ? court(nom) : produit.trim(), borne, ...optional });
}

/** What is wrong, field by field, as the API tells it. */
function fautes(error: unknown): Readonly<Record<string, string>> {
  const told = error instanceof Refus ? error.donnees['champs'] : undefined;
  if (!Array.isArray(told)) return {};
  return Object.fromEntries((told as { champ: string; probleme: string }[]).map(({ champ, probleme }) => [champ, probleme]));
}

function useNouveau() {
  const [saisie, wrong, fields, busy] = [
    useSignal(EMPTY),
    useSignal(''),
    useSignal<Readonly<Record<string, string>>>({}),
    useSignal(false),
  ];
  const ask = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (busy.value) return;
    busy.value = true;
    [wrong.value, fields.value] = ['', {}];
    try {
      const { nom } = await creer(saisie.value);
      await lireLesCompteurs();
      saisie.value = EMPTY;
      annoncer(say(COMPTOIR.cree, { nom }));
    } catch (error) {
      [wrong.value, fields.value] = [phrase(error), fautes(error)];
    } finally {
      busy.value = false;
    }
  };
  return { saisie, wrong, fields, busy, ask };
}

export function Nouveau() {
  const { saisie, wrong, fields, busy, ask } = useNouveau();
  const borner = (borne: boolean): void => void (saisie.value = { ...saisie.value, borne });
  return (
    <details class="carte comptoir-nouveau">
      <summary>{say(COMPTOIR.nouveau)}</summary>
      <form noValidate onSubmit={(event) => void ask(event)}>
        {NAMES.map((name) => (
          <Texte key={name} name={name} saisie={saisie} faute={fields.value[name]} />
        ))}
        <label class="comptoir-case">
          <input type="checkbox" checked={saisie.value.borne} onChange={({ currentTarget }) => borner(currentTarget.checked)} />
          {say(COMPTOIR.est_borne)}
        </label>
        <button type="submit" class="principal" aria-busy={busy}>
          {say(COMPTOIR.creer)}
        </button>
        {wrong.value !== '' && (
          <p class="refus" role="alert">
            {wrong}
          </p>
        )}
      </form>
    </details>
  );
}

interface TexteProps {
  readonly name: Champ;
  readonly saisie: Signal<Saisie>;
  readonly faute: string | undefined;
}

function Texte({ name, saisie, faute }: TexteProps) {
  const field = `comptoir-nouveau-${name}`;
  return (
    <div class="comptoir-champ">
      <label for={field}>{say(LABELS[name])}</label>
      <input
        id={field}
        type="text"
        autocomplete="off"
        inputMode={name === 'seuil' ? 'numeric' : 'text'}
        required={name === 'nom'}
        value={saisie.value[name]}
        placeholder={name === 'produit' ? court(saisie.value.nom) : undefined}
        aria-invalid={faute !== undefined}
        aria-describedby={faute === undefined ? undefined : `${field}-faux`}
        onInput={({ currentTarget }) => (saisie.value = { ...saisie.value, [name]: currentTarget.value })}
      />
      {faute !== undefined && (
        <span class="refus" id={`${field}-faux`}>
          {faute}
        </span>
      )}
    </div>
  );
}
