/** Every title with its copies. */
import { useSignal } from '@preact/signals';
import { say, type Word } from '../../state/langue';
import { nomDe } from '../../state/moi';
import { cote, type Exemplaire, type Ouvrage, type Rayons } from '../../state/prets';
import { Acte } from '../../ui/acte';
import { PRETS } from '../../words/prets';
import { ajouterExemplaire, remettreEnRayon, retirerExemplaire } from './gestes';
import { libres } from './guichet';
import { Liste } from './liste';
import { NouvelOuvrage } from './nouvel-ouvrage';
import { trouverOuvrages } from './recherche';
import { Reserver } from './reservations';

export function Catalogue({ rayons }: { readonly rayons: Rayons }) {
  const filtre = useSignal('');
  return (
    <>
      <div class="prets-filtres">
        <label>
          {say(PRETS.filtrer_catalogue)}{' '}
          <input type="search" value={filtre} onInput={({ currentTarget }) => (filtre.value = currentTarget.value)} />
        </label>
      </div>
      <NouvelOuvrage />
      <Liste de={trouverOuvrages(rayons.ouvrages, filtre.value)} vide={say(PRETS.aucun_ouvrage)} classe="prets-rangs">
        {(ouvrage) => <UnOuvrage key={ouvrage.id} ouvrage={ouvrage} />}
      </Liste>
    </>
  );
}

function UnOuvrage({ ouvrage }: { readonly ouvrage: Ouvrage }) {
  const { titre, auteur, isbn, exemplaires, disponibles } = ouvrage;
  const waiting = ouvrage.reservations.filter(({ statut }) => statut === 'en_attente').length;
  const ajouter = say(PRETS.ajouter_exemplaire);
  return (
    <li class="carte">
      <details class="prets-ouvrage">
        <summary>
          <strong>{titre}</strong> {auteur !== null && <span>{auteur}</span>}{' '}
          <span class="doux">
            {libres(ouvrage)}
            {waiting > 0 && ` · ${say(PRETS.attendent, { n: waiting })}`}
          </span>
        </summary>
        {isbn !== null && <p class="doux">ISBN {isbn}</p>}
        <ul class="prets-file">
          {exemplaires.map((one) => (
            <UnExemplaire key={one.id} ouvrage={ouvrage} exemplaire={one} />
          ))}
        </ul>
        <div class="prets-actes">
          <Acte titre={say(PRETS.acte_sur_titre, { acte: ajouter, titre })} faire={() => ajouterExemplaire(ouvrage)}>
            {ajouter}
          </Acte>
          {disponibles === 0 && <Reserver ouvrage={ouvrage} />}
        </div>
      </details>
    </li>
  );
}

const FORMES: Readonly<Record<Exemplaire['statut'], string>> = {
  disponible: '●',
  prete: '→',
  mis_de_cote: '◆',
  en_reparation: '✚',
  perdu: '✕',
  retire: '–',
};

function UnExemplaire({ ouvrage, exemplaire }: { readonly ouvrage: Ouvrage; readonly exemplaire: Exemplaire }) {
  const { id, statut, pretId, pourMembreId } = exemplaire;
  const state = say(PRETS[statut]);
  const name = say(PRETS.exemplaire, { cote: cote(id) });
  const act = (word: Word, ask: (ouvrage: Ouvrage, id: string) => Promise<string>) => (
    <Acte genre="discret" titre={say(PRETS.acte_sur, { acte: say(word), titre: ouvrage.titre, nom: name })} faire={() => ask(ouvrage, id)}>
      {say(word)}
    </Acte>
  );
  return (
    <li>
      <span>{name}</span>
      <span class={`prets-etat ${statut}`}>
        <span aria-hidden="true">{FORMES[statut]}</span> {pretId === undefined ? state : <a href={`/prets/${pretId}`}>{state}</a>}
        {pourMembreId !== undefined && ` ${say(PRETS.pour, { nom: nomDe(pourMembreId) })}`}
      </span>
      {statut === 'en_reparation' && act(PRETS.remettre, remettreEnRayon)}
      {statut !== 'prete' && act(PRETS.retirer, retirerExemplaire)}
    </li>
  );
}
