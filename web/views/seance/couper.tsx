import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { say } from '../../state/langue';
import { SEANCE } from '../../words/seance';

const ROWS = 50;

/** The first of a long list, and the button that shows more. On paper everything is there. */
export function useCoupe<T>(all: readonly T[]): { readonly montres: readonly T[]; readonly suite: ComponentChildren } {
  const shown = useSignal(ROWS);
  useEffect(() => {
    const whole = (): void => void (shown.value = Infinity);
    addEventListener('beforeprint', whole);
    return () => removeEventListener('beforeprint', whole);
  }, []);
  const left = all.length - shown.value;
  const suite =
    left <= 0 ? null : (
      <p>
        <button type="button" onClick={() => (shown.value += 2 * ROWS)}>
          {say(SEANCE.suite, { n: left })}
        </button>
      </p>
    );
  return { montres: all.slice(0, shown.value), suite };
}
