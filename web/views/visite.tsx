/** The guided tour: six steps that act on the club for good, and a judge of its own that says whether it kept its word. */
import { useEffect } from 'preact/hooks';
import { lire } from '../state/api';
import { ecouter } from '../state/flux';
import { say } from '../state/langue';
import { connaitreLesMembres } from '../state/moi';
import '../style/visite.css';
import { useLu } from '../ui/lecture';
import { VISITE } from '../words/visite';
import { Carte } from './visite/carte';
import { ETAPES_DE_GRAPPE } from './visite/etapes-grappe';
import { ETAPES_DE_SEANCE } from './visite/etapes-seance';

const ETAPES = [...ETAPES_DE_SEANCE, ...ETAPES_DE_GRAPPE];

export function Visite() {
  const { valeur } = useLu(() => lire('/api/v1/grappe'));
  useEffect(() => void connaitreLesMembres().catch(() => undefined), []);
  useEffect(() => ecouter('grappe', (grappe) => (valeur.value = grappe)), []);
  // One that is doubted for a moment, as while this instance is cut off, is there all the same.
  const seule = valeur.value !== undefined && valeur.value.noeuds.filter(({ etat }) => etat === 'vivant' || etat === 'suspect').length < 2;
  return (
    <>
      <h1 tabIndex={-1}>{say(VISITE.titre)}</h1>
      <p>{say(VISITE.intro)}</p>
      <p class="garde">{say(VISITE.garde)}</p>
      <ol class="visite-etapes">
        {ETAPES.map((etape, i) => (
          <Carte key={etape.nom} etape={etape} numero={i + 1} obstacle={etape.grappe && seule ? VISITE.seule : undefined} />
        ))}
      </ol>
    </>
  );
}
