import '../style/agenda.css';
import { useComputed, useSignal } from '@preact/signals';
import { say } from '../state/langue';
import { connaitreLesSeances, maintenant, parDate, seanceDe } from '../state/seances';
import { Lecture, useLu } from '../ui/lecture';
import { AGENDA } from '../words/agenda';
import { Cartes } from './agenda/carte';
import { Planifier } from './agenda/planifier';

export function Agenda() {
  const lu = useLu(() => connaitreLesSeances().then(() => true));
  return (
    <>
      <h1 tabIndex={-1}>{say(AGENDA.titre)}</h1>
      <div class="agenda-outils">
        <Planifier />
        <a href="/api/v1/agenda.ics">{say(AGENDA.abonnement)}</a>
      </div>
      <Lecture de={lu}>{() => <Seances />}</Lecture>
    </>
  );
}

/** Those to come and under way, the next first; then those past, the latest first. */
function Seances() {
  const past = useComputed(() => parDate.value.filter((id) => Date.parse(seanceDe(id).peek()!.fin) <= maintenant.value).toReversed());
  const coming = useComputed(() => parDate.value.filter((id) => Date.parse(seanceDe(id).peek()!.fin) > maintenant.value));
  return (
    <>
      <h2>{say(AGENDA.a_venir)}</h2>
      {coming.value.length === 0 ? <p>{say(AGENDA.aucune)}</p> : <Cartes ids={coming.value} />}
      {past.value.length > 0 && <Passees ids={past.value} />}
    </>
  );
}

function Passees({ ids }: { readonly ids: readonly string[] }) {
  const open = useSignal(false);
  return (
    <>
      <h2>
        <button type="button" aria-expanded={open} onClick={() => (open.value = !open.value)}>
          <span aria-hidden="true">{open.value ? '▾' : '▸'}</span> {say(AGENDA.passees, { n: ids.length })}
        </button>
      </h2>
      {open.value && <Cartes ids={ids} />}
    </>
  );
}
