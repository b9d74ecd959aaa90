/** Who waits for what, and what waits for whom. */
import { say } from '../../state/langue';
import { nomDe } from '../../state/moi';
import { cote, type Exemplaire, lecteur, type Ouvrage, type Rayons } from '../../state/prets';
import { Acte } from '../../ui/acte';
import { PRETS } from '../../words/prets';
import { annulerReservation, preter, reserver } from './gestes';
import { libres } from './guichet';
import { horloge, leJour } from './jours';
import { Liste } from './liste';

export const reserves = ({ ouvrages }: Rayons): readonly Ouvrage[] => ouvrages.filter(({ reservations }) => reservations.length > 0);

export function Reservations({ rayons }: { readonly rayons: Rayons }) {
  return (
    <Liste de={reserves(rayons)} vide={say(PRETS.aucune_reservation)} classe="cartes">
      {(ouvrage) => (
        <li key={ouvrage.id} class="carte">
          <h2>{ouvrage.titre}</h2>
          <p class="doux">{libres(ouvrage)}</p>
          <File ouvrage={ouvrage} />
          <Reserver ouvrage={ouvrage} />
        </li>
      )}
    </Liste>
  );
}

/** The queue of a title, in its order. */
function File({ ouvrage: { id, titre, reservations, exemplaires } }: { readonly ouvrage: Ouvrage }) {
  return (
    <ol class="prets-file">
      {reservations.map(({ membreId, rang, position }) => {
        const nom = nomDe(membreId);
        const until = exemplaires.find(({ pourMembreId }) => pourMembreId === membreId)?.retraitAvant;
        return (
          <li key={rang}>
            <p>
              <strong>{nom}</strong>{' '}
              <span class="doux">
                {until === undefined
                  ? say(PRETS.position, { n: position ?? 0 })
                  : say(PRETS.pret_a_retirer, { jour: leJour(horloge(until)) })}
              </span>
            </p>
            <Acte
              genre="discret"
              titre={say(PRETS.acte_sur, { acte: say(PRETS.annuler_reservation), titre, nom })}
              faire={() => annulerReservation(id, membreId)}
            >
              {say(PRETS.annuler_reservation)}
            </Acte>
          </li>
        );
      })}
    </ol>
  );
}

/** For the reader of the desk, when they do not wait or read it already: whether they may is for the club to say. */
export function Reserver({ ouvrage: { id, titre, reservations } }: { readonly ouvrage: Ouvrage }) {
  const reader = lecteur.value;
  if (reader === undefined || reservations.some(({ membreId }) => membreId === reader.id)) return null;
  const text = say(PRETS.reserver, { nom: reader.nom ?? '…' });
  return (
    <Acte titre={say(PRETS.acte_sur_titre, { acte: text, titre })} faire={() => reserver(id, reader.id)}>
      {text}
    </Acte>
  );
}

interface MisDeCote {
  readonly ouvrage: Ouvrage;
  readonly exemplaire: Exemplaire & { readonly pourMembreId: string; readonly retraitAvant: string };
}

/** The copies that wait on the pile, the first to be collected first. */
export function pile({ ouvrages }: Rayons): readonly MisDeCote[] {
  const found = ouvrages.flatMap((ouvrage) =>
    ouvrage.exemplaires.flatMap((one) => {
      const { pourMembreId, retraitAvant } = one;
      return pourMembreId === undefined || retraitAvant === undefined
        ? []
        : [{ ouvrage, exemplaire: { ...one, pourMembreId, retraitAvant } }];
    }),
  );
  return found.toSorted((a, b) => Date.parse(a.exemplaire.retraitAvant) - Date.parse(b.exemplaire.retraitAvant));
}

export function Pile({ rayons }: { readonly rayons: Rayons }) {
  return (
    <Liste de={pile(rayons)} vide={say(PRETS.aucun_de_cote)} classe="prets-rangs">
      {({ ouvrage: { id, titre }, exemplaire: { id: copy, pourMembreId, retraitAvant } }) => {
        const of = { titre, nom: nomDe(pourMembreId) };
        return (
          <li key={copy} class="prets-rang carte">
            <div>
              <strong>{titre}</strong>
              <p>{say(PRETS.pour, of)}</p>
              <p class="doux">
                {say(PRETS.exemplaire, { cote: cote(copy) })} · {say(PRETS.avant, { jour: leJour(horloge(retraitAvant)) })}
              </p>
            </div>
            <div class="prets-actes">
              <Acte titre={say(PRETS.acte_sur, { acte: say(PRETS.remis), ...of })} faire={() => preter(id, pourMembreId, copy)}>
                {say(PRETS.remis)}
              </Acte>
              <Acte
                genre="discret"
                titre={say(PRETS.acte_sur, { acte: say(PRETS.annuler_reservation), ...of })}
                faire={() => annulerReservation(id, pourMembreId)}
              >
                {say(PRETS.annuler_reservation)}
              </Acte>
            </div>
          </li>
        );
      }}
    </Liste>
  );
}
