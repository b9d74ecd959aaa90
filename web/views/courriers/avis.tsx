/** One notice: its text as it would leave, or left; what is known of it; what may be done for it. */
import { useMemo, useRef } from 'preact/hooks';
import { lire, type Read } from '../../state/api';
import { langue, say } from '../../state/langue';
import { Lecture, useLu } from '../../ui/lecture';
import { COURRIERS, STATUTS } from '../../words/courriers';
import { destinataire, useDestinataires } from './destinataire';
import { Etat } from './etat';
import { Fiche } from './fiche';
import { Gestes } from './gestes';
import { useRelecture } from './lire';
import { Dits } from './recapitulatif';

type Lu = Read<'/api/v1/notifications/{id}'>;

export function Avis({ id }: { readonly id: string }) {
  const lu = useLu(() => lire('/api/v1/notifications/{id}', { id }), [id, langue.value]);
  const avis = lu.valeur.value;
  useRelecture(
    lu.relire,
    useMemo(() => (avis === undefined ? undefined : { avis: [avis], ms: 0 }), [avis]),
  );
  return (
    <>
      <h1 tabIndex={-1}>{avis === undefined ? say(COURRIERS.titre) : (avis.sujet ?? say(COURRIERS.sans_sujet))}</h1>
      <p>
        <a class="courriers-retour" href="/courriers">
          <span aria-hidden="true">← </span>
          {say(COURRIERS.retour)}
        </a>
      </p>
      <Lecture de={lu}>{(found) => <Contenu avis={found} relire={lu.relire} />}</Lecture>
    </>
  );
}

function Contenu({ avis, relire }: { readonly avis: Lu; readonly relire: () => void }) {
  const state = useRef<HTMLParagraphElement>(null);
  useDestinataires(useMemo(() => [avis.membreId], [avis.membreId]));
  const done = (): void => {
    state.current?.focus();
    relire();
  };
  return (
    <>
      <p tabIndex={-1} ref={state}>
        <Etat statut={avis.statut} /> <span class="doux">{say(STATUTS[avis.statut].sens)}</span>
      </p>
      <p class="courriers-gestes">
        <Gestes avis={avis} apres={done} />
      </p>
      <h2>{say(COURRIERS.texte)}</h2>
      {avis.texte === null ? <p>{say(COURRIERS.sans_texte)}</p> : <pre class="carte courriers-texte">{avis.texte}</pre>}
      {avis.gabarit === 'recapitulatif' && <Dits id={avis.id} statut={avis.statut} />}
      <h2>{say(COURRIERS.fiche)}</h2>
      <Fiche avis={avis} nom={destinataire(avis.membreId)} />
    </>
  );
}
