import { useMemo, useRef } from 'preact/hooks';
import { heure, jour } from '../../state/dates';
import { langue, say } from '../../state/langue';
import { annoncer } from '../../ui/annonce';
import { Lecture, useLu } from '../../ui/lecture';
import { COURRIERS, GABARITS } from '../../words/courriers';
import { destinataire, useDestinataires } from './destinataire';
import { Etat } from './etat';
import { Filtres } from './filtres';
import { Gestes } from './gestes';
import { type Avis, type AvisLus, filtre, lireLesAvis, montres, prochainEssai, TOGETHER, useRelecture } from './lire';

export function Liste() {
  const chosen = filtre.value;
  const told = useRef(chosen);
  const lus = useLu(async () => {
    const found = await lireLesAvis(chosen, montres.peek());
    if (told.current !== chosen) annoncer(combien(found, montres.peek()));
    told.current = chosen;
    return found;
  }, [chosen, montres.value, langue.value]);
  useRelecture(lus.relire, lus.valeur.value);
  return (
    <>
      <h1 tabIndex={-1}>{say(COURRIERS.titre)}</h1>
      <p class="doux">{say(COURRIERS.intro)}</p>
      <Filtres />
      <Lecture de={lus}>{(found) => <Avances lus={found} relire={lus.relire} />}</Lecture>
    </>
  );
}

interface AvancesProps {
  readonly lus: AvisLus;
  readonly relire: () => void;
}

const combien = ({ avis: { length } }: AvisLus, shown: number): string =>
  say(length > shown ? COURRIERS.derniers : COURRIERS.combien, { n: Math.min(length, shown) });

function Avances({ lus, relire }: AvancesProps) {
  const { avis } = lus;
  const shown = montres.value;
  const ids = useMemo(() => [...new Set(avis.slice(0, shown).map(({ membreId }) => membreId))], [avis, shown]);
  useDestinataires(ids);
  const { statut, membreId } = filtre.value;
  if (avis.length === 0) return <p>{say(statut === undefined && membreId === undefined ? COURRIERS.aucun : COURRIERS.aucun_filtre)}</p>;
  return (
    <>
      {avis.some((one) => one.statut === 'affichee') && <p class="courriers-boite">{say(COURRIERS.boite)}</p>}
      <p class="doux">{combien(lus, shown)}</p>
      <ol class="courriers-liste">
        {avis.slice(0, shown).map((one) => (
          <Ligne key={one.id} avis={one} relire={relire} />
        ))}
      </ol>
      {avis.length > shown && (
        <p>
          <button type="button" onClick={() => (montres.value += TOGETHER)}>
            {say(COURRIERS.suite)}
          </button>
        </p>
      )}
    </>
  );
}

function Ligne({ avis, relire }: { readonly avis: Avis; readonly relire: () => void }) {
  const link = useRef<HTMLAnchorElement>(null);
  const { id, statut, sujet, gabarit, membreId, creeeLe, essais } = avis;
  const prochain = prochainEssai(avis);
  const done = (): void => {
    link.current?.focus();
    relire();
  };
  return (
    <li class="courriers-ligne">
      <Etat statut={statut} />
      <div>
        <a class="courriers-sujet" href={`/courriers/${id}`} ref={link}>
          {sujet ?? say(COURRIERS.sans_sujet)}
        </a>
        <p class="doux">
          {say(COURRIERS.pour, { nom: destinataire(membreId) })} · {say(GABARITS[gabarit])} ·{' '}
          <time dateTime={creeeLe}>{say(COURRIERS.ecrit, { quand: moment(creeeLe) })}</time>
          {essais > 0 && ` · ${say(COURRIERS.essais, { n: essais })}`}
          {prochain !== null && ` · ${say(COURRIERS.prochain, { quand: moment(prochain) })}`}
        </p>
        {statut === 'morte' && (
          <p class="courriers-gestes">
            <Gestes avis={avis} apres={done} />
          </p>
        )}
      </div>
    </li>
  );
}

/** « 15 janv. 19:00 » */
export const moment = (instant: string): string => `${jour(instant)} ${heure(instant)}`;
