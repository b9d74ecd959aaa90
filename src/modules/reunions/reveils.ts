// Ce que la séance demande à la machine de lui rappeler : la fin de chaque offre, et sa propre clôture.
import type { TimerChange } from '../../runtime/aggregate/aggregate.js';
import type { MembreId } from '../membres/membre-id.js';
import type { Demande, Fait } from './mots.js';
import { cloture } from './temps.js';

type Reveil = TimerChange<Demande>;

const AUCUN: readonly Reveil[] = [];
const CLOTURE = 'cloture';

export function reveils(fait: Fait): readonly Reveil[] {
  switch (fait.type) {
    case 'SeancePlanifiee':
      return [aLaCloture(fait.fin)];
    case 'SeanceReportee':
      return [aLaCloture(fait.fin), ...(fait.offres ?? []).map(aLaFinDeLOffre)];
    case 'SeanceAnnulee':
      return [{ clear: CLOTURE }, ...(fait.offertes ?? []).map(finie)];
    case 'SeanceCloturee':
      return [{ clear: CLOTURE }];
    case 'PlaceOfferte':
      return [aLaFinDeLOffre(fait)];
    case 'OffreAcceptee':
    case 'OffreDeclinee':
    case 'OffreExpiree':
      return [finie(fait)];
    case 'MembreInscrit':
    case 'MembreMisEnAttente':
    case 'MembreDesiste':
    case 'MembrePromu':
    case 'PlacesModifiees':
    case 'InscriptionsFermees':
    case 'InscriptionsRouvertes':
    case 'PresenceConstatee':
    case 'AbsenceConstatee':
      return AUCUN;
  }
}

function aLaCloture(fin: string): Reveil {
  return { set: CLOTURE, due: cloture(Date.parse(fin)), demande: { type: 'cloturer' } };
}

function aLaFinDeLOffre({ membreId, expireLe }: { membreId: MembreId; expireLe: string }): Reveil {
  return { set: `offre:${membreId}`, due: Date.parse(expireLe), demande: { type: 'expirerOffre', membreId } };
}

function finie({ membreId }: { membreId: MembreId }): Reveil {
  return { clear: `offre:${membreId}` };
}
