/** The desk: a title and a reader, and what can be done with both. Enter chooses, Enter does. */
import { type Signal, useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { say } from '../../state/langue';
import { type Membre, membres } from '../../state/moi';
import { cote, lecteur, type Ouvrage, type Rayons } from '../../state/prets';
import { PRETS } from '../../words/prets';
import { Choix, type Suggestion } from './choix';
import { exemplaireDit, simple, trouverOuvrages } from './recherche';
import { Suite } from './suite';

/** Suggestions shown at once. */
const MONTREES = 8;

interface Choisi {
  readonly ouvrageId: string;
  /** When the id of a copy was typed or scanned. */
  readonly exemplaireId?: string;
}

export const libres = ({ disponibles, exemplaires }: Ouvrage): string => say(PRETS.libres, { n: disponibles, tous: exemplaires.length });

function ouvragesDits({ ouvrages }: Rayons, typed: string): readonly Suggestion<Choisi>[] {
  return trouverOuvrages(ouvrages, typed)
    .slice(0, MONTREES)
    .map((one) => {
      const copy = exemplaireDit(one, typed);
      const what = copy === undefined ? libres(one) : say(PRETS.exemplaire, { cote: cote(copy.id) });
      return {
        cle: one.id,
        texte: one.titre,
        detail: [one.auteur, what].filter(Boolean).join(' · '),
        valeur: { ouvrageId: one.id, ...(copy !== undefined && { exemplaireId: copy.id }) },
      };
    });
}

function membresDits(typed: string): readonly Suggestion<Membre>[] {
  const parts = simple(typed).split(/\s+/);
  return [...membres.value.values()]
    .filter(({ nom }) => parts.every((part) => simple(nom ?? '').includes(part)))
    .toSorted((a, b) => (a.nom ?? '').localeCompare(b.nom ?? ''))
    .slice(0, MONTREES)
    .map((one) => ({ cle: one.id, texte: one.nom ?? '…', detail: one.courriel ?? undefined, valeur: one }));
}

const champ = (id: string): HTMLElement | null => document.querySelector<HTMLElement>(`#${id}`);

/** What was chosen, and where the keyboard goes from there: to the act, or to the reader that it lacks; after the act, back to the title. */
function useChoix() {
  const [titre, nom, choisi] = [useSignal(''), useSignal(''), useSignal<Choisi | undefined>(undefined)];
  const suite = useRef<HTMLDivElement>(null);
  const goOn = useRef(false);
  const [reader, chosen] = [lecteur.value, choisi.value];
  useEffect(() => {
    if (reader !== undefined) nom.value = reader.nom ?? '…';
    else if (document.activeElement !== champ('prets-membre')) nom.value = '';
  }, [reader]);
  // Before the next key is heard.
  useLayoutEffect(() => {
    if (!goOn.current || chosen === undefined) return;
    goOn.current = false;
    (suite.current?.querySelector('button') ?? champ('prets-membre'))?.focus();
  }, [chosen, reader]);
  const choisir = <T,>(into: Signal<T | undefined>, one: T | undefined): void => {
    goOn.current = one !== undefined;
    into.value = one;
  };
  const fini = (): void => {
    [titre.value, choisi.value] = ['', undefined];
    champ('prets-ouvrage')?.focus();
  };
  return { titre, nom, choisi, suite, choisir, fini };
}

export function Guichet({ rayons }: { readonly rayons: Rayons }) {
  const { titre, nom, choisi, suite, choisir, fini } = useChoix();
  const chosen = choisi.value;
  const ouvrage = rayons.ouvrages.find(({ id }) => id === chosen?.ouvrageId);
  return (
    <section class="prets-guichet carte" aria-labelledby="prets-guichet">
      <h2 id="prets-guichet">{say(PRETS.guichet)}</h2>
      <p id="prets-aide" class="doux">
        {say(PRETS.mode_d_emploi)}
      </p>
      <div class="prets-champs">
        <Choix
          id="prets-ouvrage"
          libelle={say(PRETS.ouvrage)}
          texte={titre}
          aide="prets-aide"
          trouver={(typed) => ouvragesDits(rayons, typed)}
          choisir={(one) => choisir(choisi, one)}
        />
        <Choix id="prets-membre" libelle={say(PRETS.membre)} texte={nom} trouver={membresDits} choisir={(one) => choisir(lecteur, one)} />
      </div>
      <div ref={suite}>
        {ouvrage !== undefined && <Suite ouvrage={ouvrage} exemplaireId={chosen?.exemplaireId} rayons={rayons} fini={fini} />}
      </div>
    </section>
  );
}
