import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { toutLire } from '../../state/api';
import { heure, jour } from '../../state/dates';
import { ecouter } from '../../state/flux';
import { say } from '../../state/langue';
import type { Seance } from '../../state/seances';
import { Lecture, useLu } from '../../ui/lecture';
import { SEANCE } from '../../words/seance';
import { useCoupe } from './couper';
import { type FaitDit, phraseDe } from './phrases';

const MOST = 5_000;

interface HistoireProps {
  readonly seance: Seance;
}

/** Everything that happened, the latest first; read when somebody opens it. */
export function Histoire({ seance }: HistoireProps) {
  const open = useSignal(false);
  return (
    <section class="seance-ecran">
      <h2>
        <button type="button" aria-expanded={open} onClick={() => (open.value = !open.value)}>
          <span aria-hidden="true">{open.value ? '▾' : '▸'}</span> {say(SEANCE.histoire)}
        </button>
      </h2>
      {open.value && <Faits seance={seance} />}
    </section>
  );
}

function Faits({ seance: { id, fuseau } }: HistoireProps) {
  const lu = useLu<readonly FaitDit[]>(() => toutLire('/api/v1/seances/{id}/faits', { id }, MOST), [id]);
  useEffect(
    () =>
      ecouter('fait', (fact) => {
        const known = lu.valeur.peek();
        if (fact.agregat !== id || known === undefined || known.length >= MOST) return;
        const expected = (known.at(-1)?.version ?? 0) + 1;
        if (fact.version === expected) lu.valeur.value = [...known, fact];
        else if (fact.version > expected) lu.relire();
      }),
    [id],
  );
  return <Lecture de={lu}>{(all) => <Liste faits={all} fuseau={fuseau} />}</Lecture>;
}

function Liste({ faits, fuseau }: { readonly faits: readonly FaitDit[]; readonly fuseau: string }) {
  const { montres, suite } = useCoupe(faits.toReversed());
  return (
    <>
      {faits.length >= MOST && <p class="garde">{say(SEANCE.histoire_coupee, { n: MOST })}</p>}
      <ol class="seance-histoire" reversed>
        {montres.map((fact) => (
          <li key={fact.version}>
            <time class="doux" dateTime={fact.instant}>
              {jour(fact.instant, fuseau)} {heure(fact.instant, fuseau)}
            </time>{' '}
            {phraseDe(fact, fuseau)}
          </li>
        ))}
      </ol>
      {suite}
    </>
  );
}
