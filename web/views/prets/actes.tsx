/** What may be done with one loan; what the club refuses is said in its words, beside the button. */
import { say, type Word } from '../../state/langue';
import { nomDe } from '../../state/moi';
import type { Pret } from '../../state/prets';
import { Acte } from '../../ui/acte';
import { PRETS } from '../../words/prets';
import { allerAuDit } from './dit';
import { declarerPerdu, prolonger, relancer, rendre, retrouver, titreDe } from './gestes';

interface ActesProps {
  readonly pret: Pret;
  readonly retard: boolean;
  /** After each act. */
  readonly apres?: () => void;
}

export function Actes({ pret, retard, apres }: ActesProps) {
  const of = { titre: titreDe(pret.ouvrageId), nom: nomDe(pret.membreId) };
  const act = (word: Word, ask: (pret: Pret) => Promise<string>, genre?: 'danger') => (
    <Acte
      {...(genre !== undefined && { genre })}
      titre={say(PRETS.acte_sur, { acte: say(word), ...of })}
      faire={async () => {
        const sentence = await ask(pret);
        if (apres !== undefined) allerAuDit();
        apres?.();
        return sentence;
      }}
    >
      {say(word)}
    </Acte>
  );
  if (pret.statut === 'rendu') return null;
  if (pret.statut === 'perdu') return <div class="prets-actes">{act(PRETS.retrouve, retrouver)}</div>;
  return (
    <div class="prets-actes">
      {act(PRETS.rendre, rendreBon)}
      {retard ? act(PRETS.relancer, relancer) : act(PRETS.prolonger, prolonger)}
      <details>
        <summary aria-label={say(PRETS.acte_sur, { acte: say(PRETS.plus), ...of })}>{say(PRETS.plus)}</summary>
        <div class="prets-actes">
          {act(PRETS.rendre_abime, (one) => rendre(one, 'abime'))}
          {retard && act(PRETS.prolonger, prolonger)}
          {act(PRETS.declarer_perdu, declarerPerdu, 'danger')}
        </div>
      </details>
    </div>
  );
}

const rendreBon = (pret: Pret): Promise<string> => rendre(pret);
