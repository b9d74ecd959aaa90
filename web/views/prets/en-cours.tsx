/** Live loans, late first; the lost and the returned ones when asked for. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { say, type Word } from '../../state/langue';
import { nomDe } from '../../state/moi';
import { toutLire } from '../../state/api';
import { maintenant, type Pret, type Rayons, suivreLesFaits } from '../../state/prets';
import { Lecture, useLu } from '../../ui/lecture';
import { PRETS } from '../../words/prets';
import { Actes } from './actes';
import { titreDe } from './gestes';
import { etatDe, horloge, leJour } from './jours';
import { Liste } from './liste';
import { simple } from './recherche';

const STATUTS: Readonly<Record<Pret['statut'], Word>> = { en_cours: PRETS.les_en_cours, perdu: PRETS.les_perdus, rendu: PRETS.les_rendus };
/** Closed loans read at most. */
const CLOS_AU_PLUS = 300;

export function EnCours({ rayons }: { readonly rayons: Rayons }) {
  const [statut, filtre] = [useSignal<Pret['statut']>('en_cours'), useSignal('')];
  const wanted = statut.value;
  return (
    <>
      <div class="prets-filtres">
        <label>
          {say(PRETS.statut)}{' '}
          <select value={statut} onChange={({ currentTarget }) => (statut.value = currentTarget.value as Pret['statut'])}>
            {Object.entries(STATUTS).map(([value, word]) => (
              <option key={value} value={value}>
                {say(word)}
              </option>
            ))}
          </select>
        </label>
        <label>
          {say(PRETS.filtrer)} <input type="search" value={filtre} onInput={({ currentTarget }) => (filtre.value = currentTarget.value)} />
        </label>
      </div>
      {wanted === 'en_cours' ? (
        <LesPrets prets={rayons.prets} filtre={filtre.value} />
      ) : (
        <Clos key={wanted} statut={wanted} filtre={filtre.value} />
      )}
    </>
  );
}

function Clos({ statut, filtre }: { readonly statut: 'perdu' | 'rendu'; readonly filtre: string }) {
  const lu = useLu(() => toutLire('/api/v1/prets', { statut }, CLOS_AU_PLUS), [statut]);
  const { relire } = lu;
  useEffect(() => suivreLesFaits(relire), []);
  return <Lecture de={lu}>{(prets) => <LesPrets prets={prets} filtre={filtre} apres={relire} />}</Lecture>;
}

interface LesPretsProps {
  readonly prets: readonly Pret[];
  readonly filtre: string;
  readonly apres?: () => void;
}

function LesPrets({ prets, filtre, apres }: LesPretsProps) {
  const query = simple(filtre);
  const found = query === '' ? prets : prets.filter((one) => simple(`${titreDe(one.ouvrageId)} ${nomDe(one.membreId)}`).includes(query));
  return (
    <Liste de={found} vide={say(PRETS.aucun_pret)} classe="prets-rangs">
      {(pret) => <UnPret key={pret.id} pret={pret} {...(apres !== undefined && { apres })} />}
    </Liste>
  );
}

function UnPret({ pret, apres }: { readonly pret: Pret; readonly apres?: () => void }) {
  const live = pret.statut === 'en_cours';
  const retard = live && etatDe(pret, maintenant.value).etat === 'retard';
  return (
    <li class="prets-rang carte">
      <div>
        <a href={`/prets/${pret.id}`}>{titreDe(pret.ouvrageId)}</a>
        <p>{nomDe(pret.membreId)}</p>
        <p class="doux">
          {say(PRETS.jusquau, { jour: leJour(horloge(pret.echeance)) })}
          {live && pret.relance > 0 && ` · ${say(PRETS.relances_envoyees, { n: pret.relance })}`}
        </p>
      </div>
      <Etat pret={pret} />
      <Actes pret={pret} retard={retard} {...(apres !== undefined && { apres })} />
    </li>
  );
}

const CLOS: Readonly<Record<'perdu' | 'rendu', Word>> = { perdu: PRETS.statut_perdu, rendu: PRETS.statut_rendu };

/** How a loan stands: by a word, a shape and a colour. */
export function Etat({ pret }: { readonly pret: Pret }) {
  if (pret.statut !== 'en_cours')
    return (
      <p class="prets-etat">
        <span aria-hidden="true">{pret.statut === 'perdu' ? '✕' : '✓'}</span> {say(CLOS[pret.statut])}
      </p>
    );
  const { etat, forme, dit } = etatDe(pret, maintenant.value);
  return (
    <p class={`prets-etat ${etat}`}>
      <span aria-hidden="true">{forme}</span> {dit}
    </p>
  );
}
