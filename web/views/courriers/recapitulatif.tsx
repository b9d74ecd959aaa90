import { toutLire } from '../../state/api';
import { langue, say } from '../../state/langue';
import { Lecture, useLu } from '../../ui/lecture';
import { COURRIERS, GABARITS } from '../../words/courriers';
import { Etat } from './etat';
import type { Statut } from './lire';

/** The notices that a digest says; read again when its own state changes, which is theirs. */
export function Dits({ id, statut }: { readonly id: string; readonly statut: Statut }) {
  const dits = useLu(() => toutLire('/api/v1/notifications', { recapitulatifId: id }), [id, statut, langue.value]);
  return (
    <>
      <h2>{say(COURRIERS.contient)}</h2>
      <Lecture de={dits}>
        {(found) =>
          found.length === 0 ? (
            <p>{say(COURRIERS.contient_rien)}</p>
          ) : (
            <ul class="courriers-dits">
              {found.map((avis) => (
                <li key={avis.id}>
                  <a href={`/courriers/${avis.id}`}>{avis.sujet ?? say(COURRIERS.sans_sujet)}</a>{' '}
                  <span class="doux">({say(GABARITS[avis.gabarit])})</span> <Etat statut={avis.statut} />
                </li>
              ))}
            </ul>
          )
        }
      </Lecture>
    </>
  );
}
