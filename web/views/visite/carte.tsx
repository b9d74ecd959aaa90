import { signal, useSignal } from '@preact/signals';
import { useEffect, useId } from 'preact/hooks';
import { say, type Values, type Word } from '../../state/langue';
import { connaitreUneSeance, seanceDe } from '../../state/seances';
import { Acte } from '../../ui/acte';
import { Places } from '../../ui/places';
import { VISITE } from '../../words/visite';
import { empechement } from './club';
import { type Dire, type Etape, Impossible, type Resultat } from './etape';
import { Lignes } from './lignes';
import { conclusion, Verdict } from './verdict';

/** The step that is being played: one at a time. */
const enCours = signal('');

interface CarteProps {
  readonly etape: Etape;
  readonly numero: number;
  /** Why it cannot be played now. */
  readonly obstacle: Word | undefined;
}

export function Carte({ etape, numero, obstacle }: CarteProps) {
  const id = useId();
  const partie = usePartie(etape);
  return (
    <li class="carte visite-etape" aria-labelledby={id}>
      <h2 id={id}>
        {numero}. {say(etape.titre)}
      </h2>
      <h3>{say(VISITE.quoi)}</h3>
      <p>{say(etape.quoi)}</p>
      {obstacle === undefined ? (
        <p>
          <Acte genre="principal" disabled={enCours.value !== '' && enCours.value !== etape.nom} faire={partie.jouer}>
            {say(etape.bouton)}
          </Acte>
        </p>
      ) : (
        <p class="garde">{say(obstacle)}</p>
      )}
      {partie.seance.value !== undefined && <EnVue id={partie.seance.value} />}
      {partie.phase.value !== undefined && <p class="doux">{say(...partie.phase.value)}</p>}
      {partie.resultat.value !== undefined && <Verdict titre={etape.titre} de={partie.resultat.value} />}
      <Lignes titre={say(etape.titre)} texte={etape.curl(location.origin, partie.resultat.value?.seance)} />
    </li>
  );
}

/** How far the step is, what came of it the last time, and how to play it. */
function usePartie(etape: Etape) {
  const phase = useSignal<readonly [Word, Values] | undefined>(undefined);
  const resultat = useSignal<Resultat | undefined>(undefined);
  const seance = useSignal<string | undefined>(undefined);
  const jouer = async (): Promise<string> => {
    [enCours.value, resultat.value] = [etape.nom, undefined];
    [phase.value, seance.value] = [undefined, undefined];
    try {
      await permettre();
      const dire: Dire = (mot, valeurs = {}) => (phase.value = [mot, valeurs]);
      resultat.value = await etape.jouer(dire, (id) => (seance.value = id));
      phase.value = undefined;
      return conclusion(resultat.value);
    } catch (error) {
      phase.value = undefined;
      if (!(error instanceof Impossible)) throw error;
      phase.value = [error.mot, error.valeurs];
      return say(error.mot, error.valeurs);
    } finally {
      enCours.value = '';
    }
  };
  return { phase, resultat, seance, jouer };
}

/** The séance that the step is about, as its places are taken. */
function EnVue({ id }: { readonly id: string }) {
  useEffect(() => void connaitreUneSeance(id).catch(() => undefined), [id]);
  const seance = seanceDe(id).value;
  return seance === undefined ? null : <Places seance={seance} />;
}

/** Refuses on a club that is not the demo's. */
async function permettre(): Promise<void> {
  const why = await empechement();
  if (why !== undefined) throw new Impossible(why === 'club' ? VISITE.pas_la_demo : VISITE.pas_de_plantages);
}
