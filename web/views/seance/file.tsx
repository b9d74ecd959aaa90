import { type Signal, useSignal } from '@preact/signals';
import { poster } from '../../state/api';
import { say } from '../../state/langue';
import { nomDe } from '../../state/moi';
import { maintenant, type Seance } from '../../state/seances';
import { Acte } from '../../ui/acte';
import { SEANCE } from '../../words/seance';
import { Boite } from '../agenda/boite';
import { Champ, texte } from '../agenda/champs';
import type { Inscription } from '../agenda/mienne';
import { limite, rang } from '../agenda/mots';
import { type Acquis, desisterPour } from './actes';
import { CeQuiEstFait } from './acquis';
import { useCoupe } from './couper';

interface FileProps {
  readonly seance: Seance;
  readonly entrees: readonly Inscription[];
}

/** Who waits, in what order, and why they still do: for the same reason all of them. */
export function File({ seance, entrees }: FileProps) {
  const waiting = entrees.filter(({ statut }) => statut === 'en_attente');
  const { montres, suite } = useCoupe(waiting);
  const done = useSignal<Acquis | undefined>(undefined);
  const title = say(SEANCE.file, { n: waiting.length });
  if (waiting.length === 0 && done.value === undefined && seance.statut !== 'ouverte') return null;
  return (
    <section class="seance-ecran">
      <h2>{title}</h2>
      <CeQuiEstFait de={done} />
      <p>{waiting[0] === undefined ? say(SEANCE.personne_attend) : raison(waiting[0], seance.fuseau)}</p>
      {waiting.length > 0 && (
        <div class="defile" tabIndex={0} role="region" aria-label={title}>
          <table class="seance-liste" role="table">
            <thead role="rowgroup">
              <tr role="row">
                <th scope="col" role="columnheader">
                  {say(SEANCE.position)}
                </th>
                <th scope="col" role="columnheader">
                  {say(SEANCE.membre)}
                </th>
                <th scope="col" role="columnheader">
                  {say(SEANCE.gestes)}
                </th>
              </tr>
            </thead>
            <tbody role="rowgroup">
              {montres.map((one) => (
                <Rangee key={one.membreId} seance={seance} entree={one} done={done} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {suite}
    </section>
  );
}

interface RangeeProps {
  readonly seance: Seance;
  readonly entree: Inscription;
  readonly done: Signal<Acquis | undefined>;
}

function Rangee({ seance, entree, done }: RangeeProps) {
  return (
    <tr role="row">
      <td role="cell">{rang(entree.position ?? 0)}</td>
      <th scope="row" role="rowheader">
        {nomDe(entree.membreId)}
      </th>
      <td role="cell">
        <Gestes seance={seance} entree={entree} done={done} />
      </td>
    </tr>
  );
}

function raison({ raison: why, jusqua }: Inscription, fuseau: string): string {
  if (why === undefined) return '';
  if (why === 'gel') return say(SEANCE.raison_gel);
  if (why !== 'offre_en_cours') return say(SEANCE[why]);
  return jusqua === undefined ? say(SEANCE.offre_en_cours_sans) : say(SEANCE.offre_en_cours, { limite: limite(jusqua, fuseau) });
}

function Gestes({ seance: { id, statut, debut }, entree: { membreId }, done }: RangeeProps) {
  if (statut === 'annulee' || statut === 'cloturee') return null;
  const nom = nomDe(membreId);
  const promote = async (fields: FormData): Promise<void> => {
    await poster('/api/v1/seances/{id}/promotions', { id }, { membreId, motif: texte(fields, 'motif') ?? '' });
    done.value = { texte: say(SEANCE.dit_inscrit, { nom }), contraire: () => desisterPour(id, membreId, false) };
  };
  const leave = async (): Promise<void> => void (done.value = await desisterPour(id, membreId, true));
  return (
    <span class="seance-gestes">
      <Boite bouton={say(SEANCE.promouvoir)} titre={say(SEANCE.promouvoir_qui, { nom })} envoyer={say(SEANCE.promouvoir)} faire={promote}>
        {() => <Champ nom="motif" label={say(SEANCE.motif)} requis />}
      </Boite>
      {Date.parse(debut) > maintenant.value && (
        <Acte faire={leave} genre="discret" titre={say(SEANCE.retirer_qui, { nom })}>
          {say(SEANCE.retirer)}
        </Acte>
      )}
    </span>
  );
}
