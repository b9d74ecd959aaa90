// Qui est venu. On le note dès le début, on le corrige pendant quatorze jours ; la place, elle, reste prise.
import { refuse } from '../../runtime/aggregate/aggregate.js';
import type { MembreId } from '../membres/membre-id.js';
import type { Decision, DemandeDe, Inscription, Planifiee, Presence } from './mots.js';
import { commencee, presencesFigees } from './temps.js';

export function constaterPresence(seance: Planifiee, { membreId }: DemandeDe<'constaterPresence'>, instant: number): Decision {
  return constater(seance, membreId, instant, 'presente', (inscription) => [{ type: 'PresenceConstatee', ...inscription }]);
}

export function constaterAbsence(seance: Planifiee, demande: DemandeDe<'constaterAbsence'>, instant: number): Decision {
  const { membreId, excusee = false } = demande;
  return constater(seance, membreId, instant, excusee ? 'absence_excusee' : 'absente', (inscription) => [
    { type: 'AbsenceConstatee', ...inscription, ...(excusee && { excusee }) },
  ]);
}

function constater(
  seance: Planifiee,
  membreId: MembreId,
  instant: number,
  presence: Presence,
  constat: (inscription: Inscription) => Decision,
): Decision {
  const entree = seance.inscrits.get(membreId);
  if (entree === undefined) return refuse('pas_inscrit');
  if (!commencee(seance, instant)) return refuse('seance_pas_commencee');
  if (presencesFigees(seance, instant)) return refuse('seance_cloturee');
  return seance.presences.get(membreId) === presence ? [] : constat({ membreId, entree });
}
