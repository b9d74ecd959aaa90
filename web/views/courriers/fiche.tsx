import type { ComponentChildren } from 'preact';
import { quand } from '../../state/dates';
import { say, type Word } from '../../state/langue';
import { COURRIERS, GABARITS } from '../../words/courriers';
import { type Avis, prochainEssai } from './lire';

/** To whom, about what, when, and with what success. */
export function Fiche({ avis, nom }: { readonly avis: Avis; readonly nom: string }) {
  const { gabarit, creeeLe, envoyeeLe, essais, erreur } = avis;
  const prochain = prochainEssai(avis);
  return (
    <dl class="courriers-fiche">
      <Trait word={COURRIERS.destinataire}>{nom}</Trait>
      <Trait word={COURRIERS.sorte}>{say(GABARITS[gabarit])}</Trait>
      <Propos avis={avis} />
      <Trait word={COURRIERS.ecrit_le}>{quand(creeeLe)}</Trait>
      {envoyeeLe !== null && <Trait word={COURRIERS.parti_le}>{quand(envoyeeLe)}</Trait>}
      {prochain !== null && <Trait word={COURRIERS.prochain_le}>{quand(prochain)}</Trait>}
      {essais > 0 && <Trait word={COURRIERS.echecs}>{essais}</Trait>}
      {erreur !== null && <Trait word={COURRIERS.erreur}>{erreur}</Trait>}
    </dl>
  );
}

function Trait({ word, children }: { readonly word: Word; readonly children: ComponentChildren }) {
  return (
    <div>
      <dt>{say(word)}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Propos({ avis: { seanceId, pretId, recapitulatifId } }: { readonly avis: Avis }) {
  const links: (readonly [string, Word])[] = [];
  if (seanceId !== null) links.push([`/seances/${seanceId}`, COURRIERS.seance]);
  if (pretId !== null) links.push([`/prets/${pretId}`, COURRIERS.pret]);
  if (recapitulatifId !== null) links.push([`/courriers/${recapitulatifId}`, COURRIERS.recapitulatif]);
  if (links.length === 0) return null;
  return (
    <Trait word={COURRIERS.propos}>
      <ul class="courriers-propos">
        {links.map(([href, word]) => (
          <li key={href}>
            <a href={href}>{say(word)}</a>
          </li>
        ))}
      </ul>
    </Trait>
  );
}
