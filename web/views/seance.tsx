import '../style/agenda.css';
import '../style/seance.css';
import { useEffect } from 'preact/hooks';
import { say } from '../state/langue';
import { connaitreLesMembres } from '../state/moi';
import { connaitreUneSeance, maintenant, type Seance as Fiche, seanceDe } from '../state/seances';
import { Lecture, useLu } from '../ui/lecture';
import { Places } from '../ui/places';
import { SEANCE } from '../words/seance';
import { MonGeste } from './agenda/geste';
import { dates, etat, limite, tarif } from './agenda/mots';
import { useEntrees } from './seance/entrees';
import { File } from './seance/file';
import { Histoire } from './seance/histoire';
import { Inscrits } from './seance/inscrits';
import { Organiser } from './seance/organiser';
import type { VueProps } from './vues';

const AGAIN_MS = 5_000;

export function Seance({ chemin }: VueProps) {
  const id = chemin.split('/')[2] ?? '';
  const lu = useLu(() => connaitreUneSeance(id).then(() => true), [id]);
  const seance = seanceDe(id).value;
  const stale = seance?.perime === true;
  useEffect(() => {
    if (!stale) return undefined;
    const again = setInterval(lu.relire, AGAIN_MS);
    return () => clearInterval(again);
  }, [stale]);
  useEffect(() => void connaitreLesMembres().catch(() => undefined), []);
  return (
    <>
      <h1 tabIndex={-1}>{seance?.titre ?? say(SEANCE.titre)}</h1>
      {stale && (
        <p class="garde" role="alert">
          {say(SEANCE.perime)}
        </p>
      )}
      {(seance === undefined || lu.erreur.value !== '') && <Lecture de={lu}>{() => null}</Lecture>}
      {seance !== undefined && <Corps seance={seance} />}
    </>
  );
}

function Corps({ seance }: { readonly seance: Fiche }) {
  const entrees = useEntrees(seance.id);
  return (
    <>
      <Faits seance={seance} />
      <Lecture de={entrees}>
        {(all) => (
          <>
            <Inscrits seance={seance} entrees={all} relire={entrees.relire} />
            <File seance={seance} entrees={all} />
            <Organiser seance={seance} entrees={all} />
          </>
        )}
      </Lecture>
      <Histoire seance={seance} />
    </>
  );
}

function Faits({ seance }: { readonly seance: Fiche }) {
  const state = etat(seance, maintenant.value);
  const waited = seance.enAttente > 0 && Date.parse(seance.gel) > maintenant.value;
  return (
    <div class="carte seance-fiche">
      <p>
        <time dateTime={seance.debut}>{dates(seance)}</time>
      </p>
      <p class="doux">{[seance.lieu, tarif(seance)].filter((one) => one !== null).join(' · ')}</p>
      {state !== undefined && <p class="agenda-etat">{state}</p>}
      {seance.statut !== 'annulee' && <Places seance={seance} />}
      {waited && <p class="doux">{say(SEANCE.gel, { limite: limite(seance.gel, seance.fuseau) })}</p>}
      <MonGeste seance={seance} />
      <p class="seance-liens">
        <a href={`/api/v1/seances/${seance.id}/agenda.ics`}>{say(SEANCE.ics)}</a>
        <a href="/">{say(SEANCE.retour)}</a>
      </p>
    </div>
  );
}
