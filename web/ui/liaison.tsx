import { heure } from '../state/dates';
import { lien, perimeDepuis, pourquoi } from '../state/flux';
import { say, type Word } from '../state/langue';
import { COMMUN } from '../words/commun';

const SAYS: Readonly<Record<typeof lien.value, Word>> = {
  connexion: COMMUN.connexion,
  direct: COMMUN.direct,
  reprise: COMMUN.reprise,
  refus: COMMUN.refuse,
  hors_ligne: COMMUN.hors_ligne,
};

/** Whether what is shown is of now; a sentence when it is not. */
export function Liaison() {
  const since = perimeDepuis.value;
  const state = lien.value;
  const values = { heure: since === undefined ? '' : heure(since), pourquoi: pourquoi.value };
  return (
    <p class={`liaison ${state}`} role={state === 'direct' || state === 'connexion' ? undefined : 'alert'}>
      <span aria-hidden="true">{state === 'direct' ? '●' : '○'}</span> {say(SAYS[state], values)}
    </p>
  );
}
