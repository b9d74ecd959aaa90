import { say } from '../state/langue';
import { COMMUN } from '../words/commun';

/** In the place of a view, where there is none. */
export function Introuvable() {
  return <h1 tabIndex={-1}>{say(COMMUN.introuvable)}</h1>;
}
