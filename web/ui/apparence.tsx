import { effect, signal } from '@preact/signals';
import { keep, kept } from '../state/kept';
import { say, type Word } from '../state/langue';
import { COMMUN } from '../words/commun';

const CHOICES: Readonly<Record<string, Word>> = { system: COMMUN.du_systeme, light: COMMUN.claire, dark: COMMUN.sombre };
const chosen = signal(kept('apparence') ?? 'system');

effect(() => {
  if (chosen.value === 'system') delete document.documentElement.dataset['apparence'];
  else document.documentElement.dataset['apparence'] = chosen.value;
});

/** Light, dark, or as the system says. */
export function Apparence() {
  const choose = (value: string): void => {
    chosen.value = value;
    keep('apparence', value);
  };
  return (
    <label>
      {say(COMMUN.apparence)}{' '}
      <select value={chosen} onChange={({ currentTarget }) => choose(currentTarget.value)}>
        {Object.entries(CHOICES).map(([value, word]) => (
          <option key={value} value={value}>
            {say(word)}
          </option>
        ))}
      </select>
    </label>
  );
}
