import { type Signal, useSignal } from '@preact/signals';
import { say } from '../../state/langue';
import { nomDe } from '../../state/moi';
import { maintenant, type Seance } from '../../state/seances';
import { Acte } from '../../ui/acte';
import { SEANCE } from '../../words/seance';
import type { Inscription } from '../agenda/mienne';
import { limite } from '../agenda/mots';
import { type Acquis, desisterPour, repondrePour } from './actes';
import { CeQuiEstFait } from './acquis';
import { useCoupe } from './couper';
import { Presence, seNote } from './presence';

interface InscritsProps {
  readonly seance: Seance;
  readonly entrees: readonly Inscription[];
  readonly relire: () => void;
}

/** Who has a place: before the séance those who may leave it, from its beginning on the presence sheet. */
export function Inscrits({ seance, entrees, relire }: InscritsProps) {
  const seated = entrees.filter(({ statut }) => statut !== 'en_attente');
  const { montres, suite } = useCoupe(seated);
  const done = useSignal<Acquis | undefined>(undefined);
  const title = say(SEANCE.inscrits, { n: seated.length });
  return (
    <section>
      <h2>{title}</h2>
      <CeQuiEstFait de={done} />
      {seated.length === 0 ? (
        <p>{say(SEANCE.personne_inscrit)}</p>
      ) : (
        <div class="defile" tabIndex={0} role="region" aria-label={title}>
          <table class="seance-liste" role="table">
            <Entete begun={seNote(seance, maintenant.value)} />
            <tbody role="rowgroup">
              {montres.map((one, i) => (
                <Rangee key={one.membreId} numero={i + 1} seance={seance} entree={one} relire={relire} done={done} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {suite}
    </section>
  );
}

function Entete({ begun }: { readonly begun: boolean }) {
  return (
    <thead role="rowgroup">
      <tr role="row">
        <th scope="col" role="columnheader">
          {say(SEANCE.numero)}
        </th>
        <th scope="col" role="columnheader">
          {say(SEANCE.membre)}
        </th>
        <th scope="col" role="columnheader">
          {say(begun ? SEANCE.presence : SEANCE.etat)}
        </th>
        <th scope="col" role="columnheader" class="seance-papier">
          {say(SEANCE.emargement)}
        </th>
      </tr>
    </thead>
  );
}

interface RangeeProps {
  readonly numero: number;
  readonly seance: Seance;
  readonly entree: Inscription;
  readonly relire: () => void;
  readonly done: Signal<Acquis | undefined>;
}

function Rangee({ numero, seance, entree, relire, done }: RangeeProps) {
  const noted = seNote(seance, maintenant.value) && entree.statut !== 'offerte';
  return (
    <tr role="row">
      <td role="cell">{numero}</td>
      <th scope="row" role="rowheader">
        {nomDe(entree.membreId)}
      </th>
      <td role="cell">
        <span class={noted ? 'seance-papier' : 'seance-mot'}>{enMots(entree, seance.fuseau)}</span>
        {noted ? <Presence seance={seance} entree={entree} relire={relire} /> : <Gestes seance={seance} entree={entree} done={done} />}
      </td>
      <td role="cell" class="seance-papier" />
    </tr>
  );
}

function enMots({ statut, expireLe }: Inscription, fuseau: string): string {
  if (statut === 'annulee' || statut === 'expiree' || statut === 'en_attente') return '';
  return say(SEANCE[statut], { limite: expireLe === undefined ? '' : limite(expireLe, fuseau) });
}

function Gestes({ seance, entree: { membreId, statut }, done }: Pick<RangeeProps, 'seance' | 'entree' | 'done'>) {
  if (seance.statut === 'annulee' || seance.statut === 'cloturee' || Date.parse(seance.debut) <= maintenant.value) return null;
  const nom = nomDe(membreId);
  const { id } = seance;
  const answer = (of: 'acceptation' | 'declin') => async (): Promise<void> => void (done.value = await repondrePour(id, membreId, of));
  if (statut !== 'offerte')
    return (
      <span class="seance-gestes">
        <Acte
          faire={async () => void (done.value = await desisterPour(id, membreId, false))}
          genre="discret"
          titre={say(SEANCE.desister_qui, { nom })}
        >
          {say(SEANCE.desister)}
        </Acte>
      </span>
    );
  return (
    <span class="seance-gestes">
      <Acte faire={answer('acceptation')} titre={say(SEANCE.accepter_qui, { nom })}>
        {say(SEANCE.accepter)}
      </Acte>
      <Acte faire={answer('declin')} genre="discret" titre={say(SEANCE.decliner_qui, { nom })}>
        {say(SEANCE.decliner)}
      </Acte>
    </span>
  );
}
