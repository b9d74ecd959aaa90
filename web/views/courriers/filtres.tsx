import { say } from '../../state/langue';
import { membres } from '../../state/moi';
import { COURRIERS, STATUTS } from '../../words/courriers';
import { filtre, filtrer, type Statut } from './lire';

/** Which notices are listed. */
export function Filtres() {
  const { statut, membreId } = filtre.value;
  const all = [...membres.value.values()].filter(({ nom }) => nom !== null).toSorted((a, b) => a.nom!.localeCompare(b.nom!));
  return (
    <fieldset class="courriers-filtres">
      <legend class="invisible">{say(COURRIERS.filtres)}</legend>
      <label>
        {say(COURRIERS.etat)}{' '}
        <select
          value={statut ?? ''}
          onChange={({ currentTarget: { value } }) => filtrer({ statut: value === '' ? undefined : (value as Statut) })}
        >
          <option value="">{say(COURRIERS.tous_etats)}</option>
          {Object.entries(STATUTS).map(([name, { nom }]) => (
            <option key={name} value={name}>
              {say(nom)}
            </option>
          ))}
        </select>
      </label>
      <label>
        {say(COURRIERS.membre)}{' '}
        <select value={membreId ?? ''} onChange={({ currentTarget: { value } }) => filtrer({ membreId: value === '' ? undefined : value })}>
          <option value="">{say(COURRIERS.tous_membres)}</option>
          {all.map(({ id, nom }) => (
            <option key={id} value={id}>
              {nom}
            </option>
          ))}
        </select>
      </label>
    </fieldset>
  );
}
