/** What this instance has counted of a product of late, each movement with its undoing; and what somebody has just counted by hand. */
import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { lire, type Read } from '../../state/api';
import { type Compteur, nombre, signe } from '../../state/compteurs';
import { heure, jour } from '../../state/dates';
import { say, type Word } from '../../state/langue';
import { Acte } from '../../ui/acte';
import { Lecture, useLu } from '../../ui/lecture';
import { COMPTOIR } from '../../words/comptoir';
import { annuler } from './appuis';
import { Recomptage } from './recomptage';

type Ligne = Read<'/api/v1/compteurs/{produit}/mouvements'>['elements'][number];

const SHOWN = 10;
const GENRES: Readonly<Record<Ligne['genre'], Word>> = {
  mouvement: COMPTOIR.genre_mouvement,
  annulation: COMPTOIR.genre_annulation,
  recomptage: COMPTOIR.genre_recomptage,
};

export function Plus({ compteur }: { readonly compteur: Compteur }) {
  const open = useSignal(false);
  return (
    <details class="comptoir-plus" onToggle={({ currentTarget }) => (open.value = currentTarget.open)}>
      <summary>
        {say(COMPTOIR.plus)}
        <span class="invisible"> : {compteur.nom}</span>
      </summary>
      {open.value && (
        <>
          <Recomptage compteur={compteur} />
          <Journal compteur={compteur} />
        </>
      )}
    </details>
  );
}

function Journal({ compteur: { produit, instance, nom, dernierMouvement } }: { readonly compteur: Compteur }) {
  const lus = useLu(
    () => lire('/api/v1/compteurs/{produit}/mouvements', { produit, limite: SHOWN }),
    [produit, dernierMouvement?.mouvementId],
  );
  return (
    <Lecture de={lus}>
      {({ elements }) =>
        elements.length === 0 ? (
          <p class="doux">{say(COMPTOIR.jamais)}</p>
        ) : (
          <div class="defile" tabIndex={0} role="region" aria-label={`${say(COMPTOIR.journal, { instance })} : ${nom}`}>
            <table class="comptoir-journal">
              <caption>{say(COMPTOIR.journal, { instance })}</caption>
              <thead>
                <tr>
                  <th scope="col">{say(COMPTOIR.mouvement)}</th>
                  <th scope="col">{say(COMPTOIR.quand)}</th>
                  <th scope="col">{say(COMPTOIR.ensuite)}</th>
                  <th scope="col">{say(COMPTOIR.agir)}</th>
                </tr>
              </thead>
              <tbody>
                {elements.map((ligne) => (
                  <Mouvement key={ligne.mouvementId} produit={produit} nom={nom} ligne={ligne} />
                ))}
              </tbody>
            </table>
          </div>
        )
      }
    </Lecture>
  );
}

interface MouvementProps {
  readonly produit: string;
  readonly nom: string;
  readonly ligne: Ligne;
}

function Mouvement({ produit, nom, ligne: { mouvementId, genre, quantite, valeur, instant, annulePar } }: MouvementProps) {
  const by = signe(quantite);
  const titre = `${say(COMPTOIR.annuler_de, { quantite: by, nom })}, ${heure(instant)}`;
  const row = useRef<HTMLTableRowElement>(null);
  const undo = async (): Promise<string> => {
    const sentence = await annuler(produit, mouvementId);
    // The button goes, and with it the place of the keyboard.
    row.current?.focus();
    return sentence;
  };
  return (
    <tr tabIndex={-1} ref={row}>
      <td>{say(GENRES[genre], { quantite: by })}</td>
      <td>
        <time dateTime={instant}>
          {jour(instant)} {heure(instant)}
        </time>
      </td>
      <td>{nombre(valeur)}</td>
      <td>
        {annulePar !== null ? (
          say(COMPTOIR.deja)
        ) : genre === 'annulation' ? (
          '–'
        ) : (
          <Acte genre="discret" titre={titre} faire={undo}>
            {say(COMPTOIR.agir)}
          </Acte>
        )}
      </td>
    </tr>
  );
}
