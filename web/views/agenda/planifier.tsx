import { useSignal } from '@preact/signals';
import { poster } from '../../state/api';
import { say } from '../../state/langue';
import { apprendre, parDate, type Seance, seanceDe } from '../../state/seances';
import { AGENDA } from '../../words/agenda';
import { Boite } from './boite';
import { Champ, Choix, nombre, texte } from './champs';
import { apres, instantDe, murDe } from './murs';

const WEEK_MS = 7 * 86_400_000;
type Nouvelle = Parameters<typeof poster<'/api/v1/seances'>>[2];

export function Planifier() {
  const planned = useSignal<Seance | undefined>(undefined);
  const plan = async (fields: FormData): Promise<string> => {
    const one = await poster('/api/v1/seances', {}, nouvelle(fields));
    apprendre([one]);
    planned.value = one;
    return say(AGENDA.planifiee, { titre: one.titre });
  };
  return (
    <>
      <Boite bouton={say(AGENDA.planifier)} genre="principal" envoyer={say(AGENDA.planifier_envoyer)} faire={plan}>
        {() => <Champs />}
      </Boite>
      {planned.value !== undefined && <a href={`/seances/${planned.value.id}`}>{say(AGENDA.voir, { titre: planned.value.titre })}</a>}
    </>
  );
}

function Champs() {
  const fuseau = fuseauDuClub();
  return (
    <>
      <Champ nom="titre" label={say(AGENDA.champ_titre)} requis />
      <Champ nom="lieu" label={say(AGENDA.champ_lieu)} />
      <Champ nom="debut" label={say(AGENDA.champ_debut)} type="datetime-local" valeur={dansUneSemaine(fuseau)} requis />
      <Champ nom="fin" label={say(AGENDA.champ_duree)} type="number" min={1} valeur={120} requis />
      <Champ nom="fuseau" label={say(AGENDA.champ_fuseau)} valeur={fuseau} />
      <Champ nom="places" label={say(AGENDA.champ_places)} type="number" min={1} valeur={12} requis />
      <Champ nom="prixCentimes" label={say(AGENDA.champ_prix)} type="number" min={0} step="0.01" valeur={0} />
      <Choix nom="paiement" label={say(AGENDA.champ_paiement)}>
        <option value="sur_place">{say(AGENDA.paiement_sur_place)}</option>
        <option value="avant">{say(AGENDA.paiement_avant)}</option>
      </Choix>
      <Champ nom="listeAttenteMax" label={say(AGENDA.champ_liste)} type="number" min={0} />
    </>
  );
}

/** As typed: a field left empty is left out, so that the club says whether it may be. */
function nouvelle(fields: FormData): Nouvelle {
  const fuseau = texte(fields, 'fuseau');
  const debut = instantDe(texte(fields, 'debut'), fuseau);
  const price = nombre(fields, 'prixCentimes');
  return {
    titre: texte(fields, 'titre'),
    lieu: texte(fields, 'lieu'),
    debut,
    fin: apres(debut, nombre(fields, 'fin')),
    fuseau,
    places: nombre(fields, 'places'),
    prixCentimes: price === undefined ? undefined : Math.round(price * 100),
    paiement: texte(fields, 'paiement'),
    listeAttenteMax: nombre(fields, 'listeAttenteMax'),
  } as Nouvelle;
}

/** That of the séances there are; without any, that of this browser. */
function fuseauDuClub(): string {
  const first = parDate.peek().at(-1);
  return (first === undefined ? undefined : seanceDe(first).peek()?.fuseau) ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
}

const dansUneSemaine = (fuseau: string): string => `${murDe(Date.now() + WEEK_MS, fuseau).slice(0, 11)}19:00`;
