import { type Signal, useSignal } from '@preact/signals';
import { changer, poster } from '../../state/api';
import { say } from '../../state/langue';
import { maintenant, type Seance } from '../../state/seances';
import { Acte } from '../../ui/acte';
import { SEANCE } from '../../words/seance';
import { AGENDA } from '../../words/agenda';
import { Boite } from '../agenda/boite';
import { Champ, nombre, texte } from '../agenda/champs';
import type { Inscription } from '../agenda/mienne';
import { dates } from '../agenda/mots';
import { apres, instantDe, murDe } from '../agenda/murs';
import { Accueil } from './accueil';
import type { Acquis } from './actes';
import { CeQuiEstFait } from './acquis';

interface OrganiserProps {
  readonly seance: Seance;
  readonly entrees: readonly Inscription[];
}

/** What is done to the séance as a whole. A séance that is over or cancelled changes no more. */
export function Organiser({ seance, entrees }: OrganiserProps) {
  const done = useSignal<Acquis | undefined>(undefined);
  const over = seance.statut === 'annulee' || seance.statut === 'cloturee';
  const begun = Date.parse(seance.debut) <= maintenant.value;
  return (
    <section class="seance-ecran">
      <h2>{say(SEANCE.organiser)}</h2>
      <CeQuiEstFait de={done} />
      <div class="seance-organiser">
        {!over && !begun && <Accueil seance={seance} entrees={entrees} done={done} />}
        {!over && <Changer seance={seance} done={done} />}
        {!over && !begun && <Portes seance={seance} />}
        {!over && <Reporter seance={seance} done={done} />}
        <button type="button" onClick={() => print()}>
          {say(SEANCE.imprimer)}
        </button>
        {!over && <Annuler seance={seance} done={done} />}
      </div>
    </section>
  );
}

interface GesteProps {
  readonly seance: Seance;
  readonly done: Signal<Acquis | undefined>;
}

function Changer({ seance: { id, places }, done }: GesteProps) {
  const change = async (fields: FormData): Promise<void> => {
    // A field left empty is no number: the club says so.
    const asked = { places: nombre(fields, 'places') } as { places: number };
    const now = await changer('/api/v1/seances/{id}', { id }, asked);
    done.value = { texte: say(SEANCE.dit_places, { places: now.places }) };
  };
  return (
    <Boite bouton={say(SEANCE.changer_places)} envoyer={say(SEANCE.changer_envoyer)} faire={change}>
      {() => <Champ nom="places" label={say(AGENDA.champ_places)} type="number" min={1} valeur={places} requis />}
    </Boite>
  );
}

function Portes({ seance: { id, statut } }: Pick<GesteProps, 'seance'>) {
  const open = statut === 'ouverte';
  const turn = async (): Promise<string> => {
    if (open) await poster('/api/v1/seances/{id}/fermeture', { id }, undefined);
    else await poster('/api/v1/seances/{id}/reouverture', { id }, undefined);
    return say(open ? SEANCE.dit_fermee : SEANCE.dit_rouverte);
  };
  return <Acte faire={turn}>{say(open ? SEANCE.fermer : SEANCE.rouvrir)}</Acte>;
}

function Reporter({ seance: { id, debut, fin, fuseau }, done }: GesteProps) {
  const [begin, end] = [Date.parse(debut), Date.parse(fin)];
  const move = async (fields: FormData): Promise<void> => {
    const at = instantDe(texte(fields, 'debut'), fuseau);
    const asked = { debut: at, fin: apres(at, nombre(fields, 'fin')) } as { debut: string; fin: string };
    const now = await poster('/api/v1/seances/{id}/report', { id }, asked);
    done.value = { texte: say(SEANCE.dit_reportee, { quand: dates(now) }) };
  };
  return (
    <Boite bouton={say(SEANCE.reporter)} envoyer={say(SEANCE.reporter_envoyer)} faire={move}>
      {() => (
        <>
          <Champ nom="debut" label={`${say(AGENDA.champ_debut)} (${fuseau})`} type="datetime-local" valeur={murDe(begin, fuseau)} requis />
          <Champ nom="fin" label={say(AGENDA.champ_duree)} type="number" min={1} valeur={Math.round((end - begin) / 60_000)} requis />
        </>
      )}
    </Boite>
  );
}

function Annuler({ seance: { id, inscrits, offertes, enAttente }, done }: GesteProps) {
  const cancel = async (fields: FormData): Promise<void> => {
    await poster('/api/v1/seances/{id}/annulation', { id }, { motif: texte(fields, 'motif') ?? '' });
    done.value = { texte: say(SEANCE.dit_annulee) };
  };
  return (
    <Boite bouton={say(SEANCE.annuler_seance)} genre="danger" envoyer={say(SEANCE.annuler_seance)} faire={cancel}>
      {() => (
        <>
          <p>{say(SEANCE.annuler_avis, { inscrits: inscrits + offertes, attente: enAttente })}</p>
          <Champ nom="motif" label={say(SEANCE.motif)} requis />
        </>
      )}
    </Boite>
  );
}
