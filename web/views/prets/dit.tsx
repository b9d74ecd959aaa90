/** What was just done, to be read as long as one likes, with its opposite where there is one. */
import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { say } from '../../state/langue';
import { Acte } from '../../ui/acte';
import { COMMUN } from '../../words/commun';
import { PRETS } from '../../words/prets';

interface Dit {
  readonly phrase: string;
  readonly annuler?: () => Promise<string>;
}

const dernier = signal<Dit | undefined>(undefined);

/** Shows the sentence until the next one; the same sentence comes back, for who announces it. */
export function dire(phrase: string, annuler?: () => Promise<string>): string {
  dernier.value = annuler === undefined ? { phrase } : { phrase, annuler };
  return phrase;
}

export const oublierLeDit = (): void => void (dernier.value = undefined);

/** For who pressed a button that is about to leave with its row. */
export const allerAuDit = (): void => void requestAnimationFrame(() => document.querySelector<HTMLElement>('.prets-dit')?.focus());

export function DernierDit() {
  const said = dernier.value;
  const place = useRef<HTMLElement>(null);
  // The button that was pressed may be gone with its row: who goes on with the keyboard goes on from here.
  useEffect(() => {
    const after = requestAnimationFrame(() => {
      if (said !== undefined && document.activeElement === document.body) place.current?.focus();
    });
    return () => cancelAnimationFrame(after);
  }, [said]);
  if (said === undefined) return null;
  const { phrase, annuler } = said;
  return (
    <section class="prets-dit carte" ref={place} tabIndex={-1} aria-label={say(PRETS.dernier_acte)}>
      <p>{phrase}</p>
      {annuler !== undefined && (
        <Acte key={phrase} faire={async () => dire(await annuler())}>
          {say(COMMUN.annuler)}
        </Acte>
      )}
      <button type="button" onClick={oublierLeDit}>
        {say(COMMUN.fermer)}
      </button>
    </section>
  );
}
