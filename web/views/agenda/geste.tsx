/** What the member who sits here has at a séance, and the one button that says what will happen. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { say, type Word } from '../../state/langue';
import { moi } from '../../state/moi';
import { maintenant, type Seance } from '../../state/seances';
import { Acte } from '../../ui/acte';
import { AGENDA } from '../../words/agenda';
import { agir, type Geste, gesteDe, pleine, type Suite } from './gestes';
import { connaitreLaMienne, type Mienne, mienneDe } from './mienne';
import { limite, rang } from './mots';

/** A second click meant for the button that was there before is not one for the button that came in its place. */
const SETTLE_MS = 600;

interface GesteProps {
  readonly seance: Seance;
}

export function MonGeste({ seance }: GesteProps) {
  const me = moi.value?.id;
  const root = useRef<HTMLDivElement>(null);
  const suite = useSignal<Suite | undefined>(undefined);
  const settled = useRef(0);
  const idle = seance.statut === 'annulee';
  useEffect(() => {
    suite.value = undefined;
    if (me !== undefined && !idle) connaitreLaMienne(seance.id);
  }, [me, seance.id, idle]);
  if (me === undefined) return gesteDe(seance, { statut: 'rien' }, maintenant.value) === undefined ? null : <Qui titre={seance.titre} />;
  if (idle) return null;
  const mine = mienneDe(seance.id).value;
  const faire = (geste: Geste) => async (): Promise<string | void> => {
    if (performance.now() < settled.current) return;
    suite.value = await agir(geste, seance, me);
    settled.current = performance.now() + SETTLE_MS;
    return suite.value.texte;
  };
  const undo = (geste: Geste) => async (): Promise<string | void> => {
    const said = await faire(geste)();
    if (said === undefined || suite.value === undefined) return;
    suite.value = { texte: said, statut: suite.value.statut };
    // The button that was pressed is gone.
    root.current?.querySelector('button')?.focus();
    return said;
  };
  const done = suite.value !== undefined && suite.value.statut === mine?.statut ? suite.value : undefined;
  return (
    <div class="agenda-geste" ref={root}>
      <p class="agenda-mienne">{done?.texte ?? enMots(seance, mine)}</p>
      <Boutons seance={seance} mine={mine} faire={faire} />
      {done?.contraire !== undefined && (
        <Acte faire={undo(done.contraire)} genre="discret" titre={say(AGENDA.annuler_quoi, { titre: seance.titre })}>
          {say(AGENDA.annuler_geste)}
        </Acte>
      )}
    </div>
  );
}

interface BoutonsProps extends GesteProps {
  readonly mine: Mienne | undefined;
  readonly faire: (geste: Geste) => () => Promise<string | void>;
}

function Boutons({ seance, mine, faire }: BoutonsProps) {
  const geste = gesteDe(seance, mine, maintenant.value);
  if (geste === undefined) return null;
  const values = {
    rang: rang(seance.enAttente + 1),
    limite: mine !== undefined && 'expireLe' in mine && mine.expireLe !== undefined ? limite(mine.expireLe, seance.fuseau) : '',
  };
  const named = (word: Word): string => say(AGENDA.geste_a, { geste: say(word, values), titre: seance.titre });
  return (
    <>
      <Acte key="premier" faire={faire(geste)} genre={geste === 'desister' ? 'discret' : 'principal'} titre={named(AGENDA[geste])}>
        {say(AGENDA[geste], values)}
      </Acte>
      {geste === 'accepter' && (
        <Acte key="second" faire={faire('decliner')} genre="discret" titre={named(AGENDA.decliner)}>
          {say(AGENDA.decliner)}
        </Acte>
      )}
    </>
  );
}

/** What I have, in words. */
function enMots(seance: Seance, mine: Mienne | undefined): string {
  if (mine === undefined) return say(AGENDA.lecture);
  if (mine.statut === 'rien') {
    const full =
      seance.statut === 'ouverte' && Date.parse(seance.debut) > maintenant.value && seance.placesRestantes <= 0 && pleine(seance);
    return full ? say(AGENDA.liste_pleine) : '';
  }
  if (mine.statut === 'annulee' || mine.statut === 'expiree') return '';
  return say(AGENDA[`ma_${mine.statut}`], {
    rang: rang(mine.position ?? 0),
    limite: mine.expireLe === undefined ? '' : limite(mine.expireLe, seance.fuseau),
  });
}

function Qui({ titre }: { readonly titre: string }) {
  const choose = (): void => document.querySelector<HTMLSelectElement>('.personne select')?.focus();
  return (
    <div class="agenda-geste">
      <button type="button" onClick={choose} aria-label={say(AGENDA.geste_a, { geste: say(AGENDA.qui), titre })}>
        {say(AGENDA.qui)}
      </button>
    </div>
  );
}
