// Ce que l'ouvrage et ses prêts demandent à la machine de leur rappeler.
import type { FactPlace, TimerChange } from '../../runtime/aggregate/aggregate.js';
import type { Demande, ExemplaireId, Fait, PretId, Reveil } from './mots.js';

type Changement = TimerChange<Demande>;

const AUCUN: readonly Changement[] = [];
const PRET = 'pret';
const RETRAIT = (exemplaireId: ExemplaireId): string => `retrait:${exemplaireId}`;

export function reveils(fait: Fait, { stream }: FactPlace<Demande>): readonly Changement[] {
  switch (fait.type) {
    case 'PretOuvert':
    case 'PretProlonge':
    case 'EcheanceRappelee':
    case 'RelanceEnvoyee':
      return [fait.reveil === undefined ? { clear: PRET } : duPret(stream, fait.reveil)];
    case 'PretRendu':
    case 'PretDeclarePerdu':
      return [{ clear: PRET }];
    case 'ExemplaireMisDeCote': {
      const { exemplaireId, retraitAvant } = fait;
      return [{ set: RETRAIT(exemplaireId), due: Date.parse(retraitAvant), demande: { type: 'expirerRetrait', exemplaireId } }];
    }
    case 'RetraitExpire':
      return [{ clear: RETRAIT(fait.exemplaireId) }];
    case 'ReservationAnnulee':
      return fait.exemplaireId === undefined ? AUCUN : [{ clear: RETRAIT(fait.exemplaireId) }];
    case 'ExemplairePrete':
      return fait.rang === undefined ? AUCUN : [{ clear: RETRAIT(fait.laisse ?? fait.exemplaireId) }];
    case 'ExemplaireRetire':
      return fait.rendALaFile === undefined ? AUCUN : [{ clear: RETRAIT(fait.exemplaireId) }];
    case 'OuvrageAjoute':
    case 'ExemplaireAjoute':
    case 'ExemplaireRemisEnRayon':
    case 'ExemplaireEnReparation':
    case 'ExemplaireDeclarePerdu':
    case 'ExemplaireRetrouve':
    case 'ReservationPosee':
    case 'PretRetrouve':
      return AUCUN;
  }
}

function duPret(pretId: PretId, { niveau, le }: Reveil): Changement {
  const demande: Demande = niveau === 0 ? { type: 'rappelerEcheance', pretId } : { type: 'relancer', pretId, niveau };
  return { set: PRET, due: Date.parse(le), demande };
}
