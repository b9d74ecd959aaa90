/** What a person may still do for a notice. Whether it is of any use is for the API to say. */
import { poster } from '../../state/api';
import { say } from '../../state/langue';
import { Acte } from '../../ui/acte';
import { COURRIERS, STATUTS } from '../../words/courriers';
import type { Avis, Statut } from './lire';

const RENVOYABLES: ReadonlySet<Statut> = new Set([
  'a_envoyer',
  'affichee',
  'morte',
  'sans_adresse',
  'abandonnee',
  'a_grouper',
  'sans_objet',
]);
const ABANDONNABLES: ReadonlySet<Statut> = new Set(['a_envoyer', 'morte', 'sans_adresse', 'a_grouper']);

interface GestesProps {
  readonly avis: Avis;
  /** It was done: shows it, and says where the keyboard goes on, for the buttons go. */
  readonly apres: () => void;
}

export function Gestes({ avis: { id, statut, sujet }, apres }: GestesProps) {
  const values = { sujet: sujet ?? say(COURRIERS.sans_sujet) };
  const done = (now: Pick<Avis, 'statut'>): string => {
    apres();
    return say(COURRIERS.est_devenu, { ...values, etat: say(STATUTS[now.statut].nom) });
  };
  return (
    <>
      {RENVOYABLES.has(statut) && (
        <Acte
          titre={say(COURRIERS.renvoyer_de, values)}
          faire={async () => done(await poster('/api/v1/notifications/{id}/renvoi', { id }, undefined))}
        >
          {say(COURRIERS.renvoyer)}
        </Acte>
      )}
      {ABANDONNABLES.has(statut) && (
        <Acte
          genre="danger"
          titre={say(COURRIERS.abandonner_de, values)}
          faire={async () => done(await poster('/api/v1/notifications/{id}/abandon', { id }, undefined))}
        >
          {say(COURRIERS.abandonner)}
        </Acte>
      )}
    </>
  );
}
