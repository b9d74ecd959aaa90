import { say } from '../../state/langue';
import { STATUTS } from '../../words/courriers';
import type { Statut } from './lire';

const SHAPES: Readonly<Record<Statut, readonly [shape: string, tone: string]>> = {
  a_envoyer: ['○', 'doux'],
  en_envoi: ['◐', 'garde'],
  envoyee: ['●', 'bien'],
  affichee: ['◉', 'bien'],
  morte: ['✕', 'mal'],
  sans_adresse: ['△', 'garde'],
  abandonnee: ['⊘', 'doux'],
  a_grouper: ['□', 'doux'],
  groupee: ['■', 'doux'],
  sans_objet: ['–', 'doux'],
};

/** What became of a notice: a shape, a word, and a colour for who sees it. */
export function Etat({ statut }: { readonly statut: Statut }) {
  const [shape, tone] = SHAPES[statut];
  return (
    <span class={`courriers-etat ${tone}`}>
      <span aria-hidden="true">{shape}</span> {say(STATUTS[statut].nom)}
    </span>
  );
}
