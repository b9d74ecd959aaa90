/** A view whose code comes when somebody goes there: who only looks at the agenda does not load the operations. */
import { signal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import { say } from '../state/langue';
import { COMMUN } from '../words/commun';

export function paresseux<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  const [found, missing] = [signal<ComponentType<Props> | undefined>(undefined), signal(false)];
  const fetchIt = (): void => {
    missing.value = false;
    load().then(
      (view) => (found.value = view),
      () => (missing.value = true),
    );
  };
  return (props) => {
    useEffect(() => {
      if (found.peek() === undefined) fetchIt();
    }, []);
    const Vue = found.value;
    if (Vue !== undefined) return <Vue {...props} />;
    // A newer version of the page has other files: only the whole page knows their names.
    if (missing.value) return <Manquante again={() => location.reload()} />;
    return <p class="attente">{say(COMMUN.lecture)}</p>;
  };
}

function Manquante({ again }: { readonly again: () => void }) {
  return (
    <p class="refus" role="alert">
      {say(COMMUN.injoignable)}{' '}
      <button type="button" onClick={again}>
        {say(COMMUN.relire)}
      </button>
    </p>
  );
}
