/** A button that asks for something once, says that it is under way, and what became of it. */
import type { ComponentChildren } from 'preact';
import { useSignal } from '@preact/signals';
import { Refus } from '../state/api';
import { say } from '../state/langue';
import { COMMUN } from '../words/commun';
import { annoncer } from './annonce';

interface ActeProps {
  /** Asks; resolves with the sentence to say, if there is one. */
  readonly faire: () => Promise<string | void>;
  readonly children: ComponentChildren;
  readonly genre?: 'principal' | 'danger' | 'discret';
  readonly disabled?: boolean;
  /** What is read instead of the button's text, when that is not enough on its own. */
  readonly titre?: string;
}

export function Acte({ faire, children, genre, disabled = false, titre }: ActeProps) {
  const [busy, wrong] = [useSignal(false), useSignal('')];
  const ask = async (): Promise<void> => {
    if (busy.value) return;
    busy.value = true;
    wrong.value = '';
    try {
      const sentence = await faire();
      if (sentence !== undefined) annoncer(sentence);
    } catch (error) {
      wrong.value = phrase(error);
    } finally {
      busy.value = false;
    }
  };
  return (
    <span class="acte">
      <button type="button" class={genre} aria-label={titre} aria-busy={busy} disabled={disabled} onClick={() => void ask()}>
        {children}
      </button>
      {wrong.value !== '' && (
        <span class="refus" role="alert">
          {wrong}
        </span>
      )}
    </span>
  );
}

/** What to tell a person of something that went wrong. */
export function phrase(error: unknown): string {
  if (!(error instanceof Refus)) throw error;
  return error.statut === 0 ? say(COMMUN.injoignable) : error.detail || error.titre;
}
