import { useSignal } from '@preact/signals';
import { say } from '../../state/langue';
import { annoncer } from '../../ui/annonce';
import { VISITE } from '../../words/visite';

interface LignesProps {
  readonly titre: string;
  readonly texte: string;
}

/** Lines for a terminal, folded until somebody wants them. */
export function Lignes({ titre, texte }: LignesProps) {
  const failed = useSignal(false);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(texte);
      failed.value = false;
      annoncer(say(VISITE.copie));
    } catch {
      // Not a secure address, or not allowed: the text is there to be selected.
      failed.value = true;
    }
  };
  return (
    <details class="visite-lignes">
      <summary>{say(VISITE.terminal)}</summary>
      <pre tabIndex={0} role="region" aria-label={say(VISITE.lignes_de, { titre })}>
        <code>{texte}</code>
      </pre>
      <button type="button" onClick={() => void copy()}>
        {say(VISITE.copier)}
      </button>{' '}
      {failed.value && <span role="alert">{say(VISITE.copie_impossible)}</span>}
    </details>
  );
}
