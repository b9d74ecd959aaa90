import { poster } from '../../state/api';
import { say } from '../../state/langue';
import { nomDe } from '../../state/moi';
import type { Seance } from '../../state/seances';
import { Acte } from '../../ui/acte';
import { SEANCE } from '../../words/seance';
import type { Inscription } from '../agenda/mienne';

const CORRECTED_MS = 14 * 86_400_000;
const NOTED = ['presente', 'absente', 'absence_excusee'] as const;

/** Presence is noted from the beginning on, and corrected for fourteen days. */
export const seNote = ({ statut, debut, fin }: Seance, now: number): boolean =>
  statut !== 'annulee' && Date.parse(debut) <= now && now < Date.parse(fin) + CORRECTED_MS;

interface PresenceProps {
  readonly seance: Seance;
  readonly entree: Inscription;
  readonly relire: () => void;
}

export function Presence({ seance, entree: { membreId, statut }, relire }: PresenceProps) {
  const nom = nomDe(membreId);
  const note = (one: (typeof NOTED)[number]) => async (): Promise<string> => {
    await poster('/api/v1/seances/{id}/presences', { id: seance.id }, { membreId, statut: one });
    relire();
    return say(SEANCE.note, { nom, etat: say(SEANCE[one]) });
  };
  return (
    <span class="seance-gestes">
      {NOTED.map((one) => {
        const noted = one === statut;
        const titre = say(noted ? SEANCE.deja_note : SEANCE.noter, { nom, etat: say(SEANCE[one]) });
        return (
          <Acte key={one} faire={note(one)} genre={noted ? 'principal' : 'discret'} titre={titre}>
            {noted && '✓ '}
            {say(SEANCE[one])}
          </Acte>
        );
      })}
    </span>
  );
}
