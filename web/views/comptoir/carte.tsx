/** One product: how much there is of it, what is to be known of that, and what may be done. */
import type { Signal } from '@preact/signals';
import { type Compteur, dernierPassage, nombre, signe, type Suivi, suiviDe } from '../../state/compteurs';
import { depuis, quand } from '../../state/dates';
import { say } from '../../state/langue';
import { COMPTOIR } from '../../words/comptoir';
import { Boutons } from './boutons';
import { autrement, convergence } from './convergence';
import { Plus } from './journal';

interface CarteProps {
  readonly produit: string;
  readonly maintenant: Signal<number>;
}

export function Carte({ produit, maintenant }: CarteProps) {
  const suivi = suiviDe(produit)?.value;
  if (suivi === undefined) return null;
  const { compteur } = suivi;
  return (
    <li class="carte comptoir-carte">
      <h2>{compteur.nom}</h2>
      <p class="comptoir-valeur">
        <strong>{nombre(compteur.valeur)}</strong>
        {compteur.unite !== null && <span class="doux">{say(COMPTOIR.unite, { unite: compteur.unite })}</span>}
      </p>
      <Synchronisation compteur={compteur} />
      <Seuil compteur={compteur} />
      <Boutons compteur={compteur} />
      <Borne compteur={compteur} />
      <Dernier suivi={suivi} maintenant={maintenant} />
      <Plus compteur={compteur} />
    </li>
  );
}

function Synchronisation({ compteur: { produit, valeur: ici } }: { readonly compteur: Compteur }) {
  // What is shown here is newer than what was compared: it may have met the others since.
  const others = autrement(convergence.value, produit).filter(([, valeur]) => valeur !== ici);
  if (others.length === 0) return null;
  return (
    <p class="garde comptoir-etat">
      <span aria-hidden="true">⇄</span> {say(COMPTOIR.synchronisation)}{' '}
      {others.map(([instance, valeur]) => say(COMPTOIR.ailleurs, { instance, valeur: nombre(valeur) })).join(', ')}
    </p>
  );
}

function Seuil({ compteur: { seuil, valeur } }: { readonly compteur: Compteur }) {
  if (seuil === null) return null;
  const above = BigInt(valeur) - BigInt(seuil);
  const values = { seuil: nombre(seuil) };
  if (above > 0n) return <p class="doux comptoir-etat">{say(COMPTOIR.seuil, values)}</p>;
  return (
    <p class={`comptoir-etat comptoir-alerte ${above < 0n ? 'mal' : 'garde'}`}>
      <span aria-hidden="true">{above < 0n ? '▼' : '◆'}</span> {say(above < 0n ? COMPTOIR.sous_seuil : COMPTOIR.au_seuil, values)}
    </p>
  );
}

function Borne({ compteur: { borne, droits, droitsGeles } }: { readonly compteur: Compteur }) {
  if (!borne) return null;
  return (
    <p class="doux comptoir-etat">
      {say(COMPTOIR.borne, { droits: nombre(droits ?? '0') })}
      {droitsGeles !== undefined && ` ${say(COMPTOIR.geles, { droits: nombre(droitsGeles) })}`}
    </p>
  );
}

function Dernier({ suivi, maintenant }: { readonly suivi: Suivi; readonly maintenant: Signal<number> }) {
  const last = dernierPassage(suivi);
  if (last === undefined) return <p class="doux comptoir-etat">{say(COMPTOIR.jamais)}</p>;
  const now = Math.max(maintenant.value, Date.parse(last.instant));
  return (
    <p class="doux comptoir-etat">
      {say(COMPTOIR.dernier, { quantite: signe(last.quantite), instance: last.instance })}
      <time dateTime={last.instant} title={quand(last.instant)}>
        {depuis(last.instant, now)}
      </time>
    </p>
  );
}
