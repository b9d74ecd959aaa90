import { useEffect } from 'preact/hooks';
import { say } from '../state/langue';
import { connaitreLesMembres, jeSuis, membres, moi } from '../state/moi';
import { COMMUN } from '../words/commun';

/** Who sits here. Without access control this is a convenience, not a key. */
export function Personne() {
  useEffect(() => void connaitreLesMembres().catch(() => undefined), []);
  const all = [...membres.value.values()].toSorted((a, b) => (a.nom ?? '').localeCompare(b.nom ?? ''));
  return (
    <label class="personne">
      {say(COMMUN.je_suis)}{' '}
      <select value={moi.value?.id ?? ''} onChange={({ currentTarget }) => jeSuis(membres.value.get(currentTarget.value))}>
        <option value="">{say(COMMUN.personne)}</option>
        {all.map(({ id, nom }) => (
          <option key={id} value={id}>
            {nom}
          </option>
        ))}
      </select>
    </label>
  );
}
