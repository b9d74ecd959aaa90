import { useEffect } from 'preact/hooks';
import { ecouter } from '../state/flux';
import { say } from '../state/langue';
import { connaitreLesMembres, jeSuis, membres, moi, revenir } from '../state/moi';
import { COMMUN } from '../words/commun';

/** Who sits here. Without access control this is a convenience, not a key. */
export function Personne() {
  useEffect(() => {
    const read = (again: boolean): void => void connaitreLesMembres(again).catch(() => undefined);
    read(false);
    return ecouter('relire', ({ sujet, faits }) => {
      if (sujet !== undefined || faits === true) return;
      read(true);
      if (moi.value === undefined) void revenir();
    });
  }, []);
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
