import { say } from '../../state/langue';
import { COMPTOIR } from '../../words/comptoir';
import { convergence, enRetard, muettes } from './convergence';

/** Whether the instances of the club count the same, in one sentence; and which ones cannot say. */
export function Accord() {
  const vue = convergence.value;
  if (vue === undefined) return null;
  const silent = muettes(vue);
  const n = vue.noeuds.length - silent.length;
  const differs = enRetard(vue).length > 0;
  return (
    <>
      {(n > 1 || silent.length === 0) && (
        <p class={differs ? 'comptoir-accord garde' : 'comptoir-accord doux'}>
          <span aria-hidden="true">{differs ? '⇄' : '='}</span>{' '}
          {n === 1 ? say(COMPTOIR.seule, { moi: vue.moi }) : say(differs ? COMPTOIR.echange : COMPTOIR.accord, { n })}
        </p>
      )}
      {silent.length > 0 && (
        <p class="comptoir-accord garde">
          <span aria-hidden="true">▲</span> {say(COMPTOIR.injoignable, { qui: silent.join(', ') })}
        </p>
      )}
    </>
  );
}
