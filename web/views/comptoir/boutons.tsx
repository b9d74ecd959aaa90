/** − and +, one at a time or as many as the field says; and back. */
import { type Signal, useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { type Compteur, nombre, signe } from '../../state/compteurs';
import { say } from '../../state/langue';
import { Acte } from '../../ui/acte';
import { COMPTOIR } from '../../words/comptoir';
import { annuler, appuyer, envoyer, type File, fileDe } from './appuis';

const MOST = 1_000_000;

/** The whole number that the field holds; undefined when it holds none that may be counted. */
function quantiteDe(text: string): number | undefined {
  const quantite = /^\d{1,7}$/.test(text.trim()) ? Number(text) : 0;
  return quantite >= 1 && quantite <= MOST ? quantite : undefined;
}

export function Boutons({ compteur: { produit, nom } }: { readonly compteur: Compteur }) {
  const [text, wrong, group] = [useSignal('1'), useSignal(false), useRef<HTMLDivElement>(null)];
  const file = fileDe(produit);
  const quantite = quantiteDe(text.value);
  const press = (sign: 1 | -1): void => {
    wrong.value = quantite === undefined;
    if (quantite !== undefined) appuyer(file, sign * quantite);
  };
  const said = nombre(`${quantite ?? 1}`);
  const mark = quantite === undefined || quantite === 1 ? '' : said;
  return (
    <>
      <div class="comptoir-boutons" role="group" aria-label={nom} tabIndex={-1} ref={group}>
        <button type="button" class="comptoir-appui" aria-label={say(COMPTOIR.retirer, { quantite: said, nom })} onClick={() => press(-1)}>
          −{mark}
        </button>
        <Quantite produit={produit} nom={nom} text={text} wrong={wrong} />
        <button type="button" class="comptoir-appui" aria-label={say(COMPTOIR.ajouter, { quantite: said, nom })} onClick={() => press(1)}>
          +{mark}
        </button>
      </div>
      {wrong.value && (
        <p class="refus comptoir-etat" role="alert" id={`comptoir-quantite-${produit}-faux`}>
          {say(COMPTOIR.quantite_fausse)}
        </p>
      )}
      <Suites file={file} nom={nom} apres={() => group.current?.focus()} />
    </>
  );
}

interface QuantiteProps {
  readonly produit: string;
  readonly nom: string;
  readonly text: Signal<string>;
  readonly wrong: Signal<boolean>;
}

function Quantite({ produit, nom, text, wrong }: QuantiteProps) {
  const field = `comptoir-quantite-${produit}`;
  const write = (value: string): void => void ([text.value, wrong.value] = [value, false]);
  return (
    <>
      <label class="comptoir-quantite" for={field}>
        {say(COMPTOIR.quantite)}
        <span class="invisible"> : {nom}</span>
      </label>
      <input
        id={field}
        type="text"
        inputMode="numeric"
        autocomplete="off"
        maxLength={7}
        value={text}
        aria-invalid={wrong.value}
        aria-describedby={wrong.value ? `${field}-faux` : undefined}
        onInput={({ currentTarget }) => write(currentTarget.value)}
      />
    </>
  );
}

interface SuitesProps {
  readonly file: File;
  readonly nom: string;
  /** Where the keyboard goes on when the button that it pressed has gone. */
  readonly apres: () => void;
}

/** What becomes of the presses, and how to take the last one back. */
function Suites({ file, nom, apres }: SuitesProps) {
  const { attente, panne, refus, faits, produit } = file;
  const n = attente.value.length;
  const last = faits.value[0];
  const quantite = last === undefined ? '' : signe(`${last.by}`);
  const undo = async (id: string): Promise<string> => {
    const sentence = await annuler(produit, id);
    if (faits.value.length === 0) apres();
    return sentence;
  };
  return (
    <>
      {refus.value !== '' && (
        <p class="refus comptoir-etat" role="alert">
          {refus} {panne.value && say(COMPTOIR.en_panne, { n })}
        </p>
      )}
      {panne.value && (
        <button
          type="button"
          class="comptoir-large"
          onClick={() => {
            apres();
            void envoyer(file);
          }}
        >
          {say(COMPTOIR.reessayer)}
        </button>
      )}
      {n > 1 && !panne.value && <p class="doux comptoir-etat">{say(COMPTOIR.en_cours, { n })}</p>}
      {last !== undefined && (
        <Acte genre="discret" titre={say(COMPTOIR.annuler_de, { quantite, nom })} faire={() => undo(last.mouvementId)}>
          {say(COMPTOIR.annuler, { quantite })}
        </Acte>
      )}
    </>
  );
}
