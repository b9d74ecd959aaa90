import { say, type Word } from '../../state/langue';
import { VISITE } from '../../words/visite';
import { CONSTATS } from '../../words/visite-constats';
import type { Resultat } from './etape';
import type { Constat } from './juge';

/** The verdict in one sentence; it is red when one check is. */
export function conclusion({ constats, resume }: Resultat): string {
  const wrong = constats.filter(({ bon }) => !bon).length;
  if (wrong > 0) return say(VISITE.pas_tenu, { n: wrong, total: constats.length });
  return resume === undefined ? say(VISITE.tout_tenu, { n: constats.length }) : say(...resume);
}

export function Verdict({ titre, de }: { readonly titre: Word; readonly de: Resultat }) {
  const caption = say(VISITE.verdict, { titre: say(titre) });
  const bon = de.constats.every((one) => one.bon);
  return (
    <>
      <p class={`visite-conclusion ${bon ? 'bien' : 'mal'}`}>
        <span aria-hidden="true">{bon ? '✓' : '✗'}</span> {conclusion(de)}
      </p>
      <div class="defile" tabIndex={0} role="region" aria-label={caption}>
        <table>
          <caption class="invisible">{caption}</caption>
          <thead>
            <tr>
              <th scope="col">{say(VISITE.verification)}</th>
              <th scope="col">{say(VISITE.constate)}</th>
              <th scope="col">{say(VISITE.tenu)}</th>
            </tr>
          </thead>
          <tbody>
            {de.constats.map((constat) => (
              <Ligne key={constat.quoi} {...constat} />
            ))}
          </tbody>
        </table>
      </div>
      {de.seance !== undefined && (
        <p>
          <a href={`/seances/${de.seance}`}>{say(VISITE.voir_seance)}</a>
        </p>
      )}
    </>
  );
}

function Ligne({ quoi, bon, valeurs }: Constat) {
  const mots = CONSTATS[quoi];
  return (
    <tr>
      <th scope="row">{mots === undefined ? quoi : say(mots.nom)}</th>
      <td>{mots === undefined ? '' : say(mots.trouve, valeurs)}</td>
      <td class={bon ? 'bien' : 'mal'}>
        <span aria-hidden="true">{bon ? '✓' : '✗'}</span> {say(bon ? VISITE.oui : VISITE.non)}
      </td>
    </tr>
  );
}
