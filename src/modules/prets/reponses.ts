// Ce que l'on répond à qui demande.
import type { Etat, Ouvrage, Place, Pret } from './etat.js';
import { premiers } from './file-attente.js';
import type { Demande, ExemplaireId, PretId, Reponse, ReponseReservation, RessourceOuvrage, RessourcePret } from './mots.js';
import type { MembreId } from '../membres/membre-id.js';

const ATTENTES_MONTREES = 100;

export function repondre({ ouvrage, prets }: Etat, demande: Demande): Reponse {
  if (ouvrage === null) throw new Error(`${demande.type} acceptée sans ouvrage`);
  switch (demande.type) {
    case 'emprunter':
    case 'rendre':
    case 'prolonger':
    case 'rappelerEcheance':
    case 'relancer':
    case 'declarerPerdu':
    case 'retrouverExemplaire':
      return lePret(prets, demande.pretId);
    case 'reserver':
      return laReservation(ouvrage, demande.membre.membreId);
    case 'ajouterOuvrage':
    case 'ajouterExemplaire':
    case 'retirerExemplaire':
    case 'remettreEnRayon':
    case 'annulerReservation':
    case 'expirerRetrait':
      return ressource(ouvrage);
  }
}

export function ressource(ouvrage: Ouvrage): RessourceOuvrage {
  const { id, fiche, exemplaires, libres, version } = ouvrage;
  return {
    id,
    ...fiche,
    exemplaires: Array.from(exemplaires, ([exemplaireId, place]) => montrer(exemplaireId, place)),
    disponibles: libres.size,
    reservations: reservations(ouvrage),
    version,
  };
}

function montrer(id: ExemplaireId, place: Place): RessourceOuvrage['exemplaires'][number] {
  const { statut } = place;
  switch (statut) {
    case 'prete':
      return { id, statut, pretId: place.pretId };
    case 'mis_de_cote':
      return { id, statut, pourMembreId: place.membreId, retraitAvant: place.retraitAvant };
    case 'disponible':
    case 'en_reparation':
    case 'perdu':
      return { id, statut };
  }
}

function reservations({ exemplaires, attente }: Ouvrage): RessourceOuvrage['reservations'] {
  const pretes = [...exemplaires.values()]
    .filter((place) => place.statut === 'mis_de_cote')
    .map(({ membreId, rang }) => ({ membreId, rang, statut: 'mise_de_cote' as const }))
    .sort((a, b) => a.rang - b.rang);
  const enAttente = premiers(attente, ATTENTES_MONTREES).map((une, i) => ({ ...une, statut: 'en_attente' as const, position: i + 1 }));
  return [...pretes, ...enAttente];
}

function laReservation({ attente, version }: Ouvrage, membreId: MembreId): ReponseReservation {
  return { membreId, rang: attente.rangs.get(membreId)!, position: attente.rangs.size, version };
}

function lePret(prets: ReadonlyMap<PretId, Pret>, pretId: PretId): RessourcePret {
  const { rappele: _, retardRelance: __, reveil: ___, ...pret } = prets.get(pretId)!;
  return pret;
}
