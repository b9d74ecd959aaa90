import type { Signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { say } from '../../state/langue';
import { Acte } from '../../ui/acte';
import { SEANCE } from '../../words/seance';
import type { Acquis } from './actes';

/** What was just done, with the button that undoes it. It takes the focus: the button pressed may have gone with its row. */
export function CeQuiEstFait({ de }: { readonly de: Signal<Acquis | undefined> }) {
  const line = useRef<HTMLParagraphElement>(null);
  const done = de.value;
  useEffect(() => line.current?.focus(), [done]);
  if (done === undefined) return null;
  const { texte, contraire } = done;
  return (
    <p class="seance-acquis" tabIndex={-1} ref={line}>
      {texte}{' '}
      {contraire !== undefined && (
        <Acte faire={async () => void (de.value = { texte: (await contraire()).texte })} genre="discret">
          {say(SEANCE.annuler)}
        </Acte>
      )}
    </p>
  );
}
